"""The words that this manuscript uses most, and more than ordinary English does (wordfreq's list)."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from jobs.analysis.report import Finding
from jobs.analysis.story.names import Names
from jobs.analysis.story.prose import SectionProse
from jobs.analysis.story.quotes import Places, by_section

_LISTED = 30
_FEWEST = 5
_LONGEST = 40
_FUNCTION_WORDS = 150
"""That many of English's commonest words carry grammar, not subject, and are not listed as frequent."""
_UNKNOWN = 1e-8
"""Share of a word that the list of ordinary English lacks."""
_OVERUSED_RATIO = 3.0
_SHOWN_PLACES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Use:
    form: str
    count: int
    ratio: float
    weight: float


def frequent_words(prose: Sequence[SectionProse], names: Names) -> tuple[Finding, ...]:
    """The most frequent words that are neither grammar nor names, with their ratio to ordinary English."""
    common = function_words()
    uses = [use for use in _uses(prose, names) if use.form not in common]
    return _findings(prose, sorted(uses, key=lambda use: -use.count)[:_LISTED])


def overused_words(prose: Sequence[SectionProse], names: Names) -> tuple[Finding, ...]:
    """Words used at least three times as often as in ordinary English, the most telling first.

    Telling is the log-likelihood ratio: T. Dunning, "Accurate methods for the statistics of surprise and
    coincidence", Computational Linguistics 19 (1993).
    """
    common = function_words()
    uses = [use for use in _uses(prose, names) if use.ratio >= _OVERUSED_RATIO and use.form not in common]
    return _findings(prose, sorted(uses, key=lambda use: -use.weight)[:_LISTED])


def _uses(prose: Sequence[SectionProse], names: Names) -> list[_Use]:
    counts = Counter(word.form for part in prose for paragraph in part.paragraphs for word in paragraph.words)
    total = sum(counts.values())
    ordinary = _ordinary_english()
    return [
        _use(form, count, total, ordinary.get(form, _UNKNOWN))
        for form, count in counts.items()
        if count >= _FEWEST and form not in names and 1 < len(form) < _LONGEST and not form[0].isdigit()
    ]


def _use(form: str, count: int, total: int, share: float) -> _Use:
    ratio = count / total / share
    weight = 2 * count * math.log(ratio) if ratio > 1 else 0.0
    return _Use(form=form, count=count, ratio=ratio, weight=weight)


def _findings(prose: Sequence[SectionProse], uses: Sequence[_Use]) -> tuple[Finding, ...]:
    places = Places(prose)
    wanted = {use.form for use in uses}
    found = places.of_words(wanted, most=_SHOWN_PLACES)
    sections = by_section(prose, wanted)
    return tuple(
        Finding(
            label=use.form,
            count=use.count,
            per_10000=places.per_10000(use.count),
            ratio=None if use.form not in _ordinary_english() else round(use.ratio, 1),
            note="" if use.form in _ordinary_english() else "not in the list of ordinary English",
            by_chapter=sections[use.form],
            places=found[use.form],
        )
        for use in uses
    )


@cache
def _ordinary_english() -> Mapping[str, float]:
    from wordfreq import get_frequency_dict  # a quarter of a second: only where it is needed

    frequencies: Mapping[str, float] = get_frequency_dict("en", wordlist="large")
    return frequencies


@cache
def function_words() -> frozenset[str]:
    """English's commonest words, which carry grammar."""
    ordinary = _ordinary_english()
    return frozenset(sorted(ordinary, key=lambda form: -ordinary[form])[:_FUNCTION_WORDS])
