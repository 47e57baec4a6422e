"""How often each word stands in the manuscript, beside its frequency in ordinary texts."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from jobs.analysis.report import Finding
from jobs.analysis.story.quotes import Places, by_section
from jobs.analysis.story.story import Story
from jobs.analysis.words.ordinary import ordinary

_FEWEST = 5
_LONGEST = 40
_UNKNOWN = 1e-8
"""Share of a word that the list of ordinary texts lacks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A word with its count, its ratio to ordinary texts and how much that tells."""

    form: str
    count: int
    ratio: float
    weight: float


def uses(story: Story) -> list[Use]:
    """Each word that is no name and stands at least five times."""
    counts = Counter(word.form for part in story.prose for paragraph in part.paragraphs for word in paragraph.words)
    total = sum(counts.values())
    usual = ordinary(story.language)
    return [
        _use(form, count, total, usual.get(form, _UNKNOWN))
        for form, count in counts.items()
        if count >= _FEWEST and form not in story.names and 1 < len(form) < _LONGEST and not form[0].isdigit()
    ]


def _use(form: str, count: int, total: int, share: float) -> Use:
    ratio = count / total / share
    weight = 2 * count * math.log(ratio) if ratio > 1 else 0.0
    return Use(form=form, count=count, ratio=ratio, weight=weight)


def findings(story: Story, uses: Sequence[Use]) -> tuple[Finding, ...]:
    """The findings for some of these words, in their order."""
    places = Places(story.prose)
    usual, name = ordinary(story.language), story.language.name if story.language else ""
    wanted = {use.form for use in uses}
    found = places.of_words(wanted)
    sections = by_section(story.prose, wanted)
    return tuple(
        Finding(
            label=use.form,
            count=use.count,
            per_10000=places.per_10000(use.count),
            ratio=round(use.ratio, 1) if use.form in usual else None,
            note="" if use.form in usual or not usual else f"not in the list of ordinary {name}",
            by_chapter=sections[use.form],
            places=found[use.form],
        )
        for use in uses
    )
