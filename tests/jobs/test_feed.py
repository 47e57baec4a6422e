"""The push hub: the newest version of each job, once, to everybody who watches it."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from jobs.announcements import Patience, RedisAnnouncer
from jobs.doorbell import ArqRedis
from jobs.errors import NotFound, Unavailable
from jobs.feed import Feed, Frame, _tick_after
from jobs.models import Job, Manuscript
from jobs.service import JobService
from jobs.settings import Settings
from jobs.states import JobStatus
from jobs.store import JobStore
from tests.conftest import AddManuscript
from tests.faults.waiting import is_under, until
from tests.jobs.lines import FailingLine

LIMIT = 20.0
LONG = timedelta(minutes=1)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A resync that never comes, so that it hides no lost announcement, and ticks that come soon."""
    return replace(settings, resync_interval=timedelta(hours=1), tick_interval=timedelta(seconds=0.3))


@pytest.fixture
async def announcer(redis: ArqRedis) -> RedisAnnouncer:
    """What other processes announce with."""
    return RedisAnnouncer(redis, Patience())


@pytest.fixture
async def running(feed: Feed) -> AsyncIterator[Feed]:
    """The hub at work, with its line to Redis."""
    task = asyncio.create_task(feed.run())

    async def hears() -> bool:
        return feed.push_health().last_seen_at is not None

    await until(hears, "the hub listens")
    yield feed
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@asynccontextmanager
async def watching(frames: AsyncGenerator[Frame, None]) -> AsyncIterator[AsyncGenerator[Frame, None]]:
    """The frames, closed at the end of the block."""
    async with aclosing(frames):
        yield frames


async def told(frames: AsyncGenerator[Frame, None]) -> tuple[Job, ...]:
    """The jobs of the next frame that has any."""
    async with asyncio.timeout(LIMIT):
        while True:
            if jobs := (await anext(frames)).jobs:
                return jobs


async def test_the_first_frame_holds_the_live_and_the_lately_finished(
    feed: Feed, store: JobStore, job: Job, add_manuscript: AddManuscript, settings: Settings
) -> None:
    other = await add_manuscript()
    over = await store.start(job.owner_id, other.id, queue_timeout=settings.queue_timeout, max_attempts=3, max_live=100)
    await store.cancel(job.owner_id, over.id)

    async with watching(feed.watch(job.owner_id)) as frames:
        first = await anext(frames)

    assert {(told.id, told.status) for told in first.jobs} == {
        (job.id, JobStatus.QUEUED),
        (over.id, JobStatus.CANCELLED),
    }


async def test_a_first_frame_without_jobs_is_as_of_before_its_reading(
    feed: Feed, line: FailingLine, store: JobStore, manuscript: Manuscript
) -> None:
    release = line.hold_answer("jobs_watched")
    async with watching(feed.watch(manuscript.owner_id)) as frames:
        first = asyncio.create_task(anext(frames))
        await asyncio.wait_for(line.holding.wait(), LIMIT)
        # The reading is on its way; only now a job begins. A client that knows of it must not take it for gone.
        job = await store.start(manuscript.owner_id, manuscript.id, queue_timeout=LONG, max_attempts=3, max_live=9)
        release.set()
        frame = await asyncio.wait_for(first, LIMIT)

    assert frame.jobs == ()
    assert frame.as_of < job.as_of


async def test_nothing_falls_between_the_first_reading_and_the_first_announcement(
    running: Feed, line: FailingLine, store: JobStore, announcer: RedisAnnouncer, job: Job
) -> None:
    release = line.hold_answer("jobs_watched")
    async with watching(running.watch(job.owner_id)) as frames:
        first = asyncio.create_task(told(frames))
        await asyncio.wait_for(line.holding.wait(), LIMIT)
        # The snapshot is read and on its way; only now the job changes, and the hub reads that before it arrives.
        await store.cancel(job.owner_id, job.id)
        calls = line.calls["jobs_watched"]
        await announcer.announce([job.owner_id])
        await until(_called_again(line, calls), "the hub reads the change")
        release.set()

        newest = (await first)[0]
        if newest.status is not JobStatus.CANCELLED:
            [newest] = await told(frames)

    assert newest.status is JobStatus.CANCELLED


