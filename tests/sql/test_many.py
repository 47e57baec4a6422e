"""Many jobs at once: each id has its own end, by the step that takes one."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

from tests.sql.life import LONG, Connection, Life, Row, call

LIMITS: dict[str, Any] = {"p_queue_timeout": LONG, "p_max_attempts": 3, "p_max_live": 100}


async def of_one_author(connection: Connection, *statuses: str) -> list[Life]:
    """Jobs of one author, of a manuscript each, in these statuses."""
    owner_id = uuid4()
    lives = [await Life.born(connection, owner_id=owner_id) for _ in statuses]
    for life, status in zip(lives, statuses, strict=True):
        await life.reach(status)
    return lives


async def retried(life: Life, ids: list[UUID], **given: Any) -> dict[UUID, Row]:
    limits = {**LIMITS, "p_owner_id": life.owner_id, **given}
    return {row["id"]: row for row in await life.call("jobs_retry", p_job_ids=ids, **limits)}


async def cancelled(life: Life, ids: list[UUID]) -> dict[UUID, Row]:
    rows = await life.call("jobs_cancel", p_owner_id=life.owner_id, p_job_ids=ids)
    return {row["id"]: row for row in rows}


def ends(rows: dict[UUID, Row]) -> list[str | None]:
    return [row["refused_with"] for row in rows.values()]


async def test_each_id_is_retried_or_refused_for_itself(connection: Connection) -> None:
    failed, stopped, running, done = await of_one_author(connection, "failed", "cancelled", "running", "completed")
    foreign = await Life.born(connection)
    await foreign.reach("failed")
    missing = uuid4()
    ids = [failed.job_id, foreign.job_id, stopped.job_id, running.job_id, done.job_id, missing, failed.job_id]

    rows = await retried(failed, ids)

    assert list(rows) == ids[:-1]
    assert ends(rows) == [None, "NF404", None, "NF409", "NF409", "NF404"]
    assert rows[foreign.job_id]["message"] == rows[missing]["message"]
    assert len(await foreign.jobs()) == 1
    for life in (failed, stopped):
        assert {str(job["retry_of"]) for job in await life.jobs()} == {"None", str(life.job_id)}


async def test_of_more_than_the_limit_the_first_are_tried_again(connection: Connection) -> None:
    lives = await of_one_author(connection, "failed", "failed", "failed")

    rows = await retried(lives[0], [life.job_id for life in lives], p_max_live=2)

    assert ends(rows) == [None, None, "NF429"]


async def test_an_operator_tries_the_jobs_of_all_authors(connection: Connection) -> None:
    one, other = await Life.born(connection), await Life.born(connection)
    await one.reach("failed")
    await other.reach("failed")

    rows = await retried(one, [one.job_id, other.job_id], p_owner_id=None)

    assert ends(rows) == [None, None]
    assert len(await one.jobs()) == len(await other.jobs()) == 2


async def test_each_id_is_cancelled_or_refused_for_itself(connection: Connection) -> None:
    queued, running, failed = await of_one_author(connection, "queued", "running", "failed")
    foreign = await Life.born(connection)

    rows = await cancelled(queued, [queued.job_id, running.job_id, failed.job_id, foreign.job_id])

    assert {id: row["refused_with"] for id, row in rows.items()} == {
        queued.job_id: None,
        running.job_id: None,
        failed.job_id: "NF409",
        foreign.job_id: "NF404",
    }
    for life, status in ((queued, "cancelled"), (running, "cancelled"), (foreign, "queued")):
        row = await life.row()
        assert row is not None
        assert row["status"] == status


async def test_two_who_ask_for_the_same_in_opposite_orders_do_not_lock_each_other_out(
    connection: Connection, another_connection: Connection
) -> None:
    lives = await of_one_author(connection, *["failed"] * 20)
    ids, owner_id = [life.job_id for life in lives], lives[0].owner_id

    one, other = await asyncio.gather(
        call(connection, "jobs_retry", p_owner_id=owner_id, p_job_ids=ids, **LIMITS),
        call(another_connection, "jobs_retry", p_owner_id=None, p_job_ids=ids[::-1], **LIMITS),
    )

    assert {row["refused_with"] for row in (*one, *other)} == {None}
    assert all([len(await life.jobs()) == 2 for life in lives])


async def test_what_matches_is_the_newest_of_its_manuscript(connection: Connection) -> None:
    failed, retried_since, stopped, queued = await of_one_author(connection, "failed", "failed", "cancelled", "queued")
    await retried_since.retry()
    owner = {"p_owner_id": failed.owner_id}

    async def matching(**asked: Any) -> list[UUID]:
        return [row["id"] for row in await failed.call("jobs_matching", **owner, **asked)]

    assert await matching(p_statuses=["failed"]) == [failed.job_id]
    assert await matching(p_statuses=["failed"], p_failure_codes=["RUN_TIMEOUT"]) == []
    assert await matching(p_statuses=["failed", "cancelled"]) == [failed.job_id, stopped.job_id]
    assert queued.job_id in await matching(p_statuses=["queued"])
    since = await connection.fetchval("select finished_at from public.jobs where id = $1", stopped.job_id)
    assert await matching(p_statuses=["failed", "cancelled"], p_since=since) == [stopped.job_id]
