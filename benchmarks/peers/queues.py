"""`python -m benchmarks.peers.queues arq|saq`: a worker of another queue that does nothing, told the truth by commits.

As an engineer would write it who keeps jobs in PostgreSQL: insert and enqueue; claim, progress and complete are three
updates with a commit each. SAQ and arq keep nothing of that by themselves. DATABASE_URL and REDIS_URL say where.
"""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg

SCHEMA = """
create table if not exists peer_jobs (
  id bigint generated always as identity primary key, status text not null default 'queued', progress real,
  attempts integer not null default 0, version integer not null default 1,
  queued_at timestamptz default clock_timestamp(),
  started_at timestamptz, finished_at timestamptz, result jsonb
);
truncate peer_jobs;
"""
INSERT = "insert into peer_jobs default values returning id"
STEPS = (
    "update peer_jobs set status = 'running', started_at = clock_timestamp(), attempts = attempts + 1, "
    "version = version + 1 where id = $1 and status = 'queued' returning version",
    "update peer_jobs set progress = 0.5, version = version + 1 where id = $1 and status = 'running' returning version",
    "update peer_jobs set status = 'done', progress = 1, finished_at = clock_timestamp(), result = '{}', "
    "version = version + 1 where id = $1 and status = 'running' returning version",
)
_CONCURRENCY = 50
_CONNECTIONS = 10

Enqueue = Callable[[int], Awaitable[object]]


async def pool() -> "asyncpg.Pool[asyncpg.Record]":
    """As many connections as a worker of ours has."""

    async def nothing(connection: object) -> None:
        return

    return await asyncpg.create_pool(
        os.environ["DATABASE_URL"], min_size=_CONNECTIONS, max_size=_CONNECTIONS, reset=nothing
    )


async def carry_out(connections: "asyncpg.Pool[asyncpg.Record]", job_id: int) -> None:
    """The three updates."""
    for step in STEPS:
        if await connections.fetchrow(step, job_id) is None:
            return


async def enqueue_with(kind: str, redis_url: str) -> Enqueue:
    """What puts a job into the queue."""
    if kind == "arq":
        from arq import create_pool
        from arq.connections import RedisSettings

        line = await create_pool(RedisSettings.from_dsn(redis_url))
        return lambda job_id: line.enqueue_job("nothing", job_id, _job_id=f"job:{job_id}")
    queue = _saq(redis_url)
    await queue.connect()
    return lambda job_id: queue.enqueue("nothing", job_id=job_id, key=f"job:{job_id}")


def _saq(redis_url: str) -> Any:
    from saq import Queue

    return Queue.from_url(redis_url)


def _arq_worker() -> None:
    from arq.connections import RedisSettings
    from arq.worker import Worker, func

    connections: list[Any] = []

    async def nothing(ctx: dict[Any, Any], job_id: int) -> None:
        await carry_out(connections[0], job_id)

    async def start(ctx: dict[Any, Any]) -> None:
        connections.append(await pool())

    asyncio.set_event_loop(asyncio.new_event_loop())
    Worker(
        [func(nothing, name="nothing")],
        redis_settings=RedisSettings.from_dsn(os.environ["REDIS_URL"]),
        max_jobs=_CONCURRENCY,
        keep_result=0,
        on_startup=start,
    ).run()


async def _saq_worker() -> None:
    from saq import Worker

    connections = await pool()

    async def nothing(ctx: object, *, job_id: int) -> None:
        await carry_out(connections, job_id)

    queue = _saq(os.environ["REDIS_URL"])
    await queue.connect()
    await Worker(queue, functions=[("nothing", nothing)], concurrency=_CONCURRENCY).start()


if __name__ == "__main__":
    import uvloop

    uvloop.install()
    if sys.argv[1] == "arq":
        _arq_worker()
    else:
        asyncio.run(_saq_worker())
