"""The push hub: the newest version of each job, once, to everybody who watches it."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from jobs.database.store import JobStore
from jobs.errors import Held, NotFound, Unavailable
from jobs.feed import _FIRST_AT_ONCE, Feed, _tick_after
from jobs.models import Job, Manuscript
from jobs.redis.announcer import RedisAnnouncer
from jobs.redis.doorbell import ArqRedis
from jobs.redis.line import CircuitBreaker
from jobs.service import JobService
from jobs.settings import Settings
from jobs.states import FailureCode, JobStatus
from jobs.watcher import Frame, Watcher
from tests.claiming import claim
from tests.conftest import AddManuscript
from tests.faults.waiting import is_under, until
from tests.jobs.conftest import holding
from tests.jobs.lines import FailingLine

LIMIT = 20.0
LONG = timedelta(minutes=1)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A resync and a tick that never come, so that they hide no lost announcement."""
    return replace(settings, resync_interval=timedelta(hours=1), tick_interval=timedelta(hours=1))


@pytest.fixture
async def ticking(line: FailingLine, service: JobService, redis: ArqRedis, settings: Settings) -> AsyncIterator[Feed]:
    """A hub at work whose resync and tick come soon."""
    soon = replace(settings, resync_interval=timedelta(seconds=0.1), tick_interval=timedelta(seconds=0.3))
    feed = Feed(store=JobStore(line), service=service, redis=redis, settings=soon)
    async with at_work(feed):
        yield feed


@pytest.fixture
async def announcer(redis: ArqRedis) -> RedisAnnouncer:
    """What other processes announce with."""
    return RedisAnnouncer(redis, CircuitBreaker())


@pytest.fixture
async def running(feed: Feed) -> AsyncIterator[Feed]:
    """The hub at work, with its line to Redis."""
    async with at_work(feed):
        yield feed


@asynccontextmanager
async def at_work(feed: Feed) -> AsyncIterator[None]:
    """The hub listens and tells for the block."""
    task = asyncio.create_task(feed.run())

    async def hears() -> bool:
        return feed.push_health().last_seen_at is not None

    try:
        await until(hears, "the hub listens")
        yield
    finally:
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
    release = line.hold_answer("jobs_changed")
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
    release = line.hold_answer("jobs_changed")
    async with watching(running.watch(job.owner_id)) as frames:
        first = asyncio.create_task(told(frames))
        await asyncio.wait_for(line.holding.wait(), LIMIT)
        # The snapshot is read and on its way; only now the job changes, and the hub reads that before it arrives.
        await store.cancel(job.owner_id, job.id)
        calls = line.calls["jobs_changed"]
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
    release = line.hold_answer("jobs_changed")
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
        held = await claim(store, job.id, uuid4(), lease=timedelta(minutes=1), run_timeout=timedelta(minutes=1))
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


async def test_silence_is_broken_by_an_empty_frame_each_tick(ticking: Feed, job: Job) -> None:
    async with watching(ticking.watch(job.owner_id)) as frames:
        first = await anext(frames)
        async with asyncio.timeout(LIMIT):
            ticks = [await anext(frames) for _ in range(2)]

    assert [tick.jobs for tick in ticks] == [(), ()]
    assert first.as_of < ticks[0].as_of < ticks[1].as_of


async def test_no_tick_comes_while_the_jobs_cannot_be_read(
    ticking: Feed, line: FailingLine, store: JobStore, job: Job
) -> None:
    function = "jobs_changed"
    async with watching(ticking.watch(job.owner_id)) as frames:
        await anext(frames)
        line.refused.add(function)
        calls = line.calls[function]
        tick = asyncio.create_task(anext(frames))
        # Each failed reading is followed by a pause longer than a tick.
        for tries in (1, 2, 3):
            await until(_called_again(line, calls + tries, function), "the hub tries to read")
        # A tick that had begun before the first failure rests on the reading before it.
        if tick.done():
            tick = asyncio.create_task(anext(frames))
            await until(_called_again(line, line.calls[function] + 1, function), "the hub tries to read")
        assert not tick.done()
        mended_at = await store.clock()
        line.refused.clear()

        frame = await asyncio.wait_for(tick, LIMIT)

    assert (frame.jobs, frame.as_of > mended_at) == ((), True)


@pytest.mark.parametrize(("promised", "begun"), [(0.3, 0.24), (15, 12), (60, 57)])
def test_a_tick_is_begun_before_it_is_due(promised: float, begun: float) -> None:
    assert _tick_after(timedelta(seconds=promised)) == pytest.approx(begun)


