"""Every format that authors write in, with its quirks, comes out as the same paragraphs."""

from pathlib import Path

import pytest

from jobs.analysis.document import Document, Role
from jobs.analysis.reading.markdown import read_markdown
from jobs.analysis.reading.plain import read_text
from jobs.analysis.reading.reader import read_manuscript
from jobs.analysis.structure.chapters import split
from jobs.analysis.words.words import count_words, words_of
from tests.unit.analysis.files import (
    SAMPLE,
    docx,
    docx_of,
    epub,
    page,
    paragraph,
    paragraphs,
    prose,
    titles,
)

TEXT = "“Café,” she said—‘naïve’ … and Zoë’s résumé."


def read(directory: Path, filename: str, data: bytes) -> Document:
    """The document in a file of that name."""
    path = directory / "stored"
    path.write_bytes(data)
    return read_manuscript(path, filename)


def texts(document: Document) -> list[str]:
    """The text of each block."""
    return [block.text for block in document.blocks]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_text_is_read_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    data = f"{TEXT}\n\n{TEXT}".encode(encoding)

    assert texts(read(tmp_path, "novel.txt", data)) == [TEXT, TEXT]


def test_text_of_old_macintoshes_is_read(tmp_path: Path) -> None:
    assert texts(read(tmp_path, "novel.txt", TEXT.encode("mac_roman"))) == [TEXT]


def test_latin_1_is_read(tmp_path: Path) -> None:
    text = "Voilà, said Zoë: déjà vu in a café, and £5."

    assert texts(read(tmp_path, "novel.txt", text.encode("latin-1"))) == [text]


def test_utf_8_that_breaks_off_within_a_character_is_read(tmp_path: Path) -> None:
    data = (TEXT * 20).encode() + "é".encode()[:1]

    assert texts(read(tmp_path, "novel.txt", data))[0].startswith(TEXT)


def test_invisible_characters_do_not_cut_words(tmp_path: Path) -> None:
    document = read(tmp_path, "novel.txt", "un\u00adbreak\u200bable".encode())

    assert words_of(document.blocks) == 1


def test_lines_that_a_program_wrapped_are_one_paragraph() -> None:
    wrapped = (
        "The tide had gone out in the night and left the boats leaning on\n"
        "their sides. She walked down to the water with her shoes in her\n"
        "hand and counted the gulls.\n"
    )

    assert len(read_text(f"{wrapped}\n{wrapped}\n{wrapped}").blocks) == 3


def test_lines_that_the_author_ended_are_paragraphs() -> None:
    text = "\n".join(paragraphs(200))

    assert texts(read_text(text)) == paragraphs(200)


def test_indented_lines_begin_paragraphs_in_wrapped_text() -> None:
    wrapped = (
        "\tThe tide had gone out in the night and left the boats leaning\n"
        "on their sides all along the quay, and nobody said a word.\n"
        "\tShe walked down to the water with her shoes in her hand and\n"
        "counted the gulls.\n"
    )

    assert len(read_text(wrapped * 3).blocks) == 6


def test_a_form_feed_is_a_new_page() -> None:
    assert [block.gap for block in read_text("One.\n\n\fTwo.\n\nThree.").blocks] == [0, 3, 1]


def test_markdown_marks_are_not_prose() -> None:
    text = (
        "She *really* meant **it**, and __he__ did _not_; 2*3*4 and snake_case stay.\n\n"
        "> A [link](http://example.org/a) \\*kept\\* <!-- note to self: fix -->here."
    )

    assert texts(read_markdown(text)) == [
        "She really meant it, and he did not; 2*3*4 and snake_case stay.",
        "A link *kept* here.",
    ]


def test_markdown_rules_are_scene_breaks() -> None:
    document = read_markdown("One.\n\n---\n\nTwo.\n\n***\n\nThree.\n\n#\n\nFour.")

    assert [block.role for block in document.blocks].count(Role.BREAK) == 3


def test_word_headings_are_known_by_the_name_of_their_style_in_any_language(tmp_path: Path) -> None:
    parts = [("The Gate", "berschrift1"), (prose(40), ""), ("The Well", "Mine"), (prose(40), ""), ("Night", "Outlined")]

    document = read(tmp_path, "novel.docx", docx_of(parts))

    assert titles(split(document)) == ["The Gate", "The Well", "Night"]


def test_word_headings_are_known_without_a_list_of_styles(tmp_path: Path) -> None:
    data = docx(paragraph("The Gate", "Heading1") + paragraph("Text.") + paragraph("Night", "Heading1"), styles="<x/>")

    assert titles(split(read(tmp_path, "novel.docx", data))) == ["The Gate", "Night"]


def test_word_chapters_are_found_without_any_style(tmp_path: Path) -> None:
    parts = [(text, "") for heading in ("CHAPTER ONE", "CHAPTER TWO") for text in (heading, *paragraphs())]

    assert titles(split(read(tmp_path, "novel.docx", docx_of(parts)))) == ["CHAPTER ONE", "CHAPTER TWO"]


