"""What is said of a kind of manuscript file in one row: its names, how it begins, how it is inspected and read."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from jobs.analysis.document import Document

ZIP = b"PK\x03\x04"


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A kind of manuscript file."""

    label: str
    """As a list of formats says it: "Word"."""
    name: str
    """As a sentence says it: "a Word document"."""
    endings: tuple[str, ...]
    """Of a file's name, in small letters and with the dot; lists name the first."""
    begins: tuple[bytes, ...] = ()
    """With one of these a file begins; empty for text, which begins as it likes."""
    holds: tuple[bytes, ...] = ()
    """What the beginning of a ZIP file of this format holds, one of them at least."""
    inspect: Callable[[Path], None]
    """Looks whether a stored file holds together, without reading its text. Raises Unreadable or TooLarge."""
    read: Callable[[Path], Document]
    """Raises Unreadable or TooLarge."""
