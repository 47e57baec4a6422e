"""arq behind one module: what a ring is, what a bell answers, and how long an author waits for a Redis that is away."""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from arq.constants import job_key_prefix
from redis.exceptions import RedisError

import jobs
from jobs.errors import ConfigurationError
from jobs.redis import doorbell
from jobs.redis.announcer import RedisAnnouncer
from jobs.redis.doorbell import QUEUE, ArqDoorbell, ArqRedis, Beats, RingListener, open_redis
from jobs.redis.line import CHANGED, CircuitBreaker, Listener
from tests.faults.deployment import free_port
from tests.faults.waiting import is_under, until

HANGS = "127.0.0.1"
# Longer than anything is waited for, and what is waited for, in seconds.
LONG, LIMIT = 600.0, 20.0


@pytest.fixture
async def hanging() -> AsyncIterator[ArqRedis]:
    """A Redis that takes connections and never says a word."""

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(silent, HANGS)
    client = open_redis(f"redis://{HANGS}:{server.sockets[0].getsockname()[1]}/0")
    yield client
    await client.aclose(close_connection_pool=True)
    server.close()


async def _rung(redis: ArqRedis) -> None:
    rings = ArqDoorbell(redis, CircuitBreaker())
    await rings.ring()
    await rings.finish()


def test_nothing_but_the_doorbell_imports_arq() -> None:
    room = Path(jobs.__file__).parents[1]
    importers = [
        path.relative_to(room).as_posix()
        for folder in ("jobs", "schema", "server")
        for path in (room / folder).rglob("*.py")
        if re.search(r"^\s*(from|import) arq\b", path.read_text(), re.MULTILINE)
    ]

    assert importers == ["jobs/redis/doorbell.py"]


def test_an_address_that_is_none_is_named_as_the_setting_that_it_is() -> None:
    with pytest.raises(ConfigurationError, match="REDIS_URL"):
        open_redis("postgresql://localhost")


async def test_rings_that_nobody_answers_are_one_message_in_json_that_does_not_stay_for_ever(redis: ArqRedis) -> None:
    rings = ArqDoorbell(redis, CircuitBreaker())

    for _ in range(3):
        await rings.ring()
    await rings.finish()

    [message] = await redis.zrange(QUEUE, 0, -1)
    key = job_key_prefix + message.decode()
    assert json.loads(await redis.get(key) or b"")["a"] == []
    assert 0 < await redis.pttl(key) <= 3_600_000


async def test_a_ring_is_due_by_every_clock(redis: ArqRedis, monkeypatch: pytest.MonkeyPatch) -> None:
    await _rung(redis)
    # A worker whose clock stands at the first day of all.
    monkeypatch.setattr("arq.worker.timestamp_ms", lambda: 86_400_000)
    heard = asyncio.Event()

    await RingListener(redis, rung=heard.set).look()

    await asyncio.wait_for(heard.wait(), LIMIT)


async def test_a_ring_whose_wake_was_lost_is_read_from_the_queue(redis: ArqRedis) -> None:
    await _rung(redis)
    heard = asyncio.Event()
    bell = RingListener(redis, rung=heard.set)

    await bell.look()

    await asyncio.wait_for(heard.wait(), LIMIT)

    async def is_empty() -> bool:
        return not await redis.zcard(QUEUE)

    await until(is_empty, "the message is gone")


