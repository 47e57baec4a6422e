"""A claim of one certain job, for tests that play the worker: a worker takes what is next in line and cannot choose."""

from datetime import timedelta
from uuid import UUID

from jobs.database.rows import read_job
from jobs.database.store import JobStore
from jobs.models import Job


async def claim(store: JobStore, job_id: UUID, worker_id: UUID, *, lease: timedelta, run_timeout: timedelta) -> Job:
    """The job, now this worker's. Raises NotAllowedNow when it does not wait, NotFound when it is gone."""
    [row] = await store._gateway.call(
        "job_claim",
        p_job_id=job_id,
        p_worker_id=worker_id,
        p_lease=lease.total_seconds(),
        p_run_timeout=run_timeout.total_seconds(),
    )
    return read_job(row)
