"""What authors upload by mistake or malice: each gets a sentence, none a stack trace, none a hang."""

import io
import re
import struct
import time
import zipfile
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobs.analysis.reading.formats import format_of, listed_endings
from jobs.analysis.reading.intake import HEAD_BYTES, check_text, check_upload, inspect_file
from jobs.analysis.reading.reader import read_manuscript
from jobs.errors import Refused, TooLarge, Unreadable, UnsupportedFormat
from tests.unit.analysis.files import archive, docx, docx_of, epub, page, paragraph, paragraphs, prose

PNG = b"\x89PNG\r\n\x1a\n" + bytes(200)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(200)
OLD_WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
GOOD_DOCX = docx_of([("Chapter 1", "berschrift1"), *((text, "") for text in paragraphs())])
GOOD_EPUB = epub({"a.xhtml": page(f"<h1>Chapter 1</h1><p>{prose()}</p>")})


def upload(filename: str, data: bytes) -> None:
    """The cheap check, as the upload makes it."""
    check_upload(filename, data[:HEAD_BYTES], len(data))


@pytest.mark.parametrize("filename", ["a.txt", "a.md", "a.docx", "a.epub", "UPPER.DOCX", "a.markdown"])
def test_an_empty_file_is_refused_at_the_upload(filename: str) -> None:
    with pytest.raises(Unreadable, match="This file is empty"):
        upload(filename, b"")


@pytest.mark.parametrize(
    ("filename", "data", "sentence"),
    [
        ("novel.docx", PNG, "This file is a picture, not a Word document as its name says"),
        ("novel.docx", JPEG, "This file is a picture"),
        ("novel.txt", PNG, "This file is a picture, not a text file"),
        ("novel.epub", b"%PDF-1.7\n" + bytes(300), "This file is a PDF, not an EPUB"),
        ("novel.docx", OLD_WORD, "an old Word document"),
        ("novel.docx", b"{\\rtf1\\ansi hello}" * 9, "a rich-text"),
        ("novel.txt", GOOD_DOCX, "a Word document, not a text file as its name says"),
        ("novel.docx", b"PK\x03\x04", "ends too early to be a Word document"),
        ("novel.epub", b"Once upon a time" * 20, "This file is something else, not an EPUB"),
        ("novel.txt", bytes(range(256)) * 20, "This file is not text"),
        ("novel.txt", b"\x00" * 5000, "This file is not text"),
        ("novel.txt", b" \n\t\r\n \n", "There are no words in this file"),
        ("novel.md", b"\xef\xbb\xbf", "There are no words in this file"),
    ],
)
def test_what_a_file_really_is_decides_at_the_upload(filename: str, data: bytes, sentence: str) -> None:
    with pytest.raises(Unreadable, match=sentence):
        upload(filename, data)


@pytest.mark.parametrize("filename", ["a", ".txt.exe2", "a.xyz", "novel."])
def test_an_unknown_ending_is_refused_with_a_list_of_those_that_are_read(filename: str) -> None:
    with pytest.raises(UnsupportedFormat, match=rf"{re.escape(listed_endings('and'))}\. \w.*\.$"):
        upload(filename, b"Some text.")


@pytest.mark.parametrize(
    ("filename", "sentence"),
    [
        ("a.pages", "a Pages document, which is not read here. In Pages choose File > Export To > Word"),
        ("a.doc", "an old Word document"),
        ("a.wps", "a Works document"),
        ("a.mobi", "a Kindle book, which is not read here. In Calibre"),
        ("a.azw3", "a Kindle book"),
        ("a.fdx", "a Final Draft screenplay"),
        ("a.scrivx", "Pack the whole project folder"),
        ("a.png", "a picture"),
        ("a.xlsx", "a spreadsheet"),
        ("a.gdoc", "In Google Docs choose File > Download"),
    ],
)
def test_a_format_that_is_not_read_is_named_with_the_way_out(filename: str, sentence: str) -> None:
    for head in (b"Some text.", b"PK\x03\x04" + bytes(500)):
        with pytest.raises(UnsupportedFormat, match=sentence):
            upload(filename, head)


