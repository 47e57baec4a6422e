"""A worker is killed (SIGKILL) at each point of a job's life: the job ends elsewhere, once."""

from uuid import UUID

from jobs.states import JobStatus
from tests.faults import holds
from tests.faults.deployment import LONG, LONG_TEXT, Deployment, redis_client
from tests.faults.processes import gone
from tests.faults.waiting import until


async def test_a_worker_killed_between_message_and_claim_loses_nothing(deployment: Deployment) -> None:
    job_id = await deployment.job()
    async with holds.at_claim(deployment.audit.database_url, job_id) as hold:
        victim = await deployment.worker()
        await hold.reached()
        victim.kill()
        await hold.end_sessions()
    deployment.begin("scheduler")
    rescuer = await deployment.worker(lease=LONG)

    job = await deployment.completes(job_id)

    assert (job.worker_id, job.attempt) == (rescuer.id, 1), "the dead worker had claimed nothing"


async def test_a_claim_that_outlives_its_worker_ends_with_the_lease(deployment: Deployment) -> None:
    job_id = await deployment.job()
    async with holds.at_claim(deployment.audit.database_url, job_id) as hold:
        victim = await deployment.worker()
        await hold.reached()
        victim.kill()
        rescuer = deployment.begin("worker", lease=LONG)

    job = await deployment.completes(job_id)

    claims = await deployment.audit.rows(
        "select new ->> 'worker_id' as worker_id from audit.changes where old ->> 'status' = 'queued'"
        " and new ->> 'status' = 'running_initializing' order by id"
    )
    assert [claim["worker_id"] for claim in claims] == [str(victim.id), str(rescuer.id)]
    assert (job.worker_id, job.attempt) == (rescuer.id, 2)


async def test_a_worker_killed_after_the_claim_is_noticed_within_the_lease(deployment: Deployment) -> None:
    job_id = await deployment.job()
    async with holds.at_load(deployment.audit.database_url) as hold:
        victim = await deployment.worker()
        await hold.reached()
        victim.kill()
        rescuer = deployment.begin("worker", lease=LONG)

    job = await deployment.completes(job_id)

    assert (job.worker_id, job.attempt) == (rescuer.id, 2)
    assert await deployment.audit.statuses(job_id) == [
        "queued", "running_initializing", "queued", "running_initializing", "running", "completed",
    ]  # fmt: skip


async def test_a_worker_killed_in_the_analysis_takes_the_analysis_with_it(deployment: Deployment) -> None:
    job_id = await deployment.job()
    victim, analysis = await deployment.at_work()
    await deployment.reaches(job_id, JobStatus.RUNNING)
    victim.kill()
    analysis.resume()
    rescuer = deployment.begin("worker", lease=LONG)

    await gone(analysis)
    job = await deployment.completes(job_id)

    assert (job.worker_id, job.attempt) == (rescuer.id, 2)


async def test_a_completion_under_way_when_its_worker_is_killed_lands_whole(deployment: Deployment) -> None:
    job_id = await deployment.job()
    async with holds.at_commit(deployment.audit.database_url) as hold:
        victim = await deployment.worker(lease=LONG)
        await hold.reached()
        victim.kill()

    job = await deployment.completes(job_id)

    assert (job.worker_id, job.attempt) == (victim.id, 1)


async def test_a_completion_that_is_lost_with_its_worker_leaves_nothing_behind(deployment: Deployment) -> None:
    job_id = await deployment.job()
    async with holds.at_commit(deployment.audit.database_url) as hold:
        victim = await deployment.worker()
        await hold.reached()
        victim.kill()
        await hold.end_sessions()
    rescuer = deployment.begin("worker", lease=LONG)

    job = await deployment.completes(job_id)

    assert (job.worker_id, job.attempt) == (rescuer.id, 2)