async def test_an_old_reading_that_arrives_late_takes_nothing_back(
    running: Feed, line: FailingLine, store: JobStore, announcer: RedisAnnouncer, job: Job
) -> None:
    release = line.hold_answer("jobs_watched")
    async with watching(running.watch(job.owner_id)) as frames:
        first = asyncio.create_task(told(frames))
        await asyncio.wait_for(line.holding.wait(), LIMIT)
        await store.cancel(job.owner_id, job.id)
        await announcer.announce([job.owner_id])
        [watcher] = running._watchers[job.owner_id]

        async def waits() -> bool:
            # The hub may tell of the queued one first: it reads on its own for a newcomer.
            return any(job.status is JobStatus.CANCELLED for job in watcher.pending.values())

        await until(waits, "the newer version waits to be told")
        release.set()

        [newest] = await first

    assert newest.status is JobStatus.CANCELLED


async def test_a_slow_reader_gets_the_newest_version_and_no_backlog(
    running: Feed, store: JobStore, announcer: RedisAnnouncer, job: Job, settings: Settings
) -> None:
    async with watching(running.watch(job.owner_id)) as frames:
        await told(frames)
        held = await store.claim(job.id, uuid4(), lease=timedelta(minutes=1), run_timeout=timedelta(minutes=1))
        await store.begin(held, lease=timedelta(minutes=1), stage="Reading")
        for number in range(20):
            await store.beat(held, lease=timedelta(minutes=1), stage="Reading", progress=number / 20)
            await announcer.announce([job.owner_id])
        [watcher] = running._watchers[job.owner_id]
        newest = (await store.get(job.owner_id, [job.id]))[0].version

        async def holds_the_newest() -> bool:
            return job.id in watcher.pending and watcher.pending[job.id].version == newest

        await until(holds_the_newest, "the newest version waits to be told")
        assert len(watcher.pending) == 1
        [one] = await told(frames)

    assert one.version == newest


async def test_silence_is_broken_by_an_empty_frame_each_tick(running: Feed, job: Job) -> None:
    async with watching(running.watch(job.owner_id)) as frames:
        first = await anext(frames)
        async with asyncio.timeout(LIMIT):
            ticks = [await anext(frames) for _ in range(2)]

    assert [tick.jobs for tick in ticks] == [(), ()]
    assert first.as_of < ticks[0].as_of < ticks[1].as_of


async def test_ticks_go_on_while_the_database_hangs(running: Feed, line: FailingLine, job: Job) -> None:
    async with watching(running.watch(job.owner_id)) as frames:
        await anext(frames)
        release = line.hold_answer("clock_read")
        async with asyncio.timeout(LIMIT):
            ticks = [await anext(frames) for _ in range(2)]
        release.set()

    assert [tick.jobs for tick in ticks] == [(), ()]


@pytest.mark.parametrize(("promised", "begun"), [(0.3, 0.24), (15, 12), (60, 57)])
def test_a_tick_is_begun_before_it_is_due(promised: float, begun: float) -> None:
    assert _tick_after(timedelta(seconds=promised)) == pytest.approx(begun)


async def test_an_author_hears_nothing_of_anothers_jobs(
    running: Feed, store: JobStore, announcer: RedisAnnouncer, job: Job
) -> None:
    async with watching(running.watch(uuid4())) as frames:
        assert (await anext(frames)).jobs == ()
        await store.cancel(job.owner_id, job.id)
        await announcer.announce([job.owner_id])

        assert [(await anext(frames)).jobs for _ in range(2)] == [(), ()]


async def test_following_one_job_ends_with_it_and_with_nothing_else(
    running: Feed, store: JobStore, announcer: RedisAnnouncer, job: Job, add_manuscript: AddManuscript
) -> None:
    other = await store.start(
        job.owner_id, (await add_manuscript()).id, queue_timeout=timedelta(minutes=1), max_attempts=3, max_live=9
    )
    follow = running.follow(job.owner_id, job.id)

    async def rest() -> list[JobStatus]:
        return [seen.status async for seen in follow]

    async with watching(running.watch(job.owner_id)) as frames:
        first = await anext(follow)
        following = asyncio.create_task(rest())
        await told(frames)
        await store.cancel(job.owner_id, other.id)
        await announcer.announce([job.owner_id])
        await told(frames)
        assert not following.done()
        await store.cancel(job.owner_id, job.id)
        await announcer.announce([job.owner_id])

        assert await asyncio.wait_for(following, LIMIT) == [JobStatus.CANCELLED]
        [last] = await told(frames)

    assert first.status is JobStatus.QUEUED
    assert (last.id, last.status) == (job.id, JobStatus.CANCELLED)


