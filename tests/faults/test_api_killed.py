"""An api process is killed at its worst moments: the author's job lives, and her next connection tells the truth."""

import asyncio
from contextlib import suppress

import httpx
import pytest
from websockets.exceptions import ConnectionClosed

from jobs.states import JobStatus
from schema.ids import global_id
from tests.faults.deployment import LONG, Deployment, redis_client
from tests.faults.waiting import until


async def test_an_api_killed_between_row_and_ring_loses_no_job(deployment: Deployment) -> None:
    api = await deployment.api()
    client = deployment.client(api)
    manuscript_id = await deployment.manuscript()
    async with redis_client(deployment.settings.need_redis_url()) as redis:
        # The ring waits from here on; the row does not.
        await redis.client_pause(30_000, all=False)
        request = asyncio.create_task(client.start(manuscript_id))

        async def is_written() -> object:
            return await deployment.audit.value("select id from public.jobs where manuscript_id = $1", manuscript_id)

        job_id = await until(is_written, "the row is written")
        api.kill()
        await redis.client_unpause()
        await redis.flushall()
    # On a machine that stood still, its patience with Redis ended before we killed it, and it answered: all the same.
    with suppress(httpx.TransportError):
        await request
    job = await deployment.row(job_id)  # type: ignore[arg-type]
    assert job.status is JobStatus.QUEUED

    deployment.begin("worker")

    await deployment.completes(job.id)


async def test_after_an_api_died_in_mid_subscription_the_next_one_tells_what_happened_meanwhile(
    deployment: Deployment,
) -> None:
    api = await deployment.api()
    client = deployment.client(api)
    job_id = await deployment.job()
    async with client.updates() as updates:
        _, analysis = await deployment.at_work(lease=LONG)
        await updates.hears(job_id, "RUNNING")
        api.kill()
        with pytest.raises(ConnectionClosed):
            await updates.hears(job_id, "COMPLETED")
    analysis.resume()
    job = await deployment.completes(job_id)

    await deployment.api(port=api.port)

    async with client.updates() as updates:
        assert (await updates.frame())[global_id("Job", job_id)] == ("COMPLETED", job.version)
    assert await client.job(job_id) == {"status": "COMPLETED", "version": job.version}


async def test_a_subscriber_at_one_api_hears_of_what_another_did_and_of_what_ran_out(deployment: Deployment) -> None:
    api = await deployment.api()
    client = deployment.client(api)
    async with client.updates() as updates:
        assert await updates.frame() == {}
        job_id = await deployment.job()
        await updates.hears(job_id, "QUEUED")
        victim, analysis = await deployment.at_work()
        await updates.hears(job_id, "RUNNING")
        victim.kill()
        analysis.kill()

        await updates.hears(job_id, "QUEUED")
        await deployment.domain.service.cancel(deployment.owner_id, job_id)

        version = await updates.hears(job_id, "CANCELLED")
    assert version == (await deployment.row(job_id)).version