@pytest.mark.parametrize("filename", ["novel.xyz", "novel", "novel.docx", "novel.txt", "novel.epub"])
@pytest.mark.parametrize(
    ("head", "sentence"),
    [
        (archive({"Index/Document.iwa": b"x" * 90, "preview.jpg": JPEG}), "a Pages document.* In Pages choose"),
        (b"\x00" * 60 + b"BOOKMOBI" + b"\x00" * 90, "a Kindle book.* In Calibre"),
        (OLD_WORD, "an old Word document .*save it as .docx"),
        (b"\xffWPC" + b"\x00" * 90, "a WordPerfect document"),
        (b"<?xml version='1.0'?><FinalDraft DocumentType='Script'>", "a Final Draft screenplay"),
        (b"7z\xbc\xaf\x27\x1c" + bytes(90), "a compressed archive"),
        (b"{\\rtf1\\ansi hello there, all}", r"a rich-text \(RTF\) file.* ends in \.rtf"),
        (b"%PDF-1.7\n" + bytes(90), r"a PDF.* ends in \.pdf"),
    ],
)
def test_what_is_not_read_is_known_by_its_bytes_whatever_its_name(filename: str, head: bytes, sentence: str) -> None:
    with pytest.raises((Unreadable, UnsupportedFormat), match=sentence):
        upload(filename, head)


@pytest.mark.parametrize("text", ["BMW was her first word. ", "MZ said nothing. ", "ID cards. ", "A", "1"])
def test_a_text_that_begins_as_another_kind_of_file_is_taken(text: str) -> None:
    upload("novel.txt", (text * 3).encode())


@pytest.mark.parametrize("cut", [HEAD_BYTES - 1, HEAD_BYTES, HEAD_BYTES + 1, 3 * HEAD_BYTES])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-8-sig", "cp1252"])
def test_a_text_is_taken_wherever_its_beginning_is_cut_off(cut: int, encoding: str) -> None:
    upload("novel.txt", ("“Où est—” ‘là’ … é" * 3000).encode(encoding)[:cut])


def test_good_files_pass_all_checks(tmp_path: Path) -> None:
    for name, data in {"a.docx": GOOD_DOCX, "a.epub": GOOD_EPUB, "a.txt": prose().encode()}.items():
        path = tmp_path / name
        path.write_bytes(data)

        upload(name, data)
        inspect_file(path, name)

        assert read_manuscript(path, name).blocks


@pytest.mark.parametrize(
    "text", ["", "   \n\t\n", "\x00\x01\x02", "* * *\n—\n", "abc\x00def", "\x07\x08" * 50 + "a"], ids=repr
)
def test_pasted_text_without_words_or_with_control_characters_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        check_text(text)


@pytest.mark.parametrize(("filename", "data"), [("a.epub", GOOD_EPUB), ("a.docx", GOOD_DOCX)])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_truncated_container_is_refused_at_the_upload(
    tmp_path: Path, filename: str, data: bytes, share: float
) -> None:
    path = tmp_path / "stored-under-another-name"
    path.write_bytes(data[: int(len(data) * share)])

    with pytest.raises(Unreadable, match=r"ends too early to be an? (EPUB|Word document)"):
        inspect_file(path, filename)


