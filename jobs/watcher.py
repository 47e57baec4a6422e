"""One subscription to jobs: what it was told, and what there is to tell."""

import asyncio
import time
from collections.abc import Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from jobs.models import Job, Manuscript, ManuscriptChange

# What finished longer ago is not told of any more.
FINISHED_WITHIN = timedelta(hours=1)
# A timer rings this long after the deadline: a row read too early is not overdue yet.
_LATE_SECONDS = 0.02
# The longest that a change of a manuscript takes from its making to its commit: ours take milliseconds. A guess.
COMMITTED_WITHIN = timedelta(seconds=5)
_NOT_YET = float("inf")
_NEVER = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What a watcher is told: the jobs that changed, the ids of those that went with their manuscript, and `changes` of
    manuscripts.

    `as_of` is the database's clock before the reading of her jobs that the frame rests on. `manuscripts` are those
    of the jobs that were read with it; what is missing there is not known, and may exist. Watchers who are told the
    same get the same frame: in `answers` whoever makes something of it keeps that for the others; None for one alone.
    """

    as_of: datetime
    jobs: tuple[Job, ...]
    removed: tuple[UUID, ...] = ()
    changes: tuple[ManuscriptChange, ...] = ()
    manuscripts: Mapping[UUID, Manuscript] = field(default_factory=dict)
    answers: dict[Any, Any] | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was read for one owner: `gone` for good, `changes` of manuscripts, `manuscripts` beside the jobs, and the
    frames made of it.

    `quiet` tells nothing, to everybody the same. `frames` are by what they tell; None where she has one watcher.
    """

    as_of: datetime
    gone: AbstractSet[UUID] = frozenset()
    changes: Collection[ManuscriptChange] = ()
    manuscripts: Mapping[UUID, Manuscript] = field(default_factory=dict)
    quiet: Frame
    frames: dict[tuple[Any, ...], Frame] | None = None


@dataclass(slots=True, kw_only=True, eq=False)
class Watcher:
    """One subscription. Holds the newest version of each job that it has not been told: never a backlog."""

    owner_id: UUID
    job_id: UUID | None
    as_of: datetime = _NEVER
    # What arrived last of each job, and what has not arrived yet.
    told: dict[UUID, Job] = field(default_factory=dict)
    pending: dict[UUID, Job] = field(default_factory=dict)
    removed: set[UUID] = field(default_factory=set)
    changes: dict[UUID, ManuscriptChange] = field(default_factory=dict)
    # The newest: what an older one read beside the jobs is old.
    reading: Reading | None = None
    # Whether a frame is due: there is something to tell, or nothing was for a tick.
    is_due: asyncio.Event = field(default_factory=asyncio.Event)
    # When the last frame was made, in seconds of `time.monotonic`.
    framed_at: float = _NOT_YET

    def watches(self, job: Job) -> bool:
        return job.owner_id == self.owner_id and self.job_id in (None, job.id)

    def offer(self, reading: Reading, jobs: Iterable[Job]) -> None:
        """Takes what is newer than what was told, and what is gone for good."""
        # Before the jobs, among which stands how one of these ended.
        self._remove(reading.gone)
        for job in jobs:
            if self.watches(job) and self._is_news(job):
                self.pending[job.id] = job
        # Not before the first frame, with which a client reads its list anew.
        if self.job_id is None and self.framed_at != _NOT_YET:
            self.changes |= {change.id: change for change in reading.changes}
        # An older reading may arrive after a newer one.
        if reading.as_of > self.as_of:
            self.as_of, self.reading = reading.as_of, reading
        self._note_news()

    def tick(self, quiet_since: float) -> None:
        """Makes a frame due, of this reading, where none was made since then. One job is followed without ticks."""
        if self.framed_at < quiet_since and self.job_id is None:
            self.is_due.set()

    def frame(self) -> Frame:
        """What there is to tell."""
        self.framed_at = time.monotonic()
        if self.reading is None:
            return self._made({}, None)
        if not (self.pending or self.removed or self.changes):
            return self.reading.quiet
        if self.reading.frames is None:
            return self._made(self.reading.manuscripts, None)
        told = (
            *((job.id, job.version) for job in self.pending.values()),
            *self.removed,
            *((change.id, change.at) for change in self.changes.values()),
        )
        if told not in self.reading.frames:
            self.reading.frames[told] = self._made(self.reading.manuscripts, {})
        return self.reading.frames[told]

    def _made(self, manuscripts: Mapping[UUID, Manuscript], answers: dict[Any, Any] | None) -> Frame:
        return Frame(
            as_of=self.as_of,
            jobs=tuple(_as_of(self.as_of, job) for job in self.pending.values()),
            removed=tuple(self.removed),
            changes=tuple(self.changes.values()),
            manuscripts=manuscripts,
            answers=answers,
        )

    def arrived(self, frame: Frame) -> None:
        """What the frame held is told."""
        self.removed -= set(frame.removed)
        for change in frame.changes:
            if self.changes.get(change.id) == change:
                del self.changes[change.id]
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
            told, waiting = self.told.get(id), self.pending.get(id)
            if told and told.status.is_active:
                del self.told[id]
            if waiting and waiting.status.is_active:
                # Nobody may be told any more that it lives. How another ended stays true, and is told yet.
                del self.pending[id]
            if any(job.status.is_active for job in (told, waiting) if job):
                self.removed.add(id)

    def _note_news(self) -> None:
        if self.pending or self.removed or self.changes:
            self.is_due.set()
        else:
            self.is_due.clear()

    def _forget(self, as_of: datetime) -> None:
        """Drops what finished so long ago that no reading will bring it again."""
        for job in list(self.told.values()):
            if _is_over_since(job, as_of - 2 * FINISHED_WITHIN):
                del self.told[job.id]


