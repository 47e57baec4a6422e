"""Names of a story as findings: how often, in how many chapters, from which to which."""

from collections import Counter
from collections.abc import Sequence

from jobs.analysis.report import Finding
from jobs.analysis.story.person import Figure
from jobs.analysis.story.quotes import Places, place
from jobs.analysis.story.story import Story

_LISTED = 25
_FEWEST = 5
"""Mentions; a guess at who matters."""
_OTHER_NAMES = 3
_LONGEST_TITLE = 40
"""Names, and the characters of a chapter's title, that fit a line."""


def listed(story: Story, figures: Sequence[Figure]) -> tuple[Finding, ...]:
    """The first figures, which are the most frequent."""
    places = Places(story.prose)
    return tuple(_finding(story, places, figure) for figure in figures[:_LISTED] if len(figure.mentions) >= _FEWEST)


def _finding(story: Story, places: Places, figure: Figure) -> Finding:
    counts = Counter(mention.paragraph.section for mention in figure.mentions)
    return Finding(
        label=figure.label,
        count=len(figure.mentions),
        per_10000=places.per_10000(len(figure.mentions)),
        by_chapter=tuple(counts[part.section.number] for part in story.prose),
        places=tuple(place(*mention) for mention in figure.mentions),
        note="; ".join(filter(None, (_presence(counts, story), _also(figure)))),
    )


def _presence(counts: Counter[int], story: Story) -> str:
    """In how many chapters, and in which first and last, by their names."""
    there = [part.section.title for part in story.told if counts[part.section.number]]
    if len(story.told) < 2:
        return ""
    first, last = _short(there[0]), _short(there[-1])
    where = f"only in {first}" if len(there) == 1 else f"from {first} to {last}"
    return f"in {len(there)} of {len(story.told)} {story.unit}, {where}"


def _also(figure: Figure) -> str:
    others = figure.others[:_OTHER_NAMES]
    return f"also {', '.join(others)}" if others else ""


def _short(title: str) -> str:
    return title if len(title) <= _LONGEST_TITLE else title[: _LONGEST_TITLE - 1].rstrip() + "…"
