"""What a year leaves behind costs nobody: `python benchmarks/year.py [JOBS]`.

Fills one database with the jobs of a year, ten events each, and one with those of a day, and measures in both what
authors, workers and operators ask for. Prints each as a ratio; exit 1 when one grows with the age of the system.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from engines.pair import Engines
from engines.postgres import Postgres
from jobs.database import migrate
from jobs.settings import Settings

DAY, YEAR = 3_000, 1_000_000
OWNER = UUID(int=1)
TIMES = 60
# As large as this a figure may be beside that of a day: noise of a busy machine, and one more level of an index.
MOST = 2.0
BATCH, BATCH_SECONDS = 100, 0.1

# As a restored backup is made, without the triggers. A thousandth of the rows belongs to OWNER.
FILL = """
set session_replication_role = replica;
insert into public.manuscripts (id, owner_id, title)
select md5(n::text)::uuid, lpad(to_hex(n % 1000 + 1), 32, '0')::uuid, 'T' from generate_series(1, {jobs} / 5) n;
insert into public.jobs (owner_id, manuscript_id, status, version, queued_at, started_at, finished_at, failure_code,
  failure_message)
select lpad(to_hex(n % 1000 + 1), 32, '0')::uuid, md5((n % ({jobs} / 5) + 1)::text)::uuid,
  case when n % 20 = 0 then 'failed' else 'cancelled' end, 10, now() - n * interval '1 year' / {jobs},
  now() - n * interval '1 year' / {jobs}, now() - n * interval '1 year' / {jobs},
  case when n % 20 = 0 then 'QUEUE_TIMEOUT' end, case when n % 20 = 0 then 'Nobody came.' end
from generate_series(1, {jobs}) n;
insert into public.job_events (job_id, version, status, decided_by, message)
select j.id, n, 'running', 'worker', 'Reading chapters.' from public.jobs j, generate_series(1, 10) n;
reset session_replication_role;
vacuum analyze public.jobs;
vacuum analyze public.job_events;
vacuum analyze public.manuscripts
"""

Connection = asyncpg.Connection


async def main(jobs: int) -> int:
    """Measures and prints; the exit code."""
    async with AsyncExitStack() as stack:
        data = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        engines = await stack.enter_async_context(Engines(data, kinds=(Postgres,), durable=False))
        day = await filled(engines.database_url, "day", DAY)
        year = await filled(engines.database_url, "year", jobs)
        print(f"{'':<44} {'a day':>10} {f'{jobs:,} jobs':>16}    ratio")
        kept = True
        for name, ask in ASKED.items():
            kept &= await compared(name, ask, day, year)
        return 0 if await pruned(year, jobs) and kept else 1


async def filled(server: str, name: str, jobs: int) -> "Connection[asyncpg.Record]":
    """A migrated database with so many finished jobs."""
    connection = await asyncpg.connect(server)
    await connection.execute(f"create database {name}")
    await connection.close()
    url = server.rpartition("/")[0] + f"/{name}"
    with redirect_stdout(StringIO()):
        await migrate.run(Settings(database_url=url))
    connection = await asyncpg.connect(url)
    for statement in FILL.format(jobs=jobs).split(";"):
        await connection.execute(statement, timeout=3600)
    return connection


Ask = Callable[["Connection[asyncpg.Record]"], Awaitable[Any]]


def sql(query: str, *arguments: Any) -> Ask:
    """Asks by this query."""
    return lambda connection: connection.fetch(query, *arguments)


async def start(connection: "Connection[asyncpg.Record]") -> None:
    """A new manuscript of a busy author, its job, and the job's end."""
    manuscript = uuid4()
    await connection.execute(
        "insert into public.manuscripts (id, owner_id, title) values ($1, $2, 'T')", manuscript, OWNER
    )
    [job] = await connection.fetch("select id from public.job_start($1, $2, 300, 3, 100000)", OWNER, manuscript)
    await connection.execute("delete from public.manuscripts where id = $1", manuscript)
    assert job


ASKED: dict[str, Ask] = {
    "job_start": start,
    "jobs_settle, nothing overdue": sql("select * from public.jobs_settle('sweeper', 300)"),
    "jobs_watched, one author": sql("select * from public.jobs_watched(array[$1::uuid], '{}', 60)", OWNER),
    "manuscripts_page": sql("select * from public.manuscripts_page($1, 20)", OWNER),
    "jobs_count": sql("select * from public.jobs_count()"),
    "line_get": sql("select * from public.line_get()"),
    "jobs_oldest_waiting": sql("select * from public.jobs_oldest_waiting()"),
    "operator_counts": sql("select * from public.operator_counts()"),
    "operator_throughput": sql("select * from public.operator_throughput()"),
    "operator_line": sql("select * from public.operator_line()"),
    "lateness_get": sql("select * from public.lateness_get()"),
}


async def compared(name: str, ask: Ask, day: Any, year: Any) -> bool:
    """The median of each, in turns; whether it did not grow."""
    times: dict[int, list[float]] = {0: [], 1: []}
    for turn in range(TIMES * 2):
        started = time.perf_counter()
        await ask((day, year)[turn % 2])
        times[turn % 2].append(time.perf_counter() - started)
    small, large = statistics.median(times[0]), statistics.median(times[1])
    is_kept = large <= max(small * MOST, 0.002)
    print(
        f"{name:<44} {small * 1000:7.2f} ms {large * 1000:13.2f} ms {large / small:8.2f} {'ok' if is_kept else 'GROWS'}"
    )
    return is_kept


async def pruned(year: "Connection[asyncpg.Record]", jobs: int) -> bool:
    """Prunes what is older than three months and a quarter of a year; whether no batch held locks for long."""
    batches: list[float] = []
    began = time.perf_counter()
    for function, arguments in (("events_prune", f"7776000, {BATCH}"), ("jobs_prune", f"7776000, 1, {BATCH}")):
        is_done = False
        while not is_done and len(batches) < 20_000:
            started = time.perf_counter()
            is_done = await year.fetchval(f"select is_done from public.{function}({arguments})")
            batches.append(time.perf_counter() - started)
    taken = time.perf_counter() - began
    left = await year.fetchval("select count(*) from public.job_events")
    slow = statistics.quantiles(batches, n=1000)[998]
    print(f"pruned {jobs * 10 - left:,} events in {taken:.1f} s")
    print(f"a batch: median {statistics.median(batches) * 1000:.1f} ms, the longest {max(batches) * 1000:.1f} ms;")
    print(f"of a thousand the longest {slow * 1000:.1f} ms, and the limit {BATCH_SECONDS * 1000:.0f} ms")
    return slow <= BATCH_SECONDS


if __name__ == "__main__":
    sys.exit(asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else YEAR)))
