"""The words that this manuscript uses more than ordinary texts do."""

from jobs.analysis.sections.frequency import LISTED, findings, uses
from jobs.analysis.sections.section import Measured
from jobs.analysis.story.story import Story
from jobs.analysis.words.ordinary import function_words

KEY = "overused_words"
TITLE = "Words you use more than most"
NEEDS_ENGLISH = False
NEEDS_PROSE = False
GUIDE = (
    "Words that you use at least three times as often as ordinary texts of its language do, the most telling first. "
    "Subjects, settings and dialect belong here; look for favourite gestures and fillers. "
    "The small bars show in which chapters they gather."
)
_LEAST_RATIO = 3.0
"""A guess: below it, words of the subject hide the habits."""


def measure(story: Story) -> Measured | None:
    """Words used at least three times as often as in ordinary texts, the most telling first.

    Telling is the log-likelihood ratio: T. Dunning, "Accurate methods for the statistics of surprise and
    coincidence", Computational Linguistics 19 (1993).
    """
    if story.language is None:
        return None
    common = function_words(story.language)
    found = [use for use in uses(story) if use.ratio >= _LEAST_RATIO and use.form not in common]
    return Measured(findings=findings(story, sorted(found, key=lambda use: -use.weight)[:LISTED]))
