"""The second road of the sweep: a deployment whose scheduler is missing is swept as long as a worker lives."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from jobs.log_outage import Outage
from jobs.processes.sweeper import Sweeper

_log = logging.getLogger(__name__)


class SecondRoad:
    """Sweeps when it is this worker's turn; at each interval by itself while nobody gives turns, for want of Redis."""

    def __init__(self, sweeper: Sweeper, *, interval: timedelta, is_cut_off: Callable[[], bool]) -> None:
        self._sweeper = sweeper
        self._interval = interval.total_seconds()
        self._is_cut_off = is_cut_off
        self._turn = asyncio.Event()
        self._outage = Outage(_log, "the worker's sweep waits")

    def take_turn(self) -> None:
        """It is this worker's turn, of all workers'."""
        self._turn.set()

    async def run(self) -> None:
        """Sweeps until cancelled. In a task of its own: what commits does not run inside arq's time limit."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._interval):
                    await self._turn.wait()
            if self._turn.is_set() or self._is_cut_off():
                self._turn.clear()
                await self._sweep()

    async def _sweep(self) -> None:
        try:
            await self._sweeper.sweep()
            self._outage.is_over()
        except Exception as error:
            # Whatever it is: no error of a duty ends a process.
            self._turn.set()
            await asyncio.sleep(self._outage.lasts(error))