def test_number_and_title_in_two_styled_word_paragraphs_are_one_heading(tmp_path: Path) -> None:
    parts = [
        (text, style)
        for number in (1, 2)
        for text, style in ((f"Chapter {number}", "berschrift1"), ("The Gate", "Heading2"), (prose(60), ""))
    ]

    assert titles(split(read(tmp_path, "novel.docx", docx_of(parts)))) == [
        "Chapter 1 — The Gate",
        "Chapter 2 — The Gate",
    ]


def test_a_word_contents_list_is_not_counted_twice(tmp_path: Path) -> None:
    headings = ["The Gate", "Night"]
    listed = [(f"{heading}\t7", "TOC1") for heading in headings]
    chapters = [part for heading in headings for part in ((heading, "berschrift1"), (prose(60), ""))]

    assert titles(split(read(tmp_path, "novel.docx", docx_of([*listed, *chapters])))) == headings


def test_a_contents_list_that_word_made_is_known_without_styles(tmp_path: Path) -> None:
    listed = "".join(paragraph(f"Chapter {number}") for number in (1, 2))
    made = (
        "<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val='Table of Contents'/></w:docPartObj></w:sdtPr>"
        f"<w:sdtContent>{listed}</w:sdtContent></w:sdt>"
    )
    chapters = "".join(paragraph(text) for number in (1, 2) for text in (f"Chapter {number}", prose(60)))

    document = read(tmp_path, "novel.docx", docx(made + chapters))

    assert [block.role for block in document.blocks[:3]] == [Role.CONTENTS, Role.CONTENTS, Role.TEXT]
    assert titles(split(document)) == ["Chapter 1", "Chapter 2"]


def test_what_word_deleted_moved_or_doubled_is_not_read(tmp_path: Path) -> None:
    body = (
        "<w:p><w:r><w:t>Kept</w:t></w:r><w:del><w:r><w:delText>gone</w:delText><w:t>gone</w:t></w:r></w:del>"
        "<w:ins><w:r><w:t xml:space='preserve'> added</w:t></w:r></w:ins>"
        "<w:moveFrom><w:r><w:t>moved</w:t></w:r></w:moveFrom>"
        "<w:r><w:instrText>PAGE</w:instrText></w:r><w:r><w:tab/><w:t>end</w:t><w:br/><w:t>line</w:t></w:r></w:p>"
        "<w:p><w:r><AlternateContent><Choice><w:txbxContent><w:p><w:r><w:t>boxed</w:t></w:r></w:p></w:txbxContent></Choice>"
        "<Fallback><w:p><w:r><w:t>boxed</w:t></w:r></w:p></Fallback></AlternateContent><w:t>around</w:t></w:r></w:p>"
    )

    assert texts(read(tmp_path, "novel.docx", docx(body))) == ["Kept added\tend\nline", "boxed", "around"]


def test_empty_word_paragraphs_and_page_breaks_are_space(tmp_path: Path) -> None:
    broken = "<w:p><w:r><w:br w:type='page'/></w:r></w:p>"
    body = paragraph("One") + paragraph("") + paragraph("Two") + broken + paragraph("Three")

    assert [block.gap for block in read(tmp_path, "novel.docx", docx(body)).blocks] == [0, 1, 4]


def test_an_epub_is_read_in_the_order_of_its_spine(tmp_path: Path) -> None:
    pages = {"z.xhtml": page("<h2>Chapter 1</h2><p>First.</p>"), "a.xhtml": page("<h2>Chapter 2</h2><p>Second.</p>")}

    assert texts(read(tmp_path, "novel.epub", epub(pages))) == ["Chapter 1", "First.", "Chapter 2", "Second."]


def test_an_old_epub_with_doctype_and_html_entities_is_read(tmp_path: Path) -> None:
    doctype = '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.1//EN" "http://www.w3.org/TR/xhtml11/DTD/xhtml11.dtd">'
    pages = {"a.xhtml": page("<p>Caf&eacute;&nbsp;&mdash; &ldquo;Tom &amp; Jerry&rdquo; &#8230;</p>", head=doctype)}

    assert texts(read(tmp_path, "novel.epub", epub(pages))) == ["Café\u00a0— “Tom & Jerry” …"]


