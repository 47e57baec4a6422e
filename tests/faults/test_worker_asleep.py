"""A worker that is stopped or cut off, not dead: it must not work on after its lease."""

from datetime import timedelta
from uuid import UUID

import psutil

from jobs.redis.line import RING
from jobs.states import DecidedBy, JobStatus
from tests.faults import holds
from tests.faults.deployment import LONG, LONG_TEXT, Deployment
from tests.faults.processes import Process, gone
from tests.faults.waiting import until


async def test_a_worker_that_slept_over_its_lease_is_refused_and_ends_its_analysis(deployment: Deployment) -> None:
    job_id = await deployment.job()
    sleeper, analysis = await deployment.at_work()
    await deployment.reaches(job_id, JobStatus.RUNNING)
    sleeper.pause()
    rescuer, its_analysis = await _is_at_work(deployment, job_id)

    sleeper.resume()

    await gone(analysis)
    await _is_noted(deployment, sleeper.id, job_id)
    assert (await deployment.row(job_id)).worker_id == rescuer.id
    its_analysis.resume()
    job = await deployment.completes(job_id)
    assert (job.worker_id, job.attempt) == (rescuer.id, 2)
    assert sleeper.is_running


async def test_a_result_that_comes_after_the_lease_is_an_event_and_never_a_state(deployment: Deployment) -> None:
    job_id = await deployment.job()
    sleeper, analysis = await deployment.at_work()
    await deployment.reaches(job_id, JobStatus.RUNNING)
    sleeper.pause()
    analysis.resume()
    await gone(analysis)
    rescuer, its_analysis = await _is_at_work(deployment, job_id)

    sleeper.resume()

    await _is_noted(deployment, sleeper.id, job_id)
    assert (await deployment.row(job_id)).status is JobStatus.RUNNING
    its_analysis.resume()
    job = await deployment.completes(job_id)
    assert (job.worker_id, job.attempt) == (rescuer.id, 2)


async def test_a_worker_that_took_its_own_lost_job_again_is_fenced_from_its_first_try(deployment: Deployment) -> None:
    job_id = await deployment.job()
    worker, analysis = await deployment.at_work()
    await deployment.reaches(job_id, JobStatus.RUNNING)
    async with holds.at_beat(deployment.audit.database_url, job_id) as hold:
        await hold.reached()
        await until(lambda: _is_overdue(deployment, job_id), "the lease ends")
        await hold.carry_out("select public.jobs_settle('reader', 60, p_job_ids => array[$1::uuid])", job_id)
        # Its own claim, of whose answer it never heard: only the attempt tells the two tries apart.
        await hold.carry_out("select public.job_claim($1, $2, 3, 30)", job_id, worker.id)

    await _is_noted(deployment, worker.id, job_id)
    await gone(analysis)
    job = await deployment.completes(job_id)

    assert (job.worker_id, job.attempt) == (worker.id, 2), "what it took is found again, though it never heard of it"


async def test_heartbeats_survive_an_analysis_that_uses_a_whole_processor(deployment: Deployment) -> None:
    job_id = await deployment.job(LONG_TEXT)
    await deployment.worker(lease=LONG, run_timeout=timedelta(minutes=5))

    job = await deployment.completes(job_id, limit=100)

    assert job.attempt == 1
    [told] = await deployment.audit.rows(
        "select extract(epoch from max(at) - min(at)) as worked, extract(epoch from max(at - before)) as silent from ("
        "  select at, lag(at) over (order by id) as before from audit.changes"
        "  where 'running' in (old ->> 'status', new ->> 'status')"
        ") as beats"
    )
    # One that holds up the worker's own loop lets it say nothing from its first moment to its last.
    assert told["silent"] < told["worked"] / 2


async def test_a_worker_whose_own_heartbeat_fails_takes_no_new_work(deployment: Deployment) -> None:
    worker = await deployment.worker()
    await _stop_heart(deployment, worker)
    job_id = await deployment.job()
    refused = await _refusals(deployment)

    async def was_refused_twice() -> bool:
        return await _refusals(deployment) >= refused + 2

    await until(was_refused_twice, "the worker goes on, and is refused again")
    assert (await deployment.row(job_id)).attempt == 0
    await deployment.audit.execute("drop trigger no_beat on public.processes")

    job = await deployment.completes(job_id)

    assert job.worker_id == worker.id


