"""One job in one worker: how its run ends in every case, and that it never works on without its lease."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import psutil
import pytest

from jobs.analysis.confinement import TOO_LONG
from jobs.database.postgres import PostgresGateway
from jobs.database.store import JobStore
from jobs.files.postgres import PostgresFiles
from jobs.models import ClaimedJob, Job, Manuscript
from jobs.processes import counts
from jobs.processes.analyses import Analyses
from jobs.processes.capacity import Places
from jobs.processes.runner import Runner
from jobs.settings import Settings
from jobs.settings import settings as rows
from jobs.states import DecidedBy, FailureCode, JobStatus
from tests.conftest import TEXT, AddManuscript
from tests.faults.processes import analyses, held_analysis, holding
from tests.faults.waiting import until
from tests.jobs.conftest import Notes
from tests.jobs.lines import FailingLine

Held = Callable[[], Awaitable[psutil.Process]]


@pytest.fixture
def short() -> timedelta:
    """A lease that a test can wait for the end of."""
    return timedelta(seconds=4)


@pytest.fixture
async def begun() -> AsyncIterator[Analyses]:
    """A worker's analyses, which end with the test."""
    analyses = Analyses()
    yield analyses
    await analyses.close()


@pytest.fixture
def runner(line: FailingLine, notes: Notes, begun: Analyses, settings: Settings) -> Runner:
    """A worker's runner on the line that can fail."""
    return _runner(line, notes, begun, settings)


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Held:
    """Lets the first analysis hold itself at its start; call it to wait for that."""
    for name, value in holding(tmp_path / "holding").items():
        monkeypatch.setenv(name, value)
    return lambda: held_analysis(os.getpid())


def _runner(line: FailingLine, notes: Notes, begun: Analyses, settings: Settings) -> Runner:
    async def settle(job_id: UUID) -> None:
        await JobStore(line).settle(DecidedBy.WORKER, settings=settings, job_ids=[job_id])

    return Runner(
        store=JobStore(line),
        files=PostgresFiles(line),
        announcer=notes,
        analyses=begun,
        settings=settings,
        turn=Places(2).turn,
        hand_on=notes.ring,
        settle=settle,
    )


async def _claimed(store: JobStore, settings: Settings) -> ClaimedJob:
    """The job of the test, which alone is in the line."""
    [claimed] = await store.claim_next(uuid4(), settings=settings, limit=1, known=())
    return claimed


def _end_by(number: signal.Signals, analysis: psutil.Process) -> None:
    """The signal waits until it runs again."""
    analysis.send_signal(number)
    analysis.resume()


async def _row(store: JobStore, job: Job) -> Job:
    [row] = await store.get(job.owner_id, [job.id])
    return row


async def test_a_run_ends_with_a_report_and_a_word_count(
    runner: Runner, store: JobStore, job: Job, settings: Settings, notes: Notes
) -> None:
    await runner.run(await _claimed(store, settings))

    assert (await _row(store, job)).status is JobStatus.COMPLETED
    [report] = await store.reports_of_jobs(job.owner_id, [job.id])
    [manuscript] = await store.manuscripts(job.owner_id, [job.manuscript_id])
    assert manuscript.word_count == report.body["summary"]["words"]
    assert notes.announced[-1] == job.owner_id


async def test_a_finished_job_is_counted_by_its_end_its_code_and_its_attempt(
    runner: Runner, store: JobStore, gateway: PostgresGateway, job: Job, settings: Settings
) -> None:
    await PostgresFiles(gateway).delete([job.manuscript_id])
    of = {"status": "failed", "code": "UNREADABLE_MANUSCRIPT", "attempt": "1"}
    before = counts.REGISTRY.get_sample_value("novelfoundry_jobs_finished_total", of) or 0

    await runner.run(await _claimed(store, settings))

    assert counts.REGISTRY.get_sample_value("novelfoundry_jobs_finished_total", of) == before + 1
    assert counts.REGISTRY.get_sample_value("novelfoundry_job_seconds_count", {"status": "failed"})


@pytest.mark.parametrize("function", ["manuscript_file_load", "job_begin", "job_beat"])
async def test_an_answer_that_is_lost_on_the_way_is_no_end_of_the_run(
    runner: Runner, line: FailingLine, store: JobStore, job: Job, settings: Settings, function: str
) -> None:
    line.lose_answer(function)

    await runner.run(await _claimed(store, settings))

    ended = await _row(store, job)
    assert (ended.status, ended.attempt) == (JobStatus.COMPLETED, 1)


async def test_a_completion_whose_answer_is_lost_is_no_late_result(
    runner: Runner, line: FailingLine, store: JobStore, job: Job, settings: Settings
) -> None:
    line.lose_answer("job_complete")

    await runner.run(await _claimed(store, settings))

    assert (await _row(store, job)).status is JobStatus.COMPLETED
    events = await store.events(job.owner_id, [job.id])
    assert not any((event.message or "").startswith("Refused") for event in events)