@pytest.mark.parametrize(
    ("filename", "data", "sentence"),
    [
        ("a.docx", archive({"readme.txt": "hello"}), "not a Word document"),
        ("a.epub", archive({"readme.txt": "hello"}), "not an EPUB"),
        ("a.epub", GOOD_DOCX, "not an EPUB"),
        ("a.docx", GOOD_EPUB, "not a Word document"),
        ("a.epub", archive({"META-INF/container.xml": "<container"}), "damaged inside"),
        ("a.epub", archive({"META-INF/container.xml": "<container/>"}), "damaged inside"),
        (
            "a.epub",
            epub(
                {"a.xhtml": page("<p>x</p>")},
                extra={
                    "META-INF/encryption.xml": "<encryption xmlns:e='http://www.w3.org/2001/04/xmlenc#'>"
                    "<e:EncryptionMethod Algorithm='http://www.w3.org/2001/04/xmlenc#aes256-cbc'/></encryption>"
                },
            ),
            "copy protection",
        ),
    ],
)
def test_a_container_of_another_kind_is_refused_at_the_upload(
    tmp_path: Path, filename: str, data: bytes, sentence: str
) -> None:
    path = tmp_path / filename
    path.write_bytes(data)

    with pytest.raises(Unreadable, match=sentence):
        inspect_file(path, filename)


@pytest.mark.parametrize(
    ("filename", "data"),
    [
        ("a.docx", docx_of([("", ""), ("  ", "")])),
        ("a.docx", docx("")),
        ("a.epub", epub({"a.xhtml": page("<p> </p>")})),
        ("a.epub", epub({})),
        ("a.txt", b"\n\n* * *\n\n"),
    ],
)
def test_a_manuscript_without_words_is_refused_by_the_analysis(tmp_path: Path, filename: str, data: bytes) -> None:
    path = tmp_path / filename
    path.write_bytes(data)

    with pytest.raises(Unreadable, match="no words"):
        read_manuscript(path, filename)


ENTITIES = '<!DOCTYPE x [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;">]>'
EXTERNAL = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("head", [ENTITIES, EXTERNAL])
def test_entities_of_a_files_own_are_refused(tmp_path: Path, head: str) -> None:
    for filename, data in {
        "a.docx": docx(paragraph("Hello"), head=head),
        "a.epub": epub({"a.xhtml": page("<p>&b;</p>", head=head)}),
    }.items():
        path = tmp_path / filename
        path.write_bytes(data)

        with pytest.raises(Unreadable, match="XML entities"):
            read_manuscript(path, filename)


def test_a_zip_bomb_of_300_megabytes_is_refused_quickly_and_in_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "bomb.docx"
    path.write_bytes(_bomb(300))
    inspect_file(path, path.name)  # it is a whole Word document by its parts

    started = time.perf_counter()
    with pytest.raises(TooLarge, match="unpacks to far more than any novel"):
        read_manuscript(path, path.name)

    assert time.perf_counter() - started < 5


def test_a_bomb_whose_headers_lie_about_its_size_is_refused(tmp_path: Path) -> None:
    data = _bomb(300)
    size = struct.pack("<I", zlib.crc32(b"")) + struct.pack("<II", 10_000, 1_000)
    at = data.rindex(b"word/document.xml") - 46 + 16  # CRC and sizes in the list of members
    path = tmp_path / "liar.docx"
    path.write_bytes(data[:at] + size + data[at + 12 :])

    with pytest.raises((TooLarge, Unreadable)):
        read_manuscript(path, path.name)


def test_a_container_with_thousands_of_members_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "many.epub"
    with zipfile.ZipFile(path, "w") as file:
        for number in range(25_000):
            file.writestr(f"{number:06}", b"")

    with pytest.raises(TooLarge, match="too many parts"):
        inspect_file(path, path.name)


def test_a_small_file_that_unpacks_a_thousandfold_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "small.docx"
    path.write_bytes(_bomb(5))

    with pytest.raises(TooLarge):
        read_manuscript(path, path.name)


def test_a_list_of_members_of_many_megabytes_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "comments.docx"
    with zipfile.ZipFile(path, "w") as file:
        for number in range(30):
            member = zipfile.ZipInfo(f"{number}")
            member.comment = b"x" * 60_000
            file.writestr(member, b"")

    with pytest.raises(TooLarge, match="too many parts"):
        inspect_file(path, path.name)


