"""The scheduler is missing, doubled or swamped: whoever meets an overdue row settles it, once."""

from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from engines.pair import Engines
from jobs.models import Job
from jobs.states import ComponentState, DecidedBy, FailureCode, JobStatus
from schema.ids import global_id
from tests.claiming import claim
from tests.faults.deployment import LONG, Deployment
from tests.faults.test_redis import absent
from tests.faults.waiting import is_under, until

SHORT = timedelta(seconds=1)
STALE = 10_000


# Every way to ask the API for a job, and what its answer says: the status, and whether the manuscript is locked.
_JOB = "status locksManuscript"
QUESTIONS: dict[str, Callable[[Any], tuple[str, bool]]] = {
    f"query Ask($job: ID!) {{ job(id: $job) {{ {_JOB} }} }}": lambda data: _said(data["job"]),
    f"query Ask($job: ID!) {{ node(id: $job) {{ ... on Job {{ {_JOB} }} }} }}": lambda data: _said(data["node"]),
    f"query Ask($manuscript: ID!) {{ manuscript(id: $manuscript) {{ latestJob {{ {_JOB} }} }} }}": (
        lambda data: _said(data["manuscript"]["latestJob"])
    ),
    f"query Ask($manuscript: ID!) {{ manuscript(id: $manuscript) {{ isLocked jobs {{ {_JOB} }} }} }}": (
        lambda data: _said(data["manuscript"]["jobs"][0], locked=data["manuscript"]["isLocked"])
    ),
    f"query Ask {{ manuscripts(first: 1) {{ edges {{ node {{ isLocked latestJob {{ {_JOB} }} }} }} }} }}": (
        lambda data: _said(
            data["manuscripts"]["edges"][0]["node"]["latestJob"],
            locked=data["manuscripts"]["edges"][0]["node"]["isLocked"],
        )
    ),
}


def _said(job: Any, *, locked: bool = False) -> tuple[str, bool]:
    return job["status"], job["locksManuscript"] or locked


async def _waiting_job(deployment: Deployment) -> UUID:
    """A job that nobody will take: its queue timeout is a second."""
    job = await deployment.domain.store.start(
        deployment.owner_id, await deployment.manuscript(), queue_timeout=SHORT, max_attempts=3, max_live=100
    )
    return job.id


async def test_without_a_scheduler_a_watcher_is_told_within_a_second_of_the_deadline(deployment: Deployment) -> None:
    async def lie() -> float:
        before = await deployment.settled()
        job_id = await _waiting_job(deployment)
        told = await deployment.watched.hears(job_id, JobStatus.FAILED)
        assert told.failure_code is FailureCode.QUEUE_TIMEOUT
        return (await deployment.settled() - before)[JobStatus.QUEUED, DecidedBy.READER]

    await is_under(1, lie, "a watcher is told")

    assert set(await deployment.settled()) == {(JobStatus.QUEUED, DecidedBy.READER)}


async def test_without_a_scheduler_every_way_of_reading_tells_the_truth(unwatched: Deployment) -> None:
    service, owner_id = unwatched.domain.service, unwatched.owner_id
    overdue = [await _waiting_job(unwatched) for _ in range(2)]
    for job_id in overdue:
        await _is_overdue(unwatched, job_id)
    [one, other] = [await unwatched.row(job_id) for job_id in overdue]
    assert {one.status, other.status} == {JobStatus.QUEUED}, "nobody has looked yet"

    [by_id] = await service.jobs(owner_id, [one.id])
    [by_manuscript] = await service.jobs_of_manuscripts(owner_id, [other.manuscript_id], limit=1)

    assert {by_id.status, by_manuscript.status} == {JobStatus.FAILED}


async def test_without_a_scheduler_every_question_to_the_api_is_answered_with_the_truth(unwatched: Deployment) -> None:
    client = unwatched.client(await unwatched.api())
    for question, answer in QUESTIONS.items():
        job = await _overdue_job(unwatched)
        assert (await unwatched.row(job.id)).status is JobStatus.QUEUED, "nobody has looked yet"

        ids = {"job": global_id("Job", job.id), "manuscript": global_id("Manuscript", job.manuscript_id)}
        data = await client.ask(question, **{name: id for name, id in ids.items() if f"${name}" in question})

        assert answer(data) == ("FAILED", False), question
    job = await _overdue_job(unwatched)
    async with client.updates() as updates:
        assert (await updates.frame())[global_id("Job", job.id)][0] == "FAILED"


async def test_without_a_scheduler_a_lost_job_of_a_dead_worker_runs_again_when_it_is_read(
    unwatched: Deployment,
) -> None:
    job_id = await unwatched.job()
    victim, _ = await unwatched.at_work()
    victim.kill()
    rescuer = await unwatched.worker(lease=LONG)
    await _is_overdue(unwatched, job_id)

    await unwatched.domain.service.jobs(unwatched.owner_id, [job_id])

    assert (await unwatched.completes(job_id)).worker_id == rescuer.id


async def test_with_nobody_reading_the_sweep_settles(unwatched: Deployment) -> None:
    await unwatched.scheduler()

    async def lie() -> float:
        before = await unwatched.settled()
        job_id = await _waiting_job(unwatched)
        job = await unwatched.reaches(job_id, JobStatus.FAILED)
        assert job.failure_code is FailureCode.QUEUE_TIMEOUT
        return (await unwatched.settled() - before)[JobStatus.QUEUED, DecidedBy.SWEEPER]

    await is_under(unwatched.settings.sweep_interval.total_seconds() + 1, lie, "the row is right")

    assert set(await unwatched.settled()) == {(JobStatus.QUEUED, DecidedBy.SWEEPER)}


