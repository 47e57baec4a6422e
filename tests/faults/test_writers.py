"""Somebody writes past the functions, with the service's own key, into a deployment at work."""

from uuid import UUID

import asyncpg
import pytest

from jobs.states import JobStatus
from tests.faults.deployment import LONG, Deployment
from tests.faults.processes import gone

# What a console, an old client or a hurried operator might try on a job that is over, or on one that is not his.
ATTEMPTS = (
    "update public.jobs set status = 'queued', deadline_at = now() + interval '1 hour' where id = $1",
    "update public.jobs set status = 'running', deadline_at = now() + interval '1 hour' where id = $1",
    "update public.jobs set status = 'timer|300|failed' where id = $1",
    "update public.jobs set status = 'completed' where id = $1",
    "update public.jobs set failure_message = 'nothing happened' where id = $1",
    "update public.jobs set attempt = 0, version = 1 where id = $1",
    "update public.jobs set finished_at = null, deadline_at = now() + interval '1 hour' where id = $1",
    "delete from public.jobs where id = $1",
    "delete from public.job_events where job_id = $1",
    "delete from public.analysis_reports where job_id = $1",
)


async def test_nobody_who_writes_past_the_functions_resurrects_a_job(deployment: Deployment) -> None:
    await deployment.worker()
    completed, cancelled = await deployment.job(), await deployment.job()
    await deployment.domain.service.cancel(deployment.owner_id, cancelled)
    await deployment.completes(completed)

    for job_id in (completed, cancelled):
        before = await deployment.row(job_id)
        for attempt in ATTEMPTS:
            await _try(deployment, attempt, job_id)
        after = await deployment.row(job_id)
        assert (after.status, after.version, after.attempt) == (before.status, before.version, before.attempt)


async def test_a_worker_whose_job_a_console_cancels_stops(deployment: Deployment) -> None:
    job_id = await deployment.job()
    _, analysis = await deployment.at_work(lease=LONG)
    await deployment.reaches(job_id, JobStatus.RUNNING)

    await deployment.audit.execute(f"update public.jobs set status = 'cancelled' where id = '{job_id}'")

    await deployment.watched.hears(job_id, JobStatus.CANCELLED)
    [*_, event] = await deployment.messages(job_id)
    assert event.startswith(("Written directly by the database role", "Refused"))
    await gone(analysis)


async def _try(deployment: Deployment, statement: str, job_id: UUID) -> None:
    connection = await asyncpg.connect(deployment.audit.database_url)
    try:
        await connection.execute("set role service_role")
        # A deletion finds nothing to delete where the job has no report.
        found = await connection.fetchval("select count(*) from public.analysis_reports where job_id = $1", job_id)
        if "analysis_reports" in statement and not found:
            return
        with pytest.raises(asyncpg.PostgresError):
            await connection.execute(statement, job_id)
    finally:
        await connection.close()
