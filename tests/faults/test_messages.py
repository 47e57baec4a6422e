"""What arq does by itself and must not decide: each of its pitfalls that a message can bring, against a real worker.

The numbers are those of docs/decisions/0002-arq-is-a-doorbell.md.
"""

import pickle
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from arq.constants import abort_jobs_ss, in_progress_key_prefix, job_key_prefix, result_key_prefix
from arq.utils import timestamp_ms
from redis.asyncio import Redis

from jobs.redis.doorbell import QUEUE
from jobs.settings import Settings
from tests.faults.deployment import LONG, Deployment, redis_client
from tests.faults.processes import Process
from tests.faults.waiting import is_under, until


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """No worker is lost here."""
    return replace(settings, lease=LONG)


@pytest.fixture
async def client(deployment: Deployment) -> AsyncIterator[Redis]:
    """Redis, for what only a broken or hostile client would do."""
    async with redis_client(deployment.settings.need_redis_url()) as client:
        yield client


async def _queue_is_empty(client: Redis) -> None:
    async def empty() -> bool:
        return bool(await client.zcard(QUEUE) == 0)

    await until(empty, "the queue is empty")


async def _works(deployment: Deployment, worker: Process) -> None:
    job = await deployment.completes(await deployment.job())
    assert job.worker_id == worker.id
    assert worker.is_running


async def test_ten_rings_for_one_job_are_one_claim(deployment: Deployment) -> None:
    job_id = await deployment.job()
    deployment.begin("worker")
    deployment.begin("worker")
    for _ in range(10):
        await deployment.domain.doorbell.ring()

    job = await deployment.completes(job_id)

    assert job.attempt == 1
    assert (await deployment.audit.statuses(job_id)).count("running_initializing") == 1


async def test_messages_that_arq_fails_without_a_hook_cost_no_job_and_no_worker(
    deployment: Deployment, client: Redis, tmp_path: Path
) -> None:
    """(4) expired, of an unknown function, undecodable, with arguments of an older version; (10) pickled."""
    await client.delete(f"{job_key_prefix}ring")
    await deployment.domain.redis.enqueue_job("no_such_function", "a job's id", _queue_name=QUEUE)
    await deployment.domain.redis.enqueue_job("ring", "a job's id", _queue_name=QUEUE)
    await deployment.domain.redis.enqueue_job("ring", 1, 2, 3, _queue_name=QUEUE)
    witness = tmp_path / "unpickled"
    for name, content in (
        ("garbage", b"\x00\xff not a message"),
        ("pickle", pickle.dumps(_Unpickled(str(witness)))),
        ("list", b"[1, 2]"),
        ("half", b'{"f": "ring"}'),
    ):
        await client.set(job_key_prefix + name, content)
        await client.zadd(QUEUE, {name: timestamp_ms()})
    worker = await deployment.worker()
    await _queue_is_empty(client)

    await _works(deployment, worker)
    assert not witness.exists(), "a message was unpickled"


async def test_orphaned_messages_at_the_head_of_the_queue_starve_nobody(deployment: Deployment, client: Redis) -> None:
    """(6), and (3): the in-progress keys of dead workers, here without an end, the ring's own among them."""
    for name in ("ring", *(f"orphan-{number}" for number in range(300))):
        await client.set(f"{in_progress_key_prefix}{name}", b"1")
        await client.zadd(QUEUE, {name: 1})
    worker = await deployment.worker()

    await _works(deployment, worker)


async def test_a_kept_result_or_an_abort_cannot_stop_a_job(deployment: Deployment, client: Redis) -> None:
    """(8) and (9)."""
    await client.set(f"{result_key_prefix}ring", b"kept")
    await client.zadd(abort_jobs_ss, {"ring": timestamp_ms()})
    worker = await deployment.worker()

    await _works(deployment, worker)


async def test_a_ring_with_nothing_in_the_line_is_no_matter(deployment: Deployment, client: Redis) -> None:
    over = await deployment.job()
    await deployment.domain.service.cancel(deployment.owner_id, over)
    worker = await deployment.worker()
    await deployment.domain.doorbell.ring()

    await _queue_is_empty(client)

    await _works(deployment, worker)
    assert (await deployment.row(over)).attempt == 0


async def test_a_malformed_announcement_ends_no_push_hub(deployment: Deployment, client: Redis) -> None:
    for content in ("", "not json", "{}", '["no id"]', "[1]", b"\xff\xfe"):
        await client.publish("novelfoundry:changed", content)
        await client.publish("novelfoundry:ring", content)
    worker = await deployment.worker()

    await _works(deployment, worker)
    deployment.watched.hold_up()


async def test_a_ring_is_heard_at_once_and_not_at_the_next_look(deployment: Deployment) -> None:
    """(2): half a second is arq's own poll."""
    await deployment.worker()

    async def picked_up() -> float:
        job = await deployment.completes(await deployment.job())
        assert job.started_at is not None
        return (job.started_at - job.queued_at).total_seconds()

    await is_under(0.25, picked_up, "a job is picked up", tries=10)


class _Unpickled:
    """Leaves a file behind where somebody unpickles it."""

    def __init__(self, path: str) -> None:
        self._path = path

    def __reduce__(self) -> tuple[object, tuple[str, str]]:
        return open, (self._path, "w")
