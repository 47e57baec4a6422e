"""What can be known about a manuscript before any job exists: cheap refusals at the upload, in an author's words."""

from pathlib import Path

from jobs.analysis.reading.encoding import decode, looks_binary
from jobs.analysis.reading.format import ZIP, Format
from jobs.analysis.reading.formats import format_by_bytes, format_of
from jobs.analysis.reading.kinds import kind_of
from jobs.errors import Unreadable, UnsupportedFormat

HEAD_BYTES = 4096
"""How much of a file's beginning `check_upload` wants to see."""
_SMALLEST = 22
"""Bytes, of a ZIP file; no PDF or RTF file is shorter."""
_EMPTY = "This file is empty. Check that it holds the manuscript and upload it again."
_EMPTY_TEXT = "There is no text here. Paste the manuscript and try again."


def check_upload(filename: str, head: bytes, size: int) -> None:
    """Refuses what its name and its first bytes give away. `head` is the first HEAD_BYTES, `size` is in bytes.

    Raises UnsupportedFormat or Unreadable. Reads nothing else and costs microseconds.
    """
    found = _format(filename, head)
    if size == 0 or not head:
        raise Unreadable(_EMPTY)
    _refuse_other_kinds(found, head, size)
    if not found.begins:
        _check_plain(head, size)


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


def _format(filename: str, head: bytes) -> Format:
    """The format that the name says; a refusal says what the bytes are, whatever the name says."""
    try:
        return format_of(filename)
    except UnsupportedFormat:
        if kind := kind_of(head):
            raise UnsupportedFormat(kind.refusal) from None
        if (real := format_by_bytes(head)) and (real.holds or ZIP not in real.begins):
            raise UnsupportedFormat(f"This file is {real.name}. {_rename(real)}") from None
        raise


def _refuse_other_kinds(found: Format, head: bytes, size: int) -> None:
    if found.begins and size < _SMALLEST:
        raise Unreadable(f"This file ends too early to be {found.name}. Export it again and upload that.")
    real, kind = format_by_bytes(head), kind_of(head)
    if found.begins and head.startswith(found.begins) and kind is None:
        return
    if kind:
        raise Unreadable(f"This file is {kind.name}, not {found.name} as its name says. {kind.way_out}")
    if real:
        raise Unreadable(f"This file is {real.name}, not {found.name} as its name says. {_rename(real)}")
    if found.begins:
        raise Unreadable(
            f"This file is something else, not {found.name} as its name says. Upload the manuscript itself."
        )


def _rename(real: Format) -> str:
    return f"Give it a name that ends in {real.endings[0]} and upload it again."


def _check_plain(head: bytes, size: int) -> None:
    text = decode(head[: len(head) // 4 * 4] if len(head) >= HEAD_BYTES else head)
    if len(head) >= size and not any(character.isalnum() for character in text):
        raise Unreadable("There are no words in this file. Check that it holds the manuscript and upload it again.")
