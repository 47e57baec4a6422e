"""What an operator reads and does: jobs and authors by id, and never a word of a manuscript."""

from collections.abc import Awaitable, Sequence
from datetime import datetime
from typing import Annotated, TypeVar
from uuid import UUID

import strawberry

from jobs import models
from jobs.errors import Forbidden, InvalidInput, NotFound, Refused
from jobs.operators import MAX_RETRIED, Operators, Retried
from jobs.states import ComponentState, FailureCode, JobStatus
from schema.context import Asked
from schema.ids import global_id, local_id
from schema.node import described
from schema.refusals import Refusal
from schema.types import Count, Hold, JobEvent, SystemHealth, Trouble, events_of, page_size

_MAX_WHY = 500
_Done = TypeVar("_Done")


@strawberry.type(description="A job as an operator sees it: whose it is by id, and never a word of its manuscript.")
class OperatorJob:
    id: strawberry.ID = described("The job's id, as its author has it.")
    author_id: strawberry.ID = described("The id that the author's rows carry.")
    status: JobStatus = described("Where the row stands; past its deadline it may be void, and is settled soon.")
    failure_code: FailureCode | None = described("Why it failed; null unless FAILED.")
    failure_message: str | None = described(
        "What its author was told; null unless FAILED, and for UNREADABLE_MANUSCRIPT, which may quote the manuscript."
    )
    stage: str | None = described("What the worker is doing, in words; null unless running.")
    progress: float | None = described("From 0 to 1; null unless running.")
    attempt: int = described("How many workers have claimed it.")
    max_attempts: int = described("How many may.")
    workers_lost: int = described("How many workers were lost over it.")
    worker_id: strawberry.ID | None = described("The process that has it, or had it last.")
    queued_at: datetime = described("When it was accepted.")
    started_at: datetime | None = described("When the latest worker claimed it.")
    finished_at: datetime | None = described("When it ended; null until then.")

    @classmethod
    def of(cls, job: models.OperatedJob) -> "OperatorJob":
        """The job as operators see it."""
        return cls(
            id=strawberry.ID(global_id("Job", job.id)),
            author_id=strawberry.ID(str(job.owner_id)),
            status=job.status,
            failure_code=job.failure_code,
            failure_message=job.failure_message,
            stage=job.stage,
            progress=job.progress,
            attempt=job.attempt,
            max_attempts=job.max_attempts,
            workers_lost=job.workers_lost,
            worker_id=None if job.worker_id is None else strawberry.ID(str(job.worker_id)),
            queued_at=job.queued_at,
            started_at=job.started_at,
            finished_at=job.finished_at,
        )


@strawberry.type(description="A job and what happened to it.")
class OperatorJobStory:
    job: OperatorJob = described("The job.")
    events: list[JobEvent] = described("What happened to it, oldest first; without what may quote the manuscript.")


@strawberry.type(description="How many jobs there are of a status and code.")
class OperatorCount:
    status: JobStatus = described("The status.")
    failure_code: FailureCode | None = described("Why they failed; null unless FAILED.")
    number: int = described("How many: of those that live all, of those that ended those since `countedSince`.")
    within_hour: int | None = described("How many of them ended within the last hour; null for those that live.")
    counted_since: datetime | None = described(
        "A day ago, or where more ended than are counted the end of the oldest counted; null for those that live."
    )


@strawberry.type(description="How many jobs ended in five minutes.")
class OperatorThroughput:
    begins_at: datetime = described("When the five minutes begin.")
    completed: int = described("How many were completed.")
    failed: int = described("How many failed.")
    cancelled: int = described("How many were cancelled.")


