"""The direct gateway blames the database for the database's own time, and for nothing else."""

import random
import string
from collections.abc import AsyncIterator
from datetime import timedelta

import asyncpg
import pytest

from jobs.database.postgres import PostgresGateway, open_postgres
from jobs.database.store import JobStore
from jobs.errors import BUSY, Unavailable
from jobs.models import Manuscript


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


@pytest.mark.parametrize("seed", range(3))
async def test_no_code_that_a_database_can_raise_is_a_stranger(
    gateway: PostgresGateway, connection: "asyncpg.Connection[asyncpg.Record]", seed: int
) -> None:
    chance = random.Random(seed)
    codes = {"".join(chance.choices(string.digits + string.ascii_uppercase, k=5)) for _ in range(40)}
    for code in codes - {"00000"}:
        await connection.execute(
            f"""create or replace function public.clock_read() returns table (as_of timestamptz) language plpgsql as $$
                begin raise exception 'said by the database' using errcode = '{code}'; end; $$"""
        )
        with pytest.raises(Unavailable) as told:
            await gateway.call("clock_read")

        assert code in told.value.detail, "the code is kept for the log"
        assert "said by the database" not in told.value.message, "and not for strangers"


@pytest.mark.parametrize(
    ("code", "says"), [("53100", "no room"), ("25006", "no changes"), ("42501", "a right"), ("53300", "no connection")]
)
async def test_what_is_told_is_true_of_the_error(
    gateway: PostgresGateway, connection: "asyncpg.Connection[asyncpg.Record]", code: str, says: str
) -> None:
    await connection.execute(
        f"""create or replace function public.clock_read() returns table (as_of timestamptz) language plpgsql as $$
            begin raise exception 'x' using errcode = '{code}'; end; $$"""
    )
    with pytest.raises(Unavailable, match=says) as told:
        await gateway.call("clock_read")

    assert "restarting" not in told.value.message


async def test_a_read_only_database_is_read_and_says_why_it_takes_nothing(
    database_url: str, manuscript: Manuscript, connection: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    name = database_url.rsplit("/", 1)[-1]
    await connection.execute(f"alter database {name} set default_transaction_read_only = on")
    async with open_postgres(database_url) as gateway:
        store = JobStore(gateway)

        assert await store.manuscripts(manuscript.owner_id, [manuscript.id]) == [manuscript]
        with pytest.raises(Unavailable, match="takes no changes"):
            await store.manuscript_delete(manuscript.owner_id, manuscript.id)


async def test_a_pooler_that_shares_sessions_is_known_by_what_it_answers(database_url: str) -> None:
    async with open_postgres(database_url, max_size=1) as gateway:
        await gateway.call("clock_read")
        # As another client of the pooler would leave the session behind.
        async with gateway._pool.acquire() as shared:
            await shared.execute("deallocate all")

        for _ in range(3):
            assert await gateway.call("clock_read")
        async with gateway._pool.acquire() as shared:
            assert await shared.fetchval("select count(*) from pg_prepared_statements") == 0
