"""Steps for many jobs at once: which are asked for, and what became of each."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from jobs import models
from jobs.errors import InvalidInput, NotFound
from jobs.service import MAX_AT_ONCE
from jobs.states import FailureCode, JobStatus
from schema.context import Asked
from schema.ids import global_id, local_id
from schema.node import described
from schema.refusals import Refusal
from schema.types import Job

_RETRYABLE = [code for code in FailureCode if code.is_retryable]
_ACTIVE = [status for status in JobStatus if status.is_active]


@strawberry.input(description="Jobs by what they are, each the newest of its manuscript; the oldest first.")
class JobFilter:
    status: list[JobStatus] | None = described(
        "Those of these statuses. Left out, `retryJobs` takes the failed ones and `cancelJobs` the active ones.",
        default=None,
    )
    failure_code: list[FailureCode] | None = described(
        "Those that failed so. Left out, `retryJobs` takes every failure that another try may mend.", default=None
    )
    since: datetime | None = described(
        "Those that ended at this instant or later; of those that live, those that began.", default=None
    )


@strawberry.type(description="What became of one of the jobs.")
class JobOutcome:
    id: strawberry.ID = described("The id that was asked for.")
    job: Job | None = described("What the step gave: the job as it is now, or the new one; null where it was refused.")
    refusal: Refusal | None = described("Why it was refused; null where it was done.")


@strawberry.type(description="What became of each of many jobs.")
class JobOutcomes:
    outcomes: list[JobOutcome] = described("One for each id, in the order in which they were asked for.")
    done: int = described("How many were done.")
    refused: int = described("How many were refused.")
    has_more: bool = described("Whether the filter holds more than were taken at once: ask again for those.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Which jobs are asked for, by their ids as they were written, and whether the filter holds more."""

    ids: list[strawberry.ID]
    has_more: bool = False


@strawberry.input(description="Which jobs to try again: by `ids`, or those that are as `filter` says.")
class RetryJobsInput:
    ids: list[strawberry.ID] | None = described(f"Their ids, {MAX_AT_ONCE} at most.", default=None)
    filter: JobFilter | None = described("What they are.", default=None)

    async def asked(self, info: Asked) -> Chosen:
        """The jobs. Raises InvalidInput."""
        return await _chosen(info, self.ids, self.filter, [JobStatus.FAILED], _RETRYABLE)


@strawberry.input(description="Which jobs to stop: by `ids`, or those that are as `filter` says.")
class CancelJobsInput:
    ids: list[strawberry.ID] | None = described(f"Their ids, {MAX_AT_ONCE} at most.", default=None)
    filter: JobFilter | None = described("What they are.", default=None)

    async def asked(self, info: Asked) -> Chosen:
        """The jobs. Raises InvalidInput."""
        return await _chosen(info, self.ids, self.filter, _ACTIVE, None)


RetryJobsResult = Annotated[
    JobOutcomes | Refusal, strawberry.union("RetryJobsResult", description="What became of each, or why of none.")
]
CancelJobsResult = Annotated[
    JobOutcomes | Refusal, strawberry.union("CancelJobsResult", description="What became of each, or why of none.")
]


async def each_of(chosen: Chosen, step: Callable[[Sequence[UUID]], Awaitable[list[models.Outcome]]]) -> JobOutcomes:
    """Takes the step for each of them; an id that is none of ours is refused as one that is not there."""
    known = {text: id for text in chosen.ids if (id := _local(text)) is not None}
    found = {each.id: each for each in await step(list(known.values()))} if known else {}
    outcomes = [_outcome(text, found.get(known[text]) if text in known else None) for text in dict.fromkeys(chosen.ids)]
    refused = sum(outcome.refusal is not None for outcome in outcomes)
    return JobOutcomes(outcomes=outcomes, done=len(outcomes) - refused, refused=refused, has_more=chosen.has_more)


async def _chosen(
    info: Asked,
    ids: list[strawberry.ID] | None,
    filter: JobFilter | None,
    statuses: list[JobStatus],
    failure_codes: list[FailureCode] | None,
) -> Chosen:
    if ids is not None and filter is None:
        if not 1 <= len(ids) <= MAX_AT_ONCE:
            raise InvalidInput(f"Name 1 to {MAX_AT_ONCE} jobs at once, not {len(ids)}.")
        return Chosen(ids=ids)
    if filter is None or ids is not None:
        raise InvalidInput("Name the jobs by `ids`, or say with `filter` what they are; one of the two.")
    asked = filter.failure_code or (failure_codes if filter.status is None else None)
    found = await info.context.service.matching(
        info.context.owner_id, statuses=filter.status or statuses, failure_codes=asked, since=filter.since
    )
    chosen = [strawberry.ID(global_id("Job", id)) for id in found[:MAX_AT_ONCE]]
    return Chosen(ids=chosen, has_more=len(found) > MAX_AT_ONCE)


def _local(text: str) -> UUID | None:
    try:
        return local_id("Job", text)
    except NotFound:
        return None


def _outcome(text: strawberry.ID, outcome: models.Outcome | None) -> JobOutcome:
    refused = NotFound("There is no such job.") if outcome is None else outcome.refusal
    return JobOutcome(
        id=text,
        job=Job.found(outcome.job) if outcome else None,
        refusal=Refusal.of(refused) if refused else None,
    )
