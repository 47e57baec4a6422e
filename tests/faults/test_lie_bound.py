"""The lie bound: each promise of docs/lie-bound.md, measured by what the settlements themselves wrote down."""

import re
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from jobs.models import Job
from jobs.settings import Settings
from jobs.states import DecidedBy, FailureCode, JobStatus
from tests.faults.deployment import Deployment
from tests.faults.processes import ROOT
from tests.faults.waiting import until

EPSILON = timedelta(seconds=1)

PAGE = (ROOT / "docs" / "lie-bound.md").read_text()

# Status, and what makes it wrong: the deadline that it has from then on.
CASES = {
    "`queued`": lambda settings: settings.queue_timeout,
    "`running_initializing`": lambda settings: settings.lease,
    "`running`": lambda settings: settings.lease,
    "`running`, the worker alive but stuck": lambda settings: settings.run_timeout,
}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Each deadline a second away, and one attempt, so that overdue is over."""
    second = timedelta(seconds=1)
    return replace(settings, queue_timeout=second, lease=second, max_attempts=1, sweep_interval=second)


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
    wrong = [await _waiting(deployment), await _claimed(deployment), await _running(deployment)]

    for job in wrong:
        await deployment.watched.hears(job.id, JobStatus.FAILED)

    lateness = await deployment.domain.store.lateness()
    assert {(bucket.status, bucket.decided_by) for bucket in lateness} == {
        (job.status, DecidedBy.READER) for job in wrong
    }
    assert max(bucket.at_most for bucket in lateness) <= EPSILON.total_seconds()
    await _was_told_in_time(deployment, wrong, EPSILON)


async def test_watched_a_run_over_its_time_is_ended_though_its_worker_beats(deployment: Deployment) -> None:
    job = await _running(deployment, run_timeout=timedelta(seconds=1))
    minute = timedelta(minutes=1)
    await deployment.domain.store.beat(job, lease=minute)

    told = await deployment.watched.hears(job.id, JobStatus.FAILED)

    assert told.failure_code is FailureCode.RUN_TIMEOUT
    assert max(bucket.at_most for bucket in await deployment.domain.store.lateness()) <= EPSILON.total_seconds()


async def test_unwatched_each_wrong_status_is_corrected_within_a_sweep_of_its_deadline(unwatched: Deployment) -> None:
    await unwatched.scheduler()
    wrong = [await _waiting(unwatched), await _claimed(unwatched), await _running(unwatched)]

    for job in wrong:
        await unwatched.reaches(job.id, JobStatus.FAILED)

    lateness = await unwatched.domain.store.lateness()
    assert {(bucket.status, bucket.decided_by) for bucket in lateness} == {
        (job.status, DecidedBy.SWEEPER) for job in wrong
    }
    bound = unwatched.settings.sweep_interval + EPSILON
    assert max(bucket.at_most for bucket in lateness) <= bound.total_seconds()


async def test_no_answer_ever_shows_an_overdue_status(unwatched: Deployment) -> None:
    wrong = [await _waiting(unwatched), await _claimed(unwatched), await _running(unwatched)]
    answers: list[Job] = []

    async def all_over() -> bool:
        answers.extend(await unwatched.domain.service.jobs(unwatched.owner_id, [job.id for job in wrong]))
        return all(job.status.is_terminal for job in answers[-3:])

    await until(all_over, "every answer is terminal")

    assert len(answers) > 3
    assert not [job for job in answers if job.is_overdue]


async def _waiting(deployment: Deployment) -> Job:
    manuscript_id = await deployment.manuscript()
    return await deployment.domain.service.start(deployment.owner_id, manuscript_id)


async def _claimed(deployment: Deployment, *, run_timeout: timedelta = timedelta(minutes=1)) -> Job:
    """In the hands of a worker that is dead: nobody will ever beat for it."""
    job = await _waiting(deployment)
    return await deployment.domain.store.claim(
        job.id, _dead(), lease=deployment.settings.lease, run_timeout=run_timeout
    )


async def _running(deployment: Deployment, *, run_timeout: timedelta = timedelta(minutes=1)) -> Job:
    job = await _claimed(deployment, run_timeout=run_timeout)
    return await deployment.domain.store.begin(job, lease=deployment.settings.lease, stage="Reading")


def _dead() -> UUID:
    return uuid4()


async def _was_told_in_time(deployment: Deployment, wrong: list[Job], bound: timedelta) -> None:
    """By the database's clock: what the frame was read at, against the deadline that had passed."""
    for job in wrong:
        told = deployment.watched.last(job.id)
        assert told is not None
        assert job.deadline_at is not None
        assert told.as_of - job.deadline_at < bound
