"""Settling what is overdue: once each, from many places at once, in batches, and never what is not overdue."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from tests.sql.fixtures import module_fixture
from tests.sql.life import LONG, Connection, Life, Row, Session, call

WAIT = 10.0


@module_fixture
async def pool(database_url: str) -> AsyncIterator["asyncpg.Pool[asyncpg.Record]"]:
    async with asyncpg.create_pool(database_url, min_size=6, max_size=6) as pool:
        yield pool


async def sweep(connection: Session, *, limit: int = 1000) -> list[Row]:
    return await call(connection, "jobs_settle", p_decided_by="sweeper", p_queue_timeout=LONG, p_limit=limit)


async def read(connection: Session, owner_id: UUID, *, job_ids: list[UUID] | None = None) -> list[Row]:
    return await call(
        connection,
        "jobs_settle",
        p_decided_by="reader",
        p_queue_timeout=LONG,
        p_owner_id=owner_id,
        p_job_ids=job_ids,
    )


async def overdue(connection: Connection, owner_id: UUID, count: int, *, seconds: float = 1) -> list[UUID]:
    lives = [await Life.born(connection, owner_id=owner_id) for _ in range(count)]
    for life in lives:
        await life.expire(seconds=seconds)
    return [life.job_id for life in lives]


async def test_many_sweepers_and_readers_at_once_settle_each_job_once(
    connection: Connection, pool: "asyncpg.Pool[asyncpg.Record]", owner_id: UUID
) -> None:
    jobs = await overdue(connection, owner_id, 60)

    async def one(number: int) -> list[Row]:
        async with pool.acquire() as session:
            return await (read(session, owner_id) if number % 2 else sweep(session, limit=20))

    settled = [row for rows in await asyncio.gather(*(one(number) for number in range(18))) for row in rows]
    # What another settles at the same moment is held.
    settled = [row for row in settled if not row["is_held"]]

    assert sorted(row["id"] for row in settled) == sorted(jobs)
    rows = await connection.fetch("select * from public.jobs where owner_id = $1", owner_id)
    assert Counter((row["status"], row["failure_code"]) for row in rows) == {("failed", "QUEUE_TIMEOUT"): 60}
    changes = Counter(
        row["job_id"]
        for row in await connection.fetch(
            "select job_id from public.job_events where job_id = any ($1) and status = 'failed'", jobs
        )
    )
    assert set(changes.values()) == {1}


async def test_settling_again_changes_nothing(life: Life) -> None:
    await life.expire()
    assert len(await life.settle()) == 1
    settled = await life.row()

    assert await life.settle("reader") == []
    assert await life.settle("sweeper") == []
    assert await life.row() == settled


@pytest.mark.parametrize("scope", ["all", "by owner", "by id"])
async def test_a_row_that_somebody_holds_is_passed_over_and_told(
    life: Life, another_connection: Connection, scope: str
) -> None:
    await life.expire()
    other = await Life.born(life.connection, owner_id=life.owner_id)
    await other.expire()
    scopes: dict[str, dict[str, Any]] = {
        "all": {},
        "by owner": {"p_owner_id": life.owner_id},
        "by id": {"p_job_ids": [life.job_id, other.job_id]},
    }
    asked = scopes[scope]

    async def settle() -> dict[UUID, bool]:
        settling = call(life.connection, "jobs_settle", p_decided_by="reader", p_queue_timeout=LONG, **asked)
        return {row["id"]: row["is_held"] for row in await asyncio.wait_for(settling, WAIT)}

    async with another_connection.transaction():
        await another_connection.execute("select from public.jobs where id = $1 for update", life.job_id)
        settled = await settle()

    assert (settled[other.job_id], settled[life.job_id]) == (False, True)
    assert (await settle())[life.job_id] is False


async def test_a_count_of_lateness_that_somebody_holds_stops_no_settlement(alone: Connection, alone_url: str) -> None:
    for _ in range(2):
        await (await Life.born(alone)).expire()
        await sweep(alone)
    last = await Life.born(alone)
    await last.expire()

    stranger = await asyncpg.connect(alone_url)
    try:
        async with stranger.transaction():
            assert await stranger.fetch("select from public.settlement_lateness for update")
            [row] = await asyncio.wait_for(sweep(alone), WAIT)
    finally:
        await stranger.close()

    assert (row["id"], row["is_held"]) == (last.job_id, False)
    assert [row["settlements"] for row in await call(alone, "lateness_get")] == [3]


@pytest.mark.parametrize("step", ["start", "retry", "cancel", "delete_manuscript"])
async def test_an_authors_step_waits_for_no_lock_longer_than_a_second(
    life: Life, another_connection: Connection, step: str
) -> None:
    await life.expire()

    async with another_connection.transaction():
        await another_connection.execute("select from public.jobs where id = $1 for update", life.job_id)
        with pytest.raises(asyncpg.LockNotAvailableError):
            await asyncio.wait_for(getattr(life, step)(), WAIT)


async def test_every_function_that_an_author_or_a_duty_calls_limits_its_waits(connection: Connection) -> None:
    unlimited = await connection.fetch(
        """
        select proname from pg_proc
        where pronamespace = 'public'::regnamespace and provolatile = 'v'
          and ('p_owner_id' = any (proargnames) or proname ~ '_prune$|^process_')
          and not coalesce('lock_timeout=1s' = any (proconfig), false)
        """
    )
    assert [row["proname"] for row in unlimited] == []


async def test_a_sweep_goes_in_batches_longest_overdue_first(alone: Connection, owner_id: UUID) -> None:
    jobs = [job for seconds in (10, 50, 30, 20, 40) for job in await overdue(alone, owner_id, 1, seconds=seconds)]
    longest_first = [jobs[1], jobs[4], jobs[2], jobs[3], jobs[0]]

    batches = [{row["id"] for row in await sweep(alone, limit=2)} for _ in range(4)]

    assert batches == [set(longest_first[:2]), set(longest_first[2:4]), set(longest_first[4:]), set()]


async def test_a_reader_settles_only_her_own(connection: Connection, life: Life, owner_id: UUID) -> None:
    await life.expire()

    assert await read(connection, owner_id) == []
    assert await read(connection, owner_id, job_ids=[life.job_id]) == []
    row = await life.row()
    assert row is not None
    assert row["status"] == "queued"


async def test_a_settlement_says_how_long_the_row_lied(life: Life) -> None:
    await life.expire(seconds=42)

    [row] = await life.settle("reader")

    assert (row["was"], row["status"]) == ("queued", "failed")
    assert 42 <= row["late_seconds"] < 44


async def test_lateness_is_counted_by_status_and_by_who(alone: Connection) -> None:
    # Each far from its bucket's bound: between the expiry and the settlement a busy machine may do much else.
    for seconds, decided_by in ((130, "sweeper"), (140, "sweeper"), (600, "reader"), (99999, "reader")):
        life = await Life.born(alone)
        await life.expire(seconds=seconds)
        await life.settle(decided_by)

    rows = await call(alone, "lateness_get")

    assert [(row["status"], row["decided_by"], row["at_most"], row["settlements"]) for row in rows] == [
        ("queued", "reader", 1800, 1),
        ("queued", "reader", float("inf"), 1),
        ("queued", "sweeper", 300, 2),
    ]
    assert 600 <= rows[0]["seconds"] < 660


async def test_a_job_handed_back_waits_anew_for_a_worker_of_any_name(life: Life) -> None:
    await life.reach("running")
    await life.expire()
    await life.settle()

    row = await life.row()
    assert row is not None
    assert (row["worker_id"], row["started_at"], row["run_ends_at"], row["stage"], row["progress"]) == (None,) * 5
    assert row["deadline_at"] - row["queued_at"] > timedelta(seconds=LONG - 60)
    [claimed] = await life.claim()
    assert claimed["attempt"] == 2


async def test_a_release_costs_no_attempt_and_still_fences_the_worker_that_made_it(life: Life) -> None:
    for _ in range(5):
        await life.claim()
        await life.release()
    with pytest.raises(asyncpg.PostgresError) as refusal:
        await life.beat()

    assert refusal.value.sqlstate == "NF412"
    row = await life.row()
    assert row is not None
    assert row["max_attempts"] - row["attempt"] == 3


@pytest.mark.parametrize("status", ["running_initializing", "running"])
async def test_a_run_ends_at_the_earlier_of_lease_and_run_timeout(life: Life, status: str) -> None:
    await life.reach(status)
    await life.connection.execute(
        "update public.jobs set run_ends_at = clock_timestamp() + interval '5 seconds' where id = $1", life.job_id
    )

    [row] = await life.beat()

    assert row["deadline_at"] <= row["as_of"] + timedelta(seconds=5)


async def test_progress_never_goes_back(life: Life) -> None:
    await life.reach("running")
    progress = []
    for said in (0.4, 0.2, None, 0.6):
        [row] = await life.call(
            "job_beat",
            p_job_id=life.job_id,
            p_worker_id=life.worker_id,
            p_attempt=life.attempt,
            p_lease=LONG,
            p_progress=said,
        )
        progress.append(row["progress"])

    assert progress == [0.4, 0.4, 0.4, 0.6]


async def blocked(connection: Connection, *, by: int) -> None:
    """Waits until some session waits for `by`."""
    async with asyncio.timeout(WAIT):
        while not await connection.fetchval(
            "select exists (select from pg_stat_activity where $1 = any (pg_blocking_pids(pid)))", by
        ):
            await asyncio.sleep(0.005)
