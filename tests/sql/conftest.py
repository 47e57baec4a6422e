"""The tests of the SQL share a database per module: each test makes rows of its own and looks at no others."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import asyncpg
import pytest

from tests.conftest import Databases
from tests.sql.life import Connection, Life


@pytest.fixture(scope="module")
def database_url(databases: Databases) -> Iterator[str]:
    """A migrated database for the tests of this module."""
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        database = databases.fresh()
        url = runner.run(database.__aenter__())
        yield url
        runner.run(database.__aexit__(None, None, None))


@pytest.fixture
async def another_connection(database_url: str) -> AsyncIterator[Connection]:
    """A second session on the test's database."""
    connection = await asyncpg.connect(database_url)
    try:
        yield connection
    finally:
        await connection.close()


@pytest.fixture
async def life(connection: Connection) -> Life:
    """A queued job."""
    return await Life.born(connection)


@pytest.fixture
async def alone_url(databases: Databases) -> AsyncIterator[str]:
    """A migrated database that no other test uses."""
    async with databases.fresh() as url:
        yield url


@pytest.fixture
async def alone(alone_url: str) -> AsyncIterator[Connection]:
    """A connection to a database that no other test uses."""
    connection = await asyncpg.connect(alone_url)
    try:
        yield connection
    finally:
        await connection.close()