@strawberry.type(description="One process of the deployment, as it says itself.")
class OperatorProcess:
    id: strawberry.ID = described("Its id, a fresh one at each start.")
    kind: str = described("`api`, `worker` or `scheduler`.")
    version: str = described("The release that it runs.")
    host: str = described("What its host is called.")
    pid: int | None = described("Its number there.")
    state: ComponentState = described("How it looks from its signs of life.")
    capacity: int = described("How many jobs it runs at once.")
    busy: int = described("How many of these places are taken.")
    started_at: datetime = described("When it began.")
    last_seen_at: datetime = described("Its last sign of life.")
    clock_offset_seconds: float | None = described(
        "How far its clock is ahead of the database's; null before it was compared."
    )
    troubles: list[Trouble] = described("What it finds amiss itself.")

    @classmethod
    def of(cls, process: models.Process) -> "OperatorProcess":
        """The process as operators see it."""
        offset = process.clock_offset
        return cls(
            id=strawberry.ID(str(process.id)),
            kind=process.kind,
            version=process.version,
            host=process.host,
            pid=process.pid,
            state=process.state,
            capacity=process.capacity,
            busy=process.busy,
            started_at=process.started_at,
            last_seen_at=process.last_seen_at,
            clock_offset_seconds=None if offset is None else offset.total_seconds(),
            troubles=[Trouble(code=code, message=message) for code, message in process.troubles.items()],
        )


@strawberry.type(description="One author's part of the line.")
class OperatorAuthor:
    author_id: strawberry.ID = described("The id that the author's rows carry.")
    waiting: int = described("How many of hers wait.")
    running: int = described("How many of hers run.")
    oldest_queued_at: datetime | None = described("Since when the oldest of them waits.")


@strawberry.input(description="Jobs by what they are; what is left out is not asked about.")
class OperatorJobFilter:
    status: list[JobStatus] | None = described("Those of these statuses.", default=None)
    failure_code: list[FailureCode] | None = described("Those that failed so.", default=None)
    since: datetime | None = described(
        "Those that ended at this instant or later; of those that live, that began.", default=None
    )
    author_id: strawberry.ID | None = described("Those of this author.", default=None)


Filter = Annotated[OperatorJobFilter | None, strawberry.argument(description="Which ones; all of them if left out.")]
JobId = Annotated[strawberry.ID, strawberry.argument(description="The job's `id`.")]


@strawberry.type(description="What an operator wants to know. Read at once, each part by one query.")
class Operator:
    system: SystemHealth = described("How the deployment is.")
    counts: list[OperatorCount] = described("Jobs by status and code.")
    throughput: list[OperatorThroughput] = described("What ended in the last hour, five minutes each.")
    processes: list[OperatorProcess] = described("Each process that did not say goodbye, for a day after it was heard.")
    running: list[OperatorJob] = described("What runs, the longest first: the first 200.")
    line: list[OperatorAuthor] = described("The line by author, the most waiting first: the first 50.")
    failed: list[OperatorJob] = described("What failed, the newest first: the first 20.")

    @strawberry.field(description="The newest jobs of all authors that are so.")
    async def jobs(self, info: Asked, first: Count = 20, filter: Filter = None) -> list[OperatorJob]:
        wanted = filter or OperatorJobFilter()
        found = await info.context.operators.jobs(
            statuses=wanted.status,
            failure_codes=wanted.failure_code,
            since=wanted.since,
            owner_id=None if wanted.author_id is None else _author(wanted.author_id),
            limit=page_size(first),
        )
        return [OperatorJob.of(job) for job in found]

    @strawberry.field(description="One job's story; null when there is none with this id.")
    async def job(self, info: Asked, id: JobId) -> OperatorJobStory | None:
        try:
            job, events = await info.context.operators.story(local_id("Job", id))
        except NotFound:
            return None
        return OperatorJobStory(job=OperatorJob.of(job), events=events_of(events))

    @classmethod
    def of(cls, found: models.Overview) -> "Operator":
        """The overview as operators see it."""
        return cls(
            system=SystemHealth.of(found.health),
            counts=[
                OperatorCount(
                    status=each.status,
                    failure_code=each.failure_code,
                    number=each.number,
                    within_hour=each.within_hour,
                    counted_since=each.counted_since,
                )
                for each in found.counts
            ],
            throughput=[
                OperatorThroughput(
                    begins_at=each.begins_at, completed=each.completed, failed=each.failed, cancelled=each.cancelled
                )
                for each in found.throughput
            ],
            processes=[OperatorProcess.of(each) for each in found.processes],
            running=_jobs(found.running),
            line=[
                OperatorAuthor(
                    author_id=strawberry.ID(str(each.owner_id)),
                    waiting=each.waiting,
                    running=each.running,
                    oldest_queued_at=each.oldest_queued_at,
                )
                for each in found.line
            ],
            failed=_jobs(found.failed),
        )


