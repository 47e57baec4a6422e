"""Waiting for something to become true, with a limit: the tests wait for signs, never for a time to pass."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

import asyncpg

from jobs.errors import Unavailable

# What a question meets while an engine is being restarted; the next try may be answered.
_PASSING = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, Unavailable)

_Answer = TypeVar("_Answer")


async def until(ask: Callable[[], Awaitable[_Answer]], claim: str, *, limit: float = 60) -> _Answer:
    """The first true answer. Fails with `claim` when there is none within `limit` seconds."""
    ends = time.monotonic() + limit
    is_over = False
    while not is_over:
        # Asked once more after the limit: a machine that stood still meanwhile has had no time to answer.
        is_over = time.monotonic() >= ends
        try:
            if answer := await ask():
                return answer
        except _PASSING as error:
            claim = f"{claim.split(' (last:')[0]} (last: {error!r})"
        await asyncio.sleep(0.01)
    raise AssertionError(f"not within {limit} s: {claim}")


async def is_under(bound: float, measure: Callable[[], Awaitable[float]], claim: str, *, tries: int = 5) -> None:
    """One of a few measurements, in seconds, is under `bound`: a busy machine spoils some, a fault of ours all."""
    measured: list[float] = []
    while not measured or min(measured) >= bound:
        assert len(measured) < tries, f"{claim}: {measured} s, never under {bound} s"
        measured.append(await measure())
