"""What a section of the report is: a module with these names, and a row in `sections/all.py`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from jobs.analysis.report import Figure, Finding, FindingKind
from jobs.analysis.story.story import Story


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a section found. Findings carry all of their places: the report shows the first, the text marks each."""

    figures: Sequence[Figure] = ()
    findings: Sequence[Finding] = ()
    """What the report lists. A `kind` that is "" is the section itself."""
    unlisted: Sequence[Finding] = ()
    """What is only marked in the text: too rare to be listed."""
    curve: Sequence[float] = ()
    """A line over the whole manuscript, in equal steps."""


class Section(Protocol):
    """One subject of the report."""

    KEY: str
    """Stable, for programs."""
    TITLE: str
    GUIDE: str
    """What the numbers mean, and what they do not."""
    SOURCE: str
    """Where its rules come from, in a sentence for an author."""
    KINDS: tuple[FindingKind, ...]
    """Of its findings, with why each matters, when to leave it and how often it was right by hand. None where the
    section itself is the only kind."""
    NEEDS_ENGLISH: bool
    """Whether it is left out of the report on a manuscript in another language."""

    NEEDS_PROSE: bool
    """Whether it is left out of the report on a play or a screenplay."""

    def measure(self, story: Story, /) -> Measured | None:
        """What it finds; None where it says nothing about this manuscript, which leaves it out."""