@strawberry.type(description="How many failed jobs got a new try.")
class RetriedJobs:
    done: int = described("How many got one.")
    refused: int = described("How many were refused, as where an author has as many live jobs as one may have.")
    has_more: bool = described(f"Whether more are left: at most {MAX_RETRIED} are taken at once.")

    @classmethod
    def of(cls, retried: Retried) -> "RetriedJobs":
        """The numbers as operators see them."""
        return cls(done=retried.done, refused=retried.refused.total(), has_more=retried.has_more)


OperatorResult = Annotated[Operator | Refusal, strawberry.union("OperatorResult", description="All of it, or why not.")]
HoldLineResult = Annotated[Hold | Refusal, strawberry.union("HoldLineResult", description="The hold, or why not.")]
ResumeLineResult = Annotated[
    Hold | Refusal, strawberry.union("ResumeLineResult", description="How the line was held, or why not.")
]
RetryFailedResult = Annotated[
    RetriedJobs | Refusal, strawberry.union("RetryFailedResult", description="How many, or why not.")
]

Why = Annotated[str, strawberry.argument(description=f"A sentence for authors, of {_MAX_WHY} characters at most.")]
Codes = Annotated[list[FailureCode], strawberry.argument(description="Those that failed so.")]
Since = Annotated[datetime | None, strawberry.argument(description="Those that ended at this instant or later.")]


async def operator(info: Asked) -> OperatorResult:
    """What `Query.operator` answers."""

    async def read() -> Operator:
        return Operator.of(await _operators(info).overview())

    return await _done(info, read())


async def hold_line(info: Asked, why: str) -> HoldLineResult:
    """What `Mutation.holdLine` does."""

    async def hold() -> Hold:
        operators = _operators(info)
        if not 1 <= len(why.strip()) <= _MAX_WHY:
            raise InvalidInput(f"`why` must have from 1 to {_MAX_WHY} characters.")
        # Authors are shown who: that it was an operator, and not which.
        held = await operators.hold(why=why.strip(), by="an operator")
        return Hold(since=held.since, why=held.why, by=held.by)

    return await _done(info, hold())


async def resume_line(info: Asked) -> ResumeLineResult:
    """What `Mutation.resumeLine` does."""

    async def resume() -> Hold:
        held = await _operators(info).resume()
        return Hold(since=held.since, why=held.why, by=held.by)

    return await _done(info, resume())


async def retry_failed(info: Asked, failure_code: Sequence[FailureCode], since: datetime | None) -> RetryFailedResult:
    """What `Mutation.retryFailed` does."""

    async def retry() -> RetriedJobs:
        return RetriedJobs.of(await _operators(info).retry_failed(failure_code, since=since))

    return await _done(info, retry())


def _operators(info: Asked) -> Operators:
    """The operators' door. Raises Forbidden for everybody else."""
    if not info.context.caller.is_operator:
        raise Forbidden("Only an operator may do this: your token does not say that you are one.")
    return info.context.operators


async def _done(info: Asked, asked: Awaitable[_Done]) -> _Done | Refusal:
    try:
        return await asked
    except Refused as error:
        info.context.note_refusal(error.code)
        return Refusal.of(error)


def _jobs(found: Sequence[models.OperatedJob]) -> list[OperatorJob]:
    return [OperatorJob.of(job) for job in found]


def _author(id: str) -> UUID:
    try:
        return UUID(id)
    except ValueError:
        raise InvalidInput("`authorId` is the id that a list of jobs shows.") from None