async def test_a_manuscript_whose_file_is_gone_fails_at_once_and_says_so(
    runner: Runner, store: JobStore, gateway: PostgresGateway, job: Job, settings: Settings
) -> None:
    await PostgresFiles(gateway).delete([job.manuscript_id])

    await runner.run(await _claimed(store, settings))

    ended = await _row(store, job)
    assert (ended.status, ended.failure_code) == (JobStatus.FAILED, FailureCode.UNREADABLE_MANUSCRIPT)
    assert ended.failure_message == "The file of this manuscript is gone. Upload it again."


async def test_a_file_that_takes_longer_than_a_lease_to_fetch_costs_no_attempt(
    line: FailingLine,
    notes: Notes,
    begun: Analyses,
    store: JobStore,
    job: Job,
    settings: Settings,
    short: timedelta,
) -> None:
    settings = replace(settings, lease=short)
    release = line.hold_answer("manuscript_file_load")
    claimed = await _claimed(store, settings)
    run = asyncio.create_task(_runner(line, notes, begun, settings).run(claimed))

    async def outlived() -> bool:
        row = await _row(store, job)
        return claimed.job.deadline_at is not None and row.as_of > claimed.job.deadline_at and not row.is_overdue

    await until(outlived, "the lease that came with the claim is over, and a later one holds")
    release.set()
    await run

    ended = await _row(store, job)
    assert (ended.status, ended.attempt) == (JobStatus.COMPLETED, 1)


async def test_a_file_whose_name_looks_like_an_option_is_read(
    runner: Runner, store: JobStore, gateway: PostgresGateway, owner_id: UUID, settings: Settings
) -> None:
    manuscript_id = uuid4()
    await store.manuscript_begin(manuscript_id)
    await PostgresFiles(gateway).save(manuscript_id, TEXT)
    await store.manuscript_add(
        owner_id, manuscript_id, title="Rain", filename="--help.txt", byte_size=len(TEXT), max_manuscripts=9
    )
    job = await store.start(owner_id, manuscript_id, queue_timeout=settings.queue_timeout, max_attempts=3, max_live=9)

    await runner.run(await _claimed(store, settings))

    assert (await _row(store, job)).status is JobStatus.COMPLETED


async def test_a_manuscript_that_cannot_be_read_fails_with_a_sentence_for_its_author(
    runner: Runner, store: JobStore, add_manuscript: AddManuscript, settings: Settings
) -> None:
    manuscript = await add_manuscript(content=b" \n \n ")
    job = await store.start(
        manuscript.owner_id, manuscript.id, queue_timeout=timedelta(seconds=30), max_attempts=3, max_live=9
    )

    await runner.run(await _claimed(store, settings))

    ended = await _row(store, job)
    assert ended.failure_code is FailureCode.UNREADABLE_MANUSCRIPT
    assert ended.failure_message


async def test_a_cancelled_job_ends_its_analysis_within_a_heartbeat(
    runner: Runner, line: FailingLine, store: JobStore, job: Job, settings: Settings, held: Held
) -> None:
    run = asyncio.create_task(runner.run(await _claimed(store, settings)))
    analysis = await held()

    await store.cancel(job.owner_id, job.id)
    beats = line.calls["job_beat"]
    await asyncio.wait_for(run, settings.lease.total_seconds())

    assert not analysis.is_running()
    assert line.calls["job_beat"] <= beats + 1, "it beat on for a job that was cancelled"
    assert (await _row(store, job)).status is JobStatus.CANCELLED


async def test_an_analysis_that_a_signal_ends_costs_a_try(
    runner: Runner, line: FailingLine, store: JobStore, job: Job, settings: Settings, held: Held, notes: Notes
) -> None:
    run = asyncio.create_task(runner.run(await _claimed(store, settings)))
    analysis = await held()

    async def is_running() -> bool:
        return (await _row(store, job)).status is JobStatus.RUNNING

    await until(is_running, "it is at work")
    beats = line.calls["job_beat"]

    async def is_measured() -> bool:
        return line.calls["job_beat"] >= beats + 2

    await until(is_measured, "a beat has looked at its memory")
    analysis.kill()
    await run

    lost = await _row(store, job)
    assert (lost.status, lost.attempt, lost.workers_lost) == (JobStatus.QUEUED, 1, 1)
    [*_, event] = await store.events(job.owner_id, [job.id])
    assert "SIGKILL" in (event.message or "")
    assert "MB of memory" in (event.message or "")
    assert notes.rings == 1


