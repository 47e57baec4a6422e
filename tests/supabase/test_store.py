"""The store reads the same from REST as from the driver, and settles as surely."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from jobs.database.postgres import open_postgres
from jobs.database.store import JobStore
from jobs.models import Changes, Job
from jobs.settings import Settings
from jobs.states import DecidedBy, JobStatus
from tests.claiming import claim
from tests.sql.life import STATUSES, Connection, Life

LONG = timedelta(hours=1)
EVER = timedelta(days=1)
GONE = uuid4()
NEVER = datetime(2000, 1, 1, tzinfo=UTC)

Read = Callable[[JobStore, Life], Awaitable[Any]]

READS: dict[str, Read] = {
    "get": lambda store, life: store.get(life.owner_id, [life.job_id, uuid4()]),
    "of_manuscripts": lambda store, life: store.of_manuscripts(life.owner_id, [life.manuscript_id], limit=5),
    "page": lambda store, life: store.page(life.owner_id, limit=5, statuses=list(JobStatus), after=None),
    "matching": lambda store, life: store.matching(life.owner_id, statuses=list(JobStatus), limit=5),
    "manuscripts_found": lambda store, life: store.manuscripts_found(life.owner_id, limit=5, search="RÀIN"),
    "events": lambda store, life: store.events(life.owner_id, [life.job_id]),
    "in_line": lambda store, life: store.in_line([life.job_id]),
    "manuscripts": lambda store, life: store.manuscripts(life.owner_id, [life.manuscript_id]),
    "manuscripts_of_owners": lambda store, life: store.manuscripts_of_owners([(life.owner_id, life.manuscript_id)]),
    "manuscripts_page": lambda store, life: store.manuscripts_page(life.owner_id, limit=5),
    "manuscripts_count": lambda store, life: store.manuscripts_count(life.owner_id),
    "reports_of_jobs": lambda store, life: store.reports_of_jobs(life.owner_id, [life.job_id]),
    "reports_of_manuscripts": lambda store, life: store.reports_of_manuscripts(life.owner_id, [life.manuscript_id]),
    "watched": lambda store, life: store.watched([life.owner_id], [life.job_id], finished_within=LONG),
    "changed": lambda store, life: store.changed([life.owner_id], {life.job_id: 0, GONE: 1}, finished_within=LONG),
    "count": lambda store, life: store.count(),
    "lateness": lambda store, life: store.lateness(),
    "unowned_files": lambda store, life: store.unowned_files(older_than=timedelta(0), limit=1000),
    "processes": lambda store, life: store.processes(late_after=EVER, absent_after=EVER),
    "processes_list": lambda store, life: store.processes_list(late_after=EVER, absent_after=EVER),
}


@pytest.fixture
async def driver(database_url: str) -> AsyncIterator[JobStore]:
    """The store over the driver, on the same database."""
    async with open_postgres(database_url) as gateway:
        yield JobStore(gateway)


@pytest.mark.parametrize("status", STATUSES)
async def test_every_read_is_the_same_through_both_gateways(
    store: JobStore, driver: JobStore, connection: Connection, status: str
) -> None:
    life = await Life.born(connection)
    await life.reach(status)
    await store.manuscript_begin(uuid4())
    await store.process_beat(uuid4(), kind="worker", version="0.1.0", host="here", capacity=2, busy=1)

    for name, read in READS.items():
        assert _timeless(await read(store, life)) == _timeless(await read(driver, life)), name


@pytest.mark.parametrize("status", STATUSES)
async def test_a_job_read_over_rest_is_the_job(store: JobStore, connection: Connection, status: str) -> None:
    life = await Life.born(connection)
    await life.reach(status)
    row = await life.row()
    assert row is not None

    [job] = await store.get(life.owner_id, [life.job_id])

    assert job.status is JobStatus(status)
    assert (job.queued_at, job.deadline_at, job.version) == (row["queued_at"], row["deadline_at"], row["version"])
    assert abs(job.as_of - datetime.now(UTC)) < timedelta(minutes=1)


async def test_many_sweepers_over_rest_settle_each_job_once(store: JobStore, connection: Connection) -> None:
    owner_id = uuid4()
    lives = [await Life.born(connection, owner_id=owner_id) for _ in range(20)]
    for life in lives:
        await life.expire()

    batches = await asyncio.gather(
        *(store.settle(DecidedBy.SWEEPER, settings=Settings(), limit=7) for _ in range(6)),
        *(store.settle(DecidedBy.READER, settings=Settings(), owner_id=owner_id) for _ in range(6)),
    )

    # What another settles at the same moment is held.
    settled = [each for batch in batches for each in batch if each.owner_id == owner_id and not each.is_held]
    assert Counter(each.job_id for each in settled) == {life.job_id: 1 for life in lives}
    assert {each.status for each in settled} == {JobStatus.FAILED}


async def test_of_many_who_claim_over_rest_one_succeeds(store: JobStore, connection: Connection) -> None:
    life = await Life.born(connection)

    answers = await asyncio.gather(
        *(claim(store, life.job_id, uuid4(), lease=LONG, run_timeout=LONG) for _ in range(8)), return_exceptions=True
    )

    assert len([answer for answer in answers if isinstance(answer, Job)]) == 1


async def test_a_report_comes_back_as_it_was_written(store: JobStore, connection: Connection) -> None:
    life = await Life.born(connection)
    job = await claim(store, life.job_id, life.worker_id, lease=LONG, run_timeout=LONG)
    job = await store.begin(job, lease=LONG, stage="Reading")
    report = {
        "words": 3,
        "ratio": 0.1,
        "title": "Ein „Regen“ 🌧\t\\",
        "chapters": [{"number": 1}, {"number": 2}],
        "x": None,
    }

    await store.complete(job, report=report, word_count=3)

    [read] = await store.reports_of_jobs(life.owner_id, [life.job_id])
    assert read.body == report


def _timeless(value: Any) -> Any:
    """The value without the time at which it was read, and without an order where none is promised."""
    if isinstance(value, list):
        return sorted((_timeless(each) for each in value), key=repr)
    if isinstance(value, dict):
        return {key: _timeless(each) for key, each in value.items()}
    if isinstance(value, Changes):
        return value.gone, _timeless(value.jobs)
    if is_dataclass(value) and not isinstance(value, type) and "as_of" in {field.name for field in fields(value)}:
        return replace(value, as_of=NEVER)
    return value
