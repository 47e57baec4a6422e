"""The scheduler process: runs the sweeper. A loop of its own, on PostgreSQL alone, so that it sweeps though Redis
is away (docs/decisions/0003-the-sweeper-is-a-loop.md)."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

from jobs.log_outage import Outage
from jobs.processes.stop_signal import stop_signal
from jobs.processes.webhook import Webhook
from jobs.processes.wiring import Domain, open_domain
from jobs.settings import Settings

_TIDY_SECONDS = 600.0
_PRUNE_SECONDS = 3600.0
# While there is more to prune: it takes turns with the sweep, and leaves the database the better part of its time.
_PRUNE_AGAIN_SECONDS = 0.2

_log = logging.getLogger(__name__)


async def run(settings: Settings) -> None:
    """Runs until SIGTERM or SIGINT. Survives every absence of PostgreSQL and Redis."""
    async with open_domain(settings, kind="scheduler") as domain:
        await Scheduler(domain).run(stop_signal())


@dataclass(slots=True, kw_only=True)
class Duty:
    """Something that is due again and again. Whatever it raises is an outage of this duty and of no other."""

    name: str
    interval: float
    do: Callable[[], Awaitable[object]]
    due: float = 0.0
    outage: Outage = field(init=False)

    def __post_init__(self) -> None:
        self.outage = Outage(_log, f"{self.name} waits")

    async def do_if_due(self) -> None:
        """Does it when it is due; after an error again soon, after a growing pause."""
        if time.monotonic() < self.due:
            return
        try:
            await self.do()
        except Exception as error:
            # Whatever it is: no error of a duty ends a process.
            self.due = time.monotonic() + self.outage.lasts(error)
            return
        self.outage.is_over()
        self.due = time.monotonic() + self.interval


class Scheduler:
    """Does each duty when it is due, one after the other, and says that it lives from the same loop."""

    def __init__(self, domain: Domain) -> None:
        self._domain = domain
        self._webhook = Webhook(domain.webhooks, domain.settings) if domain.settings.webhook_url else None
        settings, sweeper = domain.settings, domain.sweeper
        self._sweep = Duty(name="the sweep", interval=settings.sweep_interval.total_seconds(), do=sweeper.sweep)
        self._prune = Duty(name="pruning", interval=_PRUNE_SECONDS, do=self._do_prune)
        self._duties = [
            self._sweep,
            Duty(name="tidying up", interval=_TIDY_SECONDS, do=sweeper.tidy),
            Duty(name="tidying up the webhook's messages", interval=_TIDY_SECONDS, do=domain.webhooks.prune),
            self._prune,
            Duty(name="the sign of life", interval=settings.heartbeat.total_seconds(), do=self._beat),
        ]

    async def run(self, stop: asyncio.Event) -> None:
        """Sweeps until `stop` is set."""
        _log.info("scheduler %s sweeps every %g s", self._domain.process_beat.id, self._sweep.interval)
        beside = [asyncio.create_task(self._domain.probes.run())]
        if self._webhook:
            # By itself: a receiver that hangs must not hold up the sweep.
            beside.append(asyncio.create_task(self._webhook.run()))
        try:
            while not stop.is_set():
                for duty in self._duties:
                    await duty.do_if_due()
                await self._rest(stop)
        finally:
            for task in beside:
                task.cancel()
            await self._domain.process_beat.stop()

    async def _beat(self) -> None:
        # A sweeper that cannot sweep does not look alive.
        if not self._sweep.outage.is_on:
            await self._domain.process_beat.beat()

    async def _do_prune(self) -> None:
        is_done = await self._domain.pruner.prune()
        self._prune.interval = _PRUNE_SECONDS if is_done else _PRUNE_AGAIN_SECONDS

    async def _rest(self, stop: asyncio.Event) -> None:
        due = min(duty.due for duty in self._duties)
        with suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, due - time.monotonic())):
                await stop.wait()
