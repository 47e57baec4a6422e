"""The words of this manuscript beside ordinary texts: one table, the most telling first."""

from jobs.analysis.report import FindingKind
from jobs.analysis.sections.frequency import Use, findings, uses
from jobs.analysis.sections.section import Measured
from jobs.analysis.story.story import Story
from jobs.analysis.words.ordinary import function_words

KEY = "frequent_words"
TITLE = "Your words"
GUIDE = (
    "The words that tell most about this book: those you use far more often than ordinary texts of its language, "
    "and those you use most of all, without grammar (the, and, was) and without names. The ratio says how many times "
    "as often as usual. A high ratio on the subject of the book is natural, and so is dialect; on a favourite gesture "
    'or a filler, such as "smiled" or "suddenly", it is a habit worth knowing.'
)
SOURCE = (
    "Ordinary texts are those of wordfreq: books, films, news and the web, up to 2021. The order is Ted "
    "Dunning's log-likelihood (1993)."
)
KINDS: tuple[FindingKind, ...] = ()
NEEDS_ENGLISH = False
NEEDS_PROSE = False
_TELLING = 30
_FREQUENT = 20
_LEAST_RATIO = 3.0
"""A guess: below it, words of the subject hide the habits."""


def measure(story: Story) -> Measured:
    """The most telling words, and behind them the most frequent that are not among them.

    Telling is the log-likelihood ratio: T. Dunning, "Accurate methods for the statistics of surprise and
    coincidence", Computational Linguistics 19 (1993).
    """
    grammar = function_words(story.language)
    words = [use for use in uses(story) if use.form not in grammar]
    telling = _telling(words) if story.language else []
    frequent = sorted(words, key=lambda use: -use.count)[: _FREQUENT if telling else _FREQUENT + _TELLING]
    known = {use.form for use in telling}
    return Measured(findings=findings(story, [*telling, *(use for use in frequent if use.form not in known)]))


def _telling(words: list[Use]) -> list[Use]:
    unusual = [use for use in words if use.ratio >= _LEAST_RATIO]
    return sorted(unusual, key=lambda use: -use.weight)[:_TELLING]
