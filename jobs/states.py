"""The words of a job's life: statuses, failure codes, who decides; and the reading of old wrapped statuses.

The transitions themselves live in the database (supabase/migrations) and, as the oracle that every layer
is tested against, in client_contract/vectors/transitions.json.
"""

from enum import StrEnum


class JobStatus(StrEnum):
    """What an author may read. The values are the database's; the names are GraphQL's."""

    QUEUED = "queued"
    RUNNING_INITIALIZING = "running_initializing"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_terminal(self) -> bool:
        """Whether the job is over, for ever."""
        return self in _TERMINAL

    @property
    def is_active(self) -> bool:
        """Whether the job may still be finished by somebody; it locks its manuscript."""
        return not self.is_terminal


_TERMINAL = frozenset({JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.CANCELLED})


class FailureCode(StrEnum):
    """Why a job failed. The sentence for the author stands beside it."""

    QUEUE_TIMEOUT = "QUEUE_TIMEOUT"
    QUEUE_LIMIT = "QUEUE_LIMIT"
    WORKER_LOST = "WORKER_LOST"
    RUN_TIMEOUT = "RUN_TIMEOUT"
    UNREADABLE_MANUSCRIPT = "UNREADABLE_MANUSCRIPT"
    INTERNAL_ERROR = "INTERNAL_ERROR"

    @property
    def is_retryable(self) -> bool:
        """Whether the same manuscript may do better on another try."""
        return self is not FailureCode.UNREADABLE_MANUSCRIPT


class JobKind(StrEnum):
    """What a job does."""

    ANALYSIS = "analysis"


class ManuscriptState(StrEnum):
    """What a manuscript's newest job has come to; the values are those of manuscripts_found."""

    READY = "ready"
    UNDER_WAY = "under_way"
    OPEN = "open"


class ManuscriptOrder(StrEnum):
    """In what order manuscripts are listed; the values are those of manuscripts_found."""

    NEWEST = "newest"
    OLDEST = "oldest"
    TITLE = "title"
    LONGEST = "longest"


class DecidedBy(StrEnum):
    """Who made a change of a job's row."""

    USER = "user"
    WORKER = "worker"
    SWEEPER = "sweeper"
    READER = "reader"
    DISPATCHER = "dispatcher"


class WaitingReason(StrEnum):
    """Why a queued job has not started."""

    HELD = "HELD"
    STARTING = "STARTING"
    WORKERS_BUSY = "WORKERS_BUSY"
    NO_LIVE_WORKER = "NO_LIVE_WORKER"
    NOT_DISPATCHED = "NOT_DISPATCHED"


class TroubleCode(StrEnum):
    """What is amiss, a cause before what follows from it: in this order it is told."""

    DISK = "DISK"
    DATABASE = "DATABASE"
    CONNECTIONS = "CONNECTIONS"
    REDIS = "REDIS"
    CLOCK = "CLOCK"
    WORKERS = "WORKERS"
    SCHEDULER = "SCHEDULER"
    PUSH = "PUSH"


class ComponentState(StrEnum):
    """How a part of the deployment looks from its heartbeats."""

    HEALTHY = "HEALTHY"
    LATE = "LATE"
    ABSENT = "ABSENT"
    NEVER_SEEN = "NEVER_SEEN"

    @property
    def is_alive(self) -> bool:
        """Whether one of its processes was heard from lately."""
        return self in (ComponentState.HEALTHY, ComponentState.LATE)
