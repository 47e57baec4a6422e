"""The worker's loop: takes what it has room for, says at once that it is busy, and goes on through every absence."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid4

import asyncpg

from jobs.database.postgres import PostgresGateway
from jobs.database.store import JobStore
from jobs.models import Job, JobEvent, Manuscript
from jobs.ports import Gateway
from jobs.processes.wiring import Domain, open_domain
from jobs.processes.worker import Worker
from jobs.settings import Settings
from jobs.states import DecidedBy, JobStatus
from tests.conftest import AddManuscript
from tests.faults import holds
from tests.faults.waiting import until
from tests.jobs.lines import FailingLine


@asynccontextmanager
async def at_work(settings: Settings, *, places: int, line: Gateway | None = None) -> AsyncIterator[Domain]:
    """A worker with so many places, on `line` if one is given; it is told to stop at the end."""
    settings = replace(settings, worker_concurrency=places)
    stop = asyncio.Event()
    async with open_domain(settings, kind="worker", capacity=places) as domain:
        domain = replace(domain, store=JobStore(line)) if line else domain
        run = asyncio.create_task(Worker(domain).run(stop))
        try:
            yield domain
        finally:
            stop.set()
            await asyncio.wait_for(run, 20)


async def _started(domain: Domain, manuscript: Manuscript) -> Job:
    return await domain.service.start(manuscript.owner_id, manuscript.id)


async def _claimed_by(store: JobStore, jobs: list[Job], number: int) -> dict[UUID, UUID | None]:
    """Waits until so many of the jobs are claimed; the worker of each."""

    async def claimed() -> dict[UUID, UUID | None]:
        rows = await store.get(jobs[0].owner_id, [job.id for job in jobs])
        workers = {row.id: row.worker_id for row in rows if row.status is not JobStatus.QUEUED}
        return workers if len(workers) == number else {}

    return await until(claimed, f"{number} jobs are claimed")


async def test_a_full_worker_leaves_the_next_job_to_one_that_has_room(
    settings: Settings, store: JobStore, add_manuscript: AddManuscript, database_url: str
) -> None:
    manuscripts = [await add_manuscript() for _ in range(2)]
    async with holds.at_load(database_url), at_work(settings, places=1) as full:
        jobs = [await _started(full, manuscript) for manuscript in manuscripts]
        first = await _claimed_by(store, jobs, 1)
        assert set(first.values()) == {full.process_beat.id}
        async with at_work(settings, places=1) as other:
            both = await _claimed_by(store, jobs, 2)

            assert set(both.values()) == {full.process_beat.id, other.process_beat.id}


async def test_a_worker_says_that_it_is_full_before_its_next_heartbeat_is_due(
    settings: Settings, store: JobStore, manuscript: Manuscript, database_url: str
) -> None:
    slow = replace(settings, heartbeat=settings.lease / 2)
    async with holds.at_load(database_url), at_work(slow, places=1) as domain:
        job = await _started(domain, manuscript)
        await _claimed_by(store, [job], 1)

        await _full(domain, limit=slow.heartbeat.total_seconds() * 0.9)


async def test_a_worker_takes_up_what_waited_as_soon_as_a_place_is_free(
    settings: Settings, store: JobStore, add_manuscript: AddManuscript
) -> None:
    async with at_work(settings, places=1) as domain:
        jobs = [await _started(domain, await add_manuscript()) for _ in range(3)]

        async def all_over() -> bool:
            rows = await store.get(jobs[0].owner_id, [job.id for job in jobs])
            return all(row.status is JobStatus.COMPLETED for row in rows)

        await until(all_over, "one after the other completes")


async def test_a_job_that_lost_a_worker_is_read_alone_by_the_next(
    settings: Settings, store: JobStore, add_manuscript: AddManuscript, database_url: str
) -> None:
    patient = replace(settings, lease=settings.queue_timeout)
    manuscripts = [await add_manuscript() for _ in range(3)]
    async with at_work(patient, places=3) as domain:
        async with holds.at_load(database_url) as hold:
            before = await _started(domain, manuscripts[0])
            await hold.reached()
            lost = await _lost(domain, store, manuscripts[1])
            # It keeps the two free places, and waits for the end of the job before it.
            await _full(domain)
            after = await _started(domain, manuscripts[2])
        ends = [await _completed(domain, job) for job in (before, lost, after)]

    begins = [_first(events, JobStatus.RUNNING_INITIALIZING) for events in (ends[0], ends[2])]
    assert begins[0] < _first(ends[0], JobStatus.COMPLETED) < _first(ends[1], JobStatus.RUNNING)
    assert _first(ends[1], JobStatus.COMPLETED) < begins[1]


async def test_two_jobs_that_lost_a_worker_are_not_held_by_the_same_one(
    settings: Settings, store: JobStore, add_manuscript: AddManuscript, database_url: str
) -> None:
    patient = replace(settings, lease=settings.queue_timeout)
    manuscripts = [await add_manuscript() for _ in range(2)]
    async with open_domain(patient, kind="api") as api:
        jobs = [await _lost(api, store, manuscript) for manuscript in manuscripts]
        async with holds.at_load(database_url) as hold, at_work(patient, places=3) as worker:
            await hold.reached()
            await _full(worker)

            rows = await store.get(jobs[0].owner_id, [job.id for job in jobs])

            assert {row.status for row in rows} == {JobStatus.QUEUED, JobStatus.RUNNING_INITIALIZING}
            assert len(rows) == 2


async def test_a_claim_whose_answer_was_lost_is_found_again_by_its_worker(
    settings: Settings, store: JobStore, manuscript: Manuscript, line: FailingLine
) -> None:
    patient = replace(settings, lease=settings.queue_timeout)
    line.lose_answer("job_claim_next")
    async with at_work(patient, places=1, line=line) as domain:
        job = await _started(domain, manuscript)

        events = await _completed(domain, job)

    assert [event.status for event in events].count(JobStatus.RUNNING_INITIALIZING) == 1


async def test_what_a_full_worker_finds_to_be_its_own_is_given_back_at_once(
    settings: Settings, store: JobStore, add_manuscript: AddManuscript, database_url: str
) -> None:
    patient = replace(settings, lease=settings.queue_timeout)
    manuscripts = [await add_manuscript() for _ in range(2)]
    async with holds.at_load(database_url) as hold, at_work(patient, places=1) as domain:
        first = await _started(domain, manuscripts[0])
        await hold.reached()
        second = await store.start(
            first.owner_id, manuscripts[1].id, queue_timeout=patient.queue_timeout, max_attempts=3, max_live=9
        )
        # As a call of its own that is carried out long after it gave up waiting.
        await store.claim_next(domain.process_beat.id, settings=patient, limit=1, known=[first.id])

        async def is_given_back() -> bool:
            [row] = await store.get(second.owner_id, [second.id])
            return row.status is JobStatus.QUEUED and row.attempt == 1

        await until(is_given_back, "the job waits again")


async def test_a_worker_looks_into_the_line_without_being_rung_for(
    settings: Settings, store: JobStore, manuscript: Manuscript
) -> None:
    async with at_work(settings, places=1) as domain:
        await _beaten(domain)
        job = await store.start(
            manuscript.owner_id, manuscript.id, queue_timeout=settings.queue_timeout, max_attempts=3, max_live=9
        )

        await _completed(domain, job)


async def test_a_job_that_was_given_back_is_read_beside_others(
    settings: Settings, store: JobStore, add_manuscript: AddManuscript, database_url: str
) -> None:
    manuscripts = [await add_manuscript() for _ in range(2)]
    async with holds.at_load(database_url):
        async with at_work(settings, places=2) as stopped:
            job = await _started(stopped, manuscripts[0])
            await _claimed_by(store, [job], 1)
        async with at_work(settings, places=2) as domain:
            jobs = [job, await _started(domain, manuscripts[1])]

            both = await _claimed_by(store, jobs, 2)

            assert set(both.values()) == {domain.process_beat.id}


async def test_a_job_that_waits_for_its_turn_is_let_go_when_it_is_cancelled(
    settings: Settings, store: JobStore, add_manuscript: AddManuscript, database_url: str
) -> None:
    patient = replace(settings, lease=settings.queue_timeout)
    manuscripts = [await add_manuscript() for _ in range(2)]
    async with holds.at_load(database_url) as hold, at_work(patient, places=3) as domain:
        await _started(domain, manuscripts[0])
        await hold.reached()
        lost = await _lost(domain, store, manuscripts[1])
        await _full(domain)

        await domain.service.cancel(lost.owner_id, lost.id)

        async def has_room() -> bool:
            return (await domain.presence.health()).busy == 1

        await until(has_room, "the place of the cancelled job is free")


async def _lost(domain: Domain, store: JobStore, manuscript: Manuscript) -> Job:
    """A job that lost its worker, and waits again."""
    connection = await asyncpg.connect(domain.settings.need_database_url())
    # Started and taken in one transaction: no worker of the test comes in between.
    async with connection.transaction():
        job_id = await connection.fetchval(
            "select id from public.job_start($1, $2, 60, 3, 100)", manuscript.owner_id, manuscript.id
        )
        await connection.execute("select public.job_claim($1, $2, 0, 60)", job_id, uuid4())
    await connection.close()
    await domain.service.settle(DecidedBy.SWEEPER, job_ids=[job_id])
    [job] = await store.get(manuscript.owner_id, [job_id])
    return job


async def _beaten(domain: Domain) -> None:
    """Waits until the worker has said that it lives."""

    async def lives() -> bool:
        return (await domain.presence.health()).workers.state.is_alive

    await until(lives, "the worker says that it lives")


async def _full(domain: Domain, *, limit: float = 20) -> None:
    """Waits until the worker says that it has no room."""

    async def is_full() -> bool:
        health = await domain.presence.health()
        return health.busy == health.capacity > 0

    await until(is_full, "the worker says that it is full", limit=limit)


async def _completed(domain: Domain, job: Job) -> list[JobEvent]:
    """Waits until the job is completed; what happened to it."""

    async def completed() -> list[JobEvent]:
        events = await domain.store.events(job.owner_id, [job.id])
        return events if events[-1].status is JobStatus.COMPLETED else []

    return await until(completed, "the job completes")


def _first(events: list[JobEvent], status: JobStatus) -> datetime:
    return next(event.at for event in events if event.status is status)


async def test_a_job_takes_the_database_as_few_calls_as_its_steps_are(
    settings: Settings, store: JobStore, add_manuscript: AddManuscript, gateway: PostgresGateway
) -> None:
    line = FailingLine(gateway)
    slow = replace(settings, heartbeat=settings.lease / 2)
    async with at_work(slow, places=8, line=line) as domain:
        jobs = [await _started(domain, await add_manuscript()) for _ in range(8)]

        async def all_over() -> bool:
            rows = await store.get(jobs[0].owner_id, [job.id for job in jobs])
            return all(row.status is JobStatus.COMPLETED for row in rows)

        await until(all_over, "all complete")

    once = ("job_begin", "job_complete")
    assert {name: line.calls[name] for name in once} == dict.fromkeys(once, len(jobs))
    # A ring, an end of a run and a look may each be one.
    assert line.calls["job_claim_next"] <= 3 * len(jobs)
