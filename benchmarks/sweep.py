"""What sweeping and reading cost where there are a million jobs: `python benchmarks/sweep.py [ROWS]`.

Prints each figure beside the limit that it must keep, as a ratio; exit 1 when one is over.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, redirect_stdout
from dataclasses import dataclass
from datetime import timedelta
from io import StringIO
from pathlib import Path
from uuid import UUID

import asyncpg

from engines.pair import Engines
from engines.postgres import Postgres
from jobs.database import migrate
from jobs.database.postgres import open_postgres
from jobs.database.store import JobStore
from jobs.settings import Settings
from jobs.states import DecidedBy

FEW, MANY, LIVE, OVERDUE, BATCH = 1_000, 1_000_000, 500, 10_000, 1_000
QUEUE_TIMEOUT = timedelta(minutes=5)
OWNER = UUID(int=1)

# As a restored backup is made, without the triggers. A hundredth of the rows belongs to OWNER.
FILL = """
set session_replication_role = replica;
insert into public.manuscripts (id, owner_id, title)
select gen_random_uuid(), lpad(to_hex(n % 100 + 1), 32, '0')::uuid, 'T' from generate_series(1, {live}) n;
insert into public.jobs (owner_id, manuscript_id, status, deadline_at)
select owner_id, id, 'queued', now() + interval '1 day' from public.manuscripts;
insert into public.jobs (owner_id, manuscript_id, status, queued_at, finished_at)
select lpad(to_hex(n % 100 + 1), 32, '0')::uuid, gen_random_uuid(), 'cancelled', now() - n * interval '1 second',
  now() - n * interval '1 second'
from generate_series(1, {finished}) n;
reset session_replication_role;
vacuum analyze public.jobs
"""
EXPIRE = """
with chosen as (select ctid from public.jobs where status = 'cancelled' limit {count})
update public.jobs j set status = 'queued', finished_at = null, deadline_at = now() - interval '1 minute'
from chosen where j.ctid = chosen.ctid
"""
READ_COUNTERS = """
select seq_tup_read + idx_tup_fetch from pg_stat_xact_user_tables where relid = 'public.jobs'::regclass
"""
PLAN = """
explain (costs off) select j.id from public.jobs j
where j.status in ('queued', 'running_initializing', 'running') and j.deadline_at <= now()
order by j.deadline_at, j.id limit 1000 for update skip locked
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A measured number and the limit that it must keep."""

    what: str
    measured: float
    limit: float
    unit: str

    def __str__(self) -> str:
        ratio = f"{self.measured / self.limit:6.3f} of the limit" if self.limit else "the limit is none"
        verdict = "ok" if self.measured <= self.limit else "OVER"
        return f"{self.what:<62} {self.measured:9.3f} {self.unit:<5} {ratio:<20} {verdict}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A database whose table of jobs has been filled."""

    connection: "asyncpg.Connection[asyncpg.Record]"
    store: JobStore

    async def sweep(self) -> int:
        return len(await self.store.settle(DecidedBy.SWEEPER, settings=Settings(), limit=BATCH))


async def main(rows: int) -> int:
    """Measures and prints; the exit code."""
    async with AsyncExitStack() as stack:
        data = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        engines = await stack.enter_async_context(Engines(data, kinds=(Postgres,)))
        few = await stack.enter_async_context(filled(engines.database_url, "few", FEW))
        many = await stack.enter_async_context(filled(engines.database_url, "many", rows))
        print("\n".join(row[0] for row in await many.connection.fetch(PLAN)), flush=True)
        kept = True
        async for figure in measured(few, many, rows):
            print(figure, flush=True)
            kept &= figure.measured <= figure.limit
    return 0 if kept else 1


async def measured(few: Table, many: Table, rows: int) -> AsyncIterator[Figure]:
    """Every figure, as soon as it is known."""
    yield await idle_sweeps(few, many, rows)
    yield await rows_read(many)
    yield await reads_that_write(many)
    for figure in await full_sweep(many, rows):
        yield figure


async def idle_sweeps(few: Table, many: Table, rows: int) -> Figure:
    """With nothing overdue: the same whether the table is small or large.

    In turns and by the fastest tenth of each, for noise only ever adds.
    """
    times: dict[int, list[float]] = {0: [], 1: []}
    for turn in range(600):
        times[turn % 2].append(await seconds((few, many)[turn % 2].sweep))
    small, large = (statistics.quantiles(times[which], n=10)[0] for which in (0, 1))
    return Figure(
        what=f"sweep, nothing overdue: {rows:,} jobs to {FEW:,} ({large * 1000:.2f} ms)",
        measured=large / small,
        limit=1.5,
        unit="times",
    )


async def rows_read(table: Table) -> Figure:
    """By the function itself, whatever its plan."""
    async with table.connection.transaction():
        before = await table.connection.fetchval(READ_COUNTERS)
        await table.connection.fetch("select * from public.jobs_settle('sweeper', 300)")
        after = await table.connection.fetchval(READ_COUNTERS)
    return Figure(what="rows of the table that it reads", measured=after - before, limit=0, unit="rows")


async def reads_that_write(table: Table) -> Figure:
    """A transaction gets an id with its first write, a lock on a row included."""
    assigned = 0
    for _ in range(500):
        async with table.connection.transaction():
            await table.connection.fetch("select * from public.jobs_settle('reader', 300, p_owner_id => $1)", OWNER)
            await table.connection.fetch("select * from public.jobs_watched(array[$1::uuid], '{}', 3600)", OWNER)
            assigned += await table.connection.fetchval("select pg_current_xact_id_if_assigned() is not null")
    return Figure(what="healthy reads among 500 that write anything", measured=assigned, limit=0, unit="reads")


async def full_sweep(table: Table, rows: int) -> list[Figure]:
    """With ten thousand overdue, batch after batch; a lock is held for one batch at most."""
    await table.connection.execute("set session_replication_role = replica")
    await table.connection.execute(EXPIRE.format(count=OVERDUE))
    await table.connection.execute("reset session_replication_role")
    batches = []
    settled = 0
    while settled < OVERDUE:
        started = time.perf_counter()
        settled += await table.sweep()
        batches.append(time.perf_counter() - started)
    idle = await seconds(table.sweep)
    return [
        Figure(what=f"sweep of {settled:,} overdue among {rows:,}", measured=sum(batches), limit=10, unit="s"),
        Figure(what="its longest batch, and so its longest lock", measured=max(batches), limit=1, unit="s"),
        Figure(what="the sweep after it", measured=idle, limit=1, unit="s"),
    ]


async def seconds(action: Callable[[], Awaitable[int]]) -> float:
    started = time.perf_counter()
    await action()
    return time.perf_counter() - started


@asynccontextmanager
async def filled(server: str, name: str, rows: int) -> AsyncIterator[Table]:
    """A migrated database with so many jobs, most of them over."""
    connection = await asyncpg.connect(server)
    await connection.execute(f"create database {name}")
    await connection.close()
    url = server.rpartition("/")[0] + f"/{name}"
    with redirect_stdout(StringIO()):
        await migrate.run(Settings(database_url=url))
    connection = await asyncpg.connect(url)
    for statement in FILL.format(live=LIVE, finished=rows - LIVE).split(";\n"):
        await connection.execute(statement)
    async with open_postgres(url, max_size=1) as gateway:
        yield Table(connection=connection, store=JobStore(gateway))
    await connection.close()


if __name__ == "__main__":
    sys.exit(asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else MANY)))
