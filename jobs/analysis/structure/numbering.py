"""Bare numbers as headings: only a row that counts up, with prose between, is a row of chapters."""

from collections.abc import Sequence
from dataclasses import dataclass

from jobs.analysis.structure.candidates import Candidate
from jobs.analysis.words.markers import SectionKind

_MISSING_COST = 0.6
_RESTART_COST = 1.5
_LARGEST_SKIP = 3
_SHORTEST_ROW = 2
_PROSE_BETWEEN = 60
"""Costs against a number in its place, and words between two chapters. Guesses: of the rows of numbers that fit a
text, the cheapest is right in all novels and small manuscripts of the tests."""


@dataclass(frozen=True, slots=True)
class _Row:
    score: float
    members: tuple[int, ...]
    words_before: int


def counted_rows(candidates: Sequence[Candidate], words_before: Sequence[int]) -> set[int]:
    """Indices of the bare numbers that form the best row 1, 2, 3 …, which may start again, in one style.

    `words_before[i]` is the number of words before block i: two members stand at least 60 words apart,
    as no list in a letter or a timetable does.
    """
    styles = {candidate.marker.style for candidate in candidates if candidate.marker and candidate.marker.is_bare}
    rows = [_best_row(candidates, words_before, style) for style in styles]
    longest = max(rows, key=len, default=())
    return set(longest) if len(longest) >= _SHORTEST_ROW else set()


def _best_row(candidates: Sequence[Candidate], words_before: Sequence[int], style: str) -> tuple[int, ...]:
    best_to: dict[int, _Row] = {}
    restart_cost = _RESTART_COST
    for candidate in candidates:
        marker = candidate.marker
        if marker is None or marker.number is None:
            continue
        if marker.kind is SectionKind.PART:
            restart_cost = 0.0
        elif marker.is_bare and marker.style == style:
            row = _extended(best_to, marker.number, restart_cost, words_before[candidate.index])
            if row is not None and row.score > best_to.get(marker.number, _NOTHING).score:
                members = (*row.members, candidate.index)
                best_to[marker.number] = _Row(row.score, members, words_before[candidate.index])
                restart_cost = _RESTART_COST
    return max(best_to.values(), key=lambda row: row.score, default=_NOTHING).members


_NOTHING = _Row(0.0, (), -_PROSE_BETWEEN)


def _extended(best_to: dict[int, _Row], number: int, restart_cost: float, words: int) -> _Row | None:
    """The best row that the number may follow, with the score that it then has."""
    options = [
        _Row(row.score + 1 - _MISSING_COST * (number - last - 1), row.members, words)
        for last, row in best_to.items()
        if 0 < number - last <= _LARGEST_SKIP and words - row.words_before >= _PROSE_BETWEEN
    ]
    if number in (0, 1):
        options.append(_Row(1.0, (), words))
        options += [
            _Row(row.score + 1 - restart_cost, row.members, words)
            for row in best_to.values()
            if len(row.members) > 1 and words - row.words_before >= _PROSE_BETWEEN
        ]
    return max(options, key=lambda row: row.score, default=None)