async def test_an_author_hears_nothing_of_anothers_jobs(
    ticking: Feed, store: JobStore, announcer: RedisAnnouncer, job: Job
) -> None:
    async with watching(ticking.watch(uuid4())) as frames:
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
        release = line.hold_answer("jobs_changed")
        await announcer.announce([owner_id])
        # The hub's reading is on its way; only now the job begins, and is followed.
        await asyncio.wait_for(line.holding.wait(), LIMIT)
        job = await store.start(owner_id, manuscript.id, queue_timeout=LONG, max_attempts=3, max_live=9)
        following = running.follow(owner_id, job.id)
        assert (await anext(following)).status is JobStatus.QUEUED
        calls = line.calls["jobs_changed"]
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


async def test_who_comes_to_a_job_that_waits_hears_of_its_deadline_without_any_announcement(
    running: Feed, store: JobStore, manuscript: Manuscript
) -> None:
    job = await store.start(
        manuscript.owner_id, manuscript.id, queue_timeout=timedelta(seconds=1), max_attempts=3, max_live=9
    )
    async with watching(running.watch(job.owner_id)) as frames:
        last = job
        while last.status is not JobStatus.FAILED:
            [last] = await told(frames)

    assert last.id == job.id


async def test_who_comes_while_a_first_reading_is_on_its_way_shares_the_next_one(
    feed: Feed, line: FailingLine, job: Job
) -> None:
    release = line.hold_answer("jobs_changed")
    async with AsyncExitStack() as held:
        frames = [await held.enter_async_context(watching(feed.watch(job.owner_id))) for _ in range(9)]
        first = asyncio.create_task(told(frames[0]))
        await asyncio.wait_for(line.holding.wait(), LIMIT)
        others = [asyncio.create_task(told(each)) for each in frames[1:]]

        async def all_wait() -> bool:
            return len(feed._newcomers) == len(others)

        await until(all_wait, "the others wait")
        release.set()
        seen = await asyncio.wait_for(asyncio.gather(first, *others), LIMIT)

    assert [[told.id for told in jobs] for jobs in seen] == [[job.id]] * 9
    assert line.calls["jobs_changed"] == 2


async def test_of_a_crowd_that_comes_at_once_some_are_told_before_all_are_read(
    feed: Feed, line: FailingLine, job: Job
) -> None:
    async with AsyncExitStack() as held:
        crowd = [await held.enter_async_context(watching(feed.watch(job.owner_id))) for _ in range(_FIRST_AT_ONCE + 3)]
        release_first = line.hold_answer("jobs_changed")
        first = asyncio.create_task(told(crowd[0]))
        await asyncio.wait_for(line.holding.wait(), LIMIT)
        firsts = [asyncio.create_task(told(each)) for each in crowd[1:]]

        async def all_wait() -> bool:
            return len(feed._newcomers) == len(firsts)

        await until(all_wait, "the crowd waits")
        line.holding.clear()
        release_most = line.hold_answer("jobs_changed")
        release_first.set()
        await first
        await asyncio.wait_for(line.holding.wait(), LIMIT)
        line.holding.clear()
        release_rest = line.hold_answer("jobs_changed")
        release_most.set()
        await asyncio.wait_for(asyncio.gather(*firsts[:_FIRST_AT_ONCE]), LIMIT)
        assert not any(rest.done() for rest in firsts[_FIRST_AT_ONCE:])
        release_rest.set()
        rest = await asyncio.wait_for(asyncio.gather(*firsts[_FIRST_AT_ONCE:]), LIMIT)

    assert [[told.id for told in jobs] for jobs in rest] == [[job.id]] * 2


async def test_a_job_that_is_told_late_is_told_as_of_its_frame(ticking: Feed, job: Job) -> None:
    async with watching(ticking.watch(job.owner_id)) as frames:
        await anext(frames)
        [watcher] = ticking._watchers[job.owner_id]
        # Nobody says that the frame arrived: its job waits to be told, and no reading brings it again.
        as_of = watcher.as_of

        async def was_read() -> bool:
            return watcher.as_of > as_of

        await until(was_read, "the hub has read again")
        frame = watcher.frame()

    assert [told.as_of for told in frame.jobs] == [frame.as_of]


