"""What word processors put into a .docx beside the words: hidden, deleted, doubled or renamed."""

from pathlib import Path

import pytest

from jobs.analysis.document import Document
from jobs.analysis.reading.intake import inspect_file
from jobs.analysis.reading.reader import read_manuscript
from jobs.analysis.structure.chapters import split
from tests.unit.analysis.files import WORD, archive, docx, paragraph, paragraphs, prose, titles

HIDDEN = "<w:rPr><w:vanish/></w:rPr>"
ON_PAPER = "<w:rPr><w:vanish w:val='0'/></w:rPr>"


def read(directory: Path, data: bytes) -> Document:
    """The document in a .docx file."""
    path = directory / "novel.docx"
    path.write_bytes(data)
    inspect_file(path, path.name)
    return read_manuscript(path, path.name)


def texts(directory: Path, body: str) -> list[str]:
    """The text of each block."""
    return [block.text for block in read(directory, docx(body)).blocks]


def run(text: str, properties: str = "") -> str:
    """A run of a paragraph."""
    return f"<w:r>{properties}<w:t xml:space='preserve'>{text}</w:t></w:r>"


def marked(properties: str, runs: str) -> str:
    """A paragraph with properties."""
    return f"<w:p><w:pPr>{properties}</w:pPr>{runs}</w:p>"


def test_hidden_text_is_not_read(tmp_path: Path) -> None:
    body = f"<w:p>{run('Seen, ')}{run('secret, ', HIDDEN)}{run('shown, ', ON_PAPER)}{run('seen.')}</w:p>"
    of_the_mark = marked(HIDDEN, run("Its mark alone is hidden."))

    assert texts(tmp_path, body + of_the_mark) == ["Seen, shown, seen.", "Its mark alone is hidden."]


def test_paragraphs_whose_mark_was_deleted_are_one(tmp_path: Path) -> None:
    deleted = "<w:rPr><w:del w:id='1'/></w:rPr>"
    gone = f"<w:del>{run('gone').replace('w:t', 'w:delText')}</w:del>"
    body = marked(deleted, run("unbreak")) + marked(deleted, gone) + paragraph("able") + marked(deleted, run("last"))

    assert texts(tmp_path, body) == ["unbreakable", "last"]


def test_inserted_paragraphs_are_read(tmp_path: Path) -> None:
    body = marked("<w:rPr><w:ins w:id='1'/></w:rPr>", f"<w:ins w:id='2'>{run('New.')}</w:ins>") + paragraph("Old.")

    assert texts(tmp_path, body) == ["New.", "Old."]


def test_a_drop_cap_belongs_to_its_word(tmp_path: Path) -> None:
    body = marked("<w:framePr w:dropCap='drop' w:lines='3'/>", run("T")) + paragraph("he tide had gone out.")

    assert texts(tmp_path, body) == ["The tide had gone out."]


def test_notes_fields_and_readings_beside_a_word_are_not_read(tmp_path: Path) -> None:
    body = (
        f"<w:p>{run('A word')}<w:r><w:footnoteReference w:id='2'/></w:r><w:r><w:commentReference w:id='1'/></w:r>"
        "<w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText>PAGEREF _Toc1 \\h</w:instrText></w:r>"
        f"<w:r><w:fldChar w:fldCharType='end'/></w:r><w:ruby><w:rt>{run('reading')}</w:rt>"
        f"<w:rubyBase>{run(' base')}</w:rubyBase></w:ruby></w:p>"
    )

    assert texts(tmp_path, body) == ["A word base"]


@pytest.mark.parametrize(
    "body",
    [
        f"<w:p>{run('One.')}<w:r><w:br w:type='page'/></w:r></w:p>{paragraph('Two.')}",
        marked("<w:sectPr><w:type w:val='nextPage'/></w:sectPr>", run("One.")) + paragraph("Two."),
        marked("<w:sectPr/>", run("One.")) + paragraph("Two."),
        paragraph("One.") + marked("<w:pageBreakBefore/>", run("Two.")),
    ],
    ids=["break", "section", "plain section", "before"],
)
def test_a_new_page_is_space_above_what_follows(tmp_path: Path, body: str) -> None:
    assert [(block.text, block.gap) for block in read(tmp_path, docx(body)).blocks] == [("One.", 0), ("Two.", 3)]


def test_a_continuous_section_is_no_new_page(tmp_path: Path) -> None:
    body = marked('<w:sectPr><w:type w:val="continuous"/></w:sectPr>', run("One.")) + paragraph("Two.")

    assert [block.gap for block in read(tmp_path, docx(body)).blocks] == [0, 0]


def test_chapters_that_only_page_breaks_set_apart_are_found_by_their_titles(tmp_path: Path) -> None:
    broken = "<w:r><w:br w:type='page'/></w:r>"
    body = "".join(
        paragraph(title) + "".join(map(paragraph, paragraphs())) + f"<w:p>{run('It rained.')}{broken}</w:p>"
        for title in ("The Gate", "The Well", "Night Falls")
    )

    assert titles(split(read(tmp_path, docx(paragraph("My Novel") + f"<w:p>{broken}</w:p>" + body)))) == [
        *("The Gate", "The Well", "Night Falls"),
    ]


@pytest.mark.parametrize(
    "name", ["Überschrift 1", "Titre 1", "Título 1", "Kop 1", "Nagłówek 1", "Заголовок 1", "标题 1", "HEADING 1"]
)
def test_headings_are_known_by_the_name_of_their_style_where_it_was_translated(tmp_path: Path, name: str) -> None:
    styles = (
        f'<w:styles xmlns:w="{WORD}"><w:style w:styleId="a3"><w:name w:val="{name}"/></w:style>'
        '<w:style w:styleId="a4"><w:name w:val="Normal"/></w:style></w:styles>'
    )
    body = "".join(paragraph(text, style) for text, style in (("The Gate", "a3"), (prose(40), "a4"), ("Night", "a3")))

    assert titles(split(read(tmp_path, docx(body, styles=styles)))) == ["The Gate", "Night"]


def test_a_document_whose_main_part_has_another_name_is_read(tmp_path: Path) -> None:
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    data = archive(
        {
            "_rels/.rels": f'<R><Relationship Type="{relation}" Target="/word/document2.xml"/></R>',
            "word/document2.xml": f'<w:document xmlns:w="{WORD}"><w:body>{paragraph("Hello.")}</w:body></w:document>',
        }
    )

    assert [block.text for block in read(tmp_path, data).blocks] == ["Hello."]
