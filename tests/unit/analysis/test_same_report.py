"""The same novel gives the same report, however its lines end and whatever program it comes through."""

import textwrap
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

import pytest

from jobs.analysis.analyse import analyse
from jobs.analysis.document import Block, Role
from jobs.analysis.reading.plain import read_text
from jobs.analysis.words.markers import read_marker
from tests.unit.analysis.documents import odt
from tests.unit.analysis.files import SAMPLE, docx_of, epub, page

Novel = list[Block]


@pytest.fixture(scope="module")
def novel() -> Novel:
    """The sample, block by block, with its headings marked; it has what rules trip over at a line's end."""
    found = blocks_of(SAMPLE)
    tricky = (
        "“Not before Mrs. Pell has had it out with Mr. Pell,” said Wren. “Dr. Lisle and Mrs. Pell do not speak. Lisle "
        "counts lamps. Pell counts Lisle’s lamps.” She looked at Mr. Pell. Wren was taken by the arm, and by the time "
        "that Mrs. Pell had been sent for, Mr. Pell had been led away; Wren had really, truly not been asked."
    )
    at = len(found) // 2
    return [*found[:at], *(Block(text=tricky) for _ in range(4)), *found[at:]]


def blocks_of(path: Path) -> Novel:
    """A plain text, block by block, with its headings marked."""
    found = []
    for block in read_text(path.read_text(encoding="utf-8")).blocks:
        role = Role.HEADING if read_marker(block.text) else block.role
        found.append(Block(text=" ".join(block.text.split()), role=role))
    return found


def lines(novel: Novel, *, width: int = 0, ending: str = "\n") -> str:
    """As plain text: each paragraph on one line, or wrapped."""
    texts = [textwrap.fill(block.text, width, break_on_hyphens=False) if width else block.text for block in novel]
    return "\n\n".join(texts).replace("\n", ending)


def headed(novel: Novel) -> list[tuple[str, Role]]:
    return [(block.text, block.role) for block in novel]


def as_docx(novel: Novel) -> bytes:
    return docx_of([(text, "berschrift1" if role is Role.HEADING else "") for text, role in headed(novel)])


def as_epub(novel: Novel) -> bytes:
    tags = {Role.HEADING: "<h2>{}</h2>", Role.BREAK: "<hr/>", Role.TEXT: "<p>\n{}\n</p>"}
    body = "".join(tags[role].format(escape(textwrap.fill(text, 60))) for text, role in headed(novel))
    return epub({"1.xhtml": page(body)})


def as_markdown(novel: Novel) -> bytes:
    marks = {Role.HEADING: "## {}", Role.BREAK: "\\* \\* \\*", Role.TEXT: "{}"}
    return "\n\n".join(textwrap.fill(marks[r].format(text), 72) for text, r in headed(novel)).encode()


def as_odt(novel: Novel) -> bytes:
    marks = {Role.HEADING: "<text:h text:outline-level='1'>{}</text:h>"}
    body = "".join(marks.get(role, "<text:p>{}</text:p>").format(escape(text)) for text, role in headed(novel))
    return odt(body)


WAYS: dict[str, tuple[str, Callable[[Novel], bytes]]] = {
    "wrapped": ("novel.txt", lambda novel: lines(novel, width=72).encode()),
    "wrapped elsewhere": ("novel.txt", lambda novel: lines(novel, width=61).encode()),
    "CRLF": ("novel.txt", lambda novel: lines(novel, width=72, ending="\r\n").encode()),
    "CR": ("novel.txt", lambda novel: lines(novel, ending="\r").encode()),
    "double spaces": ("novel.txt", lambda novel: lines(novel).replace(". ", ".  ").encode()),
    "no-break spaces": ("novel.txt", lambda novel: lines(novel).replace("Mr. ", "Mr.\u00a0").encode()),
    "UTF-16": ("novel.txt", lambda novel: lines(novel).encode("utf-16")),
    "Word": ("novel.docx", as_docx),
    "EPUB": ("novel.epub", as_epub),
    "Markdown": ("novel.md", as_markdown),
    "OpenDocument": ("novel.odt", as_odt),
}


def report(directory: Path, name: str, content: bytes) -> dict[str, Any]:
    """The report, without the numbers of paragraphs."""
    (directory / name).write_bytes(content)
    found = analyse(directory / name, name, lambda stage, progress: None).report.to_json()
    for section in found["sections"]:
        for finding in section["findings"]:
            for place in finding["places"]:
                del place["paragraph"]
    return found


@pytest.mark.parametrize("way", WAYS)
def test_the_same_novel_gives_the_same_report(tmp_path: Path, novel: Novel, way: str) -> None:
    name, write = WAYS[way]

    expected = report(tmp_path, "plain.txt", lines(novel).encode())

    assert report(tmp_path, name, write(novel)) == expected


GATSBY = Path(__file__).parents[4] / "shared" / "manuscripts" / "great-gatsby.txt"


@pytest.mark.skipif(not GATSBY.exists(), reason="the novel is not here: ../shared/manuscripts")
@pytest.mark.parametrize("way", ["wrapped", "Word", "OpenDocument"])
def test_a_whole_novel_gives_the_same_report(tmp_path: Path, way: str) -> None:
    novel = blocks_of(GATSBY)
    name, write = WAYS[way]

    expected = report(tmp_path, "plain.txt", lines(novel).encode())

    assert report(tmp_path, name, write(novel)) == expected