async def test_a_worker_told_to_stop_gives_its_job_back_at_once(deployment: Deployment) -> None:
    job_id = await deployment.job()
    stopped, analysis = await deployment.at_work(lease=LONG)
    running = await deployment.reaches(job_id, JobStatus.RUNNING)

    stopped.ask_to_stop()

    assert await stopped.ended() == 0

    queued = await deployment.row(job_id)
    assert queued.status is JobStatus.QUEUED
    assert queued.max_attempts == running.max_attempts + 1, "being stopped is not the job's fault"
    assert not analysis.is_running()
    [*_, event] = [
        event
        for event in await deployment.domain.store.events(deployment.owner_id, [job_id])
        if event.decided_by is DecidedBy.WORKER
    ]
    assert event.message == "Given back by a worker that was stopped."
    rescuer = await deployment.worker(lease=LONG)
    job = await deployment.completes(job_id)
    assert (job.worker_id, job.attempt) == (rescuer.id, 2)


async def test_a_worker_told_to_stop_while_it_claims_gives_the_job_back_at_once(deployment: Deployment) -> None:
    job_id = await deployment.job()
    async with holds.at_claim(deployment.audit.database_url) as hold:
        stopped = await deployment.worker()
        await hold.reached()
        stopped.ask_to_stop()
        await _nobody_listens(deployment)

    assert await stopped.ended() == 0
    assert (await deployment.row(job_id)).status is JobStatus.QUEUED
    await deployment.worker()
    await deployment.completes(job_id)


async def _is_overdue(deployment: Deployment, job_id: UUID) -> bool:
    return (await deployment.row(job_id)).is_overdue


async def _is_at_work(deployment: Deployment, job_id: UUID) -> tuple[Process, psutil.Process]:
    """Another worker, which has taken the lost job, and its analysis, which is held."""
    rescuer, analysis = await deployment.at_work(lease=LONG)
    await deployment.reaches(job_id, JobStatus.RUNNING, attempt=2)
    return rescuer, analysis


async def _stop_heart(deployment: Deployment, worker: Process) -> None:
    """Lets the database refuse this worker's signs of life and nothing else; waits until it is silent for a lease."""
    await deployment.audit.execute(
        f"""
        create sequence audit.refusals;
        create function audit.no_beat() returns trigger language plpgsql as $$
        begin
          -- What a sequence counts, no rollback takes back.
          perform nextval('audit.refusals');
          raise exception 'no signs of life are taken' using errcode = '57014';
        end;
        $$;
        create trigger no_beat before update on public.processes
          for each row when (old.id = '{worker.id}') execute function audit.no_beat();
        """
    )

    async def is_silent() -> bool:
        return await deployment.silent_for(worker) > deployment.settings.lease.total_seconds()

    await until(is_silent, "the worker is silent for a lease")


async def _refusals(deployment: Deployment) -> int:
    """How many signs of life were refused."""
    return int(await deployment.audit.value("select last_value from audit.refusals"))


async def _nobody_listens(deployment: Deployment) -> None:
    """Waits until the worker has hung up its line for rings: the first thing that it does when it is to stop."""

    async def nobody() -> bool:
        [(_, listeners)] = await deployment.domain.redis.pubsub_numsub(RING)
        return bool(listeners == 0)

    await until(nobody, "nobody hears rings")


async def _is_noted(deployment: Deployment, worker_id: UUID | None, job_id: UUID) -> None:
    """Waits for the event that tells of the refusal of its first attempt."""

    async def noted() -> bool:
        return await _was_refused(deployment, worker_id, job_id, attempt=1)

    await until(noted, "the refusal is noted")


async def _was_refused(deployment: Deployment, worker_id: UUID | None, job_id: UUID, *, attempt: int) -> bool:
    said = f"Refused: worker {worker_id}, attempt {attempt}."
    return any(message.startswith(said) for message in await deployment.messages(job_id))
