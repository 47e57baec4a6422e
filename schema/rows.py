"""Long lists of a report: page by page, and each in its own turn of the loop."""

from collections.abc import Sequence
from typing import Annotated, TypeVar, cast

import strawberry

from jobs.errors import InvalidInput

# Rows of a report that one page holds at most.
_MOST_ROWS = 1000
# Rows from which on a list is written in a turn of the loop of its own.
_LONG = 200
FirstRows = Annotated[int | None, strawberry.argument(description="How many: 1 to 1,000; all, unless told.")]
PassedOver = Annotated[int | None, strawberry.argument(description="How many to pass over: those of the pages before.")]
_Row = TypeVar("_Row")


def part_of(rows: Sequence[_Row], first: int | None, after: int | None) -> list[_Row]:
    """A page of a report's list. Raises InvalidInput."""
    begin = after or 0
    if begin < 0:
        raise InvalidInput(f"`after` must be 0 or more, not {begin}.")
    if first is None:
        return list(rows[begin:])
    if not 1 <= first <= _MOST_ROWS:
        raise InvalidInput(f"`first` must be from 1 to {_MOST_ROWS}, not {first}.")
    return list(rows[begin : begin + first])


def in_turn(rows: list[_Row], *, longest: int = _LONG) -> list[_Row]:
    """The same; where they are many, for a turn of the loop of their own."""
    return rows if len(rows) <= longest else cast("list[_Row]", _later(rows))


async def _later(rows: list[_Row]) -> list[_Row]:
    return rows
