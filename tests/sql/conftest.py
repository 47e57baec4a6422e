"""The tests of the SQL share a database per module: each test makes rows of its own and looks at no others."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio

from tests.conftest import Databases
from tests.sql.fixtures import module_fixture
from tests.sql.life import Connection, Life


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One loop for all tests of a module, so that they can share its connection."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent) and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="module"), append=False)


@pytest.fixture(scope="module")
def database_url(databases: Databases) -> Iterator[str]:
    """A migrated database for the tests of this module."""
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        database = databases.fresh()
        url = runner.run(database.__aenter__())
        yield url
        runner.run(database.__aexit__(None, None, None))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def connection(database_url: str) -> AsyncIterator[Connection]:
    """The module's database as its superuser, round all functions of ours."""
    connection = await asyncpg.connect(database_url)
    try:
        yield connection
    finally:
        await connection.close()


@module_fixture
async def another_connection(database_url: str) -> AsyncIterator[Connection]:
    """A second session on the test's database."""
    connection = await asyncpg.connect(database_url)
    try:
        yield connection
    finally:
        await connection.close()


@module_fixture
async def life(connection: Connection) -> Life:
    """A queued job."""
    return await Life.born(connection)


@module_fixture
async def alone_url(databases: Databases) -> AsyncIterator[str]:
    """A migrated database that no other test uses."""
    async with databases.fresh() as url:
        yield url


@module_fixture
async def alone(alone_url: str) -> AsyncIterator[Connection]:
    """A connection to a database that no other test uses."""
    connection = await asyncpg.connect(alone_url)
    try:
        yield connection
    finally:
        await connection.close()


@module_fixture
async def bare_url(databases: Databases) -> AsyncIterator[str]:
    """A database in which nothing was ever done."""
    async with databases.fresh(template="template0") as url:
        yield url


@module_fixture
async def bare(bare_url: str) -> AsyncIterator[Connection]:
    connection = await asyncpg.connect(bare_url)
    try:
        yield connection
    finally:
        await connection.close()
