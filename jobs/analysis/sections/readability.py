"""How easy the prose is to read, by the length of its words and sentences."""

from jobs.analysis.report import Figure, FigureUnit, FindingKind
from jobs.analysis.sections.section import Measured
from jobs.analysis.story.story import Story

KEY = "readability"
TITLE = "Readability"
SOURCE = "The formulas of Rudolf Flesch (1948) and of Peter Kincaid and others (1975)."
KINDS: tuple[FindingKind, ...] = ()
NEEDS_ENGLISH = True
NEEDS_PROSE = True
GUIDE = (
    "Reading ease (Flesch) runs from about 0 to 100: 60 to 70 is plain English, most popular novels lie between 70 "
    "and 90. The grade (Flesch–Kincaid) is years of school. Both know only the length of words and sentences, "
    "not whether the prose is good: use them to find the chapter that is out of line, not to aim for a number."
)


def measure(story: Story) -> Measured | None:
    """Flesch and Flesch–Kincaid; None for a text too short for them."""
    total = story.total
    if not total.is_readable:
        return None
    ease = Figure(
        label="Flesch reading ease",
        value=total.reading_ease,
        measure=FigureUnit.POINTS,
        unit="points",
        meaning="higher is easier",
    )
    grade = Figure(
        label="Flesch–Kincaid grade", value=total.grade, measure=FigureUnit.YEARS, unit="years", meaning="of school"
    )
    return Measured(figures=(ease, grade))
