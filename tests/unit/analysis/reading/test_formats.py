"""Every format that is read gives the same manuscript, and what only that format has is understood."""

from collections.abc import Callable, Mapping
from html import escape
from pathlib import Path

import pytest

from jobs.analysis.document import Document, Role
from jobs.analysis.reading.formats import FORMATS, all_endings, format_of
from jobs.analysis.reading.intake import HEAD_BYTES, check_upload, inspect_file
from jobs.analysis.reading.reader import read_manuscript
from jobs.analysis.story.story import read_story
from jobs.analysis.structure.chapters import split
from tests.unit.analysis.documents import (
    Item,
    PdfLine,
    fodt,
    odt,
    pdf,
    rtf,
    rtf_words,
    scrivener,
    typeset,
)
from tests.unit.analysis.files import archive, docx_of, epub, outline, page, paragraphs

CHAPTERS = {"Chapter One": paragraphs(150), "Chapter Two": paragraphs(150, start=3)}
LINES = [line for heading, below in CHAPTERS.items() for line in ((heading, 1), *((text, 0) for text in below))]
"""Each paragraph with its level as a heading."""


def _odt_body() -> str:
    return "".join(
        f'<text:h text:outline-level="1">{escape(text)}</text:h>' if level else f"<text:p>{escape(text)}</text:p>"
        for text, level in LINES
    )


def _html() -> str:
    return "".join(f"<h1>{escape(text)}</h1>" if level else f"<p>{escape(text)}" for text, level in LINES)


def _rtf() -> str:
    return "".join(rf"\pard\s{level} {rtf_words(text)}\par " for text, level in LINES)


def _pdf() -> bytes:
    pages = []
    for heading, texts in CHAPTERS.items():
        first, *others = typeset(texts, foot=False)
        pages += [[PdfLine(heading, 250, 720, 24), *first], *others]
    return pdf(pages)


MADE: Mapping[str, Callable[[], bytes]] = {
    "a.txt": lambda: "\n\n".join(text for text, _ in LINES).encode(),
    "a.md": lambda: "\n\n".join(("# " if level else "") + text for text, level in LINES).encode(),
    "a.docx": lambda: docx_of([(text, "berschrift1" if level else "") for text, level in LINES]),
    "a.epub": lambda: epub(
        {"a.xhtml": page("".join(f"<{'h1' if n else 'p'}>{escape(t)}</{'h1' if n else 'p'}>" for t, n in LINES))}
    ),
    "a.odt": lambda: odt(_odt_body()),
    "a.fodt": lambda: fodt(_odt_body()),
    "a.rtf": lambda: rtf(_rtf()),
    "a.html": lambda: f"<!DOCTYPE html><html><body>{_html()}</body></html>".encode(),
    "a.fountain": lambda: "\n\n".join(("# " if level else "") + text for text, level in LINES).encode(),
    "a.pdf": _pdf,
    "a.zip": lambda: archive({f"Novel/{n:02}.txt": "\n\n".join([h, *t]) for n, (h, t) in enumerate(CHAPTERS.items())}),
    "a.scriv": lambda: scrivener([Item(heading, "\n".join(texts)) for heading, texts in CHAPTERS.items()]),
}
"""The same two chapters, by the name of the file."""


def read(directory: Path, filename: str, data: bytes) -> Document:
    """As an upload goes: each check, then the reading."""
    path = directory / filename
    path.write_bytes(data)
    check_upload(filename, data[:HEAD_BYTES], len(data))
    inspect_file(path, filename)
    return read_manuscript(path, filename)


def texts(document: Document) -> list[str]:
    """The text of each block."""
    return [block.text for block in document.blocks]


def test_there_is_a_file_of_every_format_here() -> None:
    assert {format_of(name) for name in MADE} == set(FORMATS)


@pytest.mark.parametrize("filename", MADE)
def test_the_same_novel_is_read_the_same_in_every_format(tmp_path: Path, filename: str) -> None:
    document = read(tmp_path, filename, MADE[filename]())

    assert [" ".join(text.split()) for text in texts(document)] == [text for text, _ in LINES]
    assert outline(split(document)) == [("chapter", heading) for heading in CHAPTERS]


@pytest.mark.parametrize("ending", all_endings())
def test_every_ending_is_taken_in_capitals_too(ending: str) -> None:
    assert format_of(f"My Novel{ending.upper()}") is format_of(ending.replace(".", "a."))


@pytest.mark.parametrize("filename", ["a.odt", "a.rtf"])
def test_titles_that_are_set_by_hand_are_headings(tmp_path: Path, filename: str) -> None:
    titles = ["The gate", "The well", "The tide goes out"]
    parts = [(text, text in titles) for title in titles for text in (title, *paragraphs(150))]
    bold = "".join(f'<text:p text:style-name="P{7 if title else 4}">{escape(text)}</text:p>' for text, title in parts)
    data = {
        "a.odt": lambda: odt(bold),
        "a.rtf": lambda: rtf(
            "".join(
                rf"\pard\qc {{\b {rtf_words(text)}}}\par " if title else rf"\pard {rtf_words(text)}\par "
                for text, title in parts
            )
        ),
    }[filename]()

    assert [title for _, title in outline(split(read(tmp_path, filename, data)))] == titles


