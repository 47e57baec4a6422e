"""The push hub: tells each watcher the newest version of each of her jobs, once, within a second of the truth.

Three things wake it: an announcement over Redis, a resync every few seconds, and a timer at the earliest deadline
of the watched jobs. Each wake reads the database, settles what is overdue, and hands on what is newer. What was handed
on counts as told once it has arrived; until then it is offered again.
"""

import asyncio
import json
import logging
import time
from collections.abc import AsyncGenerator, Callable, Collection, Iterator
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from redis.asyncio import Redis

from jobs.database.store import JobStore
from jobs.errors import NotFound, NovelFoundryError
from jobs.log_outage import Outage
from jobs.models import Component, Job
from jobs.redis.announcements import CHANGED, Listener
from jobs.service import JobService
from jobs.settings import Settings
from jobs.states import ComponentState

_FINISHED_WITHIN = timedelta(hours=1)
# Wakes that come together share one reading.
_GATHER_SECONDS = 0.002
# A timer rings this long after the deadline: a row read too early is not overdue yet.
_LATE_SECONDS = 0.02
_AWAY_SECONDS = 0.5
# Before a frame that did not arrive is made again, the first time; then twice as long each time, up to a resync.
_AGAIN_SECONDS = 0.5

_NEVER = datetime.fromtimestamp(0, UTC)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What a watcher is told: the jobs that changed, and the ids of those that went with their manuscript.

    `as_of` is the database's clock before the reading of her jobs that the frame rests on.
    """

    as_of: datetime
    jobs: tuple[Job, ...]
    removed: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """Everything that some owners watch, and the jobs `asked` for by their ids, as of no earlier than `as_of`."""

    as_of: datetime
    asked: AbstractSet[UUID]
    jobs: list[Job]


@dataclass(slots=True, kw_only=True, eq=False)
class _Watcher:
    """One subscription. Holds the newest version of each job that it has not been told: never a backlog."""

    owner_id: UUID
    job_id: UUID | None
    as_of: datetime = _NEVER
    # What arrived last of each job, and what has not arrived yet.
    told: dict[UUID, Job] = field(default_factory=dict)
    pending: dict[UUID, Job] = field(default_factory=dict)
    removed: set[UUID] = field(default_factory=set)
    # Whether there is something to tell; whether her jobs were read since the last frame was made.
    has_news: asyncio.Event = field(default_factory=asyncio.Event)
    was_read: asyncio.Event = field(default_factory=asyncio.Event)

    def watches(self, job: Job) -> bool:
        return job.owner_id == self.owner_id and self.job_id in (None, job.id)

    def offer(self, reading: _Reading) -> None:
        """Takes what is newer than what was told; notices what was asked for by its id and is gone."""
        seen = {job.id for job in reading.jobs if self.watches(job)}
        for job in reading.jobs:
            if job.id in seen and self._is_news(job):
                self.pending[job.id] = job
        # Deleted. What was not asked for is merely younger than this reading, or over long ago.
        self._remove([id for id in {*self.told, *self.pending} if id in reading.asked and id not in seen])
        # An older reading may arrive after a newer one.
        self.as_of = max(self.as_of, reading.as_of)
        self.was_read.set()
        self._note_news()

    def unfinished(self) -> Iterator[UUID]:
        """The jobs that must be read whatever their age: the one asked for, and those told, or to be told, as live."""
        if self.job_id is not None:
            yield self.job_id
        yield from (job.id for jobs in (self.told, self.pending) for job in jobs.values() if job.status.is_active)

    def frame(self) -> Frame:
        """What there is to tell."""
        self.was_read.clear()
        return Frame(as_of=self.as_of, jobs=tuple(self.pending.values()), removed=tuple(self.removed))

    def arrived(self, frame: Frame) -> None:
        """What the frame held is told."""
        self.removed -= set(frame.removed)
        for job in frame.jobs:
            # It may have changed, or gone, while the frame was on its way.
            if job.id not in self.removed:
                self.told[job.id] = job
            if (waiting := self.pending.get(job.id)) and waiting.version == job.version:
                del self.pending[job.id]
        self._forget(frame.as_of)
        self._note_news()

    def _is_news(self, job: Job) -> bool:
        if waiting := self.pending.get(job.id):
            return (job.version, job.as_of) > (waiting.version, waiting.as_of)
        told = self.told.get(job.id)
        return told is None or job.version > told.version

    def _remove(self, ids: Collection[UUID]) -> None:
        for id in ids:
            told, waiting = self.told.pop(id, None), self.pending.get(id)
            if waiting and waiting.status.is_active:
                # Nobody may be told any more that it lives. How another ended stays true, and is told yet.
                del self.pending[id]
            if any(job.status.is_active for job in (told, waiting) if job):
                self.removed.add(id)

    def _note_news(self) -> None:
        if self.pending or self.removed:
            self.has_news.set()
        else:
            self.has_news.clear()

    def _forget(self, as_of: datetime) -> None:
        """Drops what finished so long ago that no reading will bring it again."""
        for job in list(self.told.values()):
            if job.finished_at is not None and job.finished_at < as_of - 2 * _FINISHED_WITHIN:
                del self.told[job.id]


def _always() -> bool:
    return True


class Feed:
    """One hub for all the sockets of an api process."""

    def __init__(self, *, store: JobStore, service: JobService, redis: Redis, settings: Settings) -> None:
        self._store = store
        self._service = service
        self._settings = settings
        # A tick needs a reading since the frame before it.
        self._resync_seconds = min(settings.resync_interval.total_seconds(), _tick_after(settings.tick_interval))
        self._listener = Listener(redis, CHANGED, self._heard)
        self._watchers: dict[UUID, set[_Watcher]] = {}
        self._dirty: set[UUID] = set()
        self._wake = asyncio.Event()
        # When each watched job is due, by our monotonic clock, and whose it is.
        self._deadlines: dict[UUID, tuple[float, UUID]] = {}
        self._next_resync = 0.0
        self._reading_clock: asyncio.Task[datetime] | None = None
        self._outage = Outage(_log, "watchers wait")

    async def run(self) -> None:
        """Keeps the watchers told, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._listener.run(), name="hear announcements")
            tasks.create_task(self._keep_told(), name="keep watchers told")

    async def watch(self, owner_id: UUID, *, arrived: Callable[[], bool] = _always) -> AsyncGenerator[Frame, None]:
        """The owner's live and lately finished jobs; then what changes; an empty frame when nothing does for a tick.

        `arrived` is asked when the next frame is asked for: whether the last one reached its reader whole. What did
        not is told again. While the owner's jobs cannot be read, no frame comes. Raises Unavailable when the first
        reading fails.
        """
        with self._joined(_Watcher(owner_id=owner_id, job_id=None)) as watcher:
            # The feed is joined already: no change falls between this reading and the first announcement.
            watcher.offer(await self._read([owner_id]))
            failures = 0
            while True:
                yield (frame := watcher.frame())
                if arrived():
                    failures = 0
                    watcher.arrived(frame)
                    await self._due(watcher)
                else:
                    failures += 1
                    await asyncio.sleep(self._pause(failures))

    async def follow(
        self, owner_id: UUID, job_id: UUID, *, arrived: Callable[[], bool] = _always
    ) -> AsyncGenerator[Job, None]:
        """The job as it stands and each newer version; ends after the terminal one, or with the job's manuscript.

        `arrived` as in `watch`: a version that did not arrive is told again, and the terminal one ends nothing before
        it has. Raises NotFound for a job that is not there or another's, Unavailable when the first reading fails.
        """
        with self._joined(_Watcher(owner_id=owner_id, job_id=job_id)) as watcher:
            jobs = await self._service.jobs(owner_id, [job_id])
            if not jobs:
                raise NotFound("There is no such job.")
            watcher.offer(_Reading(as_of=jobs[0].as_of, asked=set(), jobs=jobs))
            failures = 0
            while True:
                frame = watcher.frame()
                if not frame.jobs:
                    return
                [job] = frame.jobs
                yield job
                if arrived():
                    failures = 0
                    watcher.arrived(frame)
                    if job.status.is_terminal:
                        return
                    await watcher.has_news.wait()
                else:
                    failures += 1
                    await asyncio.sleep(self._pause(failures))

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

    async def _due(self, watcher: _Watcher) -> None:
        """Waits until there is something to tell, or a tick is due and the jobs were read since the last frame."""
        try:
            async with asyncio.timeout(_tick_after(self._settings.tick_interval)):
                await watcher.has_news.wait()
        except TimeoutError:
            await watcher.was_read.wait()

    def _pause(self, failures: int) -> float:
        """Seconds until what did not arrive is tried again, after so many failures in a row."""
        longest = self._settings.resync_interval.total_seconds()
        return float(min(_AGAIN_SECONDS * 2 ** min(failures - 1, 10), longest))

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
                self._next_resync = now + self._resync_seconds
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
        reading = await self._read(owner_ids)
        by_owner: dict[UUID, list[Job]] = {owner_id: [] for owner_id in owner_ids}
        for job in reading.jobs:
            by_owner.setdefault(job.owner_id, []).append(job)
        for owner_id, theirs in by_owner.items():
            for watcher in self._watchers.get(owner_id, ()):
                watcher.offer(replace(reading, jobs=theirs))
        self._set_timers(owner_ids, reading.jobs)

    def _unfinished(self, owner_ids: Collection[UUID]) -> set[UUID]:
        """What a watcher was told of stays watched until it is over."""
        return {
            job_id
            for owner_id in owner_ids
            for watcher in self._watchers.get(owner_id, ())
            for job_id in watcher.unfinished()
        }

    async def _read(self, owner_ids: Collection[UUID]) -> _Reading:
        """What these owners watch, none of it overdue."""
        asked = self._unfinished(owner_ids)
        # Before the rows: a frame must not deny, as of a later moment, what began in between.
        as_of = await self._clock()
        rows = await self._store.watched(owner_ids, asked, finished_within=_FINISHED_WITHIN)
        return _Reading(as_of=as_of, asked=asked, jobs=await self._service.truthful(rows))

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
        """The database's. Many who ask at once share one reading. Raises Unavailable."""
        if self._reading_clock is None or self._reading_clock.done():
            self._reading_clock = asyncio.create_task(self._store.clock())
            # One that fails after everybody has gone is nobody's error.
            self._reading_clock.add_done_callback(lambda read: read.cancelled() or read.exception())
        return await asyncio.shield(self._reading_clock)


def _tick_after(interval: timedelta) -> float:
    """Seconds until a tick is begun, so that it arrives within the interval promised."""
    return (interval - min(interval / 5, timedelta(seconds=3))).total_seconds()


def _read_owners(message: str) -> set[UUID] | None:
    """Whose rows changed; None for a message that does not say it."""
    try:
        return {UUID(owner_id) for owner_id in json.loads(message)}
    except (ValueError, TypeError, AttributeError):
        return None
