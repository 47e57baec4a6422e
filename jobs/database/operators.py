"""What an operator reads, as methods of the database's functions. Decodes rows; decides nothing."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from jobs.database.rows import maybe_time, maybe_uuid, read_event, read_time, read_uuid
from jobs.models import AuthorInLine, FiveMinutes, JobEvent, OperatedJob, StatusCount
from jobs.ports import Gateway, Row
from jobs.states import FailureCode, JobStatus


class OperatorStore:
    """Jobs of all authors, without their manuscripts. Raises what Gateway.call raises."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def counts(self) -> list[StatusCount]:
        """How many jobs there are by status and code: all that live, and the ended of the last day."""
        return [
            StatusCount(
                status=JobStatus(row["status"]),
                failure_code=_code(row),
                number=row["number"],
                within_hour=row["within_hour"],
                counted_since=maybe_time(row["counted_since"]),
            )
            for row in await self._gateway.call("operator_counts")
        ]

    async def throughput(self) -> list[FiveMinutes]:
        """How many jobs ended in each five minutes of the last hour."""
        return [
            FiveMinutes(
                begins_at=read_time(row["begins_at"]),
                completed=row["completed"],
                failed=row["failed"],
                cancelled=row["cancelled"],
            )
            for row in await self._gateway.call("operator_throughput")
        ]

    async def running(self) -> list[OperatedJob]:
        """What runs, the longest first: the first 200."""
        return await self._jobs("operator_running")

    async def line(self) -> list[AuthorInLine]:
        """The line by author, the most waiting first: the first 50."""
        return [
            AuthorInLine(
                owner_id=read_uuid(row["owner_id"]),
                waiting=row["waiting"],
                running=row["running"],
                oldest_queued_at=maybe_time(row["oldest_queued_at"]),
            )
            for row in await self._gateway.call("operator_line")
        ]

    async def jobs(
        self,
        *,
        statuses: Collection[JobStatus] | None = None,
        failure_codes: Collection[FailureCode] | None = None,
        since: datetime | None = None,
        owner_id: UUID | None = None,
        limit: int,
    ) -> list[OperatedJob]:
        """The newest jobs that are so."""
        return await self._jobs(
            "operator_jobs",
            p_statuses=_values(statuses),
            p_failure_codes=_values(failure_codes),
            p_since=since,
            p_owner_id=owner_id,
            p_limit=limit,
        )

    async def job(self, job_id: UUID) -> OperatedJob | None:
        """One job; None when there is none with this id."""
        found = await self._jobs("operator_job", p_job_id=job_id)
        return found[0] if found else None

    async def events(self, job_id: UUID) -> list[JobEvent]:
        """What happened to a job, oldest first: the newest 500."""
        return [read_event(row) for row in await self._gateway.call("operator_events", p_job_id=job_id)]

    async def retryable(
        self, failure_codes: Collection[FailureCode], *, since: datetime | None, limit: int
    ) -> list[UUID]:
        """The newest jobs that failed so and that nobody has tried again."""
        rows = await self._gateway.call(
            "operator_retryable", p_failure_codes=_values(failure_codes), p_since=since, p_limit=limit
        )
        return [read_uuid(row["id"]) for row in rows]

    async def _jobs(self, function: str, /, **arguments: Any) -> list[OperatedJob]:
        return [_job(row) for row in await self._gateway.call(function, **arguments)]


def _values(words: "Collection[JobStatus] | Collection[FailureCode] | None") -> list[str] | None:
    return None if words is None else [word.value for word in words]


def _code(row: Row) -> FailureCode | None:
    return None if row["failure_code"] is None else FailureCode(row["failure_code"])


def _job(row: Row) -> OperatedJob:
    return OperatedJob(
        id=read_uuid(row["id"]),
        owner_id=read_uuid(row["owner_id"]),
        status=JobStatus(row["status"]),
        failure_code=_code(row),
        failure_message=row["failure_message"],
        stage=row["stage"],
        progress=row["progress"],
        attempt=row["attempt"],
        max_attempts=row["max_attempts"],
        workers_lost=row["workers_lost"],
        worker_id=maybe_uuid(row["worker_id"]),
        queued_at=read_time(row["queued_at"]),
        started_at=maybe_time(row["started_at"]),
        finished_at=maybe_time(row["finished_at"]),
        progressed_at=maybe_time(row["progressed_at"]),
        retry_of=maybe_uuid(row["retry_of"]),
    )
