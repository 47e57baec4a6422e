"""What every test stands on: real engines, started once, and a database of its own for each test."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import asyncpg
import pytest
import redis.asyncio

from engines.pair import Engines
from engines.postgres import Postgres
from jobs.database import migrate
from jobs.database.postgres import PostgresGateway, open_postgres
from jobs.database.store import JobStore
from jobs.models import Manuscript
from jobs.settings import Settings
from tests import memory

TEMPLATE = "migrated"
TEXT = b"Chapter One\n\nIt rained. Nobody had asked it to.\n\nChapter Two\n\nIt stopped.\n"

_numbers = count(1)


@pytest.fixture(scope="session")
def engines() -> Iterator[Engines]:
    """PostgreSQL and Valkey for the whole session. A test that stops one must start it again.

    TEST_POSTGRES names the folder of another PostgreSQL's programs: see `make test-postgres`.
    """
    with memory.directory() as directory, pytest.MonkeyPatch.context() as patch:
        if programs := os.environ.get("TEST_POSTGRES"):
            patch.setattr(Postgres, "_programs", lambda _: Path(programs).resolve(strict=True))
        engines = Engines(directory, durable=False)
        _run(engines.__aenter__())
        try:
            yield engines
        finally:
            _run(engines.__aexit__(None, None, None))


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that a busy machine keeps from answering is not one that hangs."""
    monkeypatch.setattr("jobs.presence._PATIENCE_SECONDS", 30.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Databases:
    """Makes databases on the session's PostgreSQL, and drops them."""

    server: str

    @asynccontextmanager
    async def fresh(self, *, template: str = TEMPLATE) -> AsyncIterator[str]:
        """The address of a new database, a copy of `template`; it is dropped at the end."""
        name = f"test_{next(_numbers)}"
        await self.execute(f"create database {name} template {template} strategy file_copy")
        try:
            yield self.url(name)
        finally:
            await self.execute(f"drop database if exists {name} with (force)")

    async def execute(self, statement: str) -> None:
        """Runs one statement in the server's own database, whose copies nobody uses."""
        connection = await asyncpg.connect(self.server)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    def url(self, name: str) -> str:
        """The address of the database of this name."""
        return urlsplit(self.server)._replace(path=f"/{name}").geturl()


@pytest.fixture(scope="session")
def databases(engines: Engines) -> Databases:
    """Databases beside the one of the test, and the template that holds every migration."""
    databases = Databases(server=engines.database_url)
    _run(databases.execute(f"create database {TEMPLATE}"))
    _run(migrate.run(Settings(database_url=databases.url(TEMPLATE))))
    return databases


@pytest.fixture
async def database_url(databases: Databases) -> AsyncIterator[str]:
    """A migrated and empty database for this test alone."""
    async with databases.fresh() as url:
        yield url


@pytest.fixture
async def redis_url(engines: Engines) -> str:
    """The session's Valkey, emptied."""
    async with redis.asyncio.Redis.from_url(engines.redis_url) as client:
        await client.flushall()
    return engines.redis_url


@pytest.fixture
def settings(database_url: str, redis_url: str, tmp_path: Path) -> Settings:
    """Everything a process needs, with timings short enough to be waited for, and none that a busy machine overruns."""
    return Settings(
        database_url=database_url,
        redis_url=redis_url,
        data=tmp_path,
        queue_timeout=timedelta(seconds=60),
        sweep_interval=timedelta(seconds=1),
        lease=timedelta(seconds=20),
        heartbeat=timedelta(seconds=0.2),
        run_timeout=timedelta(seconds=60),
        resync_interval=timedelta(seconds=0.3),
        tick_interval=timedelta(seconds=1),
        worker_concurrency=2,
    )


@pytest.fixture
async def connection(database_url: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """The test's database as its superuser, round all functions of ours."""
    connection = await asyncpg.connect(database_url)
    try:
        yield connection
    finally:
        await connection.close()


@pytest.fixture
async def gateway(database_url: str) -> AsyncIterator[PostgresGateway]:
    """The direct gateway to the test's database."""
    async with open_postgres(database_url) as gateway:
        yield gateway


@pytest.fixture
def store(gateway: PostgresGateway) -> JobStore:
    """The store over the direct gateway."""
    return JobStore(gateway)


@pytest.fixture
def owner_id() -> UUID:
    """An author."""
    return uuid4()


AddManuscript = Callable[..., Coroutine[Any, Any, Manuscript]]


@pytest.fixture
def add_manuscript(store: JobStore, gateway: PostgresGateway, owner_id: UUID) -> AddManuscript:
    """Adds a manuscript with its file: `await add_manuscript(title=…, content=…, owner_id=…)`."""

    async def add(*, title: str = "The Rain", content: bytes = TEXT, owner_id: UUID = owner_id) -> Manuscript:
        manuscript_id = uuid4()
        await store.manuscript_begin(manuscript_id)
        await gateway.call("manuscript_file_save", p_manuscript_id=manuscript_id, p_content=content)
        return await store.manuscript_add(
            owner_id,
            manuscript_id,
            title=title,
            filename="rain.txt",
            byte_size=len(content),
            max_manuscripts=2000,
        )

    return add


@pytest.fixture
async def manuscript(add_manuscript: AddManuscript) -> Manuscript:
    """A short text of two chapters, with its file, that belongs to `owner_id`."""
    return await add_manuscript()


def _run(task: Coroutine[Any, Any, Any]) -> None:
    # A loop of its own, not set as the thread's: the tests' loops stay theirs.
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        runner.run(task)
