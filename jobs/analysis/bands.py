"""A report's figures beside published novels in the public domain (`published.json`). They are no target.

`benchmarks/published.py` computes the numbers, by this program, from the texts that it names.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from statistics import median
from typing import Any

from jobs.analysis.report import Band, Figure, FigureUnit, Period, ReportSection

_COMPARED = frozenset(set(FigureUnit) - {FigureUnit.COUNT})
_NOT_COMPARED = frozenset({"vocabulary.different_words", "scenes.length_of_a_scene"})
"""They grow with the book, or depend on what it marks."""


def bands(sections: Iterable[ReportSection]) -> tuple[Band, ...]:
    """A band for each figure that was measured in the published novels."""
    known = published()
    return tuple(
        Band(
            key=key,
            label=figure.label,
            value=figure.value,
            measure=figure.measure,
            periods=tuple(_periods(known, key)),
        )
        for key, figure in comparable(sections)
        if key in known["figures"]
    )


def comparable(sections: Iterable[ReportSection]) -> Iterator[tuple[str, Figure]]:
    """The figures that say the same of a short book and of a long one, each with its key."""
    for section in sections:
        for figure in section.figures:
            key = f"{section.key}.{re.sub(r'[^a-z0-9]+', '_', figure.label.lower()).strip('_')}"
            if figure.measure in _COMPARED and key not in _NOT_COMPARED and "“" not in figure.label:
                yield key, figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """Where published novels lie, all periods together."""

    low: float
    middle: float
    high: float


@cache
def ranges() -> Mapping[str, Range]:
    """Of each figure, of each kind of finding in ten thousand words, and of what chapters differ by."""
    known = published()
    figures = {
        key: Range(
            low=min(low for low, _, _ in rows),
            middle=median(middle for _, middle, _ in rows),
            high=max(high for _, _, high in rows),
        )
        for key, rows in known["figures"].items()
    }
    return figures | {
        key: Range(low=low, middle=middle, high=high) for key, (low, middle, high) in known["rates"].items()
    }


@cache
def published() -> Mapping[str, Any]:
    """Periods with their books, and the low, the middle and the high of each figure in each period."""
    text = files(__package__).joinpath("published.json").read_text(encoding="utf-8")
    found: Mapping[str, Any] = json.loads(text)
    return found


def _periods(known: Mapping[str, Any], key: str) -> Iterator[Period]:
    for period, numbers in zip(known["periods"], known["figures"][key], strict=True):
        yield _period(period, numbers)


def _period(period: Mapping[str, Any], numbers: Sequence[float]) -> Period:
    low, middle, high = numbers
    return Period(name=period["name"], books=tuple(period["books"]), low=low, middle=middle, high=high)
