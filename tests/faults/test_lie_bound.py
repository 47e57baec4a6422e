"""The lie bound: each promise of docs/lie-bound.md, measured by what the settlements themselves wrote down."""

import re
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from jobs.models import Job
from jobs.settings import Settings
from jobs.states import DecidedBy, FailureCode, JobStatus
from tests.claiming import claim
from tests.faults.deployment import LONG, Deployment
from tests.faults.processes import ROOT
from tests.faults.waiting import is_under, until

EPSILON = SECOND = timedelta(seconds=1)
ACTIVE = [status for status in JobStatus if status.is_active]

PAGE = (ROOT / "docs" / "lie-bound.md").read_text()

# Status, and what makes it wrong: the deadline that it has from then on.
CASES = {
    "`queued`": lambda settings: settings.queue_timeout,
    "`queued`, its last worker gone": lambda settings: 2 * settings.queue_timeout,
    "`running_initializing`": lambda settings: settings.lease,
    "`running`": lambda settings: settings.lease,
    "`running`, the worker alive but stuck": lambda settings: settings.run_timeout,
}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Deadlines and sweeps a second away, and one attempt, so that overdue is over."""
    return replace(settings, queue_timeout=SECOND, lease=SECOND, max_attempts=1, sweep_interval=SECOND)


@pytest.mark.parametrize("case", CASES)
def test_the_page_says_what_follows_from_the_default_settings(case: str) -> None:
    settings = Settings()
    deadline = CASES[case](settings)
    [row] = re.findall(rf"^\| {re.escape(case)} \|.*$", PAGE, re.MULTILINE)

    watched, unwatched = (int(number) for number in re.findall(r"= (\d+) s", row))

    assert timedelta(seconds=watched) == deadline + EPSILON
    assert timedelta(seconds=unwatched) == deadline + settings.sweep_interval + EPSILON


async def test_watched_each_wrong_status_is_corrected_within_a_second_of_its_deadline(
    deployment: Deployment,
) -> None:
    async def lie() -> float:
        before = await deployment.settled()
        wrong = await _wrong(deployment)
        told = [await deployment.watched.hears(job.id, JobStatus.FAILED) for job in wrong]
        settled = await _settled_since(before, deployment, by=DecidedBy.READER)
        return max(settled, *(_seconds_late(job, frame) for job, frame in zip(wrong, told, strict=True)))

    await is_under(EPSILON.total_seconds(), lie, "a watcher is told")


async def test_watched_a_run_over_its_time_is_ended_though_its_worker_beats(deployment: Deployment) -> None:
    async def lie() -> float:
        before = await deployment.settled()
        job = await _running(deployment, lease=LONG, run_timeout=3 * SECOND)
        job = await deployment.domain.store.beat(job, lease=LONG)
        told = await deployment.watched.hears(job.id, JobStatus.FAILED)
        assert told.failure_code is FailureCode.RUN_TIMEOUT
        late = await deployment.settled() - before
        assert {status for status, _ in late} == {JobStatus.RUNNING}
        return max(_seconds_late(job, told), *late.values())

    await is_under(EPSILON.total_seconds(), lie, "a watcher is told")


async def test_unwatched_each_wrong_status_is_corrected_within_a_sweep_of_its_deadline(unwatched: Deployment) -> None:
    await unwatched.scheduler()

    async def lie() -> float:
        before = await unwatched.settled()
        for job in await _wrong(unwatched):
            await unwatched.reaches(job.id, JobStatus.FAILED)
        return await _settled_since(before, unwatched, by=DecidedBy.SWEEPER)

    bound = unwatched.settings.sweep_interval + EPSILON
    await is_under(bound.total_seconds(), lie, "the row is right")


async def test_no_answer_ever_shows_an_overdue_status(unwatched: Deployment) -> None:
    wrong = await _wrong(unwatched)
    answers: list[Job] = []

    async def all_over() -> bool:
        answers.extend(await unwatched.domain.service.jobs(unwatched.owner_id, [job.id for job in wrong]))
        return all(job.status.is_terminal for job in answers[-3:])

    await until(all_over, "every answer is terminal")

    assert not [job for job in answers if job.is_overdue]
    assert set(await unwatched.settled()) == {(status, DecidedBy.READER) for status in ACTIVE}, "nobody else looked"


async def _wrong(deployment: Deployment) -> list[Job]:
    """A job in each active status, a second before its deadline, for which nobody will ever do anything."""
    waiting = await deployment.domain.service.start(deployment.owner_id, await deployment.manuscript())
    return [waiting, await _claimed(deployment, lease=SECOND), await _running(deployment, lease=SECOND)]


async def _claimed(deployment: Deployment, *, lease: timedelta, run_timeout: timedelta = LONG) -> Job:
    """In the hands of a worker that is dead: nobody will ever beat for it."""
    job = await deployment.domain.store.start(
        deployment.owner_id, await deployment.manuscript(), queue_timeout=LONG, max_attempts=1, max_live=100
    )
    return await claim(deployment.domain.store, job.id, uuid4(), lease=lease, run_timeout=run_timeout)


async def _running(deployment: Deployment, *, lease: timedelta, run_timeout: timedelta = LONG) -> Job:
    job = await _claimed(deployment, lease=LONG, run_timeout=run_timeout)
    return await deployment.domain.store.begin(job, lease=lease, stage="Reading")


async def _settled_since(
    before: Counter[tuple[JobStatus, DecidedBy]], deployment: Deployment, *, by: DecidedBy
) -> float:
    """How late the latest of the settlements came since then, one in each active status, all of them by the same."""
    late = await deployment.settled() - before
    assert set(late) == {(status, by) for status in ACTIVE}
    return max(late.values())


def _seconds_late(job: Job, told: Job) -> float:
    """By the database's clock: when what was told of the job was read, after the deadline that it had."""
    assert job.deadline_at is not None
    return (told.as_of - job.deadline_at).total_seconds()
