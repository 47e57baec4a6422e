"""Reads client_contract/vectors/transitions.json."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).parents[2] / "client_contract" / "vectors" / "transitions.json"
ORACLE = json.loads(FILE.read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One cell of the oracle: a step that is tried in a status under a condition, and what comes of it."""

    step: str
    function: str
    by: tuple[str, ...]
    condition: str
    status: str
    to: str | None = None
    stays: str | None = None
    error: str | None = None
    failure: str | None = None
    new: str | None = None
    again: str | None = None

    def __str__(self) -> str:
        return f"{self.step}-{self.condition}-{self.status}"


CASES = [
    Case(
        step=step["step"],
        function=step["function"],
        by=tuple(step["by"]),
        condition=condition,
        status=status,
        **outcome,
    )
    for step in ORACLE["steps"]
    for condition, statuses in step["transitions"].items()
    for status, outcome in statuses.items()
]

EDGES = {(case.status, case.to) for case in CASES if case.to is not None and case.to != "none"}
"""Every change of a row that some step makes, a row written with the status it had among them."""

_CELLS = {(case.step, case.condition, case.status): case for case in CASES}


def expected(step: str, conditions: Sequence[str], status: str) -> Case:
    """The cell of the first of these conditions that the oracle tells apart for this step."""
    return next(_CELLS[step, condition, status] for condition in conditions if (step, condition, status) in _CELLS)