async def test_without_redis_and_with_nobody_reading_the_sweep_settles(unwatched: Deployment, engines: Engines) -> None:
    async with absent(engines):
        await unwatched.scheduler()
        job = await _lost_job(unwatched)

        await unwatched.reaches(job.id, JobStatus.QUEUED)

    assert {by for _, by in await unwatched.settled()} == {DecidedBy.SWEEPER}
    await unwatched.domain.service.cancel(unwatched.owner_id, job.id)


@pytest.mark.parametrize("redis_is_there", [True, False], ids=["with Redis", "without Redis"])
async def test_without_a_scheduler_and_with_nobody_reading_a_worker_sweeps_and_the_scheduler_is_still_missed(
    unwatched: Deployment, engines: Engines, *, redis_is_there: bool
) -> None:
    held = await unwatched.job()
    # A worker that is full takes nothing, and so settles nothing for its own sake.
    _, analysis = await unwatched.at_work(lease=LONG, worker_concurrency=1)
    async with AsyncExitStack() as stack:
        if not redis_is_there:
            await stack.enter_async_context(absent(engines))
        job = await _lost_job(unwatched)

        await unwatched.reaches(job.id, JobStatus.QUEUED)

        health = await unwatched.domain.presence.health()
    assert {by for _, by in await unwatched.settled()} == {DecidedBy.SWEEPER}
    assert health.sweeper.state is ComponentState.NEVER_SEEN
    await unwatched.domain.service.cancel(unwatched.owner_id, job.id)
    analysis.resume()
    await unwatched.completes(held)


async def test_three_schedulers_settle_ten_thousand_stale_rows_once_each(unwatched: Deployment) -> None:
    await _make_stale(unwatched, STALE)
    for _ in range(3):
        unwatched.begin("scheduler")

    async def all_settled() -> bool:
        return not await unwatched.audit.value("select count(*) from public.jobs where deadline_at < clock_timestamp()")

    neighbour = await unwatched.job()
    await until(all_settled, "no row is overdue any more")
    # Not before: a worker that takes something serves the line, and in such a line nothing fails for waiting.
    unwatched.begin("worker", lease=LONG)

    assert (await unwatched.completes(neighbour)).attempt == 1
    changes = await unwatched.audit.rows(
        "select old ->> 'status' as was, new ->> 'status' as became, count(*), count(distinct job_id) as jobs"
        " from audit.changes where job_id <> $1 and new ->> 'status' <> old ->> 'status' group by 1, 2 order by 1",
        neighbour,
    )
    assert [tuple(row) for row in changes] == [
        ("queued", "failed", STALE // 2, STALE // 2),
        ("running", "failed", STALE // 2, STALE // 2),
    ]
    assert sum(bucket.settlements for bucket in await unwatched.domain.store.lateness()) == STALE
    # The median: what else the machine does may stretch one of them.
    held = await unwatched.audit.value(
        "select percentile_disc(0.5) within group (order by held) from ("
        "  select extract(epoch from max(at) - began) as held from audit.changes"
        "  where application like '%scheduler' group by began) as batches"
    )
    assert held < 1, "a batch of a thousand rows holds its locks for over a second"


async def _lost_job(deployment: Deployment) -> Job:
    """In the hands of a worker that is dead: overdue in a second, and then to wait for another."""
    job = await deployment.domain.store.start(
        deployment.owner_id, await deployment.manuscript(), queue_timeout=LONG, max_attempts=3, max_live=100
    )
    return await claim(deployment.domain.store, job.id, uuid4(), lease=SHORT, run_timeout=LONG)


async def _overdue_job(deployment: Deployment) -> Job:
    return await deployment.domain.store.start(
        deployment.owner_id, await deployment.manuscript(), queue_timeout=timedelta(0), max_attempts=3, max_live=100
    )


async def _is_overdue(deployment: Deployment, job_id: UUID) -> Job:
    async def overdue() -> Job | None:
        job = await deployment.row(job_id)
        return job if job.is_overdue else None

    job = await until(overdue, f"job {job_id} is overdue")
    assert job is not None
    return job


async def _make_stale(deployment: Deployment, count: int) -> None:
    """Rows as a deployment leaves them whose workers and scheduler have been gone for an hour: half of them queued,
    half of them running in their last attempt. Written round the triggers, for it is the past that is made here."""
    await deployment.audit.execute(
        f"""
        begin;
        set local session_replication_role = replica;
        insert into public.manuscripts (owner_id, title)
        select gen_random_uuid(), 'Stale ' || n from generate_series(1, {count}) as n;
        insert into public.jobs (
          owner_id, manuscript_id, status, attempt, max_attempts, version,
          worker_id, queued_at, started_at, run_ends_at, deadline_at
        )
        select m.owner_id, m.id, s.status, s.attempt, 3, 1,
          s.worker_id, now() - interval '2 hours', s.started_at, s.started_at + interval '1 day',
          now() - interval '1 hour'
        from (
          select id, owner_id, row_number() over () as n from public.manuscripts where title like 'Stale %'
        ) as m
        cross join lateral (
          select 'queued' as status, 0 as attempt, null::uuid as worker_id, null::timestamptz as started_at
          where m.n % 2 = 0
          union all
          select 'running', 3, gen_random_uuid(), now() - interval '2 hours' where m.n % 2 = 1
        ) as s;
        commit;
        """
    )