def test_opendocument_leaves_out_notes_comments_and_what_was_deleted(tmp_path: Path) -> None:
    body = (
        "<text:tracked-changes><text:p>deleted</text:p></text:tracked-changes>"
        "<text:table-of-content><text:p>Chapter 1 .... 3</text:p></text:table-of-content>"
        '<text:p>One<text:note><text:p>a note</text:p></text:note><text:s text:c="999999999"/>two'
        "<office:annotation><text:p>a comment</text:p></office:annotation><text:tab/>three"
        "<text:line-break/>four</text:p>"
        '<text:p text:style-name="P1">The Gate</text:p>'
        '<text:p>Said<text:span text:style-name="Gone"> not</text:span>.</text:p>'
        '<text:p text:style-name="Horizontal_20_Line"/><text:p text:style-name="Page">Five</text:p>'
        '<text:h text:outline-level="1">XXX</text:h><text:p>* * *</text:p><text:p>Six</text:p>'
    )

    document = read(tmp_path, "a.odt", odt(body))

    assert [(block.text, block.role, block.level) for block in document.blocks] == [
        ("Chapter 1 .... 3", Role.CONTENTS, 0),
        ("One two three\nfour".replace("two three", "two\tthree"), Role.TEXT, 0),
        ("The Gate", Role.HEADING, 2),
        ("Said.", Role.TEXT, 0),
        ("* * *", Role.BREAK, 0),
        ("Five", Role.TEXT, 0),
        ("XXX", Role.HEADING, 1),
        ("* * *", Role.BREAK, 0),
        ("Six", Role.TEXT, 0),
    ]
    assert document.blocks[5].gap == 3


def test_rich_text_knows_codes_styles_and_what_is_hidden(tmp_path: Path) -> None:
    body = (
        r"{\*\generator Word;}{\info{\title No}}{\header No\par}"
        r"\pard\s2 The Gate\par\pard \'93Yes,\'94 she said\u8212\'97then {\v no}{\b bold}{\footnote no}"
        r"\f1\'c4\'e0\f0 .\par"
        r"{\field{\*\fldinst HYPERLINK no}{\fldrslt a link}}{\pict\pngblip 89504e47}{\*\shppict{\pict 00}}"
        r"\tab x\line y\par"
        r"\page\u-10179?\u-8704? {\deleted gone}\{braces\}\~here\par\pard\par\par * * *\par Six{\listtext 1.\tab}"
    )

    document = read(tmp_path, "a.rtf", rtf(body))

    assert [(block.text, block.role, block.gap) for block in document.blocks] == [
        ("The Gate", Role.HEADING, 0),
        ("“Yes,” she said—then bold Да.".replace("then bold ", "then bold"), Role.TEXT, 0),
        ("a link\tx\ny", Role.TEXT, 0),
        ("😀 {braces}\u00a0here", Role.TEXT, 3),
        ("* * *", Role.BREAK, 2),
        ("Six", Role.TEXT, 0),
    ]
    assert document.blocks[0].level == 2


def test_the_bytes_of_a_picture_in_rich_text_are_passed_over(tmp_path: Path) -> None:
    data = rtf("").replace(b" }", b" One{\\pict\\bin9 }}}}\\par{} two\\par}")

    assert texts(read(tmp_path, "a.rtf", data)) == ["One two"]


def test_html_is_read_as_a_browser_shows_it(tmp_path: Path) -> None:
    text = (
        "<!DOCTYPE html><HTML><head><title>No</title><STYLE>p { }</STYLE><script>if (a<b) '</p>'</SCRIPT></head>"
        "<body><!-- no --><nav>menu</nav><H2 class=x>The Gate</H2><p>One &amp; only<br>and\nwrapped<p hidden>no<p>Two"
        "<![if x]><o:p></o:p><hr><div>a < b, <3 <b>bold</div></b>tail<sup><a href='#1'>1</a></sup>"
    )

    document = read(tmp_path, "a.html", text.encode())

    assert [(block.text, block.role) for block in document.blocks] == [
        ("The Gate", Role.HEADING),
        ("One & only\nand wrapped", Role.TEXT),
        ("Two", Role.TEXT),
        ("* * *", Role.BREAK),
        ("a < b, <3 bold", Role.TEXT),
        ("tail", Role.TEXT),
    ]


def test_html_is_decoded_as_it_says(tmp_path: Path) -> None:
    data = '<meta charset="windows-1251"><p>Она не знала, что сказать.'.encode("cp1251")

    assert texts(read(tmp_path, "a.htm", data)) == ["Она не знала, что сказать."]


