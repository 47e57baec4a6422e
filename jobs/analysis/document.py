"""What every reader of a format hands on: a manuscript as a row of blocks, nothing of the prose lost."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What the file itself says that a block is. Plain text says little, so that most of its blocks are TEXT."""

    TEXT = "text"
    HEADING = "heading"  # styled or tagged as one
    BREAK = "break"  # a scene break: * * *, a rule
    CONTENTS = "contents"  # a line of a contents list


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A paragraph, a heading or a scene break."""

    text: str
    role: Role = Role.TEXT
    level: int = 0
    """Of a HEADING, 1 the highest; else 0."""
    gap: int = 0
    """Blank lines above it; a new page counts as three."""
    look: str = ""
    """How it is set: a style, a class, bold, centred. Says only whether two blocks look alike; "" where unknown."""
    speaker: str = ""
    """Who says it, where the file itself says so: a screenplay. All of the block is then speech."""
    is_added: bool = False
    """What the text does not hold: a heading whose words come from the outline, a break that only space makes.
    Its words are not counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlineEntry:
    """A line of the table of contents that the file carries beside its text."""

    block: int
    """Index of the block that it points to."""
    title: str
    level: int
    """1 the highest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A manuscript as read."""

    blocks: tuple[Block, ...]
    left_out: tuple[str, ...] = ()
    """Titles of what the file holds beside the manuscript and was not read, e.g. a publisher's imprint."""
    outline: tuple[OutlineEntry, ...] = ()
    """In the order of the text; empty where the file has none, or tags headings in the text itself."""
