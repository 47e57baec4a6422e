"""arq behind one module: what a ring is, what a bell answers, and how long an author waits for a Redis that is away."""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from arq.constants import job_key_prefix
from redis.exceptions import RedisError

import jobs
from jobs.errors import ConfigurationError
from jobs.redis import doorbell
from jobs.redis.announcements import Patience, RedisAnnouncer
from jobs.redis.doorbell import QUEUE, ArqDoorbell, ArqRedis, Bell, open_redis
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


async def test_a_ring_is_json_under_a_fresh_id_that_does_not_stay_for_ever(redis: ArqRedis) -> None:
    job_id = uuid4()
    rings = ArqDoorbell(redis, Patience())

    assert await rings.ring([job_id, job_id]) == [job_id, job_id]

    messages = await redis.zrange(QUEUE, 0, -1)
    assert len(set(messages)) == 2
    for message in messages:
        key = job_key_prefix + message.decode()
        assert json.loads(await redis.get(key) or b"")["a"] == [str(job_id)]
        assert 0 < await redis.pttl(key) <= 3_600_000 * 2


async def test_a_bell_answers_no_more_rings_than_there_is_room_for(redis: ArqRedis) -> None:
    job_ids = [uuid4() for _ in range(5)]
    await ArqDoorbell(redis, Patience()).ring(job_ids)
    answered: list[UUID] = []

    async def answer(job_id: UUID) -> None:
        answered.append(job_id)

    bell = Bell(redis, answer=answer, room=lambda: 2 - len(answered))
    for _ in range(3):
        await bell.look()
        await bell.close()

    assert len(answered) == 2
    assert await redis.zcard(QUEUE) == 3, "the others are left for whoever has room"


async def test_a_bell_without_room_takes_nothing(redis: ArqRedis) -> None:
    await ArqDoorbell(redis, Patience()).ring([uuid4()])
    bell = Bell(redis, answer=_unanswered, room=lambda: 0)

    await bell.look()
    await bell.close()

    assert await redis.zcard(QUEUE) == 1


async def test_an_answer_that_fails_ends_neither_the_bell_nor_the_next_answer(redis: ArqRedis) -> None:
    good, bad = uuid4(), uuid4()
    await ArqDoorbell(redis, Patience()).ring([bad, good])
    answered: list[UUID] = []

    async def answer(job_id: UUID) -> None:
        if job_id == bad:
            raise RuntimeError("an error of ours")
        answered.append(job_id)

    bell = Bell(redis, answer=answer, room=lambda: 1)
    for _ in range(3):
        await bell.look()
        await bell.close()

    assert answered == [good]
    assert await redis.zcard(QUEUE) == 0


async def test_places_that_arq_counts_and_a_failing_redis_loses_leave_no_worker_deaf(
    redis: ArqRedis, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered = asyncio.Event()

    async def answer(_: UUID) -> None:
        answered.set()

    def fails(**_: object) -> None:
        raise RedisError("gone between two commands")

    bell = Bell(redis, answer=answer, room=lambda: 1)
    await ArqDoorbell(redis, Patience()).ring([uuid4()])
    with monkeypatch.context() as patch:
        patch.setattr(redis, "pipeline", fails)
        for _ in range(1001):
            with pytest.raises(RedisError):
                await bell.look()

    await bell.look()

    await asyncio.wait_for(answered.wait(), LIMIT)
    await bell.close()


async def test_a_ring_wakes_a_bell_that_waits(redis: ArqRedis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doorbell, "_LOOK_SECONDS", LONG)
    bell = Bell(redis, answer=_unanswered, room=lambda: 1)
    listening = asyncio.create_task(bell.listen())

    async def hears() -> bool:
        [(_, listeners)] = await redis.pubsub_numsub("novelfoundry:ring")
        return bool(listeners)

    await until(hears, "the bell listens")
    await bell.look()
    waiting = asyncio.create_task(bell.wait(timeout=LONG))
    await ArqDoorbell(redis, Patience()).ring([uuid4()])

    await asyncio.wait_for(waiting, LIMIT)
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)


async def test_rings_for_nothing_do_not_hold_up_those_behind_them(
    redis: ArqRedis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doorbell, "_LOOK_SECONDS", LONG)
    first = uuid4()
    await ArqDoorbell(redis, Patience()).ring([*(uuid4() for _ in range(40)), first])
    answered = asyncio.Event()

    async def answer(job_id: UUID) -> None:
        if job_id == first:
            answered.set()

    bell = Bell(redis, answer=answer, room=lambda: 2)
    working = asyncio.create_task(_work(bell))

    await asyncio.wait_for(answered.wait(), LIMIT)
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)


@pytest.mark.parametrize("redis_is", ["absent", "hanging"])
async def test_redis_away_costs_the_first_a_second_and_the_next_nothing(redis_is: str, hanging: ArqRedis) -> None:
    client = hanging if redis_is == "hanging" else open_redis(f"redis://{HANGS}:{free_port()}/0")

    async def asked_twice() -> tuple[float, float]:
        """Seconds that the first and the second of those who ask must wait."""
        patience = Patience()
        rings, announcer = ArqDoorbell(client, patience), RedisAnnouncer(client, patience)
        ends = [time.monotonic()]
        for _ in range(2):
            assert await rings.ring([uuid4()]) == []
            await announcer.announce([uuid4()])
            ends.append(time.monotonic())
        return ends[1] - ends[0], ends[2] - ends[1]

    async def longest_wait() -> float:
        first, second = await asked_twice()
        return max(first / 2, second / 0.2)

    await is_under(1, longest_wait, "the first waits two seconds, the second a fifth of one")
    await client.aclose(close_connection_pool=True)


async def _work(bell: Bell) -> None:
    while True:
        await bell.look()
        await bell.wait(timeout=LONG)


async def _unanswered(job_id: UUID) -> None:
    raise AssertionError(f"job {job_id} was answered")
