"""Rows to models. Rows come with native values from the driver and with texts from REST; both are read here."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from asyncpg.pgproto.pgproto import UUID as FastUUID

from jobs.errors import BY_SQLSTATE, Refused
from jobs.models import (
    Hold,
    Job,
    JobEvent,
    Lateness,
    Line,
    Manuscript,
    ManuscriptChange,
    Outcome,
    Process,
    ProcessesOfKind,
    Report,
    Settlement,
)
from jobs.ports import Row
from jobs.states import ComponentState, DecidedBy, FailureCode, JobStatus, TroubleCode


def read_uuid(value: Any) -> UUID:
    """An id, as the driver makes them: like the standard library's, and ten times as fast to make and to hash."""
    return value if isinstance(value, UUID) else FastUUID(value)


def read_time(value: Any) -> datetime:
    """A time, aware."""
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)


def maybe_uuid(value: Any) -> UUID | None:
    """An id, where there is one."""
    return None if value is None else read_uuid(value)


def maybe_time(value: Any) -> datetime | None:
    """A time, where there is one."""
    return None if value is None else read_time(value)


def read_job(row: Row) -> Job:
    """A row of job_snapshots."""
    code = row["failure_code"]
    return Job(
        id=read_uuid(row["id"]),
        owner_id=read_uuid(row["owner_id"]),
        manuscript_id=read_uuid(row["manuscript_id"]),
        kind=row["kind"],
        status=JobStatus(row["status"]),
        stage=row["stage"],
        progress=row["progress"],
        attempt=row["attempt"],
        max_attempts=row["max_attempts"],
        version=row["version"],
        worker_id=maybe_uuid(row["worker_id"]),
        queued_at=read_time(row["queued_at"]),
        dispatched_at=maybe_time(row["dispatched_at"]),
        started_at=maybe_time(row["started_at"]),
        finished_at=maybe_time(row["finished_at"]),
        deadline_at=maybe_time(row["deadline_at"]),
        failure_code=None if code is None else FailureCode(code),
        failure_message=row["failure_message"],
        retry_of=maybe_uuid(row["retry_of"]),
        workers_lost=row["workers_lost"],
        progressed_at=maybe_time(row["progressed_at"]),
        as_of=read_time(row["as_of"]),
    )


def read_outcome(row: Row) -> Outcome:
    """A row of what jobs_cancel and jobs_retry return."""
    return Outcome(
        id=read_uuid(row["id"]),
        job=None if row["job"] is None else read_job(row["job"]),
        refusal=_maybe_refusal(row["refused_with"], row["message"]),
    )


def _maybe_refusal(sqlstate: str | None, message: str) -> Refused | None:
    if sqlstate is None:
        return None
    error = BY_SQLSTATE[sqlstate](message)
    if not isinstance(error, Refused):
        raise ValueError(f"{sqlstate} is no refusal")
    return error


def read_event(row: Row) -> JobEvent:
    """A row of job_events."""
    return JobEvent(
        job_id=read_uuid(row["job_id"]),
        version=row["version"],
        at=read_time(row["at"]),
        status=JobStatus(row["status"]),
        decided_by=DecidedBy(row["decided_by"]),
        message=row["message"],
    )


def read_manuscript(row: Row) -> Manuscript:
    """A row of manuscripts."""
    return Manuscript(
        id=read_uuid(row["id"]),
        owner_id=read_uuid(row["owner_id"]),
        title=row["title"],
        filename=row["filename"],
        byte_size=row["byte_size"],
        word_count=row["word_count"],
        created_at=read_time(row["created_at"]),
    )


def read_change(row: Row) -> ManuscriptChange:
    """What jobs_changed says of one manuscript."""
    return ManuscriptChange(
        id=read_uuid(row["id"]),
        owner_id=read_uuid(row["owner_id"]),
        at=read_time(row["at"]),
        manuscript=None if row["manuscript"] is None else read_manuscript(row["manuscript"]),
    )


def read_report(row: Row) -> Report:
    """A row of analysis_reports."""
    return Report(
        id=read_uuid(row["id"]),
        job_id=read_uuid(row["job_id"]),
        manuscript_id=read_uuid(row["manuscript_id"]),
        owner_id=read_uuid(row["owner_id"]),
        body=row["body"],
        created_at=read_time(row["created_at"]),
    )


def read_settlement(row: Row) -> Settlement:
    """A row of what jobs_settle returns."""
    return Settlement(
        job_id=read_uuid(row["id"]),
        owner_id=read_uuid(row["owner_id"]),
        was=JobStatus(row["was"]),
        status=JobStatus(row["status"]),
        late=timedelta(seconds=row["late_seconds"]),
        is_held=row["is_held"],
    )


def read_processes(row: Row) -> ProcessesOfKind:
    """A row of what processes_health returns."""
    return ProcessesOfKind(
        kind=row["kind"],
        state=ComponentState(row["state"]),
        live=row["live"],
        capacity=row["capacity"],
        busy=row["busy"],
        last_seen_at=maybe_time(row["last_seen_at"]),
        as_of=read_time(row["as_of"]),
        clock_offset=_maybe_seconds(row["clock_offset"]),
        troubles=_troubles(row["troubles"]),
    )


def read_process(row: Row) -> Process:
    """A row of what processes_list returns."""
    return Process(
        id=read_uuid(row["id"]),
        kind=row["kind"],
        version=row["version"],
        host=row["host"],
        place=row["place"],
        pid=row["pid"],
        capacity=row["capacity"],
        busy=row["busy"],
        started_at=read_time(row["started_at"]),
        last_seen_at=read_time(row["last_seen_at"]),
        state=ComponentState(row["state"]),
        clock_offset=_maybe_seconds(row["clock_offset"]),
        troubles=_troubles(row["troubles"]),
    )


def _maybe_seconds(value: float | None) -> timedelta | None:
    return None if value is None else timedelta(seconds=value)


def _troubles(found: dict[str, str]) -> dict[TroubleCode, str]:
    """By code; a process of a newer release may find what we have no word for."""
    return {TroubleCode(code): message for code, message in found.items() if code in TroubleCode.__members__}


def read_line(row: Row) -> Line:
    """A row of what line_get returns."""
    since, seconds = row["held_since"], row["mean_run_seconds"]
    return Line(
        hold=None if since is None else Hold(since=read_time(since), why=row["held_why"], by=row["held_by"]),
        mean_run=None if seconds is None else timedelta(seconds=seconds),
        runs=row["runs"],
    )


def read_hold(row: Row) -> Hold:
    """A row of holds."""
    return Hold(since=read_time(row["since"]), why=row["why"], by=row["held_by"])


def read_lateness(row: Row) -> Lateness:
    """A row of settlement_lateness."""
    return Lateness(
        status=JobStatus(row["status"]),
        decided_by=DecidedBy(row["decided_by"]),
        at_most=float(row["at_most"]),
        settlements=row["settlements"],
        seconds=row["seconds"],
    )
