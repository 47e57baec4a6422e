"""The enums of the API: the domain's own, each value described."""

from collections.abc import Mapping
from enum import Enum
from typing import TypeVar

import strawberry
from strawberry.types.enum import StrawberryEnumDefinition

from jobs.analysis.drafts.chapters import ChapterChangeKind
from jobs.analysis.report import FigureUnit
from jobs.analysis.words.markers import SectionKind
from jobs.errors import RefusalCode
from jobs.states import (
    ComponentState,
    DecidedBy,
    FailureCode,
    JobKind,
    JobStatus,
    ManuscriptOrder,
    ManuscriptState,
    TroubleCode,
    WaitingReason,
)

_Words = TypeVar("_Words", bound=type[Enum])


def _describe(words: _Words, description: str, values: Mapping[Enum, str]) -> None:
    """Gives an enum and every value of it a description. Raises ValueError when one is left out."""
    strawberry.enum(words, description=description)
    definition: StrawberryEnumDefinition = words.__strawberry_definition__  # type: ignore[attr-defined]
    texts = {value.name: text for value, text in values.items()}
    if missing := [value.name for value in definition.values if value.name not in texts]:
        raise ValueError(f"{words.__name__} has values without a description: {', '.join(missing)}.")
    for value in definition.values:
        value.description = texts[value.name]