class Picture:
    """One owner's watched jobs as they were read last, when each falls due, and what was lately read of manuscripts."""

    def __init__(self) -> None:
        self._jobs: dict[UUID, Job] = {}
        self._due: dict[UUID, float] = {}
        # Until when changes of manuscripts were read, and those that may be read again; None before the first reading.
        self._read_until: datetime | None = None
        self._changed: dict[UUID, datetime] = {}

    def changed_since(self) -> datetime | None:
        """From when on changes of manuscripts are to be read: a while ago, as one may be committed late."""
        return None if self._read_until is None else self._read_until - COMMITTED_WITHIN

    def news(self, changes: Iterable[ManuscriptChange], as_of: datetime) -> list[ManuscriptChange]:
        """Those that no earlier reading brought."""
        begin, is_first = as_of - 2 * COMMITTED_WITHIN, self._read_until is None
        fresh = [each for each in changes if self._changed.get(each.id) != each.at]
        self._changed = {id: at for id, at in self._changed.items() if at > begin} | {
            each.id: each.at for each in fresh
        }
        self._read_until = max(as_of, self._read_until or as_of)
        # What was so when the first of her windows began to watch is nothing that changed since.
        return [] if is_first else fresh

    def take(self, jobs: Iterable[Job], reading: Reading) -> None:
        """Puts in what is newer, and takes out what is gone, or finished so long ago that nobody is told of it."""
        now = time.monotonic()
        for job in jobs:
            held = self._jobs.get(job.id)
            if held is None or (job.version, job.as_of) > (held.version, held.as_of):
                self._put(job, now)
        finished = [id for id, job in self._jobs.items() if _is_over_since(job, reading.as_of - 2 * FINISHED_WITHIN)]
        for id in (*(reading.gone & self._jobs.keys()), *finished):
            del self._jobs[id]
            self._due.pop(id, None)

    def present(self, as_of: datetime) -> list[Job]:
        """What a first frame tells: the live ones and those lately finished."""
        return [job for job in self._jobs.values() if not _is_over_since(job, as_of - FINISHED_WITHIN)]

    def versions(self) -> dict[UUID, int]:
        """Of each job the version."""
        return {id: job.version for id, job in self._jobs.items()}

    def due(self) -> float | None:
        """When the first falls due, in seconds of `time.monotonic`; None when none does."""
        return min(self._due.values(), default=None)

    def _put(self, job: Job, now: float) -> None:
        self._jobs[job.id] = job
        if (left := job.time_left) is None:
            self._due.pop(job.id, None)
        else:
            self._due[job.id] = now + max(left.total_seconds(), 0) + _LATE_SECONDS


def _is_over_since(job: Job, then: datetime) -> bool:
    return job.finished_at is not None and job.finished_at < then


def _as_of(as_of: datetime, job: Job) -> Job:
    """The job as it stood then: a reading brings what changed, and what it did not bring was still so."""
    return job if job.as_of >= as_of else replace(job, as_of=as_of)
