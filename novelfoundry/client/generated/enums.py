from enum import Enum


class Open(str, Enum):
    """An enum that takes values which a later contract may add."""

    @classmethod
    def _missing_(cls, value: object) -> "Open":
        member = str.__new__(cls, value)
        member._name_ = member._value_ = str(value)
        return member



class ChapterChangeKind(Open):
    SAME = "SAME"
    CHANGED = "CHANGED"
    SPLIT = "SPLIT"
    MERGED = "MERGED"
    REARRANGED = "REARRANGED"
    NEW = "NEW"
    GONE = "GONE"


class ComponentState(Open):
    HEALTHY = "HEALTHY"
    LATE = "LATE"
    ABSENT = "ABSENT"
    NEVER_SEEN = "NEVER_SEEN"


class DecidedBy(Open):
    USER = "USER"
    WORKER = "WORKER"
    SWEEPER = "SWEEPER"
    READER = "READER"
    DISPATCHER = "DISPATCHER"


class FailureCode(Open):
    QUEUE_TIMEOUT = "QUEUE_TIMEOUT"
    QUEUE_LIMIT = "QUEUE_LIMIT"
    WORKER_LOST = "WORKER_LOST"
    RUN_TIMEOUT = "RUN_TIMEOUT"
    UNREADABLE_MANUSCRIPT = "UNREADABLE_MANUSCRIPT"
    INTERNAL_ERROR = "INTERNAL_ERROR"


class FigureUnit(Open):
    COUNT = "COUNT"
    SHARE = "SHARE"
    WORDS = "WORDS"
    POINTS = "POINTS"
    YEARS = "YEARS"
    PER_1000_WORDS = "PER_1000_WORDS"


class JobKind(Open):
    ANALYSIS = "ANALYSIS"


class JobStatus(Open):
    QUEUED = "QUEUED"
    RUNNING_INITIALIZING = "RUNNING_INITIALIZING"
    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


class ManuscriptOrder(Open):
    NEWEST = "NEWEST"
    OLDEST = "OLDEST"
    TITLE = "TITLE"
    LONGEST = "LONGEST"


class ManuscriptState(Open):
    READY = "READY"
    UNDER_WAY = "UNDER_WAY"
    OPEN = "OPEN"


class RefusalCode(Open):
    NOT_FOUND = "NOT_FOUND"
    NOT_ALLOWED_NOW = "NOT_ALLOWED_NOW"
    TOO_LARGE = "TOO_LARGE"
    UNREADABLE = "UNREADABLE"
    UNSUPPORTED_FORMAT = "UNSUPPORTED_FORMAT"
    INVALID_INPUT = "INVALID_INPUT"
    LIMIT_REACHED = "LIMIT_REACHED"
    FORBIDDEN = "FORBIDDEN"


class SectionKind(Open):
    PART = "PART"
    CHAPTER = "CHAPTER"
    LETTER = "LETTER"
    OTHER = "OTHER"


class TroubleCode(Open):
    DISK = "DISK"
    DATABASE = "DATABASE"
    CONNECTIONS = "CONNECTIONS"
    REDIS = "REDIS"
    CLOCK = "CLOCK"
    WORKERS = "WORKERS"
    SCHEDULER = "SCHEDULER"
    PUSH = "PUSH"


class WaitingReason(Open):
    HELD = "HELD"
    STARTING = "STARTING"
    WORKERS_BUSY = "WORKERS_BUSY"
    NO_LIVE_WORKER = "NO_LIVE_WORKER"
    NOT_DISPATCHED = "NOT_DISPATCHED"
