"""The push hub: tells each watcher the newest version of each of her jobs, at most once, within a second of the truth.

Three things wake it: an announcement over Redis, a resync every few seconds, and a timer at the earliest deadline
of the watched jobs. Each wake reads the database, settles what is overdue, and hands on what is newer.
"""

import asyncio
import json
import logging
import time
from collections.abc import AsyncGenerator, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from redis.asyncio import Redis

from jobs.announcements import CHANGED, Listener
from jobs.errors import NotFound, NovelFoundryError
from jobs.models import Component, Job
from jobs.outage import Outage
from jobs.service import JobService
from jobs.settings import Settings
from jobs.states import ComponentState
from jobs.store import JobStore

_FINISHED_WITHIN = timedelta(hours=1)
# Wakes that come together share one reading.
_GATHER_SECONDS = 0.002
# A timer rings this long after the deadline: a row read too early is not overdue yet.
_LATE_SECONDS = 0.02
_AWAY_SECONDS = 0.5
# How long a frame waits for the database's clock.
_CLOCK_SECONDS = 1.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What a watcher is told: the jobs that changed, and the ids of those that went with their manuscript."""

    as_of: datetime
    jobs: tuple[Job, ...]
    removed: tuple[UUID, ...] = ()


@dataclass(slots=True, kw_only=True, eq=False)
class _Watcher:
    """One subscription. Holds the newest version of each job that it has not been told: never a backlog."""

    owner_id: UUID
    job_id: UUID | None
    # What was told last of each job.
    sent: dict[UUID, Job] = field(default_factory=dict)
    pending: dict[UUID, Job] = field(default_factory=dict)
    removed: set[UUID] = field(default_factory=set)
    woken: asyncio.Event = field(default_factory=asyncio.Event)

    def watches(self, job: Job) -> bool:
        return job.owner_id == self.owner_id and self.job_id in (None, job.id)

    def offer(self, jobs: Collection[Job], *, asked: Collection[UUID] = ()) -> None:
        """Takes what is newer than what was sent; notices what was `asked` for by its id and is gone."""
        seen = {job.id: job for job in jobs if self.watches(job)}
        for job in seen.values():
            # An older reading may arrive after a newer one.
            known = self.pending.get(job.id) or self.sent.get(job.id)
            if known is None or job.version > known.version:
                self.pending[job.id] = job
        for job_id in (self.sent.keys() & set(asked)) - seen.keys():
            # Deleted. What was not asked for is merely younger than this reading, or over long ago.
            if self.sent.pop(job_id).status.is_active:
                self.removed.add(job_id)
        if self.pending or self.removed:
            self.woken.set()

    def unfinished(self) -> Iterator[UUID]:
        """The jobs that must be read whatever their age: the one asked for, and those last told of as live."""
        if self.job_id is not None:
            yield self.job_id
        yield from (job.id for job in self.sent.values() if job.status.is_active)

    def take(self, as_of: datetime) -> Frame:
        """What there is to tell, once."""
        jobs, removed = tuple(self.pending.values()), tuple(self.removed)
        self.pending, self.removed = {}, set()
        self.woken.clear()
        self.sent |= {job.id: job for job in jobs}
        self._forget(as_of)
        return Frame(as_of=max((job.as_of for job in jobs), default=as_of), jobs=jobs, removed=removed)

    def _forget(self, as_of: datetime) -> None:
        """Drops what finished so long ago that no reading will bring it again."""
        for job in list(self.sent.values()):
            if job.finished_at is not None and job.finished_at < as_of - 2 * _FINISHED_WITHIN:
                del self.sent[job.id]


class Feed:
    """One hub for all the sockets of an api process."""

    def __init__(self, *, store: JobStore, service: JobService, redis: Redis, settings: Settings) -> None:
        self._store = store
        self._service = service
        self._settings = settings
        self._listener = Listener(redis, CHANGED, self._heard)
        self._watchers: dict[UUID, set[_Watcher]] = {}
        self._dirty: set[UUID] = set()
        self._wake = asyncio.Event()
        # When each watched job is due, by our monotonic clock, and whose it is.
        self._deadlines: dict[UUID, tuple[float, UUID]] = {}
        self._next_resync = 0.0
        self._as_of = datetime.fromtimestamp(0, UTC)
        self._reading_clock: asyncio.Task[None] | None = None
        self._outage = Outage(_log, "watchers wait")

    async def run(self) -> None:
        """Keeps the watchers told, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._listener.run(), name="hear announcements")
            tasks.create_task(self._keep_told(), name="keep watchers told")

    async def watch(self, owner_id: UUID) -> AsyncGenerator[Frame, None]:
        """The owner's live and lately finished jobs; then what changes; an empty frame when nothing does for a tick.

        Raises Unavailable when the first reading fails.
        """
        # Before the first reading: its frame must not deny, as of a later moment, what began in between.
        as_of = await self._clock()
        with self._joined(_Watcher(owner_id=owner_id, job_id=None)) as watcher:
            # The feed is joined already: no change falls between this reading and the first announcement.
            watcher.offer(await self._read([owner_id], self._unfinished([owner_id])))
            while True:
                yield watcher.take(as_of)
                await self._told(watcher)
                as_of = await self._clock()

    async def follow(self, owner_id: UUID, job_id: UUID) -> AsyncGenerator[Job, None]:
        """The job as it stands and each newer version; ends after the terminal one, or with the job's manuscript.

        Raises NotFound for a job that is not there or another's, Unavailable when the first reading fails.
        """
        with self._joined(_Watcher(owner_id=owner_id, job_id=job_id)) as watcher:
            watcher.offer(await self._service.jobs(owner_id, [job_id]))
            if not watcher.pending:
                raise NotFound("There is no such job.")
            while True:
                frame = watcher.take(self._as_of)
                for job in frame.jobs:
                    yield job
                    if job.status.is_terminal:
                        return
                if frame.removed:
                    return
                await watcher.woken.wait()

    def push_health(self) -> Component:
        """How this process's line to Redis is: with it down, the resync alone carries the pushes."""
        silent_for = self._listener.silent_for()
        if silent_for is None:
            return Component(state=ComponentState.NEVER_SEEN, live=0, last_seen_at=None)
        last_seen_at = datetime.now(UTC) - timedelta(seconds=silent_for)
        if silent_for < 6:
            return Component(state=ComponentState.HEALTHY, live=1, last_seen_at=last_seen_at)
        late = silent_for < 15
        return Component(
            state=ComponentState.LATE if late else ComponentState.ABSENT, live=int(late), last_seen_at=last_seen_at
        )

    @property
    def watchers(self) -> int:
        """How many subscriptions are open."""
        return sum(len(watchers) for watchers in self._watchers.values())

    @contextmanager
    def _joined(self, watcher: _Watcher) -> Iterator[_Watcher]:
        self._watchers.setdefault(watcher.owner_id, set()).add(watcher)
        # A timer may have to be set for what the newcomer watches.
        self._mark({watcher.owner_id})
        try:
            yield watcher
        finally:
            others = self._watchers[watcher.owner_id]
            others.discard(watcher)
            if not others:
                del self._watchers[watcher.owner_id]

    async def _told(self, watcher: _Watcher) -> None:
        """Waits until there is something to tell, or a tick is due."""
        try:
            async with asyncio.timeout(_tick_after(self._settings.tick_interval)):
                await watcher.woken.wait()
        except TimeoutError:
            pass

    def _heard(self, message: str) -> None:
        owner_ids = _read_owners(message)
        if owner_ids is None:
            # The line is new, and whatever was announced meanwhile was missed; or somebody said what we do not know.
            self._next_resync = 0.0
            self._wake.set()
            return
        self._mark(owner_ids)

    def _mark(self, owner_ids: Collection[UUID]) -> None:
        watched = self._watchers.keys() & set(owner_ids)
        if watched:
            self._dirty |= watched
            self._wake.set()

    async def _keep_told(self) -> None:
        while True:
            await self._woken()
            now = time.monotonic()
            self._dirty |= {owner_id for due, owner_id in self._deadlines.values() if due <= now}
            if now >= self._next_resync:
                self._next_resync = now + self._settings.resync_interval.total_seconds()
                self._dirty |= self._watchers.keys()
            owner_ids, self._dirty = self._dirty & self._watchers.keys(), set()
            try:
                await self._tell(owner_ids)
                self._outage.is_over()
            except NovelFoundryError as error:
                self._outage.lasts(error)
                self._dirty |= owner_ids
                self._wake.set()
                await asyncio.sleep(_AWAY_SECONDS)

    async def _woken(self) -> None:
        """Waits for a wake, the resync or the earliest deadline, whichever comes first."""
        due = min([self._next_resync, *(due for due, _ in self._deadlines.values())])
        try:
            async with asyncio.timeout(max(due - time.monotonic(), _GATHER_SECONDS)):
                await self._wake.wait()
            await asyncio.sleep(_GATHER_SECONDS)
        except TimeoutError:
            pass
        self._wake.clear()

    async def _tell(self, owner_ids: set[UUID]) -> None:
        if not owner_ids:
            self._set_timers(owner_ids, [])
            return
        asked = self._unfinished(owner_ids)
        jobs = await self._read(owner_ids, asked)
        by_owner: dict[UUID, list[Job]] = {owner_id: [] for owner_id in owner_ids}
        for job in jobs:
            by_owner.setdefault(job.owner_id, []).append(job)
        for owner_id, theirs in by_owner.items():
            for watcher in self._watchers.get(owner_id, ()):
                watcher.offer(theirs, asked=asked)
        self._set_timers(owner_ids, jobs)

    def _unfinished(self, owner_ids: Collection[UUID]) -> set[UUID]:
        """What a watcher was told of stays watched until it is over."""
        return {
            job_id
            for owner_id in owner_ids
            for watcher in self._watchers.get(owner_id, ())
            for job_id in watcher.unfinished()
        }

    async def _read(self, owner_ids: Collection[UUID], job_ids: Collection[UUID]) -> list[Job]:
        """What these owners watch, and these jobs, none of it overdue."""
        jobs = await self._service.truthful(
            await self._store.watched(owner_ids, job_ids, finished_within=_FINISHED_WITHIN)
        )
        self._as_of = max((job.as_of for job in jobs), default=self._as_of)
        return jobs

    def _set_timers(self, owner_ids: set[UUID], jobs: list[Job]) -> None:
        now = time.monotonic()
        self._deadlines = {
            job_id: timer
            for job_id, timer in self._deadlines.items()
            if timer[1] in self._watchers and timer[1] not in owner_ids
        }
        for job in jobs:
            if (left := job.time_left) is not None:
                self._deadlines[job.id] = (now + max(left.total_seconds(), 0) + _LATE_SECONDS, job.owner_id)

    async def _clock(self) -> datetime:
        """The database's, or its last reading known while it is away or hangs. Many who ask share one reading."""
        if self._reading_clock is None or self._reading_clock.done():
            self._reading_clock = asyncio.create_task(self._read_clock())
        # Not cancelled past the limit: a connection would wait for the server to confirm that, as long as it hangs.
        await asyncio.wait({self._reading_clock}, timeout=_CLOCK_SECONDS)
        return self._as_of

    async def _read_clock(self) -> None:
        with suppress(NovelFoundryError):
            self._as_of = await self._store.clock()


def _tick_after(interval: timedelta) -> float:
    """Seconds until a tick is begun, so that it arrives within the interval promised.

    While the database hangs, its clock is waited for a second, and what the frame says of the system for two more.
    """
    return (interval - min(interval / 5, timedelta(seconds=3))).total_seconds()


def _read_owners(message: str) -> set[UUID] | None:
    """Whose rows changed; None for a message that does not say it."""
    try:
        return {UUID(owner_id) for owner_id in json.loads(message)}
    except (ValueError, TypeError, AttributeError):
        return None
