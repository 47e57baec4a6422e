"""Heartbeats leave nothing behind: they stay on their page and touch no index."""

from collections.abc import Awaitable, Callable
from uuid import uuid4

from tests.sql.life import LONG, Connection, Life, call


async def indexed(connection: Connection, table: str, update: Callable[[], Awaitable[object]], *, times: int) -> int:
    """How many of the updates wrote to the indexes of the table."""
    async with connection.transaction():
        for _ in range(times):
            await update()
        updated, hot = await connection.fetchrow(
            "select pg_stat_get_xact_tuples_updated($1::regclass), pg_stat_get_xact_tuples_hot_updated($1::regclass)",
            f"public.{table}",
        ) or (0, 0)
    assert updated >= times
    return int(updated) - int(hot)


async def test_the_beats_of_processes_touch_no_index(connection: Connection) -> None:
    process_id = uuid4()

    async def beat() -> None:
        await call(
            connection,
            "process_beat",
            p_process_id=process_id,
            p_kind="worker",
            p_version="1",
            p_host="h",
            p_capacity=2,
            p_busy=1,
        )

    await beat()

    # A full page is left once in a while.
    assert await indexed(connection, "processes", beat, times=20) <= 2


async def test_the_beats_of_a_job_touch_an_index_only_when_its_lease_is_renewed(life: Life) -> None:
    await life.claim()
    await life.begin()

    assert await indexed(life.connection, "jobs", life.beat, times=20) <= 2


async def test_a_lease_is_renewed_when_a_fifth_of_it_is_gone(life: Life) -> None:
    await life.claim()
    await life.begin()
    [job] = await life.beat()

    [soon] = await life.beat(lease=LONG * 1.2)
    [later] = await life.beat(lease=LONG * 1.3)

    assert soon["deadline_at"] == job["deadline_at"]
    assert later["deadline_at"] > job["deadline_at"]
