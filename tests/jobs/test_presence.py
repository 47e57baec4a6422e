"""Who lives: a full worker is not absent, a stopped one is no alarm, and a deployment without a part says so."""

import asyncio
import gc
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest

from jobs.database.store import JobStore
from jobs.errors import Unavailable
from jobs.presence import Presence, ProcessBeat
from jobs.settings import Settings
from jobs.states import ComponentState
from tests.faults.waiting import until
from tests.jobs.lines import FailingLine


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Late after three heartbeats, 15 s; absent after a lease, 30 s: the rows are moved, not waited for."""
    return replace(settings, heartbeat=timedelta(seconds=5), lease=timedelta(seconds=30))


async def _silent_for(connection: "asyncpg.Connection[asyncpg.Record]", seconds: float) -> None:
    await connection.execute(
        "update public.processes set last_seen_at = clock_timestamp() - make_interval(secs => $1)", seconds
    )


async def test_a_deployment_in_which_nothing_ever_ran_says_never_seen(presence: Presence) -> None:
    health = await presence.health()

    assert {health.workers.state, health.sweeper.state} == {ComponentState.NEVER_SEEN}
    assert health.message is not None
    assert health.message.startswith("Nothing is there")


@pytest.mark.parametrize(
    ("silent", "state", "live"),
    [(1, ComponentState.HEALTHY, 1), (20, ComponentState.LATE, 1), (40, ComponentState.ABSENT, 0)],
)
async def test_a_process_is_healthy_then_late_then_absent(
    presence: Presence,
    store: JobStore,
    connection: "asyncpg.Connection[asyncpg.Record]",
    silent: float,
    state: ComponentState,
    live: int,
) -> None:
    for kind in ("worker", "scheduler"):
        await ProcessBeat(store, kind, capacity=2).beat()
    await _silent_for(connection, silent)

    health = await presence.health()

    assert (health.workers.state, health.sweeper.state) == (state, state)
    assert (health.workers.live, health.capacity) == (live, 2 * live)


async def test_a_full_worker_is_not_absent(presence: Presence, store: JobStore) -> None:
    await ProcessBeat(store, "scheduler").beat()
    await ProcessBeat(store, "worker", capacity=2).beat(busy=2)

    health = await presence.health()

    assert health.workers.state is ComponentState.HEALTHY
    assert (health.busy, health.capacity) == (2, 2)
    assert health.message is None


async def test_a_replica_that_was_stopped_in_good_order_is_no_alarm(presence: Presence, store: JobStore) -> None:
    stays, leaves = ProcessBeat(store, "worker", capacity=2), ProcessBeat(store, "worker", capacity=2)
    await ProcessBeat(store, "scheduler").beat()
    await stays.beat()
    await leaves.beat(busy=2)
    await leaves.stop()

    health = await presence.health()

    assert health.workers.state is ComponentState.HEALTHY
    assert (health.workers.live, health.busy) == (1, 0)
    assert health.message is None


async def test_the_last_replica_stopped_is_absent_at_once(presence: Presence, store: JobStore) -> None:
    last = ProcessBeat(store, "worker", capacity=2)
    await last.beat()
    await last.stop()

    assert (await presence.health()).workers.state is ComponentState.ABSENT


async def test_a_missing_scheduler_is_told_to_the_author(presence: Presence, store: JobStore) -> None:
    await ProcessBeat(store, "worker", capacity=1).beat()

    message = (await presence.health()).message

    assert message is not None
    assert "scheduler" in message


async def test_each_start_of_a_process_has_an_id_of_its_own(store: JobStore) -> None:
    assert ProcessBeat(store, "worker").id != ProcessBeat(store, "worker").id


async def test_a_heart_is_silent_until_the_database_takes_a_beat(line: FailingLine) -> None:
    heart = ProcessBeat(JobStore(line), "worker")
    line.is_cut = True
    with pytest.raises(Unavailable):
        await heart.beat()
    assert heart.silent_for() == float("inf")
    line.is_cut = False

    await heart.beat()

    assert heart.silent_for() < 5


async def test_a_process_whose_database_is_gone_ends_without_an_error(line: FailingLine) -> None:
    heart = ProcessBeat(JobStore(line), "worker")
    await heart.beat()
    line.is_cut = True

    await heart.stop()


async def test_many_who_ask_at_once_share_one_reading(presence: Presence, line: FailingLine) -> None:
    answers = await asyncio.gather(*(presence.health() for _ in range(50)))

    assert line.calls["processes_health"] == 1
    assert len({answer.as_of for answer in answers}) == 1


async def test_a_reading_that_failed_is_not_shared_with_the_next_who_asks(
    presence: Presence, line: FailingLine
) -> None:
    line.is_cut = True
    with pytest.raises(Unavailable):
        await presence.health()
    line.is_cut = False

    assert (await presence.health()).workers.state is ComponentState.NEVER_SEEN


async def test_a_database_that_hangs_is_said_to_and_asked_once(
    presence: Presence, line: FailingLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = line.hold_answer("processes_health")

    with monkeypatch.context() as impatient:
        impatient.setattr("jobs.presence._PATIENCE_SECONDS", 0.1)
        for _ in range(2):
            with pytest.raises(Unavailable, match="could not be read"):
                await presence.health()

    assert line.calls["processes_health"] == 1
    release.set()
    assert (await presence.health()).workers.state is ComponentState.NEVER_SEEN


async def test_what_stands_beside_a_job_is_the_last_known_while_the_database_hangs(
    presence: Presence, line: FailingLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence._read, "fresh_for", 0)
    known = await presence.latest()
    release = line.hold_answer("processes_health")

    assert await presence.latest() == known
    release.set()
    assert (await presence.latest()).as_of > known.as_of
    line.is_cut = True
    assert (await presence.latest()).as_of > known.as_of


async def test_before_anything_was_read_nothing_is_made_up(presence: Presence, line: FailingLine) -> None:
    line.is_cut = True

    with pytest.raises(Unavailable):
        await presence.latest()


async def test_a_reading_that_fails_after_all_have_gone_is_nobodys_error(
    presence: Presence, line: FailingLine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("jobs.presence._PATIENCE_SECONDS", 0.01)
    monkeypatch.setattr(presence._read, "fresh_for", 0)
    release = line.hold_answer("processes_health")
    line.lose_answer("processes_health")
    with pytest.raises(Unavailable):
        await presence.health()
    release.set()

    await until(presence.health, "the next who asks is answered")
    gc.collect()

    assert "never retrieved" not in caplog.text


async def test_processes_long_gone_are_forgotten_but_never_the_last_of_a_kind(
    presence: Presence, store: JobStore, connection: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    for kind in ("worker", "worker", "scheduler"):
        await store.process_beat(uuid4(), kind=kind, version="0", host="here", capacity=1, busy=0)
        await _silent_for(connection, 200_000)

    await store.processes_prune()

    kinds = await connection.fetch("select kind, count(*) from public.processes group by 1 order by 1")
    assert [tuple(row) for row in kinds] == [("scheduler", 1), ("worker", 1)]
    assert (await presence.health()).workers.state is ComponentState.ABSENT
