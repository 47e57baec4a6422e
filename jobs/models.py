"""The things that the service speaks of, as they stand in the database at one instant."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeAlias, TypeVar
from uuid import UUID

from jobs.errors import Refused
from jobs.states import ComponentState, DecidedBy, FailureCode, JobStatus, TroubleCode, WaitingReason

# Where in a list, newest first: the time and the id of the last one before.
Place: TypeAlias = tuple[datetime, UUID]

_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One job's row. Times are aware and UTC; `as_of` is the database's clock when the row was read."""

    id: UUID
    owner_id: UUID
    manuscript_id: UUID
    kind: str
    status: JobStatus
    stage: str | None
    progress: float | None
    attempt: int
    max_attempts: int
    version: int
    worker_id: UUID | None
    queued_at: datetime
    dispatched_at: datetime | None
    started_at: datetime | None
    finished_at: datetime | None
    deadline_at: datetime | None
    failure_code: FailureCode | None
    failure_message: str | None
    retry_of: UUID | None
    workers_lost: int
    progressed_at: datetime | None
    as_of: datetime

    @property
    def is_overdue(self) -> bool:
        """Whether the deadline of an active job had passed when the row was read: the status is void."""
        return self.deadline_at is not None and self.deadline_at <= self.as_of

    @property
    def locks_manuscript(self) -> bool:
        """Whether the job forbids another one on its manuscript."""
        return self.status.is_active

    @property
    def time_left(self) -> timedelta | None:
        """From `as_of` to the deadline; None when the job is over."""
        return None if self.deadline_at is None else self.deadline_at - self.as_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one job of many that a step was asked for: the job then, or why not. `id` is the one asked for."""

    id: UUID
    job: Job | None
    refusal: Refused | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedJob:
    """A job that a worker has taken, and the name of its manuscript's file; None for a pasted text."""

    job: Job
    filename: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Why a queued job has not started. `position` is its place in the line, 1 is next."""

    reason: WaitingReason
    message: str
    position: int | None
    expected_start_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobEvent:
    """One change of a job, as the trigger wrote it down."""

    job_id: UUID
    version: int
    at: datetime
    status: JobStatus
    decided_by: DecidedBy
    message: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Manuscript:
    """One manuscript, without its text. `word_count` is known once an analysis has read it."""

    id: UUID
    owner_id: UUID
    title: str
    filename: str | None
    byte_size: int
    word_count: int | None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A book and its drafts, the oldest first; each is a manuscript with a file, jobs and reports of its own."""

    id: UUID
    drafts: tuple[Manuscript, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[_Item]):
    """Some of a list, in its order, and whether there are more on either side."""

    items: tuple[_Item, ...]
    has_next: bool
    has_previous: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundManuscript:
    """A manuscript where it stands in the order asked for: `key` grows along the list."""

    manuscript: Manuscript
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The report of one completed job. `body` is what jobs.analysis wrote, see jobs.analysis.report."""

    id: UUID
    job_id: UUID
    manuscript_id: UUID
    owner_id: UUID
    body: dict[str, Any]
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A paragraph of a chapter as it was read, or a piece of a long one; `start` in characters of the paragraph."""

    position: int
    paragraph: int
    start: int
    after_break: bool
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A chapter's passages without their text: of each its paragraph and its length in characters."""

    paragraphs: tuple[int, ...]
    lengths: tuple[int, ...]
    scenes: tuple[int, ...]
    """Positions of the passages below a scene break."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """The findings of one kind in a chapter, in order: paragraph, start, end and label of each."""

    kind: str
    places: tuple[tuple[int, int, int, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """A finding at one place. `position` is 1 for the first in the text, `total` how many there are."""

    position: int
    total: int
    label: str
    chapter: int
    paragraph: int
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """The processes of one kind, seen together. `live` counts those heard from lately."""

    state: ComponentState
    live: int
    last_seen_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """The line is held: nothing is taken from it, and nothing fails for waiting."""

    since: datetime
    why: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Who holds the line, if anybody does; and how long the runs of late took: of the last hour, the newest 50."""

    hold: Hold | None
    mean_run: timedelta | None
    runs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Something amiss, in a sentence for whoever asks: it names no host and no address."""

    code: TroubleCode
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemHealth:
    """What the deployment says of itself at `as_of`. `message` is for an author; None when all is well.

    `troubles` stand with a cause before what follows from it, a code once. `clock_offset` is how far the clock of a
    live process is ahead of the database's, of the one that is furthest off; None where none has been compared.
    """

    as_of: datetime
    sweeper: Component
    workers: Component
    push: Component
    queued: int
    running: int
    capacity: int
    busy: int
    line: Line
    message: str | None
    troubles: tuple[Trouble, ...] = ()
    clock_offset: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What was deleted of an author, for good; `remains` says in a sentence what is still somewhere, and how long."""

    manuscripts: int
    remains: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruned:
    """What one batch of pruning took: how many rows, and whether there is no more to do now."""

    taken: int
    is_done: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """An overdue job brought to truth; or, `is_held`, passed over, since somebody's transaction holds its row.

    `late` is how long the row has lied.
    """

    job_id: UUID
    owner_id: UUID
    was: JobStatus
    status: JobStatus
    late: timedelta
    is_held: bool = False

    @property
    def is_back_in_line(self) -> bool:
        """Whether the job lost its worker and waits for another."""
        return self.status is JobStatus.QUEUED and self.was is not JobStatus.QUEUED


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessesOfKind:
    """What `processes` says of one kind of process."""

    kind: str
    state: ComponentState
    live: int
    capacity: int
    busy: int
    last_seen_at: datetime | None
    as_of: datetime
    clock_offset: timedelta | None
    troubles: dict[TroubleCode, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """One process of the deployment, as it says itself. `clock_offset` is how far its clock is ahead; `place` is
    that of jobs.place.
    """

    id: UUID
    kind: str
    version: str
    host: str
    place: str | None
    pid: int | None
    capacity: int
    busy: int
    started_at: datetime
    last_seen_at: datetime
    state: ComponentState
    clock_offset: timedelta | None
    troubles: dict[TroubleCode, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookMessage:
    """How a job ended, to be told to the operator's webhook. `tries` counts the one that it was taken for."""

    id: UUID
    owner_id: UUID
    job_id: UUID
    manuscript_id: UUID
    status: JobStatus
    failure_code: FailureCode | None
    version: int
    ended_at: datetime
    tries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """By what something that is sent twice is known: the sender's key, and a hash of all that was sent under it."""

    key: str
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ManuscriptChange:
    """A manuscript that was added, changed or, where it is None, deleted, at that time."""

    id: UUID
    owner_id: UUID
    at: datetime
    manuscript: Manuscript | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What a reader did not know: the jobs that are not as it had them, and the ids that are gone for good.

    `as_of` is the database's clock before the rows were read. `jobs` tells of what is gone how it ended, where that is
    known. `manuscripts` are those that were added, changed or deleted since the time asked for.
    """

    as_of: datetime
    jobs: list[Job]
    gone: frozenset[UUID]
    manuscripts: list[ManuscriptChange]


@dataclass(frozen=True, slots=True, kw_only=True)
class JobCount:
    """How many jobs wait and run, and how long the longest overdue one has been."""

    queued: int
    running: int
    oldest_overdue: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Lateness:
    """One bucket of the histogram of late settlements. Not cumulative; `at_most` and `seconds` are seconds."""

    status: JobStatus
    decided_by: DecidedBy
    at_most: float
    settlements: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatedJob:
    """A job as an operator sees it: whose it is by id, and never a word of its manuscript.

    `failure_message` is None for UNREADABLE_MANUSCRIPT too, whose sentence may quote the manuscript.
    """

    id: UUID
    owner_id: UUID
    status: JobStatus
    failure_code: FailureCode | None
    failure_message: str | None
    stage: str | None
    progress: float | None
    attempt: int
    max_attempts: int
    workers_lost: int
    worker_id: UUID | None
    queued_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    progressed_at: datetime | None
    retry_of: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusCount:
    """How many jobs of a status and code: all that live, or those that ended since `counted_since`."""

    status: JobStatus
    failure_code: FailureCode | None
    number: int
    within_hour: int | None
    counted_since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FiveMinutes:
    """How many jobs ended in five minutes."""

    begins_at: datetime
    completed: int
    failed: int
    cancelled: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorInLine:
    """One author's part of the line."""

    owner_id: UUID
    waiting: int
    running: int
    oldest_queued_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """What an operator wants to know at once. `running` and `line` are the first of many, `failed` the newest."""

    health: SystemHealth
    counts: tuple[StatusCount, ...]
    throughput: tuple[FiveMinutes, ...]
    processes: tuple[Process, ...]
    running: tuple[OperatedJob, ...]
    line: tuple[AuthorInLine, ...]
    failed: tuple[OperatedJob, ...]
