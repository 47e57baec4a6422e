"""The words that this manuscript uses most."""

from jobs.analysis.sections.frequency import LISTED, findings, uses
from jobs.analysis.sections.section import Measured
from jobs.analysis.story.story import Story
from jobs.analysis.words.ordinary import function_words

KEY = "frequent_words"
TITLE = "Most frequent words"
NEEDS_ENGLISH = False
NEEDS_PROSE = False
GUIDE = (
    "The words you use most, without grammar (the, and, was) and without names. The ratio says how many times as "
    "often as in ordinary texts of its language. A high ratio on the subject of the book is natural; on a word such as "
    '"suddenly" or "smiled" it is a habit worth knowing.'
)


def measure(story: Story) -> Measured:
    """The most frequent words that are neither grammar nor names, with their ratio to ordinary texts."""
    common = function_words(story.language)
    found = [use for use in uses(story) if use.form not in common]
    return Measured(findings=findings(story, sorted(found, key=lambda use: -use.count)[:LISTED]))