def test_a_large_list_of_documents_is_not_read_at_the_upload(tmp_path: Path) -> None:
    path = tmp_path / "large.epub"
    path.write_bytes(archive({"META-INF/container.xml": "<container>" + prose(200_000)}))

    with pytest.raises(TooLarge):
        inspect_file(path, path.name)


def test_a_member_that_is_protected_by_a_password_is_refused(tmp_path: Path) -> None:
    data = bytearray(GOOD_DOCX)
    at = data.rindex(b"word/document.xml") - 46 + 8
    data[at] |= 1
    path = tmp_path / "locked.docx"
    path.write_bytes(bytes(data))

    with pytest.raises(Unreadable, match="password"):
        read_manuscript(path, path.name)


def test_a_packing_method_that_unpacks_without_limit_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bz.docx"
    path.write_bytes(archive({"word/document.xml": "<a/>"}, method=zipfile.ZIP_BZIP2))

    with pytest.raises(Unreadable, match="damaged inside"):
        read_manuscript(path, path.name)


def test_fifty_thousand_nested_elements_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "deep.epub"
    depth = 50_000
    path.write_bytes(epub({"a.xhtml": page("<div>" * depth + "<p>Hello</p>" + "</div>" * depth)}))

    assert [block.text for block in read_manuscript(path, path.name).blocks] == ["Hello"]


def test_the_sentences_name_the_remedy() -> None:
    with pytest.raises(Refused) as refusal:
        upload("novel.docx", PNG)

    assert refusal.value.message.endswith("Upload the manuscript itself.")


def _survives(directory: Path, filename: str, data: bytes) -> None:
    """Whatever comes out is a document or one of our refusals, of a sentence each."""
    path = directory / filename
    path.write_bytes(data)
    for step in (
        lambda: upload(filename, data),
        lambda: inspect_file(path, filename),
        lambda: read_manuscript(path, filename),
    ):
        assert _sentence(step).endswith(".")


def _sentence(step: Callable[[], object]) -> str:
    try:
        step()
    except Refused as refusal:
        return refusal.message
    return "Taken."


_FUZZ = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)


@_FUZZ
@given(data=st.binary(max_size=400), filename=st.sampled_from(["a.txt", "a.md", "a.docx", "a.epub"]))
def test_random_bytes_are_refused_or_read(tmp_path: Path, data: bytes, filename: str) -> None:
    _survives(tmp_path, filename, data)


@_FUZZ
@given(
    good=st.sampled_from([("a.docx", GOOD_DOCX), ("a.epub", GOOD_EPUB)]),
    changes=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=8),
)
def test_a_container_with_bytes_changed_anywhere_is_refused_or_read(
    tmp_path: Path, good: tuple[str, bytes], changes: list[tuple[float, int]]
) -> None:
    filename, data = good[0], bytearray(good[1])
    for where, byte in changes:
        data[int(where * len(data))] = byte
    _survives(tmp_path, filename, bytes(data))


@_FUZZ
@given(body=st.text(max_size=200), filename=st.sampled_from(["a.docx", "a.epub"]))
def test_broken_xml_is_refused_or_read(tmp_path: Path, body: str, filename: str) -> None:
    body = body.encode("utf-8", errors="replace").decode()
    data = docx(body) if filename == "a.docx" else epub({"a.xhtml": page(body)})
    _survives(tmp_path, filename, data)


@given(st.text(max_size=40))
def test_any_name_has_a_format_or_is_refused(filename: str) -> None:
    assert _sentence(lambda: format_of(filename)).endswith(".")


@cache
def _bomb(megabytes: int) -> bytes:
    """A Word document whose text is nothing but spaces, about a thousandth of its size."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file,
        file.open("word/document.xml", "w", force_zip64=True) as member,
    ):
        member.write(b"<w:document xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'><w:t>")
        for _ in range(megabytes):
            member.write(b" " * 1024 * 1024)
    return buffer.getvalue()
