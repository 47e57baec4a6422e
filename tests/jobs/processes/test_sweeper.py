"""The sweeper: overdue rows are settled in batches."""

from datetime import timedelta
from uuid import uuid4

import pytest

from jobs.database.store import JobStore
from jobs.models import Job
from jobs.processes.sweeper import Sweeper
from jobs.service import JobService
from jobs.states import JobStatus
from tests.claiming import claim
from tests.conftest import AddManuscript
from tests.jobs.conftest import Notes
from tests.jobs.lines import FailingLine


@pytest.fixture
def sweeper(line: FailingLine, service: JobService) -> Sweeper:
    """A sweeper on the line that can fail."""
    return Sweeper(store=JobStore(line), service=service)


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
    await claim(store, job.id, uuid4(), lease=timedelta(0), run_timeout=timedelta(minutes=1))

    assert await sweeper.sweep() == 2

    rows = {row.id: row.status for row in await store.get(job.owner_id, [job.id, waited.id])}
    assert rows == {job.id: JobStatus.QUEUED, waited.id: JobStatus.FAILED}
    assert notes.rings == 1
    assert job.owner_id in notes.announced
