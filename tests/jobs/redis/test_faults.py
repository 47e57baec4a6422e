"""What Redis refuses and why, as the real one says it; and what keeps us from it on the way there."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import psutil
import pytest
from redis.asyncio import Redis
from redis.exceptions import ResponseError

from engines.pair import Engines
from jobs.redis.doorbell import ArqRedis, open_redis
from jobs.redis.faults import fault_of
from jobs.redis.trial import try_ring
from tests.faults.deployment import redis_client
from tests.faults.test_redis import full, read_only
from tests.faults.waiting import until


async def _finding(redis: Redis) -> str:
    try:
        await try_ring(redis)
    except Exception as error:
        return fault_of(error).finding
    return "well"


@asynccontextmanager
async def _at(url: str) -> AsyncIterator[ArqRedis]:
    redis = open_redis(url)
    try:
        yield redis
    finally:
        await redis.aclose(close_connection_pool=True)


@asynccontextmanager
async def _too_few_replicas(engines: Engines) -> AsyncIterator[None]:
    async with redis_client(engines.redis_url) as client:
        await client.config_set("min-replicas-to-write", 1)
        try:
            yield
        finally:
            await client.config_set("min-replicas-to-write", 0)


@asynccontextmanager
async def _unsaved(engines: Engines) -> AsyncIterator[None]:
    """A Redis whose last snapshot failed, as on a full disk: here, because the child that wrote it was killed."""
    assert engines.valkey.pid is not None
    server = psutil.Process(engines.valkey.pid)
    async with redis_client(engines.redis_url) as client:

        async def has_failed() -> bool:
            for child in server.children():
                child.kill()
            return bool((await client.info("persistence"))["rdb_last_bgsave_status"] == "err")

        await client.set("slow", "to save")
        await client.config_set("rdb-key-save-delay", 10_000_000)
        await client.config_set("save", "3600 1")
        await client.bgsave()
        try:
            await until(has_failed, "the snapshot fails")
            yield
        finally:
            await client.config_set("rdb-key-save-delay", 0)
            await client.config_set("save", "")


_REFUSING = {
    full: "Redis is full and takes no writes",
    read_only: "Redis is a replica and takes no writes",
    _too_few_replicas: "Redis has too few replicas and takes no writes",
    _unsaved: "Redis cannot save to its disk and takes no writes",
}


@pytest.mark.parametrize("refusing", _REFUSING)
async def test_a_redis_that_takes_no_writes_says_why(redis: ArqRedis, engines: Engines, refusing: object) -> None:
    assert callable(refusing)
    async with refusing(engines):
        found = await _finding(redis)

    assert found == _REFUSING[refusing]
    assert await _finding(redis) == "well"


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        ({"netloc": ":wrong@{host}"}, "Redis refuses the user or the password"),
        ({"netloc": "{host}"}, "Redis asks for a password"),
        ({"netloc": "127.0.0.1:1"}, "nothing listens at the address of Redis"),
        ({"netloc": "no-such-host.invalid:6379"}, "the host of REDIS_URL has no address"),
    ],
)
async def test_what_is_wrong_with_the_address_is_said(redis_url: str, change: dict[str, str], finding: str) -> None:
    address = urlsplit(redis_url)
    changed = {name: value.format(host=address.netloc.rpartition("@")[2]) for name, value in change.items()}

    async with _at(address._replace(**changed).geturl()) as redis:
        assert await _finding(redis) == finding


def test_a_refusal_that_nobody_foresaw_is_told_in_its_own_word() -> None:
    assert fault_of(ResponseError("FROZEN until Monday")).finding == "Redis refuses what we ask of it (FROZEN)"
