"""Chapters and words of real novels, against a count by hand. They are not shipped: without them this is skipped."""

import json
from pathlib import Path
from typing import Any

import pytest

from jobs.analysis.document import Role
from jobs.analysis.reading.reader import read_manuscript
from jobs.analysis.structure.chapters import Manuscript, split
from jobs.analysis.words.markers import SectionKind
from jobs.analysis.words.words import words_of

NOVELS = Path(__file__).parents[5] / "shared" / "manuscripts"
FILES = sorted(path for path in NOVELS.glob("*") if path.suffix in {".txt", ".docx", ".epub"})
WORD_JOINER = "\u2060"  # invisible; the novels' texts hold it in some formats and not in others

pytestmark = pytest.mark.skipif(not FILES, reason="the novels are not here: ../shared/manuscripts")


@pytest.fixture(scope="module")
def truth() -> dict[str, dict[str, Any]]:
    """What a person counted, by the stem of the file's name."""
    found: dict[str, dict[str, Any]] = json.loads((NOVELS / "ground_truth.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module", params=FILES, ids=lambda path: path.name)
def novel(request: pytest.FixtureRequest) -> tuple[Path, Manuscript]:
    """A novel and its sections."""
    path: Path = request.param
    return path, split(read_manuscript(path, path.name))


def test_every_heading_of_a_novel_is_found_once_and_in_order(
    novel: tuple[Path, Manuscript], truth: dict[str, dict[str, Any]]
) -> None:
    path, manuscript = novel
    expected = [heading.replace(WORD_JOINER, "") for heading in truth[path.stem]["headings"]]
    found = [section.heading for section in manuscript.sections]
    unnumbered = found[len(expected) :]

    assert found[: len(expected)] == expected
    assert len(found) == truth[path.stem]["headed_sections"]
    assert unnumbered in ([], ["Epilogue"])  # the count has it, its list of headings does not


def test_chapters_proper_are_counted(novel: tuple[Path, Manuscript], truth: dict[str, dict[str, Any]]) -> None:
    path, manuscript = novel
    kinds = [section.kind for section in manuscript.sections]

    assert kinds.count(SectionKind.CHAPTER) == truth[path.stem]["chapters"]


def test_the_words_of_a_novel_are_counted_as_word_does(novel: tuple[Path, Manuscript]) -> None:
    path, manuscript = novel
    sections = sum(section.words for section in manuscript.sections)
    words = words_of(manuscript.front) + sections + words_of(manuscript.back)
    text = path.with_suffix(".txt").read_text(encoding="utf-8").replace("—", " ").replace("–", " ")
    between_spaces = sum(any(map(str.isalnum, word)) for word in text.split())

    assert words == pytest.approx(between_spaces, rel=0.002)


def test_scene_breaks_are_counted(novel: tuple[Path, Manuscript], truth: dict[str, dict[str, Any]]) -> None:
    path, manuscript = novel
    breaks = sum(block.role is Role.BREAK for section in manuscript.sections for block in section.body)

    assert breaks == (truth[path.stem]["scene_breaks"] or 0)


def test_titles_on_the_next_line_are_found_in_every_chapter() -> None:
    path = NOVELS / "time-machine.txt"
    chapters = [s for s in split(read_manuscript(path, path.name)).sections if s.kind is SectionKind.CHAPTER]

    assert all(chapter.name and chapter.name != chapter.heading for chapter in chapters)


MORE = NOVELS.parent / "novels"
COUNTED = {
    "dracula.txt": (27, 28),
    "dracula.pg-raw.txt": (27, 28),
    "flatland.epub": (22, 24),
    "great-gatsby.libreoffice.docx": (9, 9),
    "great-gatsby.libreoffice.epub": (9, 9),
    "great-gatsby.pandoc-epub2.epub": (9, 9),
    "great-gatsby.pandoc.md": (9, 9),
    "huckleberry-finn.txt": (43, 43),
    "moonstone.epub": (60, 68),
    "mrs-dalloway.epub": (1, 1),
    "poor-folk.md": (52, 52),
    "pride-and-prejudice.txt": (61, 61),
    "sherlock-holmes.epub": (12, 12),
    "verwandlung.txt": (3, 3),
    "war-of-the-worlds.epub": (27, 29),
    "war-of-the-worlds.txt": (27, 29),
    "wuthering-heights.epub": (34, 34),
}
"""Chapters, and all sections, by hand."""


@pytest.mark.skipif(not MORE.exists(), reason="the novels are not here: ../shared/novels")
@pytest.mark.parametrize("name", COUNTED)
def test_a_novel_as_people_have_it_has_the_chapters_that_a_person_counts(name: str) -> None:
    sections = split(read_manuscript(MORE / name, name)).sections
    chapters = sum(section.kind is SectionKind.CHAPTER for section in sections)

    assert (chapters, len(sections)) == COUNTED[name]


@pytest.mark.skipif(not MORE.exists(), reason="the novels are not here: ../shared/novels")
@pytest.mark.parametrize("name", [name for name in COUNTED if name.startswith("great-gatsby")])
def test_every_converter_keeps_the_breaks_of_a_novel(name: str) -> None:
    sections = split(read_manuscript(MORE / name, name)).sections

    assert sum(block.role is Role.BREAK for section in sections for block in section.body) == 25
