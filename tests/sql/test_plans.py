"""What each hot function touches where the table is large: asked of the function itself, not of a copy of its query."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from tests.conftest import Databases
from tests.sql.life import LONG, Connection, call

FINISHED = 100_000
LIVE = 2_000
EVENTS = 20_000
OWNER, MANUSCRIPT, JOB = UUID(int=1), UUID(int=1), UUID(int=1)

# Made as a restored backup is, without the triggers; the constraints hold all the same.
FILL = f"""
set session_replication_role = replica;
insert into public.manuscripts (id, owner_id, title)
select lpad(to_hex(n), 32, '0')::uuid, lpad(to_hex((n - 1) % 100 + 1), 32, '0')::uuid, 'T'
from generate_series(1, {LIVE}) n;
insert into public.jobs (id, owner_id, manuscript_id, status, queued_at, deadline_at)
select lpad(to_hex(n), 32, '0')::uuid, lpad(to_hex((n - 1) % 100 + 1), 32, '0')::uuid, lpad(to_hex(n), 32, '0')::uuid,
  'queued', now() + n * interval '1 millisecond', now() + interval '1 hour'
from generate_series(1, {LIVE}) n;
insert into public.jobs (owner_id, manuscript_id, status, queued_at, finished_at)
select lpad(to_hex(n % 100 + 1), 32, '0')::uuid, lpad(to_hex(n % {LIVE} + 1), 32, '0')::uuid,
  'cancelled', now() - n * interval '1 second', now() - n * interval '1 second'
from generate_series(1, {FINISHED}) n;
insert into public.job_events (job_id, version, status, decided_by)
select id, version, status, 'user' from public.jobs where deadline_at is not null;
insert into public.job_events (job_id, version, status, decided_by)
select '{JOB}', n, 'queued', 'worker' from generate_series(2, {EVENTS}) n;
reset session_replication_role;
analyze;
"""


@pytest.fixture(scope="module")
def database_url(databases: Databases) -> Iterator[str]:
    """A migrated database with many finished and some live jobs."""
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        database = databases.fresh()
        url = runner.run(database.__aenter__())
        runner.run(_filled(url))
        yield url
        runner.run(database.__aexit__(None, None, None))


async def _filled(url: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(FILL)
    await connection.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """What one call read of a table: how many of its rows, by scanning it or through an index, and by which."""

    scanned: int
    fetched: int
    indexes: set[str]


async def touched(connection: Connection, function: str, arguments: dict[str, Any], *, table: str = "jobs") -> Touched:
    # By the sixth call a prepared statement may have turned to a plan for any arguments; the seventh is counted.
    for _ in range(6):
        await call(connection, function, **arguments)
    async with connection.transaction():
        before = await _counters(connection, table)
        await call(connection, function, **arguments)
        after = await _counters(connection, table)
    counted = {name: after[name] - before[name] for name in after}
    scanned, fetched = counted.pop("scanned"), counted.pop("fetched")
    return Touched(scanned=scanned, fetched=fetched, indexes={name for name, scans in counted.items() if scans})


async def _counters(connection: Connection, table: str) -> dict[str, int]:
    rows = await connection.fetch(
        """
        select 'scanned' as name, seq_tup_read as count from pg_stat_xact_user_tables where relid = $1::regclass
        union all
        select 'fetched', idx_tup_fetch from pg_stat_xact_user_tables where relid = $1::regclass
        union all
        select relname, pg_stat_get_xact_numscans(indexrelid) from pg_index join pg_class on pg_class.oid = indexrelid
        where indrelid = $1::regclass
        """,
        f"public.{table}",
    )
    return {row["name"]: row["count"] for row in rows}


SETTLE = {"p_queue_timeout": LONG, "p_decided_by": "sweeper"}


@pytest.mark.parametrize("scope", [{}, {"p_owner_id": OWNER}, {"p_job_ids": [JOB]}], ids=str)
async def test_settling_where_nothing_is_overdue_reads_no_more_than_the_scope(
    connection: Connection, scope: dict[str, Any]
) -> None:
    found = await touched(connection, "jobs_settle", SETTLE | scope)

    assert found.scanned == 0
    assert found.fetched <= (LIVE // 100 if "p_owner_id" in scope else len(scope))


async def test_the_sweep_goes_by_the_index_of_deadlines(connection: Connection) -> None:
    found = await touched(connection, "jobs_settle", SETTLE)

    assert found == Touched(scanned=0, fetched=0, indexes={"jobs_overdue"})


@pytest.mark.parametrize(
    ("function", "arguments", "most"),
    [
        ("jobs_get", {"p_owner_id": OWNER, "p_job_ids": [JOB]}, 1),
        ("job_events_get", {"p_owner_id": OWNER, "p_job_ids": [JOB], "p_limit": 20}, 2),
        (
            "jobs_of_manuscripts",
            {"p_owner_id": OWNER, "p_manuscript_ids": [MANUSCRIPT], "p_limit": 1},
            FINISHED // LIVE + 1,
        ),
        ("jobs_watched", {"p_owner_ids": [OWNER], "p_job_ids": [JOB], "p_finished_within": 60.0}, LIVE + 2),
        (
            "jobs_changed",
            {"p_owner_ids": [OWNER], "p_job_ids": [JOB], "p_versions": [1], "p_finished_within": 60.0},
            LIVE + 2,
        ),
        ("jobs_in_line", {"p_job_ids": [JOB]}, LIVE * 5),
        ("jobs_next", {"p_limit": 10}, 500),
        ("jobs_count", {}, LIVE),
    ],
)
async def test_a_read_never_goes_through_the_finished_jobs(
    connection: Connection, function: str, arguments: dict[str, Any], most: int
) -> None:
    found = await touched(connection, function, arguments)

    assert found.scanned == 0
    assert found.fetched <= most


async def test_of_a_long_history_no_more_events_are_read_than_are_asked_for(connection: Connection) -> None:
    asked = {"p_owner_id": OWNER, "p_job_ids": [JOB, UUID(int=101)], "p_limit": 20}

    found = await touched(connection, "job_events_get", asked, table="job_events")

    assert found == Touched(scanned=0, fetched=20 + 1, indexes={"job_events_by_job"})


async def test_a_start_reads_of_the_finished_jobs_those_of_the_last_hour(connection: Connection) -> None:
    within_the_hour = 3600 // 100
    for _ in range(7):
        manuscript_id = uuid4()
        await connection.execute(
            "insert into public.manuscripts (id, owner_id, title) values ($1, $2, 'T')", manuscript_id, OWNER
        )
        async with connection.transaction():
            before = await _counters(connection, "jobs")
            await call(
                connection,
                "job_start",
                p_owner_id=OWNER,
                p_manuscript_id=manuscript_id,
                p_queue_timeout=LONG,
                p_max_attempts=3,
                p_max_live=100,
            )
            after = await _counters(connection, "jobs")

    assert after["scanned"] == before["scanned"]
    assert after["fetched"] - before["fetched"] <= within_the_hour + LIVE // 100 + 10