async def test_following_a_job_that_is_over_tells_its_end_and_ends(running: Feed, store: JobStore, job: Job) -> None:
    await store.cancel(job.owner_id, job.id)

    seen = [told.status async for told in running.follow(job.owner_id, job.id)]

    assert seen == [JobStatus.CANCELLED]


async def test_anothers_job_cannot_be_told_from_none(running: Feed, job: Job) -> None:
    for owner_id, job_id in ((uuid4(), job.id), (job.owner_id, uuid4())):
        with pytest.raises(NotFound):
            await anext(running.follow(owner_id, job_id))


async def test_a_deleted_manuscript_takes_its_live_job_out_of_the_feed(
    running: Feed, store: JobStore, announcer: RedisAnnouncer, job: Job, manuscript: Manuscript
) -> None:
    async with watching(running.watch(job.owner_id)) as frames:
        await told(frames)
        await store.manuscript_delete(job.owner_id, manuscript.id)
        await announcer.announce([job.owner_id])
        async with asyncio.timeout(LIMIT):
            while not (frame := await anext(frames)).removed:
                pass

    assert frame.removed == (job.id,)


async def test_a_reading_older_than_a_job_does_not_take_it_away(
    running: Feed, line: FailingLine, store: JobStore, announcer: RedisAnnouncer, manuscript: Manuscript
) -> None:
    owner_id = manuscript.owner_id
    async with watching(running.watch(owner_id)) as frames:
        await anext(frames)
        release = line.hold_answer("jobs_watched")
        await announcer.announce([owner_id])
        # The hub's reading is on its way; only now the job begins, and is followed.
        await asyncio.wait_for(line.holding.wait(), LIMIT)
        job = await store.start(owner_id, manuscript.id, queue_timeout=LONG, max_attempts=3, max_live=9)
        following = running.follow(owner_id, job.id)
        assert (await anext(following)).status is JobStatus.QUEUED
        calls = line.calls["jobs_watched"]
        release.set()
        await until(_called_again(line, calls), "the hub has told of the old reading, and reads again")
        await store.cancel(owner_id, job.id)
        await announcer.announce([owner_id])
        async with asyncio.timeout(LIMIT):
            rest = [told.status async for told in following]

    assert rest == [JobStatus.CANCELLED]


async def test_a_watcher_hears_of_a_deadline_from_a_timer_alone(
    running: Feed, store: JobStore, announcer: RedisAnnouncer, manuscript: Manuscript
) -> None:
    async def late() -> float:
        before = sum(bucket.seconds for bucket in await store.lateness())
        async with watching(running.watch(manuscript.owner_id)) as frames:
            await anext(frames)
            job = await store.start(
                manuscript.owner_id, manuscript.id, queue_timeout=timedelta(seconds=0.5), max_attempts=3, max_live=9
            )
            await announcer.announce([job.owner_id])
            last = job
            while last.status is not JobStatus.FAILED:
                [last] = await told(frames)
        assert last.id == job.id
        return sum(bucket.seconds for bucket in await store.lateness()) - before

    await is_under(0.5, late, "a watcher is told")


async def test_a_hub_without_its_database_goes_on_when_it_is_back(
    running: Feed, line: FailingLine, store: JobStore, announcer: RedisAnnouncer, job: Job
) -> None:
    async with watching(running.watch(job.owner_id)) as frames:
        await told(frames)
        line.is_cut = True
        await store.cancel(job.owner_id, job.id)
        calls = line.calls["jobs_watched"]
        await announcer.announce([job.owner_id])
        await until(_called_again(line, calls), "the hub meets the cut line")
        line.is_cut = False

        [last] = await told(frames)

    assert last.status is JobStatus.CANCELLED


async def test_a_subscription_without_a_database_is_refused_and_leaves_nothing_behind(
    running: Feed, line: FailingLine, job: Job
) -> None:
    line.is_cut = True

    with pytest.raises(Unavailable):
        await anext(running.watch(job.owner_id))

    assert running.watchers == 0


async def test_a_closed_subscription_is_forgotten(running: Feed, service: JobService, job: Job) -> None:
    async with watching(running.watch(job.owner_id)) as frames:
        await anext(frames)
        assert running.watchers == 1

    assert running.watchers == 0


def _called_again(line: FailingLine, before: int) -> Callable[[], Awaitable[bool]]:
    async def called() -> bool:
        return line.calls["jobs_watched"] > before

    return called
