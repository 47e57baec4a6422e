"""What can be known about a manuscript before any job exists: cheap refusals at the upload, in an author's words."""

from pathlib import Path

from jobs.analysis.reading.encoding import decode, looks_binary
from jobs.analysis.reading.format import ZIP, Format
from jobs.analysis.reading.formats import format_of
from jobs.errors import Unreadable

HEAD_BYTES = 4096
"""How much of a file's beginning `check_upload` wants to see."""
_SMALLEST_ZIP = 22
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
_EMPTY = "This file is empty. Check that it holds the manuscript and upload it again."
_EMPTY_TEXT = "There is no text here. Paste the manuscript and try again."


def check_upload(filename: str, head: bytes, size: int) -> None:
    """Refuses what its name and its first bytes give away. `head` is the first HEAD_BYTES, `size` is in bytes.

    Raises UnsupportedFormat or Unreadable. Reads nothing else and costs microseconds.
    """
    found = format_of(filename)
    if size == 0 or not head:
        raise Unreadable(_EMPTY)
    if found.begins:
        _check_beginning(found, head, size)
    else:
        _check_plain(found, head, size)


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
    if path.stat().st_size == 0:
        raise Unreadable(_EMPTY)
    format_of(filename).inspect(path)


def _check_plain(found: Format, head: bytes, size: int) -> None:
    if head.startswith(ZIP):
        raise Unreadable(_mismatch("a Word document, an EPUB or another archive", found))
    _refuse_other_kinds(found, head)
    text = decode(head[: len(head) // 4 * 4] if len(head) >= HEAD_BYTES else head)
    if len(head) >= size and not any(character.isalnum() for character in text):
        raise Unreadable("There are no words in this file. Check that it holds the manuscript and upload it again.")


def _check_beginning(found: Format, head: bytes, size: int) -> None:
    _refuse_other_kinds(found, head)
    if size < _SMALLEST_ZIP and ZIP in found.begins:
        raise Unreadable(f"This file ends too early to be {found.name}. Export it again and upload that.")
    if not head.startswith(found.begins):
        raise Unreadable(_mismatch("something else", found))


def _refuse_other_kinds(found: Format, head: bytes) -> None:
    if found.begins and head.startswith(found.begins):
        return
    kind = next((kind for magic, kind in _KINDS_BY_MAGIC if _has_magic(head, magic)), None)
    if kind is not None:
        raise Unreadable(_mismatch(kind, found))
    if head[:4] == b"RIFF" or head[4:8] == b"ftyp":
        raise Unreadable(_mismatch("a picture, a sound or a film", found))


def _has_magic(head: bytes, magic: bytes) -> bool:
    """Two letters alone may begin a story as well: "BM" and "MZ" need a control character near them."""
    if not head.startswith(magic):
        return False
    return len(magic) > 3 or magic in (b"\xff\xd8\xff", b"\x1f\x8b") or b"\x00" in head[:64]


def _mismatch(kind: str, found: Format) -> str:
    return f"This file is {kind}, not {found.name} as its name says. Upload the manuscript itself."
