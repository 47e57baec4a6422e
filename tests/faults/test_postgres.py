"""PostgreSQL is restarted, in good order and not: every process carries on, every job ends once."""

from typing import cast

import pytest

from engines.pair import Engines
from engines.server import StopMode
from jobs.states import JobStatus
from tests.faults import holds
from tests.faults.deployment import Deployment


@pytest.mark.parametrize("mode", ["fast", "immediate"])
async def test_a_restart_in_mid_analysis_costs_no_job_and_no_process(
    engines: Engines, deployment: Deployment, mode: str
) -> None:
    job_id = await deployment.job()
    deployment.begin("scheduler")
    _, analysis = await deployment.at_work()
    await deployment.reaches(job_id, JobStatus.RUNNING)

    await engines.postgres.stop(cast("StopMode", mode))
    await engines.postgres.start()
    if analysis.is_running():
        analysis.resume()

    await deployment.completes(job_id)
    another = await deployment.job()
    await deployment.completes(another)
    assert all(process.is_running for process in deployment.processes)


@pytest.mark.parametrize("mode", ["kill"])
async def test_a_restart_under_a_statement_of_the_worker_is_no_error_of_the_job(
    engines: Engines, deployment: Deployment, mode: str
) -> None:
    job_id = await deployment.job()
    async with holds.at_load(deployment.audit.database_url) as hold:
        worker = await deployment.worker()
        await hold.reached()
        await engines.postgres.stop(cast("StopMode", mode))
    await engines.postgres.start()
    deployment.begin("scheduler")

    await deployment.completes(job_id)

    assert worker.is_running


@pytest.mark.parametrize("mode", ["fast", "immediate"])
async def test_a_restart_within_the_completion_completes_the_job_once(
    engines: Engines, deployment: Deployment, mode: str
) -> None:
    job_id = await deployment.job()
    async with holds.at_commit(deployment.audit.database_url) as hold:
        worker = await deployment.worker()
        await hold.reached()
        await engines.postgres.stop(cast("StopMode", mode))
    await engines.postgres.start()
    deployment.begin("scheduler")

    await deployment.completes(job_id)

    assert worker.is_running


async def test_processes_that_start_before_postgresql_wait_for_it(engines: Engines, deployment: Deployment) -> None:
    manuscript_id = await deployment.manuscript()
    await engines.postgres.stop()
    worker, scheduler = deployment.begin("worker"), deployment.begin("scheduler")
    await worker.started()
    await scheduler.started()
    await engines.postgres.start()

    job = await deployment.domain.service.start(deployment.owner_id, manuscript_id)

    await deployment.completes(job.id)
    assert worker.is_running
    assert scheduler.is_running
