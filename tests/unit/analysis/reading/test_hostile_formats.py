"""The newer formats against what is cut off, locked, a bomb, or made to reach for other files."""

import resource
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobs.analysis.reading.formats import all_endings, format_of
from jobs.analysis.reading.intake import HEAD_BYTES, check_upload, inspect_file
from jobs.analysis.reading.reader import read_manuscript
from jobs.errors import Refused, TooLarge, Unreadable
from tests.unit.analysis.documents import PdfLine, fodt, odt, pdf, rtf, typeset
from tests.unit.analysis.files import archive, paragraphs
from tests.unit.analysis.reading.test_formats import MADE

CONTAINERS = ("a.odt", "a.zip", "a.scriv")
ENTITIES = '<!DOCTYPE x [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;">]>'
EXTERNAL = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
TEXT = "<text:p>Hello</text:p>"


def _stored(directory: Path, filename: str, data: bytes) -> Path:
    path = directory / filename
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("filename", [*CONTAINERS, "a.rtf", "a.pdf"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_truncated_file_is_refused_at_the_upload(tmp_path: Path, filename: str, share: float) -> None:
    data = MADE[filename]()
    path = _stored(tmp_path, filename, data[: int(len(data) * share)])

    with pytest.raises(Unreadable, match="ends too early to be a"):
        inspect_file(path, filename)


def test_a_truncated_flat_opendocument_text_is_refused_by_the_analysis(tmp_path: Path) -> None:
    data = MADE["a.fodt"]()

    with pytest.raises(Unreadable, match="damaged inside"):
        read_manuscript(_stored(tmp_path, "a.fodt", data[: len(data) // 2]), "a.fodt")


def test_a_rich_text_with_an_open_brace_was_cut_off(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="ends too early"):
        read_manuscript(_stored(tmp_path, "a.rtf", rtf("One {two}{three")), "a.rtf")


@pytest.mark.parametrize("head", [ENTITIES, EXTERNAL])
@pytest.mark.parametrize("filename", ["a.odt", "a.fodt", "a.scriv"])
def test_entities_of_a_files_own_are_refused(tmp_path: Path, filename: str, head: str) -> None:
    data = {
        "a.odt": odt(TEXT, head=head),
        "a.fodt": fodt(TEXT, head=head),
        "a.scriv": archive({"N.scriv/N.scrivx": f"{head}<ScrivenerProject/>"}),
    }[filename]

    with pytest.raises(Unreadable, match="XML entities"):
        read_manuscript(_stored(tmp_path, filename, data), filename)


def test_an_opendocument_text_with_a_password_is_refused_at_the_upload(tmp_path: Path) -> None:
    data = odt(TEXT, manifest="<manifest><file-entry><encryption-data/></file-entry></manifest>")

    with pytest.raises(Unreadable, match="protected with a password"):
        inspect_file(_stored(tmp_path, "a.odt", data), "a.odt")


def test_a_pdf_with_a_password_is_refused(tmp_path: Path) -> None:
    key = "<0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef>"
    locked = f"<</Filter/Standard/V 1/R 2/O {key}/U {key}/P -4>>"
    data = pdf([[PdfLine("Hello there.", 72, 700)]], extra={"Encrypt": locked, "ID": "[<00><00>]"})

    with pytest.raises(Unreadable, match="protected with a password"):
        read_manuscript(_stored(tmp_path, "a.pdf", data), "a.pdf")


def test_a_scanned_pdf_is_refused(tmp_path: Path) -> None:
    data = pdf([[PdfLine(str(number), 300, 40)] for number in range(20)])

    with pytest.raises(Unreadable, match="pictures of pages, not text: it was scanned"):
        read_manuscript(_stored(tmp_path, "a.pdf", data), "a.pdf")


def test_a_pdf_that_is_damaged_inside_is_refused(tmp_path: Path) -> None:
    data = b"%PDF-1.4\n" + b"\x00garbage\n" * 400 + b"%%EOF\n"
    path = _stored(tmp_path, "a.pdf", data)
    inspect_file(path, "a.pdf")

    with pytest.raises(Unreadable, match="damaged"):
        read_manuscript(path, "a.pdf")


def test_a_pdf_that_ends_its_reader_ends_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jobs.analysis.reading.pdf._PROGRAM", "no.such.program")

    with pytest.raises(Unreadable, match="damaged"):
        read_manuscript(_stored(tmp_path, "a.pdf", MADE["a.pdf"]()), "a.pdf")


def _scrivener_bomb() -> bytes:
    item = '<BinderItem ID="1" Type="Text"/>'
    binder = f'<ScrivenerProject><BinderItem ID="0" Type="DraftFolder">{item}</BinderItem></ScrivenerProject>'
    return archive({"N.scriv/N.scrivx": binder, "N.scriv/Files/Docs/1.rtf": b"{\\rtf1 " + b" " * 80_000_000 + b"}"})


@pytest.mark.parametrize(
    ("filename", "data"),
    [
        ("a.odt", lambda: odt("<text:p>" + " " * 90_000_000 + "</text:p>")),
        ("a.zip", lambda: archive({f"{number}.txt": b" " * 30_000_000 for number in range(4)})),
        ("a.scriv", _scrivener_bomb),
    ],
)
def test_a_bomb_is_refused_quickly(tmp_path: Path, filename: str, data: Callable[[], bytes]) -> None:
    path = _stored(tmp_path, filename, data())
    inspect_file(path, filename)

    started = time.process_time()
    with pytest.raises(TooLarge, match="unpacks to far more"):
        read_manuscript(path, filename)

    assert time.process_time() - started < 20


@pytest.mark.parametrize("filename", ["a.html", "a.rtf", "a.fodt"])
def test_deep_nesting_does_no_harm(tmp_path: Path, filename: str) -> None:
    depth = 50_000
    nested = "<text:span>" * depth + "Hello" + "</text:span>" * depth
    data = {
        "a.fodt": fodt(f"<text:p>{nested}</text:p>"),
        "a.html": ("<b><div>" * depth + "Hello").encode(),
        "a.rtf": rtf("{" * depth + "Hello" + "}" * depth),
    }[filename]

    document = read_manuscript(_stored(tmp_path, filename, data), filename)

    assert [block.text for block in document.blocks] == ["Hello"]


def test_a_zip_without_a_manuscript_says_what_belongs_in_it(tmp_path: Path) -> None:
    path = _stored(tmp_path, "a.zip", archive({"photo.jpg": b"\xff\xd8\xff", ".hidden.txt": "x"}))

    with pytest.raises(Unreadable, match=r"holds no manuscript\. Pack .*\.docx"):
        inspect_file(path, "a.zip")


def test_a_word_document_that_is_called_a_zip_is_named(tmp_path: Path) -> None:
    path = _stored(tmp_path, "a.zip", MADE["a.docx"]())

    with pytest.raises(Unreadable, match=r"a Word document\. Give it a name that ends in \.docx"):
        inspect_file(path, "a.zip")


def test_a_damaged_chapter_of_a_zip_is_named(tmp_path: Path) -> None:
    path = _stored(tmp_path, "a.zip", archive({"b/one.txt": "One.", "b/two.rtf": rb"{\rtf1 Two"}))

    with pytest.raises(Unreadable, match=r"In the file two\.rtf: This file ends too early"):
        read_manuscript(path, "a.zip")


def test_a_path_in_a_zip_reaches_nothing_outside(tmp_path: Path) -> None:
    path = _stored(tmp_path, "a.zip", archive({"../../etc/one.txt": "One.", "/two.txt": "Two."}))

    assert [block.text for block in read_manuscript(path, "a.zip").blocks if not block.is_added] == ["Two."]
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.zip"]


_FUZZ = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=120, deadline=None)
_NAMES = sorted(f"a{ending}" for ending in all_endings() if ending != ".pdf")


def _survives(directory: Path, filename: str, data: bytes) -> None:
    """Whatever comes out is a document or one of our refusals."""
    path = _stored(directory, filename, data)
    for step in (
        lambda: check_upload(filename, data[:HEAD_BYTES], len(data)),
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


@_FUZZ
@given(data=st.binary(max_size=300), filename=st.sampled_from(_NAMES))
def test_random_bytes_are_refused_or_read(tmp_path: Path, data: bytes, filename: str) -> None:
    begins = format_of(filename).begins
    _survives(tmp_path, filename, (begins[0] if begins else b"") + data)


@_FUZZ
@given(
    filename=st.sampled_from([name for name in sorted(MADE) if name != "a.pdf"]),
    changes=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=8),
)
def test_a_file_with_bytes_changed_anywhere_is_refused_or_read(
    tmp_path: Path, filename: str, changes: list[tuple[float, int]]
) -> None:
    data = bytearray(MADE[filename]())
    for where, byte in changes:
        data[int(where * len(data))] = byte
    _survives(tmp_path, filename, bytes(data))


@settings(_FUZZ, max_examples=8)
@given(
    changes=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=8),
)
def test_a_pdf_with_bytes_changed_anywhere_is_refused_or_read(tmp_path: Path, changes: list[tuple[float, int]]) -> None:
    data = bytearray(pdf(typeset(paragraphs(200))))
    for where, byte in changes:
        data[int(where * len(data))] = byte
    _survives(tmp_path, "a.pdf", bytes(data))


_RTF_WORDS = st.sampled_from(
    [
        *"{}\\ a\n",
        "\\par ",
        "\\u8212 ",
        "\\'e9",
        "\\bin5 ",
        "\\uc2 ",
        "{\\*\\x ",
        "\\s1 ",
        "{\\stylesheet ",
        "\\v ",
        "\\f1 ",
    ]
)
_TAGS = st.sampled_from(
    ["<", ">", "<p>", "</p>", "<!--", "-->", "<script>", "</script", "<b a='", '"', "&amp;", "&", "a", "<br/>"]
)


@_FUZZ
@given(body=st.lists(_RTF_WORDS, max_size=30).map("".join))
def test_any_rich_text_is_refused_or_read(tmp_path: Path, body: str) -> None:
    _survives(tmp_path, "a.rtf", rtf(body))


@_FUZZ
@given(body=st.lists(_TAGS, max_size=30).map("".join))
def test_any_html_is_refused_or_read(tmp_path: Path, body: str) -> None:
    _survives(tmp_path, "a.html", body.encode())


def test_a_large_picture_in_rich_text_costs_no_memory(tmp_path: Path) -> None:
    picture = "\n".join(["0123456789abcdef" * 8] * 100_000)
    path = _stored(tmp_path, "a.rtf", rtf(f"One.\\par {{\\pict {picture}}}Two."))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    document = read_manuscript(path, "a.rtf")

    assert [block.text for block in document.blocks] == ["One.", "Two."]
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60 * 1024
