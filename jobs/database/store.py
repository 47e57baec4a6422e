"""The database's functions as methods, one each, over any gateway. Decodes rows; decides nothing."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from jobs.database.drafts import DraftStore
from jobs.database.rows import (
    read_change,
    read_event,
    read_hold,
    read_job,
    read_lateness,
    read_line,
    read_manuscript,
    read_outcome,
    read_process,
    read_processes,
    read_report,
    read_settlement,
    read_time,
    read_uuid,
)
from jobs.database.texts import TextStore
from jobs.models import (
    Changes,
    ClaimedJob,
    FoundManuscript,
    Hold,
    Job,
    JobCount,
    JobEvent,
    Lateness,
    Line,
    Manuscript,
    Outcome,
    Place,
    Process,
    ProcessesOfKind,
    Pruned,
    Report,
    Sent,
    Settlement,
)
from jobs.ports import Gateway
from jobs.settings import Settings
from jobs.states import DecidedBy, FailureCode, JobStatus, ManuscriptOrder, ManuscriptState, TroubleCode


class JobStore:
    """Jobs, manuscripts, reports and processes in the database. Raises what Gateway.call raises."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self.texts = TextStore(gateway)
        self.drafts = DraftStore(gateway)

    # What a caller asks, scoped to the owner

    async def start(
        self,
        owner_id: UUID,
        manuscript_id: UUID,
        *,
        queue_timeout: timedelta,
        max_attempts: int,
        max_live: int,
    ) -> Job:
        """A new queued job, or the live one of this manuscript. Raises NotFound, LimitReached."""
        return await self._job(
            "job_start",
            p_owner_id=owner_id,
            p_manuscript_id=manuscript_id,
            p_queue_timeout=queue_timeout.total_seconds(),
            p_max_attempts=max_attempts,
            p_max_live=max_live,
        )

    async def retry(
        self, owner_id: UUID, job_id: UUID, *, queue_timeout: timedelta, max_attempts: int, max_live: int
    ) -> Job:
        """A new job that names the failed or cancelled one. Raises NotFound, NotAllowedNow, LimitReached."""
        return await self._job(
            "job_retry",
            p_owner_id=owner_id,
            p_job_id=job_id,
            p_queue_timeout=queue_timeout.total_seconds(),
            p_max_attempts=max_attempts,
            p_max_live=max_live,
        )

    async def cancel(self, owner_id: UUID, job_id: UUID) -> Job:
        """The job, cancelled. Raises NotFound, NotAllowedNow when it is already over."""
        return await self._job("job_cancel", p_owner_id=owner_id, p_job_id=job_id)

    async def matching(
        self,
        owner_id: UUID | None,
        *,
        statuses: Collection[JobStatus],
        failure_codes: Collection[FailureCode] | None = None,
        since: datetime | None = None,
        limit: int,
    ) -> list[UUID]:
        """The jobs that are the newest of their manuscripts and are so, the oldest first; anybody's for owner None."""
        rows = await self._gateway.call(
            "jobs_matching",
            p_owner_id=owner_id,
            p_statuses=[status.value for status in statuses],
            p_failure_codes=None if failure_codes is None else [code.value for code in failure_codes],
            p_since=since,
            p_limit=limit,
        )
        return [read_uuid(row["id"]) for row in rows]

    async def retry_jobs(
        self,
        owner_id: UUID | None,
        job_ids: Sequence[UUID],
        *,
        queue_timeout: timedelta,
        max_attempts: int,
        max_live: int,
    ) -> list[Outcome]:
        """What `retry` does, for each of the ids; anybody's for owner None."""
        rows = await self._gateway.call(
            "jobs_retry",
            p_owner_id=owner_id,
            p_job_ids=list(job_ids),
            p_queue_timeout=queue_timeout.total_seconds(),
            p_max_attempts=max_attempts,
            p_max_live=max_live,
        )
        return [read_outcome(row) for row in rows]

    async def cancel_jobs(self, owner_id: UUID, job_ids: Sequence[UUID]) -> list[Outcome]:
        """What `cancel` does, for each of the ids."""
        rows = await self._gateway.call("jobs_cancel", p_owner_id=owner_id, p_job_ids=list(job_ids))
        return [read_outcome(row) for row in rows]

    async def get(self, owner_id: UUID, job_ids: Sequence[UUID]) -> list[Job]:
        """The owner's jobs among these, in no order."""
        return await self._jobs("jobs_get", p_owner_id=owner_id, p_job_ids=list(job_ids))

    async def of_manuscripts(
        self, owner_id: UUID, manuscript_ids: Sequence[UUID], *, limit: int, after: Place | None = None
    ) -> list[Job]:
        """The newest `limit` jobs of each manuscript, newest first within a manuscript; those after the place."""
        queued_at, job_id = after if after else (None, None)
        return await self._jobs(
            "jobs_of_manuscripts",
            p_owner_id=owner_id,
            p_manuscript_ids=list(manuscript_ids),
            p_limit=limit,
            p_after_queued_at=queued_at,
            p_after_id=job_id,
        )

    async def page(
        self, owner_id: UUID, *, limit: int, statuses: Collection[JobStatus] | None, after: Place | None
    ) -> list[Job]:
        """The owner's jobs, newest first, of these statuses or of all; those after the place."""
        queued_at, job_id = after if after else (None, None)
        return await self._jobs(
            "jobs_page",
            p_owner_id=owner_id,
            p_limit=limit,
            p_statuses=None if statuses is None else [status.value for status in statuses],
            p_after_queued_at=queued_at,
            p_after_id=job_id,
        )

    async def events(self, owner_id: UUID, job_ids: Sequence[UUID], *, limit: int = 500) -> list[JobEvent]:
        """What happened to each of the jobs: of each the newest `limit` events, oldest first."""
        rows = await self._gateway.call("job_events_get", p_owner_id=owner_id, p_job_ids=list(job_ids), p_limit=limit)
        return [read_event(row) for row in rows]

    async def in_line(self, job_ids: Sequence[UUID]) -> dict[UUID, int]:
        """The place in the line of each queued job among these; 1 is next."""
        rows = await self._gateway.call("jobs_in_line", p_job_ids=list(job_ids))
        return {read_uuid(row["id"]): row["position"] for row in rows}

    async def manuscripts(self, owner_id: UUID, manuscript_ids: Sequence[UUID]) -> list[Manuscript]:
        """The owner's manuscripts among these, in no order."""
        rows = await self._gateway.call("manuscripts_get", p_owner_id=owner_id, p_manuscript_ids=list(manuscript_ids))
        return [read_manuscript(row) for row in rows]

    async def manuscripts_of_owners(self, wanted: Collection[tuple[UUID, UUID]]) -> list[Manuscript]:
        """The manuscripts among these that belong to the owners named before them."""
        rows = await self._gateway.call(
            "manuscripts_of_owners",
            p_owner_ids=[owner_id for owner_id, _ in wanted],
            p_manuscript_ids=[id for _, id in wanted],
        )
        return [read_manuscript(row) for row in rows]

    async def manuscripts_page(self, owner_id: UUID, *, limit: int, after: Place | None = None) -> list[Manuscript]:
        """The owner's manuscripts, newest first, after the one made at that time with that id."""
        created_at, manuscript_id = after if after else (None, None)
        rows = await self._gateway.call(
            "manuscripts_page",
            p_owner_id=owner_id,
            p_limit=limit,
            p_after_created_at=created_at,
            p_after_id=manuscript_id,
        )
        return [read_manuscript(row) for row in rows]

    async def manuscripts_found(
        self,
        owner_id: UUID,
        *,
        limit: int,
        search: str = "",
        state: ManuscriptState | None = None,
        order: ManuscriptOrder = ManuscriptOrder.NEWEST,
        after: tuple[str, UUID] | None = None,
    ) -> tuple[int, list[FoundManuscript]]:
        """How many of the owner's manuscripts are so, and some of them: those after the one of that key and id."""
        key, manuscript_id = after if after else (None, None)
        [first, *rows] = await self._gateway.call(
            "manuscripts_found",
            p_owner_id=owner_id,
            p_limit=limit,
            p_search=search,
            p_state=None if state is None else state.value,
            p_order=order.value,
            p_after_key=key,
            p_after_id=manuscript_id,
        )
        found = [FoundManuscript(manuscript=read_manuscript(row["manuscript"]), key=row["sort_key"]) for row in rows]
        return first["total"], found

    async def manuscript_update(self, owner_id: UUID, manuscript_id: UUID, *, title: str) -> Manuscript:
        """The manuscript with its new title. Raises NotFound."""
        [row] = await self._gateway.call(
            "manuscript_update", p_owner_id=owner_id, p_manuscript_id=manuscript_id, p_title=title
        )
        return read_manuscript(row)

    async def manuscripts_count(self, owner_id: UUID) -> int:
        """How many manuscripts the owner keeps."""
        [row] = await self._gateway.call("manuscripts_count", p_owner_id=owner_id)
        return int(row["total"])

    async def manuscript_begin(self, manuscript_id: UUID) -> None:
        """Notes that a file is about to be saved that belongs to no manuscript yet."""
        await self._gateway.call("manuscript_begin", p_manuscript_id=manuscript_id)

    async def manuscript_add(
        self,
        owner_id: UUID,
        manuscript_id: UUID,
        *,
        title: str,
        filename: str | None,
        byte_size: int,
        max_manuscripts: int,
        max_bytes: int | None = None,
        sent: Sent | None = None,
    ) -> Manuscript:
        """The manuscript, which now owns its file; another one, where the same was sent before.

        Raises LimitReached, and InvalidInput for a key that was sent with something else.
        """
        [row] = await self._gateway.call(
            "manuscript_add",
            p_owner_id=owner_id,
            p_manuscript_id=manuscript_id,
            p_title=title,
            p_filename=filename,
            p_byte_size=byte_size,
            p_max_manuscripts=max_manuscripts,
            p_max_bytes=max_bytes,
            p_key=sent.key if sent else None,
            p_fingerprint=sent.fingerprint if sent else None,
        )
        return read_manuscript(row)

    async def manuscript_added(self, owner_id: UUID, sent: Sent) -> Manuscript | None:
        """What was made when the same was sent before. Raises as `manuscript_add` does."""
        rows = await self._gateway.call(
            "manuscript_added", p_owner_id=owner_id, p_key=sent.key, p_fingerprint=sent.fingerprint
        )
        return read_manuscript(rows[0]) if rows else None

    async def idempotency_prune(self) -> None:
        """Forgets the keys of yesterday."""
        await self._gateway.call("idempotency_prune")

    async def manuscript_delete(self, owner_id: UUID, manuscript_id: UUID) -> Manuscript:
        """The manuscript as it was; its jobs and reports are gone too. Raises NotFound."""
        [row] = await self._gateway.call("manuscript_delete", p_owner_id=owner_id, p_manuscript_id=manuscript_id)
        return read_manuscript(row)

    async def author_forget(self, owner_id: UUID) -> None:
        """Deletes whatever else is kept of an author who has no manuscript any more."""
        await self._gateway.call("author_forget", p_owner_id=owner_id)

    async def reports(self, owner_id: UUID, report_ids: Sequence[UUID]) -> list[Report]:
        """The owner's reports among these, in no order."""
        return await self._reports("reports_get", p_owner_id=owner_id, p_report_ids=list(report_ids))

    async def reports_of_jobs(self, owner_id: UUID, job_ids: Sequence[UUID]) -> list[Report]:
        """The reports of these jobs."""
        return await self._reports("reports_of_jobs", p_owner_id=owner_id, p_job_ids=list(job_ids))

    async def reports_of_manuscripts(self, owner_id: UUID, manuscript_ids: Sequence[UUID]) -> list[Report]:
        """The newest report of each manuscript that has one."""
        return await self._reports("reports_of_manuscripts", p_owner_id=owner_id, p_manuscript_ids=list(manuscript_ids))

    # What a worker writes; each raises LeaseLost when it no longer holds the job

    async def claim_next(
        self, worker_id: UUID, *, settings: Settings, limit: int, known: Collection[UUID]
    ) -> list[ClaimedJob]:
        """Up to `limit` jobs, the next in line, now this worker's.

        Those that were its own already and are not among the `known` come first, whatever the limit: they were claimed
        by a call whose answer was lost.
        """
        rows = await self._gateway.call(
            "job_claim_next",
            p_worker_id=worker_id,
            p_lease=settings.lease.total_seconds(),
            p_run_timeout=settings.run_timeout.total_seconds(),
            p_limit=limit,
            p_queue_timeout=settings.queue_timeout.total_seconds(),
            p_known=list(known),
            p_absent_after=settings.absent_after.total_seconds(),
            p_queue_limit=settings.queue_limit.total_seconds(),
        )
        return [ClaimedJob(job=read_job(row), filename=row["filename"]) for row in rows]

    async def begin(self, job: Job, *, lease: timedelta, stage: str) -> Job:
        """From claimed to running."""
        return await self._held("job_begin", job, p_lease=lease.total_seconds(), p_stage=stage)

    async def beat(self, job: Job, *, lease: timedelta, stage: str | None = None, progress: float | None = None) -> Job:
        """Renews the lease; says where the work stands."""
        return await self._held("job_beat", job, p_lease=lease.total_seconds(), p_stage=stage, p_progress=progress)

    async def complete(
        self, job: Job, *, report: dict[str, Any], word_count: int, text: dict[str, Any] | None = None
    ) -> Job:
        """Writes the report, with the text where it is kept, and completes, in one transaction."""
        return await self._held("job_complete", job, p_report=report, p_word_count=word_count, p_text=text)

    async def fail(self, job: Job, code: FailureCode, message: str) -> Job:
        """Ends the job; `message` is for its author."""
        return await self._held("job_fail", job, p_failure_code=code.value, p_failure_message=message)

    async def release(self, job: Job, *, queue_timeout: timedelta) -> Job:
        """Gives the job back to the queue, because this worker was told to stop."""
        return await self._held("job_release", job, p_queue_timeout=queue_timeout.total_seconds())

    async def lose(self, job: Job, *, queue_timeout: timedelta, why: str) -> Job:
        """Counts the try as lost though this worker lives; `why` is for its author. Queued again, or failed."""
        return await self._held("job_lose", job, p_queue_timeout=queue_timeout.total_seconds(), p_why=why)

    async def note_refused(self, job: Job, message: str) -> None:
        """Records what was refused as an event, beside the state."""
        await self._gateway.call(
            "job_note_refused",
            p_job_id=job.id,
            p_worker_id=job.worker_id,
            p_attempt=job.attempt,
            p_message=message,
        )

    # What keeps the truth

    async def settle(
        self,
        decided_by: DecidedBy,
        *,
        settings: Settings,
        owner_id: UUID | None = None,
        job_ids: Sequence[UUID] | None = None,
        limit: int = 1000,
    ) -> list[Settlement]:
        """Settles what is overdue: among `job_ids`, else of the owner, else anywhere; at most `limit` rows.

        Tells beside them what is held by others and stays overdue: never more than 100.
        """
        rows = await self._gateway.call(
            "jobs_settle",
            p_decided_by=decided_by.value,
            p_queue_timeout=settings.queue_timeout.total_seconds(),
            p_owner_id=owner_id,
            p_job_ids=None if job_ids is None else list(job_ids),
            p_limit=limit,
            p_absent_after=settings.absent_after.total_seconds(),
            p_queue_limit=settings.queue_limit.total_seconds(),
        )
        return [read_settlement(row) for row in rows]

    async def watched(
        self, owner_ids: Iterable[UUID], job_ids: Iterable[UUID], *, finished_within: timedelta
    ) -> list[Job]:
        """The owners' live jobs and those lately finished, and the jobs asked for by id."""
        return await self._jobs(
            "jobs_watched",
            p_owner_ids=list(owner_ids),
            p_job_ids=list(job_ids),
            p_finished_within=finished_within.total_seconds(),
        )

    async def changed(
        self,
        owner_ids: Iterable[UUID],
        known: Mapping[UUID, int],
        *,
        finished_within: timedelta,
        since: datetime | None = None,
    ) -> Changes:
        """Of what `watched` reads, what is not at its known version, or is overdue; and manuscripts changed since."""
        [first, *rows] = await self._gateway.call(
            "jobs_changed",
            p_owner_ids=list(owner_ids),
            p_job_ids=list(known),
            p_versions=list(known.values()),
            p_finished_within=finished_within.total_seconds(),
            p_changed_since=since,
        )
        return Changes(
            as_of=read_time(first["read_at"]),
            jobs=[read_job(row["job"]) for row in rows if row["job"] is not None],
            gone=frozenset(map(read_uuid, first["gone"])),
            manuscripts=[read_change(row["change"]) for row in rows if row["change"] is not None],
        )

    async def count(self) -> JobCount:
        """How many jobs wait and run, anybody's."""
        [row] = await self._gateway.call("jobs_count")
        return JobCount(
            queued=row["queued"],
            running=row["running"],
            oldest_overdue=timedelta(seconds=row["oldest_overdue_seconds"] or 0),
        )

    async def oldest_waiting(self) -> timedelta:
        """For how long the job has waited that waits longest, anybody's; nothing when none waits."""
        [row] = await self._gateway.call("jobs_oldest_waiting")
        return timedelta(seconds=row["seconds"])

    async def line(self) -> Line:
        """Who holds the line, and how long the runs of late took."""
        [row] = await self._gateway.call("line_get")
        return read_line(row)

    async def hold(self, *, why: str, by: str) -> Hold:
        """Holds the line. Raises NotAllowedNow when it is held already."""
        [row] = await self._gateway.call("line_hold", p_why=why, p_held_by=by)
        return read_hold(row)

    async def resume(self) -> Hold:
        """Lets the line go; returns how it was held. Raises NotAllowedNow when nobody holds it."""
        [row] = await self._gateway.call("line_resume")
        return read_hold(row)

    async def clock(self) -> datetime:
        """The database's clock."""
        [row] = await self._gateway.call("clock_read")
        return read_time(row["as_of"])

    async def lateness(self) -> list[Lateness]:
        """How late settlements came, by status, by who settled and by bucket."""
        return [read_lateness(row) for row in await self._gateway.call("lateness_get")]

    async def unowned_files(self, *, older_than: timedelta, limit: int) -> list[UUID]:
        """Files left by an upload or a deletion that died, for the sweeper."""
        rows = await self._gateway.call("unowned_files_get", p_older_than=older_than.total_seconds(), p_limit=limit)
        return [read_uuid(row["manuscript_id"]) for row in rows]

    async def forget_unowned_files(self, manuscript_ids: Sequence[UUID]) -> None:
        """These files are deleted."""
        await self._gateway.call("unowned_files_forget", p_manuscript_ids=list(manuscript_ids))

    async def prune_events(self, *, keep: timedelta, limit: int) -> Pruned:
        """Takes the events, but the last, of jobs that finished longer ago than `keep`; looks at `limit` jobs."""
        [row] = await self._gateway.call("events_prune", p_keep=keep.total_seconds(), p_limit=limit)
        return Pruned(taken=row["taken"], is_done=row["is_done"])

    async def prune_jobs(self, *, keep: timedelta, keep_reports: int, limit: int) -> Pruned:
        """Takes jobs, with their reports, that a newer job followed which finished longer ago than `keep`."""
        [row] = await self._gateway.call(
            "jobs_prune", p_keep=keep.total_seconds(), p_keep_reports=keep_reports, p_limit=limit
        )
        return Pruned(taken=row["taken"], is_done=row["is_done"])

    # Presence

    async def process_beat(
        self,
        process_id: UUID,
        *,
        kind: str,
        version: str,
        host: str,
        capacity: int,
        busy: int,
        place: str | None = None,
        pid: int | None = None,
    ) -> datetime:
        """Writes that the process lives; returns the database's clock."""
        [row] = await self._gateway.call(
            "process_beat",
            p_process_id=process_id,
            p_kind=kind,
            p_version=version,
            p_host=host,
            p_capacity=capacity,
            p_busy=busy,
            p_place=place,
            p_pid=pid,
        )
        return read_time(row["as_of"])

    async def process_report(
        self, process_id: UUID, *, clock_offset: timedelta | None, troubles: Mapping[TroubleCode, str]
    ) -> bool:
        """Writes what the process finds; False while it has no row."""
        rows = await self._gateway.call(
            "process_report",
            p_process_id=process_id,
            p_clock_offset=None if clock_offset is None else clock_offset.total_seconds(),
            p_troubles={code.value: message for code, message in troubles.items()},
        )
        return bool(rows)

    async def process_stop(self, process_id: UUID) -> None:
        """Writes that the process ended in good order."""
        await self._gateway.call("process_stop", p_process_id=process_id)

    async def manuscripts_gone_prune(self) -> None:
        """Forgets manuscripts that were deleted more than an hour ago."""
        await self._gateway.call("manuscripts_gone_prune")

    async def processes_prune(self) -> None:
        """Forgets processes long gone, but never the last of its kind."""
        await self._gateway.call("processes_prune")

    async def processes(self, *, late_after: timedelta, absent_after: timedelta) -> dict[str, ProcessesOfKind]:
        """What is known of each kind: `api`, `worker`, `scheduler`."""
        rows = await self._gateway.call(
            "processes_health",
            p_late_after=late_after.total_seconds(),
            p_absent_after=absent_after.total_seconds(),
        )
        return {row["kind"]: read_processes(row) for row in rows}

    async def processes_list(
        self, *, late_after: timedelta, absent_after: timedelta, place: str | None = None
    ) -> list[Process]:
        """Each process that did not say goodbye, of one place or of all, for a day after it was last heard from."""
        rows = await self._gateway.call(
            "processes_list",
            p_late_after=late_after.total_seconds(),
            p_absent_after=absent_after.total_seconds(),
            p_place=place,
        )
        return [read_process(row) for row in rows]

    async def check(self) -> datetime:
        """Writes rows as a job needs them and undoes it; returns the database's clock. Raises what refuses it."""
        [row] = await self._gateway.call("database_check")
        return read_time(row["as_of"])

    async def _job(self, function: str, /, **arguments: Any) -> Job:
        [job] = await self._jobs(function, **arguments)
        return job

    async def _held(self, function: str, job: Job, /, **arguments: Any) -> Job:
        return await self._job(function, p_job_id=job.id, p_worker_id=job.worker_id, p_attempt=job.attempt, **arguments)

    async def _jobs(self, function: str, /, **arguments: Any) -> list[Job]:
        return [read_job(row) for row in await self._gateway.call(function, **arguments)]

    async def _reports(self, function: str, /, **arguments: Any) -> list[Report]:
        return [read_report(row) for row in await self._gateway.call(function, **arguments)]