async def test_the_last_try_that_a_signal_ends_says_what_is_known(
    runner: Runner, store: JobStore, manuscript: Manuscript, settings: Settings, held: Held
) -> None:
    job = await store.start(
        manuscript.owner_id, manuscript.id, queue_timeout=settings.queue_timeout, max_attempts=1, max_live=9
    )
    run = asyncio.create_task(runner.run(await _claimed(store, settings)))
    _end_by(signal.SIGSEGV, await held())
    await run

    ended = await _row(store, job)
    assert (ended.status, ended.failure_code) == (JobStatus.FAILED, FailureCode.WORKER_LOST)
    assert ended.failure_message is not None
    assert "SIGSEGV" in ended.failure_message


async def test_a_lost_try_whose_answer_is_lost_is_counted_once(
    runner: Runner, line: FailingLine, store: JobStore, job: Job, settings: Settings, held: Held
) -> None:
    line.lose_answer("job_lose")
    run = asyncio.create_task(runner.run(await _claimed(store, settings)))
    (await held()).kill()
    await run

    lost = await _row(store, job)
    assert (lost.status, lost.workers_lost) == (JobStatus.QUEUED, 1)


async def test_an_analysis_that_stands_still_is_stopped_and_costs_a_try(
    line: FailingLine,
    notes: Notes,
    begun: Analyses,
    store: JobStore,
    job: Job,
    settings: Settings,
    held: Held,
) -> None:
    settings = replace(settings, stall_timeout=timedelta(seconds=0.5))
    run = asyncio.create_task(_runner(line, notes, begun, settings).run(await _claimed(store, settings)))
    analysis = await held()
    await run

    assert not analysis.is_running()
    lost = await _row(store, job)
    assert (lost.status, lost.workers_lost) == (JobStatus.QUEUED, 1)
    [*_, event] = await store.events(job.owner_id, [job.id])
    assert "stood still for 0.5 seconds" in (event.message or "")


async def test_an_analysis_out_of_processor_time_is_no_lost_try(
    runner: Runner, store: JobStore, job: Job, settings: Settings, held: Held
) -> None:
    run = asyncio.create_task(runner.run(await _claimed(store, settings)))
    # What the kernel sends to one that does not listen, as in a long regular expression.
    _end_by(signal.SIGPROF, await held())
    await run

    ended = await _row(store, job)
    assert (ended.failure_code, ended.workers_lost) == (FailureCode.UNREADABLE_MANUSCRIPT, 0)
    assert ended.failure_message == TOO_LONG


async def test_an_analysis_is_given_no_secret(
    runner: Runner, store: JobStore, job: Job, settings: Settings, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _, setting in rows():
        monkeypatch.setenv(setting.name, "a-secret")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a-secret")
    run = asyncio.create_task(runner.run(await _claimed(store, settings)))
    analysis = await held()

    given = analysis.environ()
    analysis.resume()
    await run

    assert "a-secret" not in given.values()
    assert "PATH" in given


async def test_a_run_whose_manuscript_is_deleted_ends_quietly(
    runner: Runner, store: JobStore, job: Job, settings: Settings, held: Held
) -> None:
    run = asyncio.create_task(runner.run(await _claimed(store, settings)))
    analysis = await held()

    await store.manuscript_delete(job.owner_id, job.manuscript_id)
    await run

    assert not analysis.is_running()


async def test_a_worker_cut_off_from_the_database_ends_its_analysis_after_a_lease(
    line: FailingLine,
    notes: Notes,
    begun: Analyses,
    store: JobStore,
    job: Job,
    settings: Settings,
    short: timedelta,
    held: Held,
) -> None:
    settings = replace(settings, lease=short)
    run = asyncio.create_task(_runner(line, notes, begun, settings).run(await _claimed(store, settings)))
    analysis = await held()

    line.is_cut = True
    # By its own clock: it has not been told that the lease is over, nor will it be.
    await asyncio.wait_for(run, 10 * short.total_seconds())

    assert not analysis.is_running()

    async def is_overdue() -> bool:
        return (await _row(store, job)).is_overdue

    await until(is_overdue, "the lease ends")


@pytest.mark.parametrize("moment", ["as it is announced", "as its file is read", "in its analysis"])
async def test_a_run_that_is_stopped_gives_its_job_back(
    runner: Runner,
    line: FailingLine,
    notes: Notes,
    store: JobStore,
    job: Job,
    settings: Settings,
    held: Held,
    moment: str,
) -> None:
    reached = asyncio.Event()
    if moment == "as it is announced":
        reached = notes.hold()
    elif moment == "as its file is read":
        line.hold_answer("manuscript_file_load")
        reached = line.holding
    run = asyncio.create_task(runner.run(await _claimed(store, settings)))
    if moment == "in its analysis":
        await held()
        reached.set()
    await asyncio.wait_for(reached.wait(), 20)

    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run

    back = await _row(store, job)
    assert (back.status, back.max_attempts) == (JobStatus.QUEUED, job.max_attempts + 1)
    assert notes.rings == 1
    assert analyses(os.getpid()) == []