async def test_a_frame_holds_the_manuscripts_of_its_reading_and_of_no_older_one(
    ticking: Feed, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A busy machine is not a database that hangs.
    monkeypatch.setattr("jobs.feed._BESIDE_SECONDS", 30.0)
    async with watching(ticking.watch(job.owner_id)) as frames:
        first = await anext(frames)
        [watcher] = ticking._watchers[job.owner_id]

        async def is_old() -> bool:
            return not watcher.frame().manuscripts

        # By a reading that knew the job: one that had begun before brings it again.
        await until(is_old, "a reading brings nothing new")
        later = watcher.frame()

    assert {id: each.title for id, each in first.manuscripts.items()} == {job.manuscript_id: "The Rain"}
    assert [told.id for told in later.jobs] == [job.id]
    assert later.as_of > first.as_of


async def test_jobs_are_told_though_their_manuscripts_cannot_be_read(
    running: Feed, line: FailingLine, job: Job
) -> None:
    line.refused.add("manuscripts_of_owners")
    async with watching(running.watch(job.owner_id)) as frames:
        frame = await anext(frames)

    assert [told.id for told in frame.jobs] == [job.id]
    assert frame.manuscripts == {}


async def test_a_hub_without_its_database_goes_on_when_it_is_back(
    running: Feed, line: FailingLine, store: JobStore, announcer: RedisAnnouncer, job: Job
) -> None:
    async with watching(running.watch(job.owner_id)) as frames:
        await told(frames)
        line.is_cut = True
        await store.cancel(job.owner_id, job.id)
        calls = line.calls["jobs_changed"]
        await announcer.announce([job.owner_id])
        await until(_called_again(line, calls), "the hub meets the cut line")
        line.is_cut = False

        [last] = await told(frames)

    assert last.status is JobStatus.CANCELLED


async def test_what_was_announced_while_the_line_to_redis_was_cut_is_told_when_it_is_whole(
    running: Feed, line: FailingLine, store: JobStore, redis: ArqRedis, job: Job
) -> None:
    async with watching(running.watch(job.owner_id)) as frames:
        await told(frames)
        # Nobody announces it: the new line alone says that something may have been missed. No resync comes.
        await store.cancel(job.owner_id, job.id)
        await redis.client_kill_filter(_type="pubsub")

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


class Reader:
    """Whoever frames are sent to, over a line that may be bad."""

    def __init__(self) -> None:
        self.hears = True

    def arrived(self) -> bool:
        """See Feed.watch."""
        return self.hears


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Reader:
    """A reader whom what failed is sent again at once."""
    monkeypatch.setattr("jobs.feed._AGAIN_SECONDS", 0.01)
    return Reader()


async def test_a_job_is_told_again_until_it_has_arrived_and_then_no_more(
    ticking: Feed, reader: Reader, job: Job
) -> None:
    async with watching(ticking.watch(job.owner_id, arrived=reader.arrived)) as frames:
        reader.hears = False
        failed = [await asyncio.wait_for(anext(frames), LIMIT) for _ in range(3)]
        reader.hears = True
        tick = await asyncio.wait_for(anext(frames), LIMIT)

    assert [[job.id for job in frame.jobs] for frame in failed] == [[job.id]] * 3
    assert tick.jobs == ()


async def test_what_changed_since_a_frame_failed_is_told_in_its_place(
    running: Feed, reader: Reader, store: JobStore, announcer: RedisAnnouncer, job: Job
) -> None:
    async with watching(running.watch(job.owner_id, arrived=reader.arrived)) as frames:
        await told(frames)
        [watcher] = running._watchers[job.owner_id]
        await claim(store, job.id, uuid4(), lease=LONG, run_timeout=LONG)
        await announcer.announce([job.owner_id])
        [lost] = await told(frames)
        await store.cancel(job.owner_id, job.id)
        await announcer.announce([job.owner_id])
        await until(_waits_to_tell(watcher, JobStatus.CANCELLED), "the hub has read the end")
        reader.hears = False
        [last] = await told(frames)
        reader.hears = True
        rest = asyncio.create_task(anext(frames))
        await until(_has_told(watcher, JobStatus.CANCELLED), "the end has arrived")
        rest.cancel()
        await asyncio.gather(rest, return_exceptions=True)

    assert (lost.status, last.status) == (JobStatus.RUNNING_INITIALIZING, JobStatus.CANCELLED)
    assert watcher.pending == {}


async def test_a_change_while_its_frame_is_on_its_way_is_not_taken_for_told(
    running: Feed, reader: Reader, store: JobStore, announcer: RedisAnnouncer, job: Job
) -> None:
    async with watching(running.watch(job.owner_id, arrived=reader.arrived)) as frames:
        await told(frames)
        [watcher] = running._watchers[job.owner_id]
        await store.cancel(job.owner_id, job.id)
        await announcer.announce([job.owner_id])
        await until(_waits_to_tell(watcher, JobStatus.CANCELLED), "the hub reads the change")

        [last] = await told(frames)

    assert last.status is JobStatus.CANCELLED


async def test_a_job_that_went_while_its_frames_failed_is_named_as_gone_until_that_arrives(
    running: Feed, reader: Reader, store: JobStore, announcer: RedisAnnouncer, job: Job, manuscript: Manuscript
) -> None:
    async with watching(running.watch(job.owner_id, arrived=reader.arrived)) as frames:
        await told(frames)
        reader.hears = False
        [watcher] = running._watchers[job.owner_id]
        await store.manuscript_delete(job.owner_id, manuscript.id)
        await announcer.announce([job.owner_id])

        async def is_gone() -> bool:
            return bool(watcher.removed)

        await until(is_gone, "the hub notices")
        failed = [await asyncio.wait_for(anext(frames), LIMIT) for _ in range(2)]
        reader.hears = True
        waiting = asyncio.create_task(anext(frames))

        async def is_told() -> bool:
            return not watcher.removed

        await until(is_told, "that has arrived")
        assert not waiting.done()
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)

    assert [frame.removed for frame in failed] == [(job.id,)] * 2
    assert [each.status for frame in failed for each in frame.jobs] == [JobStatus.CANCELLED] * 2


