"""Changes of rows as whoever changes them announces them."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import asyncpg
from redis import Redis

from benchmarks.product import Engines
from jobs.redis.line import CHANGED


class Announcing:
    """One connection to each engine."""

    def __init__(self, runner: asyncio.Runner, connection: asyncpg.Connection, redis: "Redis") -> None:
        self._runner = runner
        self._connection = connection
        self._redis = redis

    def change(self, number: int, owners: list[UUID]) -> None:
        """Moves the jobs of the owners on: a commit, then an announcement."""
        statement = "update jobs set progress = least(1, progress + 0.0001 * $1) where owner_id = any ($2)"
        self._runner.run(self._connection.execute(statement, max(1, number % 2), owners))
        self._redis.publish(CHANGED, json.dumps([str(owner) for owner in owners]))


@contextmanager
def announcing(engines: Engines) -> Iterator[Announcing]:
    """Ready to change rows, for the block."""
    with Redis.from_url(engines.redis_url) as redis, asyncio.Runner() as runner:
        connection = runner.run(asyncpg.connect(engines.database_url))
        yield Announcing(runner, connection, redis)
        runner.run(connection.close())
