"""What can be known about a manuscript before any job exists: cheap refusals at the upload, in an author's words."""

from pathlib import Path
from typing import assert_never

from jobs.analysis.reading import docx, epub
from jobs.analysis.reading.container import Container, open_container
from jobs.analysis.reading.encoding import decode, looks_binary
from jobs.analysis.reading.formats import SUPPORTED_FORMATS, Format, format_of
from jobs.errors import Unreadable

__all__ = ["HEAD_BYTES", "SUPPORTED_FORMATS", "check_text", "check_upload", "inspect_file"]

HEAD_BYTES = 4096
"""How much of a file's beginning `check_upload` wants to see."""
_ZIP = b"PK\x03\x04"
_SMALLEST_ZIP = 22
_INSPECTED_BYTES = 512 * 1024
_KINDS_BY_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"BM", "a picture"),
    (b"II*\x00", "a picture"),
    (b"MM\x00*", "a picture"),
    (b"%PDF", "a PDF"),
    (b"{\\rtf", "a rich-text (RTF) file"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Word document (.doc) or one with a password"),
    (b"\x1f\x8b", "a compressed archive"),
    (b"Rar!", "a compressed archive"),
    (b"7z\xbc\xaf", "a compressed archive"),
    (b"ID3", "a sound file"),
    (b"OggS", "a sound file"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
)
_NAMES = {
    Format.TEXT: "a text file",
    Format.MARKDOWN: "a text file",
    Format.DOCX: docx.FORMAT_NAME,
    Format.EPUB: epub.FORMAT_NAME,
}
_EMPTY = "This file is empty. Check that it holds the manuscript and upload it again."
_EMPTY_TEXT = "There is no text here. Paste the manuscript and try again."


def check_upload(filename: str, head: bytes, size: int) -> None:
    """Refuses what its name and its first bytes give away. `head` is the first HEAD_BYTES, `size` is in bytes.

    Raises UnsupportedFormat or Unreadable. Reads nothing else and costs microseconds.
    """
    manuscript_format = format_of(filename)
    if size == 0 or not head:
        raise Unreadable(_EMPTY)
    match manuscript_format:
        case Format.TEXT | Format.MARKDOWN:
            _check_plain(manuscript_format, head, size)
        case Format.DOCX | Format.EPUB:
            _check_container(manuscript_format, head, size)
        case _:
            assert_never(manuscript_format)


def check_text(text: str) -> None:
    """Refuses pasted text without a word in it, or that is no text. Raises Unreadable."""
    if not any(character.isalnum() for character in text):
        raise Unreadable(_EMPTY_TEXT)
    if looks_binary(text):
        raise Unreadable("This is not text: it holds control characters. Copy the manuscript again and paste it here.")


def inspect_file(path: Path, filename: str) -> None:
    """Looks whether a stored upload holds together: a whole ZIP with the parts that its format needs.

    Raises Unreadable, TooLarge or UnsupportedFormat. Reads the list of members and one small part, never
    the text of a container, so that it is bounded in time and memory; of a text file only the beginning.
    """
    manuscript_format = format_of(filename)
    match manuscript_format:
        case Format.TEXT | Format.MARKDOWN:
            _inspect_plain(path)
        case Format.DOCX:
            with open_container(path, format_name=docx.FORMAT_NAME, max_bytes=_INSPECTED_BYTES) as container:
                docx.find_main_part(container)
        case Format.EPUB:
            with open_container(path, format_name=epub.FORMAT_NAME, max_bytes=_INSPECTED_BYTES) as container:
                _inspect_epub(container)
        case _:
            assert_never(manuscript_format)


def _check_plain(manuscript_format: Format, head: bytes, size: int) -> None:
    if head.startswith(_ZIP):
        raise Unreadable(_mismatch("a Word document, an EPUB or another archive", manuscript_format))
    _refuse_other_kinds(manuscript_format, head)
    text = decode(head[: len(head) // 4 * 4] if len(head) >= HEAD_BYTES else head)
    if len(head) >= size and not any(character.isalnum() for character in text):
        raise Unreadable("There are no words in this file. Check that it holds the manuscript and upload it again.")


def _check_container(manuscript_format: Format, head: bytes, size: int) -> None:
    _refuse_other_kinds(manuscript_format, head)
    if size < _SMALLEST_ZIP:
        raise Unreadable(
            f"This file ends too early to be {_NAMES[manuscript_format]}. Export it again and upload that."
        )
    if not head.startswith(_ZIP):
        raise Unreadable(_mismatch("something else", manuscript_format))


def _refuse_other_kinds(manuscript_format: Format, head: bytes) -> None:
    kind = next((kind for magic, kind in _KINDS_BY_MAGIC if _has_magic(head, magic)), None)
    if kind is not None:
        raise Unreadable(_mismatch(kind, manuscript_format))
    if head[:4] == b"RIFF" or head[4:8] == b"ftyp":
        raise Unreadable(_mismatch("a picture, a sound or a film", manuscript_format))


def _has_magic(head: bytes, magic: bytes) -> bool:
    """Two letters alone may begin a story as well: "BM" and "MZ" need a control character near them."""
    if not head.startswith(magic):
        return False
    return len(magic) > 3 or magic in (b"\xff\xd8\xff", b"\x1f\x8b") or b"\x00" in head[:64]


def _mismatch(kind: str, manuscript_format: Format) -> str:
    return f"This file is {kind}, not {_NAMES[manuscript_format]} as its name says. Upload the manuscript itself."


def _inspect_plain(path: Path) -> None:
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if not head:
        raise Unreadable(_EMPTY)
    decode(head)


def _inspect_epub(container: Container) -> None:
    epub.find_package(container)
    epub.refuse_locked(container)
