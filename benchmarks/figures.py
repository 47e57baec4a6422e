"""What a row of the benchmark says: each figure with those of others from the same run, and the one that is asked."""

import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from typing import Self


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured thing."""

    what: str
    unit: str
    ours: float
    asked: float | None = None
    is_more_better: bool = False
    beside: dict[str, float] = field(default_factory=dict)
    """Peers and limits, by name, measured in the same run."""

    @property
    def is_met(self) -> bool | None:
        """Whether it is as asked; None where nothing is."""
        if self.asked is None:
            return None
        return self.ours >= self.asked if self.is_more_better else self.ours <= self.asked

    @classmethod
    def read(cls, line: str) -> Self:
        """What `tell` wrote."""
        return cls(**json.loads(line))


def tell(measure: Callable[[], Iterable[Figure]]) -> None:
    """Measures and writes a line of JSON a figure, as soon as there is one."""
    for figure in measure():
        sys.stdout.write(json.dumps(asdict(figure)) + "\n")
        sys.stdout.flush()


def percentile(values: Iterable[float], share: float) -> float:
    """The value that this share of them is not above."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
