"""Who is in the story, and in which chapters."""

from jobs.analysis.report import FindingKind
from jobs.analysis.sections.presence import listed
from jobs.analysis.sections.section import Measured
from jobs.analysis.story.story import Story

KEY = "characters"
TITLE = "Characters"
SOURCE = "Rules of our own for capital letters, titles and the words around a name."
KINDS: tuple[FindingKind, ...] = ()
NEEDS_ENGLISH = False
NEEDS_PROSE = False
GUIDE = (
    "How often each name stands in each chapter. A gap shows where a character is out of sight. We find names by "
    "their capital letters. Names that can only mean one person share a row: Darcy, Mr. Darcy and Fitzwilliam Darcy, "
    "where there is no other Darcy. A nickname shares the row of the only "
    "person whose name it is short for; any other gets its own."
)


def measure(story: Story) -> Measured:
    """The people whose names stand most often."""
    return Measured(findings=listed(story, [figure for figure in story.cast if not figure.is_place]))
