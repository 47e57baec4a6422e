"""The sweeper: overdue rows are settled in batches, forgotten rings are rung again, loose files are deleted."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest

from jobs.database.store import JobStore
from jobs.models import Job
from jobs.processes.sweeper import Sweeper
from jobs.service import JobService
from jobs.settings import Settings
from jobs.states import JobStatus
from tests.conftest import AddManuscript
from tests.jobs.conftest import Notes
from tests.jobs.lines import FailingLine


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A time until the next ring that does not pass by itself: the rows are moved, not waited for."""
    return replace(settings, redispatch_after=timedelta(minutes=1))


@pytest.fixture
def sweeper(line: FailingLine, service: JobService, settings: Settings) -> Sweeper:
    """A sweeper on the line that can fail."""
    return Sweeper(store=JobStore(line), service=service, settings=settings)


async def test_a_sweep_with_nothing_overdue_is_one_call_and_changes_nothing(
    sweeper: Sweeper, line: FailingLine, store: JobStore, job: Job
) -> None:
    assert await sweeper.sweep() == 0

    assert line.calls == {"jobs_settle": 1}
    [row] = await store.get(job.owner_id, [job.id])
    assert row.version == job.version


async def test_a_sweep_ends_what_waited_too_long_and_hands_on_what_lost_its_worker(
    sweeper: Sweeper, store: JobStore, notes: Notes, job: Job, add_manuscript: AddManuscript
) -> None:
    other = await add_manuscript()
    waited = await store.start(job.owner_id, other.id, queue_timeout=timedelta(0), max_attempts=3, max_live=100)
    await store.claim(job.id, uuid4(), lease=timedelta(0), run_timeout=timedelta(minutes=1))

    assert await sweeper.sweep() == 2

    rows = {row.id: row.status for row in await store.get(job.owner_id, [job.id, waited.id])}
    assert rows == {job.id: JobStatus.QUEUED, waited.id: JobStatus.FAILED}
    assert notes.rung == [job.id]
    assert job.owner_id in notes.announced


async def test_a_job_that_was_never_rung_for_is_rung_within_a_third_of_the_time(
    sweeper: Sweeper, notes: Notes, connection: "asyncpg.Connection[asyncpg.Record]", job: Job, settings: Settings
) -> None:
    assert await sweeper.redispatch() == 0, "its first ring may be under way"
    await _moved_back(connection, settings.redispatch_after / 2)

    assert await sweeper.redispatch() == 1

    assert notes.rung == [job.id]


async def test_a_job_that_was_rung_for_is_rung_again_only_when_nobody_came(
    sweeper: Sweeper, notes: Notes, connection: "asyncpg.Connection[asyncpg.Record]", job: Job, settings: Settings
) -> None:
    await _moved_back(connection, settings.redispatch_after / 2)
    await sweeper.redispatch()
    assert await sweeper.redispatch() == 0
    await connection.execute(
        "update public.jobs set dispatched_at = dispatched_at - $1::interval", settings.redispatch_after
    )

    assert await sweeper.redispatch() == 1

    assert notes.rung == [job.id, job.id]


async def test_a_ring_that_redis_did_not_take_is_not_noted(
    sweeper: Sweeper,
    notes: Notes,
    store: JobStore,
    connection: "asyncpg.Connection[asyncpg.Record]",
    job: Job,
    settings: Settings,
) -> None:
    await _moved_back(connection, settings.redispatch_after)
    notes.takes_rings = False

    assert await sweeper.redispatch() == 0

    [row] = await store.get(job.owner_id, [job.id])
    assert row.dispatched_at is None


async def test_an_overdue_job_is_not_rung_for(
    sweeper: Sweeper, notes: Notes, store: JobStore, add_manuscript: AddManuscript
) -> None:
    manuscript = await add_manuscript()
    await store.start(manuscript.owner_id, manuscript.id, queue_timeout=timedelta(0), max_attempts=3, max_live=100)

    assert await sweeper.redispatch() == 0

    assert notes.rung == []


async def _moved_back(connection: "asyncpg.Connection[asyncpg.Record]", by: timedelta) -> None:
    """Lets the queued jobs be older than they are; the guard lets nobody else do that."""
    async with connection.transaction():
        await connection.execute("set local session_replication_role = replica")
        await connection.execute("update public.jobs set queued_at = queued_at - $1::interval", by)
