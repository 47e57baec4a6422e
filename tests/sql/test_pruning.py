"""What is kept for how long: histories and old jobs go in batches, never the last that is known."""

from dataclasses import replace

import asyncpg
import pytest

from tests.sql.fixtures import module_fixture
from tests.sql.life import Connection, Life, Row, call
from tests.sql.test_history import history
from tests.sql.writers import WRITERS, refused

DAY = 86_400.0


@module_fixture
async def alone_life(alone: Connection) -> Life:
    """A queued job in a database of its own, for pruning looks at all jobs."""
    return await Life.born(alone)


async def ended(life: Life, *, days_ago: float, status: str = "completed") -> Life:
    """Brings the job to its end, so many days ago; the next job of its manuscript is started by `again`."""
    await life.reach(status)
    # As a restored backup is written: a clock cannot be turned back by any step.
    await life.connection.execute("set session_replication_role = replica")
    await life.connection.execute(
        "update public.jobs set finished_at = finished_at - make_interval(secs => $2) where id = $1",
        life.job_id,
        days_ago * DAY,
    )
    await life.connection.execute("reset session_replication_role")
    return life


async def again(life: Life) -> Life:
    """Another analysis of the same manuscript."""
    [job] = await life.start()
    return replace(life, job_id=job["id"], attempt=0)


async def prune_events(connection: Connection, *, days: float, limit: int = 100) -> Row:
    [row] = await call(connection, "events_prune", p_keep=days * DAY, p_limit=limit)
    return row


async def prune_jobs(connection: Connection, *, days: float, reports: int = 1, limit: int = 100) -> Row:
    [row] = await call(connection, "jobs_prune", p_keep=days * DAY, p_keep_reports=reports, p_limit=limit)
    return row


async def test_of_an_old_history_the_last_event_stays_and_a_younger_one_stays_whole(
    alone: Connection, alone_life: Life
) -> None:
    old = await ended(alone_life, days_ago=100)
    young = await ended(await again(old), days_ago=80)
    [*_, last], whole = await old.events(), await young.events()

    pruned = await prune_events(alone, days=90)

    assert await old.events() == [last]
    assert await young.events() == whole
    assert pruned["is_done"]


async def test_a_live_job_keeps_its_history_however_old_it_is(alone: Connection, alone_life: Life) -> None:
    await alone_life.reach("running")
    before = await history(alone_life)

    assert dict(await prune_events(alone, days=0)) == {"taken": 0, "is_done": True}
    assert await history(alone_life) == before


async def test_a_history_longer_than_a_batch_is_taken_in_several(alone: Connection, alone_life: Life) -> None:
    await alone_life.reach("running")
    for _ in range(24):
        await alone_life.call(
            "job_note_refused",
            p_job_id=alone_life.job_id,
            p_worker_id=alone_life.worker_id,
            p_attempt=0,
            p_message="Late.",
        )
    await ended(alone_life, days_ago=1, status="cancelled")
    length = len(await alone_life.events())

    batches = [await prune_events(alone, days=0, limit=1)]
    while not batches[-1]["is_done"]:
        batches.append(await prune_events(alone, days=0, limit=1))

    assert max(batch["taken"] for batch in batches) == 10
    assert sum(batch["taken"] for batch in batches) == length - 1
    assert len(await alone_life.events()) == 1


async def test_a_job_goes_when_a_newer_one_of_its_manuscript_is_old(alone: Connection, alone_life: Life) -> None:
    first = await ended(alone_life, days_ago=900)
    second = await ended(await again(first), days_ago=400)
    third = await ended(await again(second), days_ago=10)

    await prune_jobs(alone, days=365)

    assert [await life.row() is not None for life in (first, second, third)] == [False, True, True]
    assert await first.reports() == 0


async def test_the_only_job_of_a_manuscript_stays_for_ever(alone: Connection, alone_life: Life) -> None:
    only = await ended(alone_life, days_ago=4000)

    assert dict(await prune_jobs(alone, days=1)) == {"taken": 0, "is_done": True}
    assert await only.reports() == 1


async def test_the_newest_reports_stay_however_old_they_are(alone: Connection, alone_life: Life) -> None:
    lives = [await ended(alone_life, days_ago=1000)]
    for age in (990, 980, 970, 960):
        lives.append(await ended(await again(lives[-1]), days_ago=age))
    lives.append(await ended(await again(lives[-1]), days_ago=950, status="cancelled"))

    await prune_jobs(alone, days=365, reports=2)

    assert [await life.row() is not None for life in lives] == [False, False, False, True, True, True]


@pytest.mark.parametrize("limit", [1, 2, 100])
async def test_batches_of_any_size_take_the_same(alone: Connection, alone_life: Life, limit: int) -> None:
    lives = [await ended(alone_life, days_ago=1000, status="cancelled")]
    for age in (990, 980, 970):
        lives.append(await ended(await again(lives[-1]), days_ago=age, status="cancelled"))
    taken, is_done = 0, False

    while not is_done:
        batch = await prune_jobs(alone, days=365, limit=limit)
        taken, is_done = taken + batch["taken"], batch["is_done"]

    assert taken == 3
    assert await lives[-1].row() is not None


async def test_a_retry_outlives_the_job_that_it_names(alone: Connection, alone_life: Life) -> None:
    first = await ended(alone_life, days_ago=900, status="cancelled")
    [job] = await first.retry()
    retry = await ended(replace(first, job_id=job["id"], attempt=0), days_ago=400, status="cancelled")

    await prune_jobs(alone, days=365)

    assert await first.row() is None
    [row] = await retry.call("jobs_get", p_owner_id=retry.owner_id, p_job_ids=[retry.job_id])
    assert row["retry_of"] == first.job_id


async def test_two_prune_at_once_and_one_of_them_does_nothing(
    alone: Connection, alone_life: Life, alone_url: str
) -> None:
    await ended(alone_life, days_ago=100)
    other = await asyncpg.connect(alone_url)
    try:
        async with alone.transaction():
            assert (await prune_events(alone, days=1))["taken"] > 0
            assert dict(await prune_events(other, days=1)) == {"taken": 0, "is_done": True}
    finally:
        await other.close()


async def test_what_was_looked_at_is_not_looked_at_again(alone: Connection, alone_life: Life) -> None:
    await ended(alone_life, days_ago=100)
    await prune_events(alone, days=1)

    plan = await alone.fetch("select job_id from public.pruned where what = 'events'")

    assert [row["job_id"] for row in plan] == [alone_life.job_id]


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("status", ["running", "completed"])
async def test_the_word_of_the_pruning_does_not_take_the_last_that_is_known(
    connection: Connection, status: str, writer: str
) -> None:
    life = await Life.born(connection)
    await life.reach(status)
    before = await history(life)
    for sql in (
        "delete from public.jobs where id = $1",
        "delete from public.job_events where id = (select max(id) from public.job_events where job_id = $1)",
    ):
        async with connection.transaction():
            await connection.execute("set local novelfoundry.is_pruning = 'yes'")
            assert await refused(life, writer, sql) == "NF409"

    assert await history(life) == before


async def test_no_other_statement_prunes_after_a_batch_in_the_same_transaction(
    alone: Connection, alone_life: Life
) -> None:
    old = await ended(alone_life, days_ago=100)
    newer = await ended(await again(old), days_ago=90)
    async with alone.transaction():
        await prune_jobs(alone, days=95)
        await prune_events(alone, days=95)

        assert await refused(old, "service_role", "delete from public.jobs where id = $1") == "NF409"

    assert await newer.row() is not None
