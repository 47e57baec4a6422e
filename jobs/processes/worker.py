"""The worker process: takes what is next in line while it has room, and runs it. SIGTERM gives unfinished jobs back."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Iterable
from functools import partial
from uuid import UUID

from jobs.log_outage import Outage
from jobs.models import ClaimedJob, Job
from jobs.processes.analyses import Analyses
from jobs.processes.capacity import Places
from jobs.processes.runner import Runner
from jobs.processes.second_road import SecondRoad
from jobs.processes.stop_signal import stop_signal
from jobs.processes.wiring import Domain, open_domain
from jobs.redis.doorbell import Beats, RingListener
from jobs.settings import Settings
from jobs.states import DecidedBy

# How often a worker with room looks by itself. A ring wakes it at once, so this is for a Redis that is away.
_LOOK_SECONDS = 2.0
# How soon those who wait hear that a place was taken or left: one sign of life for all that changed meanwhile.
_TOLD_SECONDS = 0.25
# A worker that is told to stop waits this long for the answer of a claim under way, to give back what it took.
_LAST_CLAIM_SECONDS = 5.0

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
        self._places = Places(domain.settings.worker_concurrency)
        # By job and attempt: a lost job may come back before its lost run has noticed.
        self._runs: dict[tuple[UUID, int], asyncio.Task[None]] = {}
        self._releases: dict[UUID, asyncio.Task[None]] = {}
        self._claiming: asyncio.Task[None] | None = None
        self._is_stopping = False
        self._next_beat = self._last_beat = 0.0
        self._wake = asyncio.Event()
        self._outage = Outage(_log, "the worker waits")
        self._second_road = SecondRoad(
            domain.sweeper,
            interval=domain.settings.sweep_interval,
            is_cut_off=lambda: self._rings.is_cut_off,
        )
        beats = Beats(every=domain.settings.sweep_interval, call=self._second_road.take_turn)
        self._rings = RingListener(domain.redis, rung=self._wake.set, beats=beats)
        self._analyses = Analyses()
        self._runner = Runner(
            store=domain.store,
            files=domain.files,
            announcer=domain.announcer,
            analyses=self._analyses,
            settings=domain.settings,
            turn=self._places.turn,
            hand_on=domain.doorbell.ring,
            settle=self._settle,
        )

    async def run(self, stop: asyncio.Event) -> None:
        """Works until `stop` is set; then gives back what is unfinished."""
        _log.info("worker %s has room for %d jobs", self._domain.process_beat.id, self._settings.worker_concurrency)
        warm = asyncio.create_task(self._analyses.warm_up())
        hear = asyncio.create_task(self._rings.hear())
        work = asyncio.create_task(self._work())
        probe = asyncio.create_task(self._domain.probes.run())
        sweep = asyncio.create_task(self._second_road.run())
        stopped = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({hear, work, sweep, probe, stopped}, return_when=asyncio.FIRST_COMPLETED)
            for task in (hear, work, sweep, probe):
                if task.done():
                    task.result()
        finally:
            self._is_stopping = True
            await _cancelled((warm, hear, work, sweep, probe, stopped))
            await self._last_claim()
            await _cancelled(self._runs.values())
            await asyncio.gather(*self._releases.values(), return_exceptions=True)
            await self._analyses.close()
            await self._domain.process_beat.stop()

    async def _last_claim(self) -> None:
        """Waits for the answer of a claim under way: what it took is given back."""
        if self._claiming:
            done, _ = await asyncio.wait({self._claiming}, timeout=_LAST_CLAIM_SECONDS)
            for claim in done:
                claim.exception()

    async def _work(self) -> None:
        """Takes jobs and says that it lives, from one loop: a worker that cannot claim does not look alive."""
        while True:
            self._wake.clear()
            try:
                await self._claim()
                if self._is_beat_due():
                    await self._beat()
                self._outage.is_over()
            except Exception as error:
                # Whatever it is: no error of a duty ends a process.
                await asyncio.sleep(self._outage.lasts(error))
                continue
            await self._woken()

    async def _woken(self) -> None:
        """Waits for a ring, a place that became free, the next beat or the next look, whichever comes first."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, min(self._next_beat - time.monotonic(), _LOOK_SECONDS))):
                await self._wake.wait()

    async def _beat(self) -> None:
        was_silent = self._is_silent()
        await self._domain.process_beat.beat(busy=self._places.busy)
        self._last_beat = time.monotonic()
        self._next_beat = self._last_beat + self._settings.heartbeat.total_seconds()
        if was_silent:
            # With this sign of life there is room: look at once.
            self._wake.set()

    def _is_beat_due(self) -> bool:
        return time.monotonic() >= self._next_beat

    def _is_silent(self) -> bool:
        """Whether the worker's own heartbeat has failed for a lease's time: then it takes nothing new."""
        return self._domain.process_beat.silent_for() > self._settings.lease.total_seconds()

    async def _claim(self) -> None:
        """Takes as many of the next in line as there is room for; at each beat also those it never heard of."""
        room = 0 if self._is_silent() else self._places.free
        if room or self._is_beat_due():
            self._claiming = asyncio.create_task(self._claim_next(room))
            # Carried out to its end though we are told to stop meanwhile: what it took must be given back.
            await asyncio.shield(self._claiming)

    async def _claim_next(self, room: int) -> None:
        claimed = await self._domain.store.claim_next(
            self._domain.process_beat.id,
            settings=self._settings,
            limit=room,
            known={job_id for job_id, _ in self._runs} | self._releases.keys(),
        )
        for job in claimed:
            self._take(job)
        if claimed and self._places.free:
            # A job that is taken alone ends a claim early: there may be more.
            self._wake.set()

    def _take(self, claimed: ClaimedJob) -> None:
        """Runs the job; gives it back if there is no place for it after all."""
        job = claimed.job
        _log.info("job %s taken, attempt %d of %d", job.id, job.attempt, job.max_attempts)
        if self._is_stopping or not self._places.free:
            self._releases[job.id] = release = asyncio.create_task(self._runner.release(job), name=f"release {job.id}")
            release.add_done_callback(lambda _: self._releases.pop(job.id))
            return
        self._places.take(job)
        self._runs[job.id, job.attempt] = run = asyncio.create_task(self._runner.run(claimed), name=f"run {job.id}")
        run.add_done_callback(partial(self._ended, job))
        # The place is taken: those who wait should hear of it before the next beat is due.
        self._beat_soon()

    def _ended(self, job: Job, run: asyncio.Task[None]) -> None:
        del self._runs[job.id, job.attempt]
        self._places.leave(job)
        if not run.cancelled() and (error := run.exception()):
            _log.error("a run ended with an error of ours", exc_info=error)
        self._beat_soon()
        self._wake.set()

    def _beat_soon(self) -> None:
        self._next_beat = min(self._next_beat, self._last_beat + _TOLD_SECONDS)

    async def _settle(self, job_id: UUID) -> None:
        await self._domain.service.settle(DecidedBy.WORKER, job_ids=[job_id])


async def _cancelled(tasks: "Iterable[asyncio.Task[object] | asyncio.Task[None]]") -> None:
    tasks = list(tasks)
    # Each must have begun: a task that is cancelled before that gives nothing back.
    await asyncio.sleep(0)
    for task in tasks:
        task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.gather(*tasks, return_exceptions=True)
