"""A worker is killed (SIGKILL) at each point of a job's life: the job ends elsewhere, once."""

from jobs.states import JobStatus
from tests.conftest import TEXT
from tests.faults import holds
from tests.faults.deployment import LONG, Deployment, redis_client
from tests.faults.processes import POISON, gone
from tests.faults.waiting import until


async def test_a_worker_killed_before_its_claim_is_carried_out_loses_nothing(deployment: Deployment) -> None:
    job_id = await deployment.job()
    async with holds.at_claim(deployment.audit.database_url) as hold:
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
    async with holds.at_claim(deployment.audit.database_url) as hold:
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

    told = await deployment.watched.hears(job_id, JobStatus.COMPLETED)

    assert told.version == (await deployment.row(job_id)).version


async def test_a_job_that_kills_each_worker_ends_and_its_neighbours_do_not_suffer(deployment: Deployment) -> None:
    neighbour, poison, other = jobs = [await deployment.job(text) for text in (TEXT, POISON, TEXT)]
    async with holds.at_load(deployment.audit.database_url):
        victim = await deployment.mortal(worker_concurrency=3)

        async def holds_all() -> bool:
            return {(await deployment.row(job)).worker_id for job in jobs} == {victim.id}

        await until(holds_all, "one worker holds all three")
        victim.kill()

    async def is_over() -> bool:
        """Whether the poison has had its attempts; each worker that dies of it is replaced by the next."""
        if not deployment.processes[-1].is_running:
            await deployment.mortal(worker_concurrency=3)
        return (await deployment.row(poison)).status is JobStatus.FAILED

    await until(is_over, "the poison has had its attempts")

    ended = await deployment.row(poison)
    assert ended.failure_code == "WORKER_LOST"
    assert ended.failure_message is not None
    assert "3 times" in ended.failure_message
    for job in (neighbour, other):
        await deployment.completes(job)


async def test_a_killed_analysis_costs_a_try_and_its_worker_reads_the_manuscript_again(deployment: Deployment) -> None:
    job_id = await deployment.job()
    # A lease whose end comes too late to be what gives it back.
    worker, analysis = await deployment.at_work(lease=LONG)
    analysis.kill()

    job = await deployment.completes(job_id, limit=LONG.total_seconds() / 2)

    assert (job.worker_id, job.attempt, job.workers_lost) == (worker.id, 2, 1)
    assert worker.is_running
