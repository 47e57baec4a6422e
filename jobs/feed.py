"""The push hub: tells each watcher the newest version of each of her jobs, once, within a second of the truth.

Three things wake it: an announcement over Redis, a resync every few seconds, and a timer at the earliest deadline
of the watched jobs. Each wake reads the database, settles what is overdue, and hands on what is newer. What was handed
on counts as told once it has arrived; until then it is offered again.
"""

import asyncio
import json
import logging
import time
from collections.abc import AsyncGenerator, Callable, Collection, Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from itertools import islice
from uuid import UUID

from redis.asyncio import Redis

from jobs.database.rows import read_uuid
from jobs.database.store import JobStore
from jobs.deadlines import Deadlines
from jobs.errors import Held, NotFound
from jobs.log_outage import Outage
from jobs.models import Component, Job, Manuscript, ManuscriptChange
from jobs.redis.line import CHANGED, Listener
from jobs.service import JobService
from jobs.settings import Settings
from jobs.states import ComponentState
from jobs.watcher import FINISHED_WITHIN, Frame, Picture, Reading, Watcher

# Owners whose jobs are read in one call: the frames of one reading are made while the next is on its way.
_AT_ONCE = 200
# Newcomers who are read in one call: after a restart all come at once, and others have their turn in between.
_FIRST_AT_ONCE = 50
# Frames that become due, before the loop gets a turn for everything else.
_BEFORE_TURN = 10
_AWAY_SECONDS = 0.5
# Between first readings of an owner one of whose rows is held, in seconds: whoever settles it too is done soon.
_HELD_PAUSES = (0.05, 0.15, 0.3, 0.5)
# How long what stands beside the jobs of a reading is waited for.
_BESIDE_SECONDS = 0.25
# In so many looks: while our own loop is late, each lasts longer, and the database is not blamed for that.
_BESIDE_LOOKS = 5
# Before a frame that did not arrive is made again, the first time; then twice as long each time, up to a resync.
_AGAIN_SECONDS = 0.5

_log = logging.getLogger(__name__)


def _always() -> bool:
    return True


