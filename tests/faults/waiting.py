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


async def until(ask: Callable[[], Awaitable[_Answer]], claim: str, *, limit: float = 30) -> _Answer:
    """The first true answer. Fails with `claim` when there is none within `limit` seconds."""
    ends = time.monotonic() + limit
    answer: _Answer | None = None
    while time.monotonic() < ends:
        try:
            if answer := await ask():
                return answer
        except _PASSING as error:
            claim = f"{claim.split(' (last:')[0]} (last: {error!r})"
        await asyncio.sleep(0.01)
    raise AssertionError(f"not within {limit} s: {claim}")