_describe(
    JobStatus,
    "Where a job stands. COMPLETED, FAILED and CANCELLED are terminal: a job never leaves them.",
    {
        JobStatus.QUEUED: "Accepted, waiting for a worker. Active: the manuscript is locked.",
        JobStatus.RUNNING_INITIALIZING: "A worker has claimed it and done nothing else yet. Active.",
        JobStatus.RUNNING: "A worker is at work; `stage` and `progress` say where. Active.",
        JobStatus.COMPLETED: "Done: the report exists. Terminal.",
        JobStatus.FAILED: "Over without a report; `failure` says why. Terminal.",
        JobStatus.CANCELLED: "Stopped by its author. Terminal.",
    },
)
_describe(
    ChapterChangeKind,
    "What became of a chapter from one draft to the next.",
    {
        ChapterChangeKind.SAME: "Not a word of it changed.",
        ChapterChangeKind.CHANGED: "It was rewritten in part.",
        ChapterChangeKind.SPLIT: "It became several chapters.",
        ChapterChangeKind.MERGED: "Several became one.",
        ChapterChangeKind.REARRANGED: "The text of several was dealt out over several others.",
        ChapterChangeKind.NEW: "It is new, or wholly rewritten.",
        ChapterChangeKind.GONE: "It is gone, or wholly rewritten.",
    },
)
_describe(JobKind, "What a job does.", {JobKind.ANALYSIS: "Reads a manuscript and writes its report."})
_describe(
    ManuscriptState,
    "What a manuscript's newest job has come to.",
    {
        ManuscriptState.READY: "It is completed: its report is there.",
        ManuscriptState.UNDER_WAY: "It waits or runs.",
        ManuscriptState.OPEN: "It failed or was cancelled, or there is none.",
    },
)
_describe(
    ManuscriptOrder,
    "In what order manuscripts are listed.",
    {
        ManuscriptOrder.NEWEST: "By when they were added, the newest first.",
        ManuscriptOrder.OLDEST: "By when they were added, the oldest first.",
        ManuscriptOrder.TITLE: "By title, without regard to case and accents, numbers by their value.",
        ManuscriptOrder.LONGEST: "By words, the longest first; those not yet read come last.",
    },
)
_describe(
    SectionKind,
    "What a section of a manuscript is.",
    {
        SectionKind.PART: "A part, which holds chapters.",
        SectionKind.CHAPTER: "A chapter proper.",
        SectionKind.LETTER: "A letter of a novel in letters.",
        SectionKind.OTHER: "A prologue, an epilogue, or whatever else has a heading of its own.",
    },
)
_describe(
    FailureCode,
    "Why a job failed. `Failure.message` says it to the author.",
    {
        FailureCode.QUEUE_TIMEOUT: "Nothing served the line: no worker lived, or those that did took nothing.",
        FailureCode.QUEUE_LIMIT: "The line was served and so long that it waited longer than a job may.",
        FailureCode.WORKER_LOST: "All its tries were lost: a worker went, or the analysis was killed or stood still.",
        FailureCode.RUN_TIMEOUT: "It ran longer than a run may take.",
        FailureCode.UNREADABLE_MANUSCRIPT: "The manuscript cannot be read; another try ends alike.",
        FailureCode.INTERNAL_ERROR: "A fault of ours.",
    },
)
_describe(
    WaitingReason,
    "Why a queued job has not started.",
    {
        WaitingReason.HELD: "An operator holds the line; `SystemHealth.hold` says since when and why. It fails nobody.",
        WaitingReason.STARTING: "A worker is free and about to start it.",
        WaitingReason.WORKERS_BUSY: "Every worker has its hands full; `position` is the place in the line.",
        WaitingReason.NO_LIVE_WORKER: "No worker is running.",
        WaitingReason.NOT_DISPATCHED: "No worker has been told of it yet; said by older servers alone.",
    },
)
_describe(
    DecidedBy,
    "Who made a change of a job.",
    {
        DecidedBy.USER: "Its author.",
        DecidedBy.WORKER: "The worker that held it.",
        DecidedBy.SWEEPER: "The scheduler's sweep, past the deadline.",
        DecidedBy.READER: "Whoever read it, past the deadline.",
        DecidedBy.DISPATCHER: "The one that offers jobs to workers.",
    },
)
_describe(
    ComponentState,
    "How a part of the deployment looks from its signs of life.",
    {
        ComponentState.HEALTHY: "Heard from in time.",
        ComponentState.LATE: "Alive, but slow to say so.",
        ComponentState.ABSENT: "It was there and is not now.",
        ComponentState.NEVER_SEEN: "This deployment never had it.",
    },
)
_describe(
    TroubleCode,
    "What is amiss with the deployment, a cause before what follows from it.",
    {
        TroubleCode.DISK: "The disk of the database is almost full: nothing new is kept.",
        TroubleCode.DATABASE: "The database does not take what is written.",
        TroubleCode.CONNECTIONS: "A process gets no further connection to the database.",
        TroubleCode.REDIS: "Redis does not take what a ring needs, whether it answers or not: all comes late.",
        TroubleCode.CLOCK: "A process's clock is more than a second off the database's.",
        TroubleCode.WORKERS: "No worker is running, or only late ones.",
        TroubleCode.SCHEDULER: "No scheduler is running.",
        TroubleCode.PUSH: "This api hears no announcements: changes show late.",
    },
)
_describe(
    RefusalCode,
    "Why a request was turned down.",
    {
        RefusalCode.NOT_FOUND: "No such thing for this author: missing and another's cannot be told apart.",
        RefusalCode.NOT_ALLOWED_NOW: "The state of the thing does not permit it; read it again.",
        RefusalCode.TOO_LARGE: "Over a size limit that the message names.",
        RefusalCode.UNREADABLE: "The right kind of file, but damaged, empty or without text.",
        RefusalCode.UNSUPPORTED_FORMAT: "A kind of file that is not read here.",
        RefusalCode.INVALID_INPUT: "A value that is not allowed; the message says which.",
        RefusalCode.FORBIDDEN: "Only an operator may do it, and the token does not say that she is one.",
        RefusalCode.LIMIT_REACHED: "As many as one author may have; let something end first.",
    },
)
_describe(
    FigureUnit,
    "In what a figure of a report is measured.",
    {
        FigureUnit.COUNT: "A number of things; the label says of what.",
        FigureUnit.SHARE: "A share, from 0 to 1; shown as per cent.",
        FigureUnit.WORDS: "Words.",
        FigureUnit.POINTS: "Points on a scale; the section's `howToRead` says which.",
        FigureUnit.YEARS: "Years.",
        FigureUnit.PER_1000_WORDS: "Times in 1,000 words.",
    },
)
