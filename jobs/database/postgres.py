"""The database over its own protocol, with asyncpg."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from jobs.errors import BUSY, BY_SQLSTATE, ConfigurationError, Unavailable
from jobs.ports import Row

# asyncpg calls it an internal error of its own when a server dies in the middle of a handshake.
_AWAY = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
)
_CONNECT_SECONDS = 5
# The connection broke, the server shuts down or starts up, has too many connections, ran out of time: all pass.
_PASSING_CLASSES = ("08", "57P", "53", "57014", "55P03", "40")


class PostgresGateway:
    """Calls the functions of `public` through a pool of connections."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]", *, timeout: float = 15) -> None:
        self._pool = pool
        self._timeout = timeout

    async def call(self, function: str, /, **arguments: Any) -> list[Row]:
        """See Gateway.call."""
        named = ", ".join(f"{name} => ${place}" for place, name in enumerate(arguments, 1))
        query = f"select * from public.{function}({named})"  # noqa: S608 - names come from our own code only
        try:
            async with self._connection() as connection:
                rows = await connection.fetch(query, *arguments.values(), timeout=self._timeout)
        except asyncpg.PostgresError as error:
            raise _named(error) from error
        except _AWAY as error:
            raise Unavailable("The database does not answer. Try again in a moment.") from error
        return [dict(row) for row in rows]

    def connections(self) -> dict[str, int]:
        """How many connections there are, by state, and how many there may be."""
        idle = self._pool.get_idle_size()
        return {"busy": self._pool.get_size() - idle, "idle": idle, "limit": self._pool.get_max_size()}

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
    try:
        pool = await asyncpg.create_pool(
            database_url,
            min_size=0,
            max_size=max_size,
            timeout=_CONNECT_SECONDS,
            init=_speak_json,
            # No session state is ever set, so none needs to be reset: that is half the cost of a call.
            reset=_nothing_to_reset,
            # Supavisor's transaction mode shares connections, and prepared statements do not survive that.
            statement_cache_size=0 if ":6543" in database_url else 100,
            server_settings={"application_name": application},
        )
    except (ValueError, asyncpg.ClientConfigurationError) as error:
        raise ConfigurationError("DATABASE_URL is not a PostgreSQL address.") from error
    except (*_AWAY, asyncpg.PostgresError) as error:
        raise Unavailable("The database at DATABASE_URL does not answer. Is it running?") from error
    try:
        yield PostgresGateway(pool)
    finally:
        pool.terminate()


def _named(error: asyncpg.PostgresError) -> Exception:
    code = error.sqlstate or ""
    if known := BY_SQLSTATE.get(code):
        return known(error.args[0])
    if code in ("42883", "42P01"):
        return ConfigurationError(
            "The database lacks our functions or an older version of them. Run `novelfoundry migrate`."
        )
    if code.startswith(("28", "3D")):
        return ConfigurationError(f"DATABASE_URL: the database refuses the connection: {error.args[0]}.")
    if code.startswith(_PASSING_CLASSES):
        return Unavailable("The database is busy or restarting. Try again in a moment.")
    return error


async def _speak_json(connection: Any) -> None:
    await connection.set_type_codec("jsonb", encoder=json.dumps, decoder=json.loads, schema="pg_catalog")


async def _nothing_to_reset(connection: Any) -> None:
    return
