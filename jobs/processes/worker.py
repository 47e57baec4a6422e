"""The worker process: answers rings while it has room, claims, runs. SIGTERM gives unfinished jobs back at once."""

import asyncio
import contextlib
import logging
import time
from functools import partial
from uuid import UUID

from jobs.errors import NotAllowedNow, NotFound, Unavailable
from jobs.log_outage import Outage
from jobs.models import Job
from jobs.processes.capacity import Places
from jobs.processes.runner import Runner
from jobs.processes.stop_signal import stop_signal
from jobs.processes.wiring import Domain, open_domain
from jobs.redis.announcements import REDIS_AWAY
from jobs.redis.doorbell import Bell
from jobs.settings import Settings
from jobs.states import DecidedBy

_RETRY_SECONDS = 0.5

_log = logging.getLogger(__name__)


async def run(settings: Settings) -> None:
    """Runs until SIGTERM or SIGINT. Survives every absence of PostgreSQL and Redis."""
    async with open_domain(settings, kind="worker", capacity=settings.worker_concurrency) as domain:
        await Worker(domain).run(stop_signal())


class Worker:
    """One worker with a fixed number of places for jobs."""

    def __init__(self, domain: Domain) -> None:
        self._domain = domain
        self._settings = domain.settings
        self._places = Places(domain.settings.worker_concurrency, max_attempts=domain.settings.max_attempts)
        self._runs: set[asyncio.Task[None]] = set()
        # One claim after the other: what was claimed says whether there is room for more.
        self._claiming = asyncio.Lock()
        self._next_beat = 0.0
        self._outage = Outage(_log, "the worker waits")
        self._bell = Bell(domain.redis, answer=self._answer, room=self._room)
        self._runner = Runner(
            store=domain.store,
            files=domain.files,
            announcer=domain.announcer,
            settings=domain.settings,
            turn=self._places.turn,
            hand_on=self._hand_on,
            settle=self._settle,
        )

    async def run(self, stop: asyncio.Event) -> None:
        """Works until `stop` is set; then gives back what is unfinished."""
        _log.info("worker %s has room for %d jobs", self._domain.heart.id, self._settings.worker_concurrency)
        listen = asyncio.create_task(self._bell.listen())
        work = asyncio.create_task(self._work())
        stopped = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({listen, work, stopped}, return_when=asyncio.FIRST_COMPLETED)
            for task in (listen, work):
                if task.done():
                    task.result()
        finally:
            await _cancelled(listen, work, stopped)
            await self._bell.close()
            await _cancelled(*self._runs)
            await self._domain.heart.stop()

    async def _work(self) -> None:
        """Looks for rings and says that it lives, from one loop: a worker that cannot hear does not look alive."""
        heartbeat = self._settings.heartbeat.total_seconds()
        while True:
            try:
                await self._bell.look()
                if time.monotonic() >= self._next_beat:
                    await self._beat()
                    self._next_beat = time.monotonic() + heartbeat
                self._outage.is_over()
            except (*REDIS_AWAY, Unavailable) as error:
                self._outage.lasts(error)
                await asyncio.sleep(_RETRY_SECONDS)
            await self._bell.wait(timeout=max(0.0, self._next_beat - time.monotonic()))

    async def _beat(self) -> None:
        await self._domain.heart.beat(busy=self._places.busy)
        # With the first sign of life there is room: look again at once.
        self._bell.wake()

    def _room(self) -> int:
        """How many jobs may be claimed now: none when the worker's own heartbeat has failed for a lease's time."""
        if self._domain.heart.silent_for() > self._settings.lease.total_seconds():
            return 0
        return self._places.free

    async def _answer(self, job_id: UUID) -> None:
        """One ring: claims the job if it waits, and lets it run."""
        try:
            async with self._claiming:
                if not self._room():
                    # Another ring, of the same moment, was for a job that has the worker to itself.
                    await self._hand_on(job_id)
                    return
                job = await self._domain.store.claim(
                    job_id,
                    self._domain.heart.id,
                    lease=self._settings.lease,
                    run_timeout=self._settings.run_timeout,
                )
                self._places.take(job)
        except (NotAllowedNow, NotFound) as refusal:
            _log.debug("a ring for nothing: %s", refusal)
            return
        except Unavailable as error:
            _log.warning("job %s could not be claimed (%s); it will be rung for again", job_id, error)
            return
        _log.info("job %s taken, attempt %d of %d", job_id, job.attempt, job.max_attempts)
        run = asyncio.create_task(self._runner.run(job), name=f"run {job_id}")
        self._runs.add(run)
        run.add_done_callback(partial(self._ended, job))
        # The place is taken: those who wait should hear of it before the next beat is due.
        self._next_beat = 0.0
        self._bell.wake()

    def _ended(self, job: Job, run: asyncio.Task[None]) -> None:
        self._runs.discard(run)
        self._places.leave(job)
        if not run.cancelled() and (error := run.exception()):
            _log.error("a run ended with an error of ours", exc_info=error)
        self._next_beat = 0.0
        self._bell.wake()

    async def _hand_on(self, job_id: UUID) -> None:
        await self._domain.service.dispatch([job_id])

    async def _settle(self, job_id: UUID) -> None:
        await self._domain.service.settle(DecidedBy.WORKER, job_ids=[job_id])


async def _cancelled(*tasks: "asyncio.Task[object] | asyncio.Task[None]") -> None:
    for task in tasks:
        task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.gather(*tasks, return_exceptions=True)
