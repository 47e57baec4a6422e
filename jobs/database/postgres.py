"""The database over its own protocol, with asyncpg."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from jobs.database.postgres_errors import named_error
from jobs.errors import BUSY, ConfigurationError, NovelFoundryError, Unavailable
from jobs.ports import Row

_log = logging.getLogger(__name__)

_CONNECT_SECONDS = 5
# A pooler in transaction mode gave the statement to a session that had not prepared it, or had another of its name.
_NOT_OUR_SESSION = (asyncpg.InvalidSQLStatementNameError, asyncpg.DuplicatePreparedStatementError)


class PostgresGateway:
    """Calls the functions of `public` through a pool of connections."""

    def __init__(
        self,
        pool: "asyncpg.Pool[asyncpg.Record]",
        *,
        timeout: float = 15,
        uncached: Callable[[], Awaitable[None]] | None = None,
        connect: "Callable[[], Awaitable[asyncpg.Connection[asyncpg.Record]]] | None" = None,
    ) -> None:
        """`uncached` lets the pool prepare no statement from here on. `connect` makes a connection beside the pool."""
        self._pool = pool
        self._connect = connect
        self._uncached = uncached
        self._timeout = timeout

    async def call(self, function: str, /, **arguments: Any) -> list[Row]:
        """See Gateway.call."""
        named = ", ".join(f"{name} => ${place}" for place, name in enumerate(arguments, 1))
        query = f"select * from public.{function}({named})"  # noqa: S608 - names come from our own code only
        try:
            try:
                rows = await self._fetch(query, arguments.values())
            except _NOT_OUR_SESSION:
                if self._uncached is None:
                    raise
                # It was refused before anything was carried out: asking once more does no harm.
                await self._uncached()
                rows = await self._fetch(query, arguments.values())
        except NovelFoundryError:
            raise
        except Exception as error:
            # Whatever the database or its driver comes up with, known or not, is an outage: see postgres_errors.
            raise named_error(error) from error
        return [dict(row) for row in rows]

    def connections(self) -> dict[str, int]:
        """How many connections there are, by state, and how many there may be."""
        idle = self._pool.get_idle_size()
        return {"busy": self._pool.get_size() - idle, "idle": idle, "limit": self._pool.get_max_size()}

    async def check_connection(self) -> None:
        """Whether the pool could hand out one more connection: a new one, or where it may not grow, an idle one.

        Raises Unavailable, or TimeoutError when whoever asks waits no longer.
        """
        try:
            if self._connect and self._pool.get_size() < self._pool.get_max_size():
                await (await self._connect()).close()
            else:
                async with self._connection():
                    pass
        except (NovelFoundryError, TimeoutError):
            raise
        except Exception as error:
            raise named_error(error) from error

    async def _fetch(self, query: str, arguments: Iterable[Any]) -> "list[asyncpg.Record]":
        async with self._connection() as connection:
            rows: list[asyncpg.Record] = await connection.fetch(query, *arguments, timeout=self._timeout)
        return rows

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Any]:
        """A connection of the pool. Who waits for one in vain waits for us, not for the database, and is told so."""
        turn = asyncio.timeout(self._timeout)
        try:
            async with turn:
                connection = await self._pool.acquire()
        except TimeoutError as error:
            if turn.expired():
                raise Unavailable(BUSY) from error
            raise
        try:
            yield connection
        finally:
            await self._pool.release(connection)


@asynccontextmanager
async def open_postgres(
    database_url: str, *, max_size: int = 10, application: str = "novelfoundry"
) -> AsyncIterator[PostgresGateway]:
    """A gateway whose pool closes with the context.

    Raises ConfigurationError for an address that cannot be one, Unavailable when nothing answers there.
    """
    connecting: dict[str, Any] = {
        "timeout": _CONNECT_SECONDS,
        "statement_cache_size": 100,
        "server_settings": {"application_name": application},
    }
    try:
        pool = await asyncpg.create_pool(
            database_url,
            min_size=0,
            max_size=max_size,
            init=_speak_json,
            # No session state is ever set, so none needs to be reset: that is half the cost of a call.
            reset=_nothing_to_reset,
            **connecting,
        )
    except (ValueError, asyncpg.ClientConfigurationError) as error:
        raise ConfigurationError("DATABASE_URL is not a PostgreSQL address.") from error

    async def uncached() -> None:
        if connecting["statement_cache_size"]:
            _log.warning("the database shares its sessions among us: statements are not prepared any more")
        connecting["statement_cache_size"] = 0
        pool.set_connect_args(database_url, **connecting)
        await pool.expire_connections()

    async def connect() -> "asyncpg.Connection[asyncpg.Record]":
        return await asyncpg.connect(database_url, **connecting)

    try:
        yield PostgresGateway(pool, uncached=uncached, connect=connect)
    finally:
        pool.terminate()


async def _speak_json(connection: Any) -> None:
    await connection.set_type_codec("jsonb", encoder=json.dumps, decoder=json.loads, schema="pg_catalog")


async def _nothing_to_reset(connection: Any) -> None:
    return
