"""Words and habits that are rarer or more frequent in the next draft, by more than chance."""

from collections import Counter
from dataclasses import dataclass
from math import sqrt

from jobs.analysis.drafts.draft import Draft

_NOTABLE = 2.0
"""Standard deviations, from which on a habit has changed and not only varied: one in twenty does so by chance."""
_MOST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class HabitChange:
    """A word or habit that is rarer or more frequent now, by more than chance."""

    kind: str
    label: str
    before: int
    after: int


def habits(before: Draft, after: Draft) -> list[HabitChange]:
    ours, theirs = _counts(before), _counts(after)
    changes = [
        (_deviations(ours[habit], before.words, theirs[habit], after.words), habit) for habit in {*ours, *theirs}
    ]
    notable = sorted(
        (change for change in changes if change[0] >= _NOTABLE), key=lambda change: (-change[0], change[1])
    )
    return [
        HabitChange(kind=kind, label=label, before=ours[kind, label], after=theirs[kind, label])
        for _, (kind, label) in notable[:_MOST]
    ]


def _counts(draft: Draft) -> Counter[tuple[str, str]]:
    return Counter(
        (kind, span[3]) for kind, chapters in draft.marks.items() for spans in chapters.values() for span in spans
    )


def _deviations(before: int, words_before: int, after: int, words_after: int) -> float:
    """How far two rates of rare events are apart, in standard deviations: the test of two Poisson means."""
    if not words_before or not words_after:
        return 0.0
    rate = (before + after) / (words_before + words_after)
    spread = sqrt(rate * (1 / words_before + 1 / words_after))
    return abs(before / words_before - after / words_after) / spread if spread else 0.0