def test_an_epubs_own_front_and_back_matter_is_left_out_and_named(tmp_path: Path) -> None:
    pages = {
        "nav.xhtml": page("<nav><ol><li>Chapter 1</li></ol></nav>", title="Contents"),
        "imprint.xhtml": page("<h2>Imprint</h2><p>Printed.</p>", kind="frontmatter", title="Imprint"),
        "prologue.xhtml": page(
            "<section epub:type='prologue'><h2>Prologue</h2><p>Before.</p></section>", kind="frontmatter"
        ),
        "one.xhtml": page("<h2>Chapter 1</h2><p>Text<a epub:type='noteref' href='#n'>1</a>.</p>", kind="bodymatter"),
        "notes.xhtml": page("<p>Note.</p>", kind="backmatter", title="Notes"),
    }

    document = read(tmp_path, "novel.epub", epub(pages, nav="nav.xhtml"))

    assert texts(document) == ["Prologue", "Before.", "Chapter 1", "Text."]
    assert document.left_out == ("Contents", "Imprint", "Notes")


def test_a_chapter_with_notes_below_it_is_read_without_its_notes(tmp_path: Path) -> None:
    mark = "<a epub:type='noteref' href='#fn1'><sup>1</sup></a>"
    notes = "<section epub:type='footnotes'><hr/><ol><li>A note.</li></ol></section>"
    chapter = f"<section epub:type='chapter'><h1>Chapter 1{mark}</h1><p>First.</p>{notes}</section>"

    document = read(tmp_path, "novel.epub", epub({"a.xhtml": page(chapter, kind="bodymatter")}))

    assert (texts(document), document.left_out) == (["Chapter 1", "First."], ())


@pytest.mark.parametrize(
    "mark",
    ["<a href='#n'><sup>1</sup></a>", "<sup><a href='#n'>1</a></sup>", "<a href='#n' class='x footnote-ref'>1</a>"],
)
def test_the_number_of_a_note_is_no_part_of_the_word_before_it(tmp_path: Path, mark: str) -> None:
    notes = "<div class='footnotes'><p id='n'>1. A note.</p></div>"
    body = f"<h2>Chapter Two{mark}</h2><p>The 4<sup>th</sup> of <a href='#x'>July</a>{mark}.</p>{notes}"

    assert texts(read(tmp_path, "novel.epub", epub({"a.xhtml": page(body)}))) == ["Chapter Two", "The 4th of July."]


def test_rules_line_breaks_and_loose_text_in_an_epub_are_kept(tmp_path: Path) -> None:
    body = "<div>Loose <i>text</i><p>Verse one,<br/>  verse two.</p><hr/>After<blockquote>Quote</blockquote></div>"

    document = read(tmp_path, "novel.epub", epub({"a.xhtml": page(body)}))

    assert texts(document) == ["Loose text", "Verse one,\nverse two.", "* * *", "After", "Quote"]
    assert document.blocks[2].role is Role.BREAK


def test_two_line_breaks_end_a_paragraph_of_an_epub_but_no_heading(tmp_path: Path) -> None:
    body = "<h2>The Gate<br/><br/>and the Well</h2><p>One,<br/>two.<br/><br/>&nbsp;<br/>Three.</p>"

    document = read(tmp_path, "novel.epub", epub({"a.xhtml": page(body)}))

    assert texts(document) == ["The Gate\nand the Well", "One,\ntwo.", "Three."]


def test_a_page_of_prose_in_a_heading_is_prose(tmp_path: Path) -> None:
    pages = {"a.xhtml": page(f"<h1>The Gate</h1><h1>{prose(100)}</h1>")}

    assert titles(split(read(tmp_path, "novel.epub", epub(pages)))) == ["The Gate"]


def test_what_is_left_out_is_named_in_full(tmp_path: Path) -> None:
    pages = {"a.xhtml": page("<p>Story.</p>"), "b.xhtml": page("<p>x</p>", kind="imprint", title="Tom &amp; Jerry")}

    assert read(tmp_path, "novel.epub", epub(pages)).left_out == ("Tom & Jerry",)


def test_a_nul_deep_in_a_file_does_not_reach_the_report(tmp_path: Path) -> None:
    data = (prose(15_000) + "\n\nThe e\x00nd\x07.").encode()

    assert texts(read(tmp_path, "novel.txt", data))[-1] == "The end."


def test_the_sample_has_the_same_chapters_and_words_in_every_format(tmp_path: Path) -> None:
    text = SAMPLE.read_text(encoding="utf-8")
    blocks = read_text(text).blocks
    headings = [block.text for block in blocks if block.text.startswith("Chapter ")]
    data = {
        "a.txt": text.encode("utf-16"),
        "a.md": "\n\n".join(("# " if b.text in headings else "") + b.text for b in blocks).encode(),
        "a.docx": docx_of([(b.text, "berschrift1" if b.text in headings else "") for b in blocks]),
        "a.epub": epub({"a.xhtml": page("".join(_tagged(b.text, b.text in headings) for b in blocks))}),
    }

    for filename, content in data.items():
        document = read(tmp_path, filename, content)

        assert titles(split(document)) == headings
        assert words_of(document.blocks) == count_words(text)


def _tagged(text: str, is_heading: bool) -> str:
    return f"<h2>{text}</h2>" if is_heading else f"<p>{text}</p>"
