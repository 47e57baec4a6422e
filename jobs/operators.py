"""What an operator may ask and do. She sees all jobs and their authors by id, and never a word of a manuscript."""

import asyncio
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from jobs.database.operators import OperatorStore
from jobs.database.store import JobStore
from jobs.errors import NotFound
from jobs.models import Hold, JobEvent, OperatedJob, Outcome, Overview
from jobs.presence import Presence
from jobs.service import MAX_AT_ONCE, JobService
from jobs.states import FailureCode, JobStatus

MAX_LISTED = 1000
# How many failed jobs an overview shows, and how many are tried again in one go.
_NEWEST_FAILED = 20
MAX_RETRIED = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Retried:
    """How many failed jobs got a new try, why others were refused, and whether more are left than were taken."""

    done: int
    refused: Counter[str]
    has_more: bool


class Operators:
    """The service's door for operators. Who is one, the caller of this has made sure of."""

    def __init__(self, operated: OperatorStore, *, store: JobStore, service: JobService, presence: Presence) -> None:
        self._operated = operated
        self._store = store
        self._service = service
        self._presence = presence

    async def overview(self) -> Overview:
        """How the service is and what it does, one query for each part."""
        health, processes, counts, throughput = await asyncio.gather(
            self._presence.health(), self._presence.processes(), self._operated.counts(), self._operated.throughput()
        )
        running, line, failed = await asyncio.gather(
            self._operated.running(),
            self._operated.line(),
            self._operated.jobs(statuses=[JobStatus.FAILED], limit=_NEWEST_FAILED),
        )
        return Overview(
            health=health,
            counts=tuple(counts),
            throughput=tuple(throughput),
            processes=tuple(processes),
            running=tuple(running),
            line=tuple(line),
            failed=tuple(failed),
        )

    async def jobs(
        self,
        *,
        statuses: Collection[JobStatus] | None = None,
        failure_codes: Collection[FailureCode] | None = None,
        since: datetime | None = None,
        owner_id: UUID | None = None,
        limit: int = 50,
    ) -> list[OperatedJob]:
        """The newest jobs that are so, MAX_LISTED at most."""
        return await self._operated.jobs(
            statuses=statuses, failure_codes=failure_codes, since=since, owner_id=owner_id, limit=min(limit, MAX_LISTED)
        )

    async def story(self, job_id: UUID) -> tuple[OperatedJob, list[JobEvent]]:
        """A job and what happened to it, oldest first. Raises NotFound."""
        job = await self._operated.job(job_id)
        if job is None:
            raise NotFound(f"There is no job {job_id}.")
        return job, await self._operated.events(job_id)

    async def ago(self, duration: timedelta | None) -> datetime | None:
        """When that was, by the database's clock."""
        return None if duration is None else await self._store.clock() - duration

    async def retry_failed(
        self, failure_codes: Collection[FailureCode], *, since: datetime | None, limit: int = MAX_RETRIED
    ) -> Retried:
        """A new try for each job that failed so and that nobody has tried again; the newest first."""
        ids = await self._operated.retryable(failure_codes, since=since, limit=limit + 1)
        outcomes: list[Outcome] = []
        for batch in _batches(ids[:limit]):
            outcomes += await self._service.retry_jobs(None, batch)
        refused = Counter(outcome.refusal.message for outcome in outcomes if outcome.refusal)
        return Retried(
            done=sum(outcome.job is not None for outcome in outcomes), refused=refused, has_more=len(ids) > limit
        )

    async def hold(self, *, why: str, by: str) -> Hold:
        """Holds the line. Raises NotAllowedNow when it is held already."""
        return await self._store.hold(why=why, by=by)

    async def resume(self) -> Hold:
        """Lets the line go. Raises NotAllowedNow when nobody holds it."""
        held = await self._store.resume()
        await self._service.wake_workers()
        return held


def _batches(ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    for begin in range(0, len(ids), MAX_AT_ONCE):
        yield ids[begin : begin + MAX_AT_ONCE]
