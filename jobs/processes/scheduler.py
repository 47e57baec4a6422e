"""The scheduler process: runs the sweeper. A loop of its own, on PostgreSQL alone, so that it sweeps though Redis
is away (docs/decisions/0003-the-sweeper-is-a-loop.md)."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

from jobs.errors import Unavailable
from jobs.log_outage import Outage
from jobs.processes.stop_signal import stop_signal
from jobs.processes.wiring import Domain, open_domain
from jobs.redis.announcements import REDIS_AWAY
from jobs.settings import Settings

_TIDY_SECONDS = 600.0
_RETRY_SECONDS = 0.5

_log = logging.getLogger(__name__)


async def run(settings: Settings) -> None:
    """Runs until SIGTERM or SIGINT. Survives every absence of PostgreSQL and Redis."""
    async with open_domain(settings, kind="scheduler") as domain:
        await Scheduler(domain).run(stop_signal())


class Scheduler:
    """Does each duty when it is due, one after the other, and says that it lives from the same loop."""

    def __init__(self, domain: Domain) -> None:
        self._domain = domain
        settings, sweeper = domain.settings, domain.sweeper
        self._duties: list[tuple[float, Callable[[], Awaitable[object]]]] = [
            (settings.sweep_interval.total_seconds(), sweeper.sweep),
            (_TIDY_SECONDS, sweeper.tidy),
            # Last: a sweeper that cannot sweep does not look alive.
            (settings.heartbeat.total_seconds(), domain.heart.beat),
        ]
        self._due = [0.0] * len(self._duties)
        self._outage = Outage(_log, "the sweep waits")

    async def run(self, stop: asyncio.Event) -> None:
        """Sweeps until `stop` is set."""
        _log.info("scheduler %s sweeps every %g s", self._domain.heart.id, self._duties[0][0])
        try:
            while not stop.is_set():
                try:
                    await self._do_what_is_due()
                    self._outage.is_over()
                except (*REDIS_AWAY, Unavailable) as error:
                    self._outage.lasts(error)
                    self._due = [max(due, time.monotonic() + _RETRY_SECONDS) for due in self._due]
                await self._rest(stop)
        finally:
            await self._domain.heart.stop()

    async def _do_what_is_due(self) -> None:
        for index, (interval, duty) in enumerate(self._duties):
            if time.monotonic() >= self._due[index]:
                await duty()
                self._due[index] = time.monotonic() + interval

    async def _rest(self, stop: asyncio.Event) -> None:
        try:
            async with asyncio.timeout(max(0.0, min(self._due) - time.monotonic())):
                await stop.wait()
        except TimeoutError:
            pass