def test_a_screenplay_has_scenes_speakers_and_action(tmp_path: Path) -> None:
    text = (
        "Title: The Watch\nAuthor: A. Writer\n\n# Act One\n\n= A synopsis.\n\nINT. OFFICE - DAY #12#\n\n"
        "Rain *on* the window. /* cut\nthis */\n\nANNA (V.O.)\n(quietly)\nI am not going.\n  \nNot today.\n\n"
        "CUT TO:\n\n.THE PIER\n\n!THEY WALK\nand talk.\n\n@McAvoy ^\nHi! [[a note]]\n\n> THE END <\n"
    )

    document = read(tmp_path, "a.fountain", text.encode())

    assert [(block.text, block.level, block.speaker) for block in document.blocks] == [
        ("Act One", 1, ""),
        ("INT. OFFICE - DAY", 2, ""),
        ("Rain on the window.", 0, ""),
        ("I am not going.\nNot today.", 0, "ANNA"),
        ("THE PIER", 2, ""),
        ("THEY WALK\nand talk.", 0, ""),
        ("Hi!", 0, "McAvoy"),
        ("THE END", 0, ""),
    ]
    assert document.left_out == ("Title page",)


def test_a_screenplay_is_not_measured_as_prose(tmp_path: Path) -> None:
    text = "\n\n".join(f"@Anna\nThis is number {number}.\n\nShe waits for {number}." for number in range(20))

    document = read(tmp_path, "a.fountain", text.encode())

    assert read_story(split(document), lambda share: None).is_script


def test_a_scrivener_project_is_its_draft_by_the_binder(tmp_path: Path) -> None:
    draft = [
        Item(
            "Part One",
            below=[
                Item(
                    "The Quay",
                    "The Quay\nOne {\\Scrv_annot\\text=note\\end_Scrv_annot}day.\n<$Scr_Ps::0>Two.<!$Scr_Ps::0>",
                ),
                Item("", "Later."),
                Item("My notes", "No.", is_compiled=False),
            ],
        )
    ]

    document = read(tmp_path, "Novel.scriv.zip", scrivener(draft))

    assert [(block.text, block.role, block.level, block.is_added) for block in document.blocks] == [
        ("Part One", Role.HEADING, 1, True),
        ("The Quay", Role.HEADING, 2, False),
        ("One day.", Role.TEXT, 0, False),
        ("Two.", Role.TEXT, 0, False),
        ("* * *", Role.BREAK, 0, False),
        ("Later.", Role.TEXT, 0, False),
    ]
    assert document.left_out == ("My notes",)


def test_the_files_of_a_book_are_read_in_the_order_in_which_people_count(tmp_path: Path) -> None:
    data = archive(
        {
            "Book/10 - The Well.txt": "They parted.",
            "Book/2_The Gate.rtf": rtf("They met."),
            "Book/Epilogue.md": "# Epilogue\n\nAfter.",
            "Book/Prologue.docx": docx_of([("Before.", "")]),
            "Book/.DS_Store": b"\x00",
            "Book/cover.jpg": b"\xff\xd8\xff",
            "__MACOSX/Book/._2.txt": b"\x00",
        }
    )

    document = read(tmp_path, "book.zip", data)

    assert texts(document) == [
        "Prologue",
        "Before.",
        "2 The Gate",
        "They met.",
        "10 - The Well",
        "They parted.",
        "Epilogue",
        "After.",
    ]
    assert [block.is_added for block in document.blocks[:2]] == [True, False]


def test_a_pdf_is_put_together_from_its_lines(tmp_path: Path) -> None:
    written = ["A well-known man came to the extraordinarily uninteresting harbour.", *paragraphs(1500)]
    pages = typeset(written, head="THE TIDE")
    pages[3] = [PdfLine("12 Chapter", 72, 740), *pages[3][1:]]  # a running head of another kind on one page stays

    document = read(tmp_path, "a.pdf", pdf(pages))

    found = texts(document)
    assert "12 Chapter" in " ".join(found)
    assert [text for text in found if "12 Chapter" not in text and text in written] == [
        t for t in found if "12 Chapter" not in t
    ]
    assert len(found) >= len(written) - 1


def test_a_word_that_is_written_with_a_hyphen_keeps_it_at_a_lines_end(tmp_path: Path) -> None:
    lines = [
        "She was a well-",
        "known, over-",
        "scrupulous, extraordi-",
        "nary woman. Well-known, and",
        "tired of it, as they say in the",
        "town.",
    ]
    page_of_lines = [PdfLine(line, 72, 700 - 15 * number) for number, line in enumerate(lines)]

    document = read(tmp_path, "a.pdf", pdf([page_of_lines]))

    assert " ".join(texts(document)) == (
        "She was a well-known, overscrupulous, extraordinary woman. Well-known, and tired of it, as they say in the "
        "town."
    )


def test_a_pdfs_large_letters_are_headings_and_a_new_page_is_space(tmp_path: Path) -> None:
    first, second = typeset(paragraphs(300), lines_a_page=25)[:2]
    pages = [[PdfLine("The Gate", 200, 720, 20), *first], second, [PdfLine("The Well", 200, 500, 20)]]

    blocks = read(tmp_path, "a.pdf", pdf(pages)).blocks

    assert [(block.text, block.level) for block in blocks if block.role is Role.HEADING] == [
        ("The Gate", 2),
        ("The Well", 2),
    ]
    assert blocks[-1].gap == 3
