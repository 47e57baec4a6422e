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
from jobs.states import ComponentState, JobStatus
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


@asynccontextmanager
async def full(engines: Engines) -> AsyncIterator[None]:
    """A Redis that refuses writes for want of memory, for the block."""
    async with redis_client(engines.redis_url) as client:
        await client.config_set("maxmemory", 1)
        try:
            yield
        finally:
            await client.config_set("maxmemory", 0)


@asynccontextmanager
async def read_only(engines: Engines) -> AsyncIterator[None]:
    """A Redis that has become the replica of a master that nobody can reach, for the block."""
    async with redis_client(engines.redis_url) as client:
        await client.replicaof("127.0.0.1", 1)
        try:
            yield
        finally:
            await client.replicaof("NO", "ONE")


_BROKEN = {"absent": absent, "hanging": hanging, "full": full, "read-only": read_only}


async def test_a_job_whose_ring_was_flushed_is_taken_all_the_same(deployment: Deployment) -> None:
    job_id = await deployment.job()
    async with redis_client(deployment.settings.need_redis_url()) as client:
        await client.flushall()
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


@pytest.mark.parametrize("redis_is", ["absent", "hanging", "full", "read-only"])
async def test_without_redis_a_job_starts_seconds_later_and_no_scheduler_is_needed(
    engines: Engines, deployment: Deployment, redis_is: str
) -> None:
    worker = await deployment.worker()
    manuscript_id = await deployment.manuscript()
    async with _BROKEN[redis_is](engines):
        began = time.monotonic()
        job = await deployment.domain.service.start(deployment.owner_id, manuscript_id)
        took = time.monotonic() - began
        ended = await deployment.completes(job.id)

    assert took < PATIENCE
    assert (ended.worker_id, ended.attempt) == (worker.id, 1)


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


async def test_a_running_job_completes_while_redis_hangs_and_the_resync_tells_its_watcher(
    engines: Engines, deployment: Deployment
) -> None:
    job_id = await deployment.job()
    _, analysis = await deployment.at_work()
    await deployment.watched.hears(job_id, JobStatus.RUNNING)
    async with hanging(engines):
        analysis.resume()
        job = await deployment.completes(job_id)
        told = await deployment.watched.hears(job_id, JobStatus.COMPLETED)

    assert job.attempt == 1
    assert told.version == job.version


async def test_without_redis_the_resync_alone_carries_the_pushes(engines: Engines, deployment: Deployment) -> None:
    job_id = await deployment.job()
    _, analysis = await deployment.at_work()
    await deployment.watched.hears(job_id, JobStatus.RUNNING)
    async with absent(engines):
        analysis.resume()
        job = await deployment.completes(job_id)
        told = await deployment.watched.hears(job_id, JobStatus.COMPLETED)

    assert told.version == job.version


async def test_a_worker_is_not_taken_for_dead_because_redis_hangs(engines: Engines, deployment: Deployment) -> None:
    worker = await deployment.worker()
    seen = "select last_seen_at from public.processes where id = $1"
    async with hanging(engines):
        before = await deployment.audit.value(seen, worker.id)

        async def beats() -> bool:
            return bool(await deployment.audit.value(seen, worker.id) != before)

        await until(beats, "the worker says that it lives")

    assert worker.is_running


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