async def test_following_ends_only_when_the_end_has_arrived(
    running: Feed, reader: Reader, store: JobStore, announcer: RedisAnnouncer, job: Job
) -> None:
    following = running.follow(job.owner_id, job.id, arrived=reader.arrived)
    await anext(following)
    await store.cancel(job.owner_id, job.id)
    await announcer.announce([job.owner_id])
    async with asyncio.timeout(LIMIT):
        told = [await anext(following)]
        reader.hears = False
        told += [await anext(following) for _ in range(2)]
        reader.hears = True
        rest = [late async for late in following]

    assert [late.status for late in told] == [JobStatus.CANCELLED] * 3
    assert rest == []


async def test_what_never_arrives_is_tried_ever_less_often_up_to_a_resync(feed: Feed) -> None:
    pauses = [feed._pause(failures) for failures in (1, 2, 3, 100)]

    assert pauses == [0.5, 1, 2, 512]
    assert feed._settings.resync_interval.total_seconds() > 512


def _waits_to_tell(watcher: Watcher, status: JobStatus) -> Callable[[], Awaitable[bool]]:
    async def waits() -> bool:
        return any(job.status is status for job in watcher.pending.values())

    return waits


def _has_told(watcher: Watcher, status: JobStatus) -> Callable[[], Awaitable[bool]]:
    async def has() -> bool:
        return any(job.status is status for job in watcher.told.values())

    return has


def _answered(line: FailingLine, times: int) -> Callable[[], Awaitable[bool]]:
    async def answered() -> bool:
        return line.answers["jobs_changed"] >= times

    return answered


def _called_again(line: FailingLine, before: int, function: str = "jobs_changed") -> Callable[[], Awaitable[bool]]:
    async def called() -> bool:
        return line.calls[function] > before

    return called


async def test_a_row_that_a_stranger_holds_silences_its_own_author_and_nobody_else(
    ticking: Feed, store: JobStore, add_manuscript: AddManuscript, database_url: str
) -> None:
    held, other = [await _short(store, await add_manuscript(owner_id=uuid4())) for _ in range(2)]
    heard: list[Frame] = []

    async def hear() -> None:
        async for frame in ticking.watch(held.owner_id):
            heard.append(frame)  # noqa: PERF401 - read while it grows

    async def hears_the_end() -> bool:
        return heard[-1].jobs != () and heard[-1].jobs[0].status is JobStatus.FAILED

    async with holding(database_url, held.id), watching(ticking.watch(other.owner_id)) as others:
        hearing = asyncio.create_task(hear())
        while not (last := await told(others))[0].status.is_terminal:
            pass
        # Each tells of a reading of all who watch.
        for _ in range(3):
            await asyncio.wait_for(anext(others), LIMIT)
        assert heard
        assert held.deadline_at
        assert all(frame.as_of < held.deadline_at for frame in heard), "told of a time when her job was not known"
    await until(hears_the_end, "the author hears once the row is free")

    hearing.cancel()
    assert last[0].failure_code is FailureCode.QUEUE_TIMEOUT


async def test_whoever_joins_while_a_row_of_hers_is_held_is_told_so_and_others_are_not(
    running: Feed, store: JobStore, add_manuscript: AddManuscript, database_url: str
) -> None:
    held, other = [
        await store.start(each.owner_id, each.id, queue_timeout=timedelta(0), max_attempts=3, max_live=100)
        for each in [await add_manuscript(owner_id=uuid4()) for _ in range(2)]
    ]
    async with (
        holding(database_url, held.id),
        watching(running.watch(held.owner_id)) as frames,
        watching(running.watch(other.owner_id)) as others,
    ):
        joined = asyncio.create_task(anext(frames))
        [told_other] = await told(others)
        with pytest.raises(Held):
            await asyncio.wait_for(joined, LIMIT)

    assert told_other.status is JobStatus.FAILED


async def _short(store: JobStore, manuscript: Manuscript) -> Job:
    """A job that falls due soon."""
    return await store.start(
        manuscript.owner_id, manuscript.id, queue_timeout=timedelta(seconds=1), max_attempts=3, max_live=100
    )