class Feed:
    """One hub for all the sockets of an api process."""

    def __init__(self, *, store: JobStore, service: JobService, redis: Redis, settings: Settings) -> None:
        self._store = store
        self._service = service
        self._settings = settings
        # A tick tells of a reading: so one comes at least as often.
        self._tick_seconds = _tick_after(settings.tick_interval)
        self._resync_seconds = min(settings.resync_interval.total_seconds(), self._tick_seconds)
        self._listener = Listener(redis, CHANGED, heard=self._heard, joined=self._resync_now)
        self._watchers: dict[UUID, set[Watcher]] = {}
        # What was read last of each watched owner's jobs.
        self._pictures: dict[UUID, Picture] = {}
        self._deadlines = Deadlines()
        # Whose jobs are to be read, in the order in which that became known.
        self._dirty: dict[UUID, None] = {}
        self._wake = asyncio.Event()
        self._next_resync = 0.0
        # Who waits for a first reading, in the order in which they came, and the task that reads for them.
        self._newcomers: dict[Watcher, asyncio.Future[None]] = {}
        self._reading_first: asyncio.Task[None] | None = None
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
        with self._joined(Watcher(owner_id=owner_id, job_id=None)) as watcher:
            # The feed is joined already: no change falls between this reading and the first announcement.
            await self._read_true(watcher)
            failures = 0
            while True:
                yield (frame := watcher.frame())
                if arrived():
                    failures = 0
                    watcher.arrived(frame)
                    await watcher.is_due.wait()
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
        with self._joined(Watcher(owner_id=owner_id, job_id=job_id)) as watcher:
            jobs = await self._service.jobs(owner_id, [job_id])
            if not jobs:
                raise NotFound("There is no such job.")
            watcher.offer(Reading(as_of=jobs[0].as_of, quiet=Frame(as_of=jobs[0].as_of, jobs=())), jobs)
            # Its deadline is not known to the hub yet.
            self._mark({owner_id})
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
                    await watcher.is_due.wait()
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
    def _joined(self, watcher: Watcher) -> Iterator[Watcher]:
        owner_id = watcher.owner_id
        self._watchers.setdefault(owner_id, set()).add(watcher)
        self._pictures.setdefault(owner_id, Picture())
        try:
            yield watcher
        finally:
            others = self._watchers[owner_id]
            others.discard(watcher)
            if not others:
                del self._watchers[owner_id], self._pictures[owner_id]
                self._deadlines.set(owner_id, None)

    async def _read_true(self, watcher: Watcher) -> None:
        """Reads what she watches, again while a row of hers is held. Raises Held within two seconds."""
        for pause in _HELD_PAUSES:
            try:
                await self._read_first(watcher)
            except Held:
                await asyncio.sleep(pause)
            else:
                return
        await self._read_first(watcher)

    async def _read_first(self, watcher: Watcher) -> None:
        """Reads what she watches, together with all who came while another such reading was under way."""
        read = self._newcomers[watcher] = asyncio.get_running_loop().create_future()
        if self._reading_first is None:
            self._reading_first = asyncio.create_task(self._read_newcomers())
        await read

    async def _read_newcomers(self) -> None:
        while newcomers := dict(islice(self._newcomers.items(), _FIRST_AT_ONCE)):
            for watcher in newcomers:
                del self._newcomers[watcher]
            waiting = [(watcher.owner_id, read) for watcher, read in newcomers.items()]
            failed: dict[UUID, Exception] = {}
            try:
                failed |= await self._read({watcher.owner_id for watcher in newcomers}, newcomers.keys())
            except Exception as error:
                failed = {owner_id: error for owner_id, _ in waiting}
            for owner_id, read in waiting:
                if not read.done() and owner_id in failed:
                    read.set_exception(failed[owner_id])
                elif not read.done():
                    read.set_result(None)
        self._reading_first = None
        # One of theirs may fall due before what the hub waits for.
        self._wake.set()

    def _pause(self, failures: int) -> float:
        """Seconds until what did not arrive is tried again, after so many failures in a row."""
        longest = self._settings.resync_interval.total_seconds()
        return float(min(_AGAIN_SECONDS * 2 ** min(failures - 1, 10), longest))

    def _heard(self, message: str) -> None:
        owner_ids = _read_owners(message)
        if owner_ids is None:
            # A newer release may say more than we know: whatever it was about is read.
            self._resync_now()
        else:
            self._mark(owner_ids)

    def _resync_now(self) -> None:
        self._next_resync = 0.0
        self._wake.set()

    def _mark(self, owner_ids: Collection[UUID]) -> None:
        watched = self._watchers.keys() & set(owner_ids)
        if watched:
            self._dirty |= dict.fromkeys(watched)
            self._wake.set()

    async def _keep_told(self) -> None:
        while True:
            if not self._dirty:
                await self._woken()
            self._note_time(time.monotonic())
            owner_ids = self._next()
            try:
                await self._read(owner_ids)
                self._outage.is_over()
            except Exception as error:
                self._outage.lasts(error)
                self._dirty |= dict.fromkeys(owner_ids)
                await asyncio.sleep(_AWAY_SECONDS)

    async def _woken(self) -> None:
        """Waits for a wake, the resync or the earliest deadline, whichever comes first."""
        due = min(self._next_resync, self._deadlines.first())
        with suppress(TimeoutError):
            async with asyncio.timeout(max(due - time.monotonic(), 0)):
                await self._wake.wait()
        self._wake.clear()

    def _note_time(self, now: float) -> None:
        self._dirty |= dict.fromkeys(self._deadlines.passed(now))
        if now >= self._next_resync:
            self._next_resync = now + self._resync_seconds
            self._dirty |= dict.fromkeys(self._watchers)

    def _next(self) -> set[UUID]:
        """Takes the owners whose turn it is to be read; those who left meanwhile are not."""
        owner_ids = set(islice(self._dirty, _AT_ONCE))
        for owner_id in owner_ids:
            del self._dirty[owner_id]
        return owner_ids & self._watchers.keys()

    async def _read(
        self, owner_ids: Collection[UUID], newcomers: AbstractSet[Watcher] = frozenset()
    ) -> dict[UUID, Held]:
        """Reads what changed of what these owners watch, none of it overdue, and hands it on.

        An owner one of whose rows is held hears nothing, not even a tick: what is not known of all her jobs is not
        said. She is read again soon. Returns why, for each such owner.
        """
        if not owner_ids:
            return {}
        reading = self._store.changed(
            owner_ids, self._known(owner_ids), finished_within=FINISHED_WITHIN, since=self._changed_since(owner_ids)
        )
        # How the system is, which every frame says, is read meanwhile: so no frame waits for it.
        changes, _ = await asyncio.gather(reading, self._service.look_at_system())
        by_owner: dict[UUID, list[Job]] = {owner_id: [] for owner_id in owner_ids}
        for job in await self._service.settled(changes.jobs):
            by_owner.setdefault(job.owner_id, []).append(job)
        held = self._left_out(by_owner)
        changed: dict[UUID, list[ManuscriptChange]] = {}
        for change in changes.manuscripts:
            changed.setdefault(change.owner_id, []).append(change)
        manuscripts = await self._manuscripts_of(by_owner)
        woken, quiet = 0, Frame(as_of=changes.as_of, jobs=(), answers={})
        for owner_id, jobs in by_owner.items():
            read = Reading(
                as_of=changes.as_of,
                gone=changes.gone,
                changes=self._news(owner_id, changed.get(owner_id, []), changes.as_of),
                manuscripts=manuscripts.get(owner_id, {}),
                quiet=quiet,
                frames={} if len(self._watchers.get(owner_id, ())) > 1 else None,
            )
            woken += self._hand_on(owner_id, jobs, read, newcomers)
            if woken >= _BEFORE_TURN:
                woken = 0
                await asyncio.sleep(0)
        return held

    def _left_out(self, by_owner: dict[UUID, list[Job]]) -> dict[UUID, Held]:
        """Takes out the owners one of whose rows is held; the deadline of each is set to be read again."""
        held = {owner_id: Held(jobs) for owner_id, jobs in by_owner.items() if any(job.is_overdue for job in jobs)}
        for owner_id in held:
            del by_owner[owner_id]
            if owner_id in self._watchers:
                self._deadlines.set(owner_id, time.monotonic() + _AWAY_SECONDS)
        return held

    async def _manuscripts_of(self, by_owner: Mapping[UUID, list[Job]]) -> dict[UUID, dict[UUID, Manuscript]]:
        """What the jobs analyse, by owner, in one call for all frames. What is not read at once is left to each."""
        wanted = {(owner_id, job.manuscript_id) for owner_id, jobs in by_owner.items() for job in jobs}
        if not wanted:
            return {}
        reading = asyncio.create_task(self._store.manuscripts_of_owners(wanted))
        # One that fails, or comes too late, is nobody's error: what stands beside a job must not cost the job.
        reading.add_done_callback(lambda read: read.cancelled() or read.exception())
        for _ in range(_BESIDE_LOOKS):
            await asyncio.wait({reading}, timeout=_BESIDE_SECONDS / _BESIDE_LOOKS)
        found: dict[UUID, dict[UUID, Manuscript]] = {}
        if reading.done() and not reading.exception():
            for each in reading.result():
                found.setdefault(each.owner_id, {})[each.id] = each
        return found

    def _hand_on(self, owner_id: UUID, jobs: list[Job], reading: Reading, newcomers: AbstractSet[Watcher]) -> int:
        """Offers them to the owner's watchers, and all there is to newcomers. Returns how many frames are due."""
        if (picture := self._pictures.get(owner_id)) is None:
            return 0
        picture.take(jobs, reading)
        self._deadlines.set(owner_id, picture.due())
        watchers = self._watchers[owner_id]
        # Whoever would be quiet for too long by the next reading is told as of this one.
        quiet_since = time.monotonic() + self._resync_seconds - self._tick_seconds
        for watcher in watchers:
            watcher.offer(reading, picture.present(reading.as_of) if watcher in newcomers else jobs)
            watcher.tick(quiet_since)
        return sum(watcher.is_due.is_set() for watcher in watchers)

    def _changed_since(self, owner_ids: Collection[UUID]) -> datetime | None:
        """From when on changes of these owners' manuscripts are to be read; None before their first reading."""
        pictures = [picture for owner_id in owner_ids if (picture := self._pictures.get(owner_id))]
        return min((since for picture in pictures if (since := picture.changed_since())), default=None)

    def _news(self, owner_id: UUID, changes: list[ManuscriptChange], as_of: datetime) -> list[ManuscriptChange]:
        picture = self._pictures.get(owner_id)
        return picture.news(changes, as_of) if picture else []

    def _known(self, owner_ids: Collection[UUID]) -> dict[UUID, int]:
        """The versions of the jobs that must be read whatever their age: those in the picture, and those asked for."""
        known: dict[UUID, int] = {}
        for owner_id in owner_ids:
            known |= {watcher.job_id: 0 for watcher in self._watchers.get(owner_id, ()) if watcher.job_id}
            if picture := self._pictures.get(owner_id):
                known |= picture.versions()
        return known


def _tick_after(interval: timedelta) -> float:
    """Seconds until a tick is begun, so that it arrives within the interval promised."""
    return (interval - min(interval / 5, timedelta(seconds=3))).total_seconds()


def _read_owners(message: str) -> set[UUID] | None:
    """Whose rows changed; None for a message that does not say it."""
    try:
        return {read_uuid(owner_id) for owner_id in json.loads(message)}
    except (ValueError, TypeError, AttributeError):
        return None
