"""Words and habits that are rarer or more frequent in the next draft, by more than chance."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from math import sqrt

from jobs.analysis.drafts.draft import Draft

WORD = "word"
"""The kind of a plain word, which no section of the report judges."""
_NOTABLE = 2.0
"""Standard deviations, from which on a habit has changed and not only varied: one in twenty does so by chance."""
_NOTABLE_WORD = 3.0
"""There are ten thousand words to look at: of as many that only vary, 27 pass this."""
_MOST = 100
"""Rows that are compared. A guess."""

_Habit = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class HabitChange:
    """A word or habit that is rarer or more frequent now, by more than chance."""

    kind: str
    label: str
    before: int
    after: int


def habits(before: Draft, after: Draft, kinds: Collection[str]) -> list[HabitChange]:
    """The most changed first. Of these kinds all places are known; of a list of the most frequent words they are not,
    so plain words are counted in the texts themselves."""
    ours, theirs = _counts(before, kinds), _counts(after, kinds)
    judged = {label.casefold() for kind, label in {*ours, *theirs} if kind != WORD}
    changed = [
        (-deviations, habit)
        for habit in {*ours, *theirs}
        if not (habit[0] == WORD and habit[1] in judged)
        and (deviations := _deviations(ours[habit], before.words, theirs[habit], after.words)) >= _least(habit)
    ]
    return [
        HabitChange(kind=habit[0], label=habit[1], before=ours[habit], after=theirs[habit])
        for _, habit in sorted(changed)[:_MOST]
    ]


def _least(habit: _Habit) -> float:
    return _NOTABLE_WORD if habit[0] == WORD else _NOTABLE


def _counts(draft: Draft, kinds: Collection[str]) -> Counter[_Habit]:
    counts: Counter[_Habit] = Counter()
    for chapter in draft.chapters:
        counts.update((WORD, word) for word in chapter.words if word.isalpha())
    for kind in kinds:
        counts.update((kind, span[3]) for spans in draft.marks.get(kind, {}).values() for span in spans)
    return counts


def _deviations(before: int, words_before: int, after: int, words_after: int) -> float:
    """How far two rates of rare events are apart, in standard deviations: the test of two Poisson means."""
    if not words_before or not words_after:
        return 0.0
    rate = (before + after) / (words_before + words_after)
    spread = sqrt(rate * (1 / words_before + 1 / words_after))
    return abs(before / words_before - after / words_after) / spread if spread else 0.0