async def test_places_that_arq_counts_and_a_failing_redis_loses_leave_no_bell_deaf(
    redis: ArqRedis, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = asyncio.Event()

    def fails(**_: object) -> None:
        raise RedisError("gone between two commands")

    bell = RingListener(redis, rung=heard.set)
    await _rung(redis)
    with monkeypatch.context() as patch:
        patch.setattr(redis, "pipeline", fails)
        for _ in range(101):
            with pytest.raises(RedisError):
                await bell.look()

    await bell.look()

    await asyncio.wait_for(heard.wait(), LIMIT)


async def test_a_ring_is_heard_at_once_and_not_at_the_next_look(
    redis: ArqRedis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doorbell, "_LOOK_SECONDS", LONG)
    heard = asyncio.Event()
    hearing = asyncio.create_task(RingListener(redis, rung=heard.set).hear())
    # A line that is new makes up for what was said before.
    await asyncio.wait_for(heard.wait(), LIMIT)
    heard.clear()

    await _rung(redis)

    await asyncio.wait_for(heard.wait(), LIMIT)
    hearing.cancel()
    await asyncio.gather(hearing, return_exceptions=True)


async def test_a_bell_outlives_a_redis_that_goes(redis: ArqRedis, monkeypatch: pytest.MonkeyPatch) -> None:
    heard, failed = asyncio.Event(), asyncio.Event()
    bell = RingListener(redis, rung=heard.set)

    async def fails(*_: object, **__: object) -> None:
        failed.set()
        raise RedisError("away")

    with monkeypatch.context() as patch:
        patch.setattr(redis, "zrangebyscore", fails)
        hearing = asyncio.create_task(bell._read())
        await asyncio.wait_for(failed.wait(), LIMIT)
    await _rung(redis)

    await asyncio.wait_for(heard.wait(), LIMIT)
    hearing.cancel()
    await asyncio.gather(hearing, return_exceptions=True)


async def _commands(redis: ArqRedis, name: str) -> int:
    """How often Redis was asked this, by anybody, since it began."""
    told = await redis.info("commandstats")
    return int(told.get(f"cmdstat_{name}", {"calls": 0})["calls"])


async def test_what_a_hundred_jobs_ring_and_announce_at_once_is_a_few_messages(redis: ArqRedis) -> None:
    rings, announcer = ArqDoorbell(redis, CircuitBreaker()), RedisAnnouncer(redis, CircuitBreaker())
    owners = [uuid4() for _ in range(100)]
    heard: list[str] = []
    listener = Listener(redis, CHANGED, heard=heard.append, joined=(joined := asyncio.Event()).set)
    hearing = asyncio.create_task(listener.run())
    await asyncio.wait_for(joined.wait(), LIMIT)
    published, queued = await _commands(redis, "publish"), await _commands(redis, "zadd")

    for owner in owners:
        await rings.ring()
        await announcer.announce([owner])
    await rings.finish()
    await announcer.finish()

    assert await _commands(redis, "publish") - published <= 4
    assert await _commands(redis, "zadd") - queued <= 2

    async def all_heard() -> bool:
        return {owner for message in heard for owner in json.loads(message)} == set(map(str, owners))

    await until(all_heard, "each owner is named")
    hearing.cancel()
    await asyncio.gather(hearing, return_exceptions=True)


@pytest.mark.parametrize("redis_is", ["absent", "hanging"])
async def test_redis_away_costs_nobody_a_wait(redis_is: str, hanging: ArqRedis) -> None:
    client = hanging if redis_is == "hanging" else open_redis(f"redis://{HANGS}:{free_port()}/0")

    async def asked_twice() -> tuple[float, float]:
        """Seconds that the first and the second of those who ask must wait."""
        breaker = CircuitBreaker()
        rings, announcer = ArqDoorbell(client, breaker), RedisAnnouncer(client, breaker)
        ends = [time.monotonic()]
        for _ in range(2):
            await rings.ring()
            await announcer.announce([uuid4()])
            ends.append(time.monotonic())
        await rings.finish()
        await announcer.finish()
        return ends[1] - ends[0], ends[2] - ends[1]

    async def longest_wait() -> float:
        first, second = await asked_twice()
        return max(first, second)

    await is_under(0.2, longest_wait, "who rings and announces waits for nothing")
    await client.aclose(close_connection_pool=True)


async def test_a_beat_comes_to_one_of_all_workers(redis: ArqRedis) -> None:
    heard: list[float] = []
    beats = Beats(every=timedelta(seconds=1), call=lambda: heard.append(time.time()))
    workers = [RingListener(redis, rung=lambda: None, beats=beats) for _ in range(3)]
    began = time.time()

    async def several() -> bool:
        for worker in workers:
            await worker.look()
        return len(heard) >= 3

    await until(several, "beats come")

    # Of each whole second that has passed, one: not one for each worker.
    assert len(heard) <= int(time.time()) - int(began)
