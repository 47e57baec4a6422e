"""Redis is absent, emptied, restarted, full or hanging: nothing is lost, and nobody needs to be restarted."""

import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from engines.pair import Engines
from jobs.settings import Settings
from jobs.states import ComponentState, JobStatus, WaitingReason
from schema.ids import local_id
from tests.faults.deployment import LONG, Deployment, redis_client
from tests.faults.waiting import until

# An author waits at most this long for her job while Redis is away: a second for the ring, a second for the
# announcement, and what two busy processors add. Without an end to her patience it would be as long as Redis hangs.
PATIENCE = 8.0


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A lease whose end comes too late to be what wakes the push hub: no worker is lost here."""
    return replace(settings, lease=LONG)


@asynccontextmanager
async def absent(engines: Engines) -> AsyncIterator[None]:
    """No Redis for the block; an empty one afterwards."""
    await engines.valkey.stop("kill")
    try:
        yield
    finally:
        await engines.valkey.start()


@asynccontextmanager
async def hanging(engines: Engines) -> AsyncIterator[None]:
    """A Redis that takes connections and answers nothing, for the block."""
    pid = engines.valkey.pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


async def test_a_job_whose_message_was_flushed_is_rung_for_again(deployment: Deployment) -> None:
    job_id = await deployment.job()
    async with redis_client(deployment.settings.need_redis_url()) as client:
        await client.flushall()
    deployment.begin("scheduler")
    await deployment.worker()

    job = await deployment.completes(job_id)

    assert job.attempt == 1


async def test_a_flush_in_mid_analysis_changes_nothing(deployment: Deployment) -> None:
    job_id = await deployment.job()
    _, analysis = await deployment.at_work()
    async with redis_client(deployment.settings.need_redis_url()) as client:
        await client.flushall()
    analysis.resume()

    job = await deployment.completes(job_id)

    assert job.attempt == 1


async def test_after_a_restart_of_redis_the_same_processes_carry_on(engines: Engines, deployment: Deployment) -> None:
    worker = deployment.begin("worker")
    scheduler = deployment.begin("scheduler")
    before = await deployment.job()
    await deployment.completes(before)

    async with absent(engines):
        during = await deployment.job()
    after = await deployment.job()

    for job_id in (during, after):
        job = await deployment.completes(job_id)
        assert job.worker_id == worker.id
    assert worker.is_running
    assert scheduler.is_running


async def test_an_author_who_starts_a_job_without_redis_gets_it_queued_and_is_told_why(
    engines: Engines, deployment: Deployment
) -> None:
    manuscript_id = await deployment.manuscript()
    async with absent(engines):
        began = time.monotonic()
        job = await deployment.domain.service.start(deployment.owner_id, manuscript_id)
        took = time.monotonic() - began
        waiting = await deployment.domain.service.waiting([job])
        deployment.begin("worker")
        await deployment.scheduler()
        told = await deployment.watched.hears(job.id, JobStatus.QUEUED, limit=5)

    assert job.status is JobStatus.QUEUED
    assert waiting[job.id].reason is WaitingReason.NOT_DISPATCHED
    assert told.dispatched_at is None
    assert took < PATIENCE
    await deployment.completes(job.id)


async def test_every_process_starts_without_redis_and_works_once_it_comes(
    engines: Engines, deployment: Deployment
) -> None:
    manuscript_id = await deployment.manuscript()
    async with absent(engines):
        worker, scheduler = deployment.begin("worker"), deployment.begin("scheduler")
        client = deployment.client(await deployment.api())
        started = await client.start(manuscript_id)
        await worker.started()
        await scheduler.started()
    job_id = local_id("Job", started["id"])

    async with client.updates() as updates:
        await updates.hears(job_id, "COMPLETED")

    assert (await deployment.row(job_id)).worker_id == worker.id


async def test_a_hanging_redis_costs_an_author_seconds_and_no_job(engines: Engines, deployment: Deployment) -> None:
    deployment.begin("scheduler")
    await deployment.worker()
    manuscript_id = await deployment.manuscript()
    async with hanging(engines):
        began = time.monotonic()
        job = await deployment.domain.service.start(deployment.owner_id, manuscript_id)
        took = time.monotonic() - began

    assert job.status is JobStatus.QUEUED
    assert took < PATIENCE
    await deployment.completes(job.id)


async def test_a_running_job_completes_while_redis_hangs_and_the_resync_tells_its_watcher(
    engines: Engines, deployment: Deployment
) -> None:
    job_id = await deployment.job()
    _, analysis = await deployment.at_work()
    await deployment.watched.hears(job_id, JobStatus.RUNNING)
    async with hanging(engines):
        analysis.resume()
        job = await deployment.completes(job_id)
        told = await deployment.watched.hears(job_id, JobStatus.COMPLETED, limit=5)

    assert job.attempt == 1
    assert told.version == job.version


async def test_without_redis_the_resync_alone_carries_the_pushes(engines: Engines, deployment: Deployment) -> None:
    job_id = await deployment.job()
    _, analysis = await deployment.at_work()
    await deployment.watched.hears(job_id, JobStatus.RUNNING)
    async with absent(engines):
        analysis.resume()
        job = await deployment.completes(job_id)
        told = await deployment.watched.hears(job_id, JobStatus.COMPLETED, limit=5)

    assert told.version == job.version


async def test_a_worker_that_cannot_hear_does_not_look_alive(engines: Engines, deployment: Deployment) -> None:
    worker = await deployment.worker()
    late = 4 * deployment.settings.heartbeat.total_seconds()

    async def is_silent() -> bool:
        return await deployment.silent_for(worker) > late

    async def is_heard() -> bool:
        return await deployment.silent_for(worker) < late

    await until(is_heard, "the worker says that it lives")
    async with hanging(engines):
        await until(is_silent, "the worker falls silent")

    await until(is_heard, "the worker says that it lives again")
    assert worker.is_running


async def test_a_full_redis_costs_the_ring_and_not_the_job(deployment: Deployment) -> None:
    deployment.begin("scheduler")
    worker = await deployment.worker()
    async with redis_client(deployment.settings.need_redis_url()) as client:
        await client.config_set("maxmemory", 1)
        try:
            job_id = await deployment.job()
            job = await deployment.row(job_id)
        finally:
            await client.config_set("maxmemory", 0)

    assert (job.status, job.dispatched_at) == (JobStatus.QUEUED, None)
    assert (await deployment.completes(job_id)).worker_id == worker.id


async def test_without_redis_the_scheduler_still_settles(engines: Engines, unwatched: Deployment) -> None:
    async with absent(engines):
        await unwatched.scheduler(queue_timeout=timedelta(seconds=0.5))
        job_id = (
            await unwatched.domain.store.start(
                unwatched.owner_id,
                await unwatched.manuscript(),
                queue_timeout=timedelta(seconds=0.5),
                max_attempts=3,
                max_live=100,
            )
        ).id

        job = await unwatched.reaches(job_id, JobStatus.FAILED)

    assert job.failure_code == "QUEUE_TIMEOUT"


async def test_the_push_path_says_that_redis_is_away_and_that_it_is_back(
    engines: Engines, deployment: Deployment
) -> None:
    async def is_healthy() -> bool:
        return deployment.domain.feed.push_health().state is ComponentState.HEALTHY

    await until(is_healthy, "the push path is healthy")
    async with absent(engines):
        silent = deployment.domain.feed.push_health().last_seen_at

    async def was_heard_again() -> bool:
        seen = deployment.domain.feed.push_health().last_seen_at
        return seen is not None and silent is not None and seen - silent > timedelta(seconds=0.5)

    await until(was_heard_again, "the push path is heard again")
