"""A book whose text has no headings takes its chapters from its table of contents, and only such a book."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.analysis.document import Block, Document, OutlineEntry
from jobs.analysis.reading.navigation import MAX_ENTRIES, read_navigation
from jobs.analysis.reading.reader import read_manuscript
from jobs.analysis.structure.chapters import Manuscript, split
from jobs.analysis.words.words import words_of
from jobs.errors import Unreadable
from tests.unit.analysis.files import Link, epub, navigation, ncx, outline, page, prose, titles

PROSE = prose(100)
TITLES = ("The Gate", "The Well", "Night")


def text(anchor: str = "", *, head: str = "") -> str:
    """A page of prose without headings."""
    return page(f"{head}<p id='{anchor}'>{PROSE}</p>")


def manuscript(directory: Path, data: bytes) -> Manuscript:
    """The sections of an EPUB."""
    path = directory / "novel.epub"
    path.write_bytes(data)
    return split(read_manuscript(path, path.name))


def book(links: list[Link], pages: dict[str, str] | None = None, *, old: bool = False) -> bytes:
    """An EPUB with that table of contents, of EPUB 3 or of EPUB 2."""
    found = pages or {f"{number}.xhtml": text() for number in range(3)}
    contents = {"toc.ncx": ncx(links)} if old else {"nav.xhtml": navigation(links)}
    return epub(found, beside=contents)


@pytest.mark.parametrize("old", [False, True], ids=["nav.xhtml", "toc.ncx"])
def test_chapters_without_headings_are_titled_by_the_table_of_contents(tmp_path: Path, old: bool) -> None:
    links = [Link(title, f"{number}.xhtml") for number, title in enumerate(TITLES)]

    found = manuscript(tmp_path, book(links, old=old))

    assert outline(found) == [("chapter", title) for title in TITLES]
    assert all(section.words == words_of(section.body) > 90 for section in found.sections)  # titles add no words


@pytest.mark.parametrize("old", [False, True], ids=["nav.xhtml", "toc.ncx"])
def test_several_chapters_in_one_file_begin_at_their_anchors(tmp_path: Path, old: bool) -> None:
    body = f"<p id='one'>{PROSE}</p><div><p>{PROSE}<a name='two'/></p></div><p>{PROSE}</p><p><i id='déjà'/>{PROSE}</p>"
    links = [Link("One", "a.xhtml#one"), Link("Two", "a.xhtml#two"), Link("Three", "a.xhtml#d%C3%A9j%C3%A0")]

    found = manuscript(tmp_path, book(links, {"a.xhtml": page(body)}, old=old))

    assert titles(found) == ["One", "Two", "Three"]
    assert [len(section.body) for section in found.sections] == [1, 2, 1]


@pytest.mark.parametrize("old", [False, True], ids=["nav.xhtml", "toc.ncx"])
def test_parts_hold_their_chapters(tmp_path: Path, old: bool) -> None:
    pages = {f"{number}.xhtml": text("x") for number in range(4)}
    chapters = [Link(title, f"{number}.xhtml#x") for number, title in enumerate(("A Gate", "A Well", "Dusk", "Dawn"))]
    links = [Link("Day", "0.xhtml", chapters[:2]), Link("Night", "2.xhtml", chapters[2:])]

    found = manuscript(tmp_path, book(links, pages, old=old))

    assert outline(found) == [
        *(("part", "Day"), ("chapter", "A Gate"), ("chapter", "A Well")),
        *(("part", "Night"), ("chapter", "Dusk"), ("chapter", "Dawn")),
    ]


def test_a_title_without_a_link_begins_where_its_first_chapter_does(tmp_path: Path) -> None:
    links = [Link("Book One", "", [Link("I", "0.xhtml"), Link("II", "1.xhtml")]), Link("Book Two", "2.xhtml")]

    assert outline(manuscript(tmp_path, book(links))) == [
        *(("part", "Book One"), ("chapter", "I"), ("chapter", "II"), ("chapter", "Book Two")),
    ]


def test_cover_title_page_contents_and_notes_are_no_chapters(tmp_path: Path) -> None:
    names = ["Cover", "Title Page", "Copyright", "Table of Contents", "The Gate", "The Well", "About the Author"]
    pages = {f"{number}.xhtml": text() for number in range(len(names))}
    pages["0.xhtml"] = page("<img src='cover.jpg'/>")
    links = [Link(name, f"{number}.xhtml") for number, name in enumerate(names)]

    found = manuscript(tmp_path, book(links, pages))

    assert titles(found) == ["The Gate", "The Well"]
    assert (words_of(found.front) > 200, words_of(found.back) > 90) == (True, True)


def test_prefaces_and_epilogues_are_known_by_their_names(tmp_path: Path) -> None:
    names = ["Preface", "Prologue", "1. The Gate", "2. The Well", "Epilogue", "Acknowledgements"]
    links = [Link(name, f"{number}.xhtml") for number, name in enumerate(names)]

    found = manuscript(tmp_path, book(links, {f"{number}.xhtml": text() for number in range(len(names))}))

    assert outline(found) == [
        *(("other", "Prologue"), ("chapter", "1. The Gate"), ("chapter", "2. The Well"), ("other", "Epilogue")),
    ]
    assert words_of(found.back) > 90


def test_a_title_that_stands_in_the_text_is_taken_there_and_counted_once(tmp_path: Path) -> None:
    pages = {f"{number}.xhtml": text(head=f"<p><b>{title}</b></p>") for number, title in enumerate(TITLES)}
    links = [Link(f"{number + 1}. {title.upper()}", f"{number}.xhtml") for number, title in enumerate(TITLES)]

    found = manuscript(tmp_path, book(links, pages))

    assert titles(found) == list(TITLES)
    assert [len(section.heading_blocks) for section in found.sections] == [1, 1, 1]


def test_percent_encoded_names_and_files_in_folders_are_found(tmp_path: Path) -> None:
    pages = {"text/ch 1.xhtml": text(), "text/é.xhtml": text()}
    links = [Link("The Gate", "text/ch%201.xhtml"), Link("The Well", "./text/../text/%C3%A9.xhtml")]

    assert titles(manuscript(tmp_path, book(links, pages))) == ["The Gate", "The Well"]


def test_links_that_lead_nowhere_or_twice_to_one_place_make_no_chapters(tmp_path: Path) -> None:
    links = [
        *(Link("The Gate", "0.xhtml#gone"), Link("Gone", "0.xhtml#gone too"), Link("Same", "1.xhtml")),
        *(Link("Again", "1.xhtml"), Link("Missing", "9.xhtml"), Link("Out", "../../etc/passwd"), Link("…", "2.xhtml")),
        *(Link("Web", "https://example.org/2.xhtml"), Link("Mail", "mailto:a@example.org"), Link("Here", "#x")),
    ]

    assert titles(manuscript(tmp_path, book(links))) == ["The Gate", "Same"]


def test_a_page_without_words_is_no_chapter(tmp_path: Path) -> None:
    pages = {"0.xhtml": text(), "p.xhtml": page("<img src='p.jpg'/>"), "1.xhtml": text()}
    links = [Link("The Gate", "0.xhtml"), Link("A Picture", "p.xhtml"), Link("The Well", "1.xhtml")]

    assert titles(manuscript(tmp_path, book(links, pages))) == ["The Gate", "The Well"]


def test_long_front_matter_is_not_the_storys_opening(tmp_path: Path) -> None:
    pages = {"0.xhtml": page(f"<p>{prose(900)}</p>"), "1.xhtml": text(), "2.xhtml": text()}
    links = [Link("Praise for the Author", "0.xhtml"), Link("The Gate", "1.xhtml"), Link("The Well", "2.xhtml")]

    assert titles(manuscript(tmp_path, book(links, pages))) == ["The Gate", "The Well"]


def test_headings_in_the_text_are_never_overruled(tmp_path: Path) -> None:
    tagged = {f"{number}.xhtml": text(head=f"<h2>{title}</h2>") for number, title in enumerate(TITLES)}
    typed = {f"{number}.xhtml": text(head=f"<p>Chapter {number}</p>") for number in range(2)} | {"2.xhtml": text()}
    links = [Link(f"Other {number}", f"{number}.xhtml") for number in range(3)]

    assert titles(manuscript(tmp_path, book(links, tagged))) == list(TITLES)
    assert titles(manuscript(tmp_path, book(links, typed))) == ["Chapter 0", "Chapter 1", "Other 2"]


@pytest.mark.parametrize("title", ["Title page", "My Novel"])
def test_a_book_whose_title_page_alone_has_headings_takes_its_chapters_from_the_contents(
    tmp_path: Path, title: str
) -> None:
    title_page = page("<h1>My Novel</h1><h2>A Story</h2><h3>by A. Writer</h3>")
    pages = {"t.xhtml": title_page, **{f"{number}.xhtml": text() for number in range(3)}}
    links = [Link(title, "t.xhtml"), *(Link(name, f"{number}.xhtml") for number, name in enumerate(TITLES))]

    assert titles(manuscript(tmp_path, book(links, pages))) == list(TITLES)


def test_the_old_table_of_contents_is_read_where_the_new_one_says_nothing(tmp_path: Path) -> None:
    links = [Link(title, f"{number}.xhtml") for number, title in enumerate(TITLES)]
    pages = {f"{number}.xhtml": text() for number in range(3)}
    beside = {"nav.xhtml": navigation(links).replace("toc", "page-list"), "toc.ncx": ncx(links)}

    assert titles(manuscript(tmp_path, epub(pages, beside=beside))) == list(TITLES)


@pytest.mark.parametrize("name", ["nav.xhtml", "toc.ncx"])
@pytest.mark.parametrize("content", ["", "<nav", "\x00", "<ol><li><a href='0.xhtml'>x</a></li></ol>", "<ncx/>"])
def test_a_damaged_or_empty_table_of_contents_takes_nothing_from_the_text(
    tmp_path: Path, name: str, content: str
) -> None:
    pages = {"0.xhtml": text(), "1.xhtml": text()}

    found = manuscript(tmp_path, epub(pages, beside={name: content}))

    assert titles(found) == ["Whole text"]
    assert found.sections[0].words > 180


@pytest.mark.parametrize("name", ["nav.xhtml", "toc.ncx"])
def test_entities_in_a_table_of_contents_are_refused(tmp_path: Path, name: str) -> None:
    head = '<!DOCTYPE x [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;">]>'
    links = [Link("The Gate", "0.xhtml")]
    content = head + (ncx(links) if name == "toc.ncx" else navigation(links))

    with pytest.raises(Unreadable, match="XML entities"):
        manuscript(tmp_path, epub({"0.xhtml": text()}, beside={name: content}))


def test_an_old_table_of_contents_with_the_usual_doctype_is_read(tmp_path: Path) -> None:
    head = '<!DOCTYPE ncx PUBLIC "-//NISO//DTD ncx 2005-1//EN" "http://www.daisy.org/z3986/2005/ncx-2005-1.dtd">'
    content = head + ncx([Link("The Gate &amp; the Well", "0.xhtml"), Link("Night", "1.xhtml")])

    found = manuscript(tmp_path, epub({"0.xhtml": text(), "1.xhtml": text()}, beside={"toc.ncx": content}))

    assert titles(found) == ["The Gate & the Well", "Night"]


@pytest.mark.parametrize("old", [False, True], ids=["nav.xhtml", "toc.ncx"])
@pytest.mark.timeout(20)
def test_a_table_of_contents_without_measure_is_cut_off(tmp_path: Path, old: bool) -> None:
    deep: list[Link] = []
    for number in range(100):
        deep = [Link(f"Level {number}", "0.xhtml", deep)]
    links = [Link("x" * 100_000, "0.xhtml"), *deep, *(Link(f"Title {n}", "1.xhtml#a") for n in range(4 * MAX_ENTRIES))]
    content = ncx(links) if old else navigation(links)
    name = "toc.ncx" if old else "nav.xhtml"

    entries = read_navigation(iter([content.encode()]), name, format_name="an EPUB")
    found = manuscript(tmp_path, epub({"0.xhtml": text(), "1.xhtml": text()}, beside={name: content}))

    assert len(entries) == MAX_ENTRIES
    assert max(len(entry.title) for entry in entries) <= 200
    assert sum(section.words for section in found.sections) + words_of(found.front) > 180


_BLOCKS = st.builds(Block, text=st.sampled_from([PROSE, "Chapter 1", "* * *", "The Gate", "Preface"]))
_ENTRIES = st.builds(
    OutlineEntry,
    block=st.integers(0, 12),
    title=st.sampled_from(["Cover", "Preface", "The Gate", "Chapter 1", "1", "Notes", "Part One", "Night", "x"]),
    level=st.integers(1, 3),
)


@given(st.lists(_BLOCKS, max_size=10), st.lists(_ENTRIES, max_size=12))
def test_a_table_of_contents_loses_no_word_and_adds_none(blocks: list[Block], entries: list[OutlineEntry]) -> None:
    entries.sort(key=lambda entry: entry.block)

    found = split(Document(blocks=tuple(blocks), outline=tuple(entries)))

    sections = sum(section.words for section in found.sections)
    assert words_of(found.front) + sections + words_of(found.back) == words_of(blocks)
    assert [section.number for section in found.sections] == list(range(1, len(found.sections) + 1))
