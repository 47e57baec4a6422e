"""A line to the database that fails as a test tells it to, round the real gateway."""

import asyncio
from collections import Counter
from typing import Any

from jobs.errors import Unavailable
from jobs.ports import Gateway, Row


class FailingLine:
    """The gateway of a process whose network is bad. See Gateway."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self.is_cut = False
        self.refused: set[str] = set()
        self.calls: Counter[str] = Counter()
        self.answers: Counter[str] = Counter()
        self._lost_answers: Counter[str] = Counter()
        self._held_answers: dict[str, asyncio.Event] = {}
        self.holding = asyncio.Event()

    # `is_cut` fails every call, `refused` those of the functions in it.

    def lose_answer(self, function: str, *, times: int = 1) -> None:
        """What the function does is done, but its caller never hears of it."""
        self._lost_answers[function] += times

    def hold_answer(self, function: str) -> asyncio.Event:
        """The next answer of the function is on its way until the event is set; `holding` says when one is held."""
        self._held_answers[function] = release = asyncio.Event()
        return release

    async def call(self, function: str, /, **arguments: Any) -> list[Row]:
        """See Gateway.call."""
        self.calls[function] += 1
        if self.is_cut or function in self.refused:
            raise Unavailable("The line is cut.")
        # The next call's answer, not the next answer: calls at once may be answered in any order.
        release = self._held_answers.pop(function, None)
        rows = await self._gateway.call(function, **arguments)
        if release:
            self.holding.set()
            await release.wait()
        if self._lost_answers[function] > 0:
            self._lost_answers[function] -= 1
            raise Unavailable("The answer was lost.")
        self.answers[function] += 1
        return rows
