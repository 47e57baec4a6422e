"""The direct gateway blames the database for the database's own time, and for nothing else."""

from collections.abc import AsyncIterator
from datetime import timedelta

import asyncpg
import pytest

from jobs.database.postgres import PostgresGateway
from jobs.database.store import JobStore
from jobs.errors import BUSY, Unavailable


@pytest.fixture
async def pool(database_url: str) -> "AsyncIterator[asyncpg.Pool[asyncpg.Record]]":
    """A pool of one connection."""
    async with asyncpg.create_pool(database_url, min_size=1, max_size=1) as pool:
        yield pool


async def test_who_waits_in_vain_for_a_connection_of_ours_hears_that_we_are_busy(
    pool: "asyncpg.Pool[asyncpg.Record]",
) -> None:
    store = JobStore(PostgresGateway(pool, timeout=0.1))
    async with pool.acquire():
        with pytest.raises(Unavailable) as told:
            await store.clock()

    assert told.value.message == BUSY
    assert await store.clock()


async def test_who_waits_in_vain_for_an_answer_hears_that_the_database_gives_none(
    pool: "asyncpg.Pool[asyncpg.Record]", connection: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    store = JobStore(PostgresGateway(pool, timeout=0.5))
    async with connection.transaction():
        await connection.execute("lock table public.processes in access exclusive mode")
        with pytest.raises(Unavailable, match="database does not answer"):
            await store.processes(late_after=timedelta(seconds=1), absent_after=timedelta(seconds=1))

    assert await store.clock()
