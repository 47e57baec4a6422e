"""Where the story plays, and in which chapters."""

from jobs.analysis.report import FindingKind
from jobs.analysis.sections.presence import listed
from jobs.analysis.sections.section import Measured
from jobs.analysis.story.story import Story

KEY = "places"
TITLE = "Places"
SOURCE = "Rules of our own for capital letters and the words before a name."
KINDS: tuple[FindingKind, ...] = ()
NEEDS_ENGLISH = False
NEEDS_PROSE = False
GUIDE = (
    "Names that often stand behind a word of place (in, at, near, into, from), with how often each stands in each "
    "chapter. A house or a village that is only spoken of may be missing, and a name that is both, such as Georgia, "
    "is where it stands more often."
)


def measure(story: Story) -> Measured | None:
    """The places whose names stand most often; None where there are none."""
    found = listed(story, [figure for figure in story.cast if figure.is_place])
    return Measured(findings=found) if found else None
