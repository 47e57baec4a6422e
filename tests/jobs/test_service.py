"""What a caller may ask, when all is well and when it is not."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest

from jobs.database.postgres import PostgresGateway
from jobs.database.store import JobStore
from jobs.errors import Held, InvalidInput, LimitReached, NotAllowedNow, NotFound, Unavailable
from jobs.files.postgres import PostgresFiles
from jobs.models import Job, Manuscript
from jobs.processes.sweeper import Sweeper
from jobs.service import JobService
from jobs.settings import Settings
from jobs.states import DecidedBy, FailureCode, JobStatus, WaitingReason
from tests.claiming import claim
from tests.conftest import TEXT, AddManuscript
from tests.jobs.conftest import Notes, holding
from tests.jobs.lines import FailingLine


async def _overdue(store: JobStore, manuscript: Manuscript) -> Job:
    return await store.start(
        manuscript.owner_id, manuscript.id, queue_timeout=timedelta(0), max_attempts=3, max_live=100
    )


async def _worker(store: JobStore, *, capacity: int, busy: int) -> UUID:
    worker_id = uuid4()
    await store.process_beat(worker_id, kind="worker", version="0", host="here", capacity=capacity, busy=busy)
    return worker_id


async def test_a_start_makes_the_row_then_rings_then_announces(
    service: JobService, notes: Notes, manuscript: Manuscript
) -> None:
    job = await service.start(manuscript.owner_id, manuscript.id)

    assert job.status is JobStatus.QUEUED
    assert notes.rings == 1
    assert manuscript.owner_id in notes.announced


async def test_ten_starts_at_once_are_one_job(service: JobService, store: JobStore, manuscript: Manuscript) -> None:
    jobs = await asyncio.gather(*(service.start(manuscript.owner_id, manuscript.id) for _ in range(10)))

    assert len({job.id for job in jobs}) == 1


async def test_a_start_on_an_overdue_job_settles_it_and_makes_another(
    service: JobService, store: JobStore, manuscript: Manuscript
) -> None:
    old = await _overdue(store, manuscript)

    new = await service.start(manuscript.owner_id, manuscript.id)

    [settled] = await store.get(manuscript.owner_id, [old.id])
    assert settled.failure_code is FailureCode.QUEUE_TIMEOUT
    assert new.id != old.id


async def test_an_overdue_job_is_settled_for_whoever_reads_it(
    service: JobService, store: JobStore, notes: Notes, manuscript: Manuscript
) -> None:
    old = await _overdue(store, manuscript)

    [by_id] = await service.jobs(old.owner_id, [old.id])

    assert by_id.status is JobStatus.FAILED
    assert notes.announced == [old.owner_id]
    [*_, event] = await service.events(old.owner_id, [old.id])
    assert event.decided_by is DecidedBy.READER


async def test_an_overdue_job_whose_row_is_held_is_not_told_and_stops_nobody_else(
    service: JobService, store: JobStore, add_manuscript: AddManuscript, database_url: str
) -> None:
    held, beside = [await _overdue(store, await add_manuscript()) for _ in range(2)]
    other = await _overdue(store, await add_manuscript(owner_id=uuid4()))

    async with holding(database_url, held.id):
        async with asyncio.timeout(20):
            [told] = await service.jobs(other.owner_id, [other.id])
            with pytest.raises(Held) as error:
                await service.jobs(held.owner_id, [held.id, beside.id])

    assert told.status is JobStatus.FAILED
    assert [job.id for job in error.value.held] == [held.id]
    assert [(job.id, job.status) for job in error.value.true] == [(beside.id, JobStatus.FAILED)]
    [settled] = await service.jobs(held.owner_id, [held.id])
    assert settled.status is JobStatus.FAILED


async def test_a_sweep_passes_over_what_is_held_and_announces_only_what_it_settled(
    service: JobService, store: JobStore, add_manuscript: AddManuscript, database_url: str, notes: Notes
) -> None:
    held = await _overdue(store, await add_manuscript())
    other = await _overdue(store, await add_manuscript(owner_id=uuid4()))

    async with holding(database_url, held.id):
        await asyncio.wait_for(Sweeper(store=store, service=service).sweep(), 20)

    assert notes.announced == [other.owner_id]
    [swept] = await store.get(other.owner_id, [other.id])
    assert swept.status is JobStatus.FAILED


async def test_of_more_overdue_jobs_than_a_sweep_takes_at_once_none_is_read_as_alive(
    service: JobService, store: JobStore, connection: "asyncpg.Connection[asyncpg.Record]", owner_id: UUID
) -> None:
    await connection.execute(
        """
        with texts as (
          insert into public.manuscripts (owner_id, title) select $1, 'One' from generate_series(1, 1001) returning id
        )
        insert into public.jobs (owner_id, manuscript_id, status, deadline_at)
        select $1, id, 'queued', now() - interval '1 minute' from texts
        """,
        owner_id,
    )

    jobs = await service.truthful(await store.watched([owner_id], [], finished_within=timedelta(0)))

    assert len(jobs) == 1001
    assert {job.status for job in jobs} == {JobStatus.FAILED}


async def test_a_healthy_read_costs_no_write_and_one_call(service: JobService, line: FailingLine, job: Job) -> None:
    await service.jobs(job.owner_id, [job.id])

    assert line.calls == {"jobs_get": 1}


async def test_for_a_lost_job_that_is_read_the_workers_are_woken(
    service: JobService, store: JobStore, notes: Notes, job: Job
) -> None:
    await claim(store, job.id, uuid4(), lease=timedelta(0), run_timeout=timedelta(minutes=1))

    [again] = await service.jobs(job.owner_id, [job.id])

    assert (again.status, again.attempt) == (JobStatus.QUEUED, 1)
    assert notes.rings == 1


async def test_a_job_that_ran_out_is_cancelled_until_somebody_has_settled_it(
    service: JobService, store: JobStore, manuscript: Manuscript
) -> None:
    unsettled = await _overdue(store, manuscript)

    assert (await service.cancel(unsettled.owner_id, unsettled.id)).status is JobStatus.CANCELLED

    settled = await _overdue(store, manuscript)
    await service.jobs(settled.owner_id, [settled.id])
    with pytest.raises(NotAllowedNow, match="already over: it is failed"):
        await service.cancel(settled.owner_id, settled.id)


async def test_a_cancelled_job_is_announced_and_its_retry_names_it(service: JobService, notes: Notes, job: Job) -> None:
    cancelled = await service.cancel(job.owner_id, job.id)
    assert cancelled.status is JobStatus.CANCELLED
    assert notes.announced == [job.owner_id]

    again = await service.retry(job.owner_id, job.id)

    assert again.retry_of == job.id
    assert again.id != job.id
    assert notes.rings == 1


async def test_anothers_job_can_be_neither_cancelled_nor_tried_again(service: JobService, job: Job) -> None:
    for step in (service.cancel, service.retry):
        with pytest.raises(NotFound):
            await step(uuid4(), job.id)


async def test_deleting_a_manuscript_takes_its_live_job_and_its_file(
    service: JobService, store: JobStore, notes: Notes, job: Job, manuscript: Manuscript
) -> None:
    await service.delete_manuscript(job.owner_id, manuscript.id)

    assert await store.get(job.owner_id, [job.id]) == []
    assert await store.manuscripts(job.owner_id, [manuscript.id]) == []
    assert await store.unowned_files(older_than=timedelta(0), limit=9) == []
    assert notes.announced == [job.owner_id]


async def test_a_queued_job_says_that_no_worker_lives(
    service: JobService, manuscript: Manuscript, store: JobStore
) -> None:
    stopped = await _worker(store, capacity=2, busy=0)
    await store.process_stop(stopped)
    job = await service.start(manuscript.owner_id, manuscript.id)

    assert (await service.waiting([job]))[job.id].reason is WaitingReason.NO_LIVE_WORKER


async def test_a_queued_job_says_its_place_in_the_line_of_busy_workers(
    service: JobService, add_manuscript: AddManuscript, store: JobStore, owner_id: UUID
) -> None:
    await _worker(store, capacity=2, busy=2)
    jobs = [await service.start(owner_id, (await add_manuscript()).id) for _ in range(3)]

    waiting = await service.waiting(jobs)

    assert [waiting[job.id].reason for job in jobs] == [WaitingReason.WORKERS_BUSY] * 3
    assert [waiting[job.id].position for job in jobs] == [1, 2, 3]
    assert "number 3" in waiting[jobs[2].id].message
    assert {waiting[job.id].expected_start_at for job in jobs} == {None}, "no run of late says how long one takes"


async def test_a_queued_job_says_when_it_should_start_by_the_runs_of_late(
    service: JobService,
    add_manuscript: AddManuscript,
    store: JobStore,
    owner_id: UUID,
    connection: "asyncpg.Connection[asyncpg.Record]",
) -> None:
    await _worker(store, capacity=2, busy=2)
    # A minute each, for ever the same.
    await connection.execute(
        """set session_replication_role = replica;
           insert into public.jobs (owner_id, manuscript_id, status, started_at, finished_at)
           select gen_random_uuid(), gen_random_uuid(), 'completed', now() - interval '2 minutes',
             now() - interval '1 minute'
           from generate_series(1, 5)"""
    )
    jobs = [await service.start(owner_id, (await add_manuscript()).id) for _ in range(4)]

    waiting = await service.waiting(jobs)

    waits = [waiting[job.id].expected_start_at - job.as_of for job in jobs]  # type: ignore[operator]
    assert [round(wait / timedelta(seconds=30)) for wait in waits] == [1, 2, 3, 4]
    assert waiting[jobs[3].id].message.endswith("It should start in about 2 minutes.")


async def test_a_queued_job_says_that_the_line_is_held(
    service: JobService, manuscript: Manuscript, store: JobStore
) -> None:
    await _worker(store, capacity=2, busy=2)
    await store.hold(why="A migration.", by="ann")
    job = await service.start(manuscript.owner_id, manuscript.id)

    waiting = (await service.waiting([job]))[job.id]

    assert waiting.reason is WaitingReason.HELD
    assert waiting.expected_start_at is None


async def test_a_queued_job_says_that_it_is_about_to_start(
    service: JobService, manuscript: Manuscript, store: JobStore
) -> None:
    await _worker(store, capacity=2, busy=1)
    job = await service.start(manuscript.owner_id, manuscript.id)

    assert (await service.waiting([job]))[job.id].reason is WaitingReason.STARTING


async def test_an_upload_that_is_refused_leaves_nothing(
    service: JobService, store: JobStore, line: FailingLine, owner_id: UUID, settings: Settings
) -> None:
    for title, filename, content in ((" ", None, TEXT), ("x" * 301, None, TEXT), (None, " .. / ", TEXT)):
        with pytest.raises(InvalidInput):
            await service.add_manuscript(owner_id, title=title, filename=filename, content=content)

    assert line.calls == {}


async def test_an_upload_that_dies_half_way_is_found_and_deleted_by_the_sweep(
    service: JobService, store: JobStore, line: FailingLine, owner_id: UUID
) -> None:
    line.lose_answer("manuscript_file_save")
    with pytest.raises(Exception, match="lost"):
        await service.add_manuscript(owner_id, title="The Rain", filename="rain.txt", content=TEXT)

    assert await service.discard_unowned_files(older_than=timedelta(hours=1)) == 0, "it may still be under way"
    assert await service.discard_unowned_files(older_than=timedelta(0)) == 1
    assert await store.unowned_files(older_than=timedelta(0), limit=9) == []


async def test_a_manuscript_whose_answer_was_lost_keeps_its_file(
    service: JobService, store: JobStore, line: FailingLine, gateway: PostgresGateway, owner_id: UUID
) -> None:
    line.lose_answer("manuscript_add")
    with pytest.raises(Unavailable):
        await service.add_manuscript(owner_id, title="The Rain", filename="rain.txt", content=TEXT)

    [kept] = await store.manuscripts_page(owner_id, limit=9)
    assert await PostgresFiles(gateway).load(kept.id) == TEXT
    assert await service.discard_unowned_files(older_than=timedelta(0)) == 0


async def test_an_author_has_at_most_a_hundred_live_jobs(store: JobStore, add_manuscript: AddManuscript) -> None:
    first, second = await add_manuscript(), await add_manuscript()
    for_one = {"queue_timeout": timedelta(minutes=1), "max_attempts": 3}
    await store.start(first.owner_id, first.id, **for_one, max_live=1)  # type: ignore[arg-type]

    with pytest.raises(LimitReached):
        await store.start(second.owner_id, second.id, **for_one, max_live=1)  # type: ignore[arg-type]


async def test_starts_at_once_do_not_pass_the_limit_together(store: JobStore, add_manuscript: AddManuscript) -> None:
    manuscripts = [await add_manuscript() for _ in range(6)]

    outcomes = await asyncio.gather(
        *(
            store.start(one.owner_id, one.id, queue_timeout=timedelta(minutes=1), max_attempts=3, max_live=2)
            for one in manuscripts
        ),
        return_exceptions=True,
    )

    assert [type(outcome) for outcome in outcomes if not isinstance(outcome, Job)] == [LimitReached] * 4


async def test_starting_and_cancelling_again_and_again_comes_to_an_end(store: JobStore, manuscript: Manuscript) -> None:
    async def start_and_cancel() -> None:
        job = await store.start(
            manuscript.owner_id, manuscript.id, queue_timeout=timedelta(minutes=1), max_attempts=3, max_live=1
        )
        await store.cancel(manuscript.owner_id, job.id)

    for _ in range(10):
        await start_and_cancel()

    with pytest.raises(LimitReached, match="within an hour"):
        await start_and_cancel()
