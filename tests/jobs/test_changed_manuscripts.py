"""What is done to a manuscript in one window shows in the others, and how its jobs ended is told."""

from collections.abc import AsyncIterator, Collection
from contextlib import aclosing
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest

from jobs.database.store import JobStore
from jobs.feed import Feed
from jobs.models import Job, Manuscript
from jobs.redis.announcer import RedisAnnouncer
from jobs.redis.doorbell import ArqRedis
from jobs.redis.line import CircuitBreaker
from jobs.service import JobService
from jobs.settings import Settings
from jobs.states import JobStatus
from tests.jobs.conftest import Notes
from tests.jobs.test_feed import at_work


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A resync and a tick that never come, so that they hide no lost announcement."""
    return replace(settings, resync_interval=timedelta(hours=1), tick_interval=timedelta(hours=1))


class Telling(Notes):
    """Notes that are announced as well."""

    def __init__(self, redis: ArqRedis) -> None:
        super().__init__()
        self._announcer = RedisAnnouncer(redis, CircuitBreaker())

    async def announce(self, owner_ids: Collection[UUID]) -> None:
        """See Announcer.announce."""
        await self._announcer.announce(owner_ids)


@pytest.fixture
def notes(redis: ArqRedis) -> Notes:
    """The announcements of the service reach the hub."""
    return Telling(redis)


@pytest.fixture
async def running(feed: Feed) -> AsyncIterator[Feed]:
    """The hub at work, with its line to Redis."""
    async with at_work(feed):
        yield feed


async def test_what_was_added_changed_or_deleted_is_told_once_in_each_window(
    running: Feed, service: JobService, owner_id: UUID
) -> None:
    async with aclosing(running.watch(owner_id)) as one, aclosing(running.watch(owner_id)) as other:
        assert (await anext(one)).changes == (await anext(other)).changes == ()

        async def told() -> list[tuple[UUID, str | None]]:
            mine, theirs = await anext(one), await anext(other)
            assert mine.changes == theirs.changes
            return [(each.id, each.manuscript.title if each.manuscript else None) for each in mine.changes]

        added = await service.add_manuscript(owner_id, title="Rain", filename=None, content=b"It rained.")
        assert await told() == [(added.id, "Rain")]
        await service.update_manuscript(owner_id, added.id, title="Dry")
        assert await told() == [(added.id, "Dry")]
        await service.delete_manuscript(owner_id, added.id)
        assert await told() == [(added.id, None)]


async def test_a_stranger_hears_nothing_of_it(running: Feed, service: JobService, owner_id: UUID) -> None:
    stranger = uuid4()
    async with aclosing(running.watch(stranger)) as frames:
        await anext(frames)
        await service.add_manuscript(owner_id, title="Rain", filename=None, content=b"It rained.")
        mine = await service.add_manuscript(stranger, title="Mine", filename=None, content=b"It rained.")

        assert [each.id for each in (await anext(frames)).changes] == [mine.id]


async def test_a_change_whose_frame_did_not_arrive_is_told_again(
    running: Feed, service: JobService, owner_id: UUID
) -> None:
    arrived = True
    async with aclosing(running.watch(owner_id, arrived=lambda: arrived)) as frames:
        await anext(frames)
        added = await service.add_manuscript(owner_id, title="Rain", filename=None, content=b"It rained.")
        first = await anext(frames)
        arrived = False
        again = await anext(frames)

    assert [each.id for each in first.changes] == [each.id for each in again.changes] == [added.id]


async def test_who_watches_a_job_hears_how_it_ended_though_its_manuscript_was_gone_before_anybody_looked(
    running: Feed, store: JobStore, service: JobService, manuscript: Manuscript, job: Job
) -> None:
    owner_id = manuscript.owner_id
    async with aclosing(running.watch(owner_id)) as all_jobs, aclosing(running.follow(owner_id, job.id)) as one_job:
        await anext(all_jobs)
        await anext(one_job)
        # At once, by the database: nobody is told between the cancelling and the deleting.
        await store.manuscript_delete(owner_id, manuscript.id)
        await service.update_manuscript(
            owner_id, (await service.add_manuscript(owner_id, title="B", filename=None, content=b"B.")).id, title="C"
        )

        ended = [await anext(one_job)]
        frame = await anext(all_jobs)
        ended += [each for each in frame.jobs if each.id == job.id]

        assert [each.status for each in ended] == [JobStatus.CANCELLED] * 2
        assert {each.version for each in ended} == {job.version + 1}
        assert job.id in frame.removed
        assert (manuscript.id, None) in [(each.id, each.manuscript) for each in frame.changes]
        assert await anext(one_job, None) is None


async def test_what_is_left_of_a_deleted_manuscript_is_forgotten_after_an_hour(
    store: JobStore,
    service: JobService,
    manuscript: Manuscript,
    job: Job,
    connection: "asyncpg.Connection[asyncpg.Record]",
) -> None:
    await service.delete_manuscript(manuscript.owner_id, manuscript.id)
    await store.manuscripts_gone_prune()
    assert await connection.fetchval("select count(*) from manuscripts_gone") == 1

    await connection.execute("update manuscripts_gone set gone_at = now() - interval '61 minutes'")
    await store.manuscripts_gone_prune()

    assert await connection.fetchval("select count(*) from manuscripts_gone") == 0
