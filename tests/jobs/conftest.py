"""The parts of a process, each over the real engines and a line to the database that can fail."""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg
import pytest

from jobs.database.postgres import PostgresGateway
from jobs.database.store import JobStore
from jobs.feed import Feed
from jobs.files.postgres import PostgresFiles
from jobs.models import Component, Job, Manuscript
from jobs.presence import Presence
from jobs.redis.doorbell import ArqRedis, open_redis
from jobs.service import JobService
from jobs.settings import Settings
from jobs.states import ComponentState
from tests.jobs.lines import FailingLine


class Notes:
    """An announcer and a doorbell that write down what they are asked. See Announcer, Doorbell."""

    def __init__(self) -> None:
        self.announced: list[UUID] = []
        self.rings = 0
        self._held: asyncio.Event | None = None

    def hold(self) -> asyncio.Event:
        """The next announcement takes for ever; the event says that it is under way."""
        self._held = asyncio.Event()
        return self._held

    async def announce(self, owner_ids: Collection[UUID]) -> None:
        """See Announcer.announce."""
        if held := self._held:
            self._held = None
            held.set()
            await asyncio.Event().wait()
        self.announced += owner_ids

    async def ring(self) -> None:
        """See Doorbell.ring."""
        self.rings += 1

    async def finish(self) -> None:
        """See Announcer.finish, Doorbell.finish."""


@pytest.fixture
def line(gateway: PostgresGateway) -> FailingLine:
    """The process's own line to the database; the test's `store` has another."""
    return FailingLine(gateway)


@pytest.fixture
def notes() -> Notes:
    """What was announced and rung for."""
    return Notes()


@pytest.fixture
def presence(line: FailingLine, settings: Settings) -> Presence:
    """Presence as a process without a push hub sees it."""
    return Presence(JobStore(line), settings, push=_push)


@pytest.fixture
def service(line: FailingLine, notes: Notes, presence: Presence, settings: Settings) -> JobService:
    """The service over the line that can fail."""
    return JobService(
        store=JobStore(line),
        files=PostgresFiles(line),
        announcer=notes,
        doorbell=notes,
        presence=presence,
        settings=settings,
    )


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[ArqRedis]:
    """The process's Redis."""
    client = open_redis(redis_url)
    yield client
    await client.aclose(close_connection_pool=True)


@pytest.fixture
def feed(line: FailingLine, service: JobService, redis: ArqRedis, settings: Settings) -> Feed:
    """A push hub that does not run yet."""
    return Feed(store=JobStore(line), service=service, redis=redis, settings=settings)


@pytest.fixture
async def job(store: JobStore, manuscript: Manuscript, settings: Settings) -> Job:
    """A queued job of `owner_id`."""
    return await store.start(
        manuscript.owner_id, manuscript.id, queue_timeout=settings.queue_timeout, max_attempts=3, max_live=100
    )


@asynccontextmanager
async def holding(database_url: str, job_id: UUID) -> AsyncIterator[None]:
    """A stranger's open transaction holds the job's row for the block."""
    stranger = await asyncpg.connect(database_url)
    try:
        async with stranger.transaction():
            await stranger.execute("select from public.jobs where id = $1 for update", job_id)
            yield
    finally:
        await stranger.close()


def _push() -> Component:
    return Component(state=ComponentState.HEALTHY, live=1, last_seen_at=None)
