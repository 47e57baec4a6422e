"""The shortest chapter of the novels that the analysis was tried on has 82 words: it is one, a few lines are none."""

from pathlib import Path

import pytest

from jobs.analysis.reading.reader import read_manuscript
from jobs.analysis.structure.chapters import split
from jobs.analysis.structure.headings import Heading
from jobs.analysis.structure.ranks import ranked
from jobs.analysis.words.markers import SectionKind
from tests.unit.analysis.files import Link, epub, navigation, page, prose, titles


def words(number: int) -> str:
    return " ".join(["rain"] * number) + "."


@pytest.mark.parametrize(("number", "kind"), [(82, SectionKind.CHAPTER), (60, SectionKind.PART)])
def test_a_heading_over_chapters_and_a_short_chapter_of_its_own_is_no_part(number: int, kind: SectionKind) -> None:
    texts = ("The Storm", "The Gate", "The Well")
    headings = [
        Heading(index=at, body_index=at + 1, kind=SectionKind.CHAPTER, text=text, name=text, level=1 + (at > 0))
        for at, text in enumerate(texts)
    ]

    [first, *_] = ranked(headings, [number, 100, 100])

    assert first.kind is kind


@pytest.mark.parametrize(("number", "first"), [(82, "Opening"), (20, "The Gate")])
def test_a_short_first_chapter_in_the_contents_is_no_title_page(tmp_path: Path, number: int, first: str) -> None:
    pages = {"0.xhtml": page(f"<p>{words(number)}</p>")}
    pages |= {f"{at}.xhtml": page(f"<p>{prose(100)}</p>") for at in (1, 2)}
    links = [Link(title, f"{at}.xhtml") for at, title in enumerate(("Opening", "The Gate", "The Well"))]
    path = tmp_path / "novel.epub"
    path.write_bytes(epub(pages, beside={"nav.xhtml": navigation(links)}))

    assert titles(split(read_manuscript(path, path.name)))[0] == first