async def test_a_worker_killed_between_commit_and_announcement_leaves_no_watcher_behind(
    deployment: Deployment,
) -> None:
    job_id = await deployment.job()
    # A lease whose end comes too late to be what wakes the push hub.
    victim, analysis = await deployment.at_work(lease=LONG)
    await deployment.watched.hears(job_id, JobStatus.RUNNING)
    async with redis_client(deployment.settings.need_redis_url()) as client:
        # Every announcement waits from here on; none that waits now is ever made.
        await client.client_pause(30_000, all=False)
        analysis.resume()
        await deployment.completes(job_id)
        victim.kill()
        await client.client_unpause()

    told = await deployment.watched.hears(job_id, JobStatus.COMPLETED, limit=5)

    assert told.version == (await deployment.row(job_id)).version


async def test_a_job_that_kills_each_worker_ends_and_its_neighbours_do_not_suffer(deployment: Deployment) -> None:
    # Long, so that it cannot be read before it kills.
    poison = await deployment.job(LONG_TEXT)
    for _ in range(4):
        deployment.begin("worker", worker_concurrency=1)

    for _ in range(2):
        await until(lambda: _dies_of(poison, deployment), "the poison kills a worker")
    neighbours = [await deployment.job() for _ in range(2)]
    await until(lambda: _is_over(poison, deployment), "the poison kills its last worker")

    ended = await deployment.row(poison)
    assert ended.failure_code == "WORKER_LOST"
    assert ended.failure_message is not None
    assert "3 times" in ended.failure_message
    for neighbour in neighbours:
        await deployment.completes(neighbour)
    dead = {process.id for process in deployment.processes if not process.is_running}
    lost = await deployment.audit.rows(
        "select (old ->> 'worker_id')::uuid as worker_id from audit.changes"
        " where job_id = any ($1) and old ->> 'status' <> 'queued' and new ->> 'status' = 'queued'",
        neighbours,
    )
    assert not dead & {loss["worker_id"] for loss in lost}


async def test_a_job_that_kills_a_full_worker_takes_its_neighbours_along_only_once(deployment: Deployment) -> None:
    jobs = [await deployment.job(LONG_TEXT) for _ in range(3)]
    poison, *neighbours = jobs
    async with holds.at_load(deployment.audit.database_url):
        victim = await deployment.worker(worker_concurrency=3)

        async def holds_all() -> bool:
            return {(await deployment.row(job)).worker_id for job in jobs} == {victim.id}

        await until(holds_all, "one worker holds all three")
        victim.kill()
    deployment.begin("worker", worker_concurrency=3)
    await until(lambda: _dies_of(poison, deployment), "the poison kills a worker")
    deployment.begin("worker", worker_concurrency=3)
    await until(lambda: _is_over(poison, deployment), "the poison kills its last worker")
    deployment.begin("worker", worker_concurrency=3)

    ended = await deployment.row(poison)
    assert ended.failure_code == "WORKER_LOST"
    for neighbour in neighbours:
        await deployment.completes(neighbour)


async def test_a_killed_analysis_is_no_lost_worker_but_an_error_that_is_told_at_once(deployment: Deployment) -> None:
    job_id = await deployment.job()
    # A lease whose end comes too late to be what tells.
    worker, analysis = await deployment.at_work(lease=LONG)
    analysis.kill()

    job = await deployment.reaches(job_id, JobStatus.FAILED, limit=LONG.total_seconds() / 2)

    assert job.failure_code == "INTERNAL_ERROR"
    assert worker.is_running


async def _is_over(poison: UUID, deployment: Deployment) -> bool:
    """Whether the poison has had its attempts; every worker that reads it meanwhile dies."""
    await _dies_of(poison, deployment)
    return (await deployment.row(poison)).status is JobStatus.FAILED


async def _dies_of(poison: UUID, deployment: Deployment) -> bool:
    """Whether a worker reads the poison; it dies of it then, as when the system ends it for want of memory."""
    job = await deployment.row(poison)
    for process in deployment.processes:
        if process.is_running and process.id == job.worker_id and job.status is JobStatus.RUNNING:
            process.kill()
            return True
    return False
