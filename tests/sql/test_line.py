"""The line: one order, by which jobs are taken and by which an author is told her place."""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from tests.sql.life import LONG, Connection, Life, Row, Session, call

WAIT = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """A queued job as the model of the line knows it: whose it is, and how old it is, the smaller the older."""

    id: UUID
    author: int
    age: int


def in_order(waiting: list[Waits], running: Counter[int]) -> list[UUID]:
    """The rule of the line, taken word for word: one after the other, each of the author who has the fewest running."""
    line, running = list(waiting), Counter(running)
    order = []
    while line:
        taken = min(line, key=lambda job: (running[job.author], job.age))
        line.remove(taken)
        running[taken.author] += 1
        order.append(taken.id)
    return order


async def fill(connection: Connection, authors: int, jobs: int, chance: random.Random) -> list[UUID]:
    """So many jobs of so many authors, some of them running; the queued ones in the order that the rule gives them."""
    waiting, running, rows = [], Counter[int](), []
    for age in range(jobs):
        # Few have most of the jobs.
        author = min(chance.randrange(authors), chance.randrange(authors))
        job = Waits(id=UUID(int=chance.getrandbits(128)), author=author, age=age)
        is_running = chance.random() < 0.15
        rows.append((job.id, UUID(int=author + 1), age, is_running))
        running[author] += is_running
        waiting += [] if is_running else [job]
    async with connection.transaction():
        await connection.execute("set local session_replication_role = replica")
        await connection.executemany(
            "insert into public.manuscripts (id, owner_id, title) values ($1, $2, 'T')", [row[:2] for row in rows]
        )
        await connection.executemany(
            """insert into public.jobs (id, owner_id, manuscript_id, status, queued_at, deadline_at,
                 worker_id, started_at, run_ends_at, attempt)
               select $1, $2, $1, case when $4 then 'running' else 'queued' end,
                 now() + $3 * interval '1 millisecond', now() + interval '1 hour',
                 case when $4 then gen_random_uuid() end, case when $4 then now() end,
                 case when $4 then now() + interval '1 hour' end, $4::integer""",
            rows,
        )
    return in_order(waiting, running)


async def claim_next(connection: Session, limit: int = 1, **given: Any) -> list[Row]:
    arguments = {"p_worker_id": uuid4(), "p_lease": LONG, "p_run_timeout": LONG, "p_queue_timeout": LONG} | given
    return await call(connection, "job_claim_next", p_limit=limit, **arguments)


async def places(connection: Session, ids: list[UUID]) -> dict[UUID, int]:
    return {row["id"]: row["position"] for row in await call(connection, "jobs_in_line", p_job_ids=ids)}


@pytest.mark.parametrize("authors", [1, 4, 40, 130, 700])
async def test_the_line_goes_by_who_has_the_fewest_running_and_then_by_age(alone: Connection, authors: int) -> None:
    order = await fill(alone, authors, 900, random.Random(authors))

    for limit in (1, 2, 13, 200, 5000):
        rows = await call(alone, "jobs_next", p_limit=limit)
        assert [row["id"] for row in rows] == order[:limit], f"the first {limit}"
        assert [row["position"] for row in rows] == list(range(1, len(rows) + 1))


async def test_the_place_told_is_the_place_taken(alone: Connection) -> None:
    order = await fill(alone, 12, 60, random.Random(1))
    told = await places(alone, order)

    taken = [row["id"] for limit in (1, 3, 1, 7, 2, 100) for row in await claim_next(alone, limit)]

    assert taken == order == sorted(told, key=lambda job_id: told[job_id])
    assert await claim_next(alone, 5) == []


async def test_who_is_further_on_than_is_counted_is_told_so(alone: Connection) -> None:
    order = await fill(alone, 3, 1300, random.Random(2))

    told = await places(alone, order)

    assert [told[job_id] for job_id in order[:1000]] == list(range(1, 1001))
    assert {told[job_id] for job_id in order[1000:]} == {1001}


async def test_nobodys_first_job_waits_for_more_than_one_round_whatever_others_have_queued(alone: Connection) -> None:
    greedy = uuid4()
    for _ in range(40):
        await Life.born(alone, owner_id=greedy, role=None)
    others = {(await Life.born(alone, role=None)).job_id for _ in range(5)}

    # A round of six places: one for each author who waits.
    round_ = await claim_next(alone, 6)

    assert {row["id"] for row in round_} > others
    assert sum(row["owner_id"] == greedy for row in round_) == 1


@pytest.mark.parametrize("how", ["given back", "lost"])
async def test_a_job_given_back_or_lost_keeps_its_place(alone: Connection, how: str, owner_id: UUID) -> None:
    first, second = [await Life.born(alone, owner_id=owner_id, role=None) for _ in range(2)]
    await first.claim()
    if how == "given back":
        await first.release()
    else:
        await first.expire()
        await first.settle()

    assert await places(alone, [second.job_id, first.job_id]) == {first.job_id: 1, second.job_id: 2}
    assert [row["id"] for row in await claim_next(alone)] == [first.job_id]


async def test_two_who_claim_at_once_take_what_one_after_the_other_would(alone: Connection, alone_url: str) -> None:
    order = await fill(alone, 5, 60, random.Random(3))
    other = await asyncpg.connect(alone_url)

    async with other.transaction():
        first = await claim_next(other, 4)
        second = await asyncio.wait_for(claim_next(alone, 4), WAIT)
    await other.close()

    assert [row["id"] for row in [*first, *second]] == order[:8]


async def test_a_claim_waits_for_no_row_that_somebody_holds(alone: Connection, alone_url: str) -> None:
    order = await fill(alone, 30, 60, random.Random(4))
    stranger = await asyncpg.connect(alone_url)

    async with stranger.transaction():
        # More than a claim looks at first.
        await stranger.execute("select from public.jobs where id = any ($1) for update", order[:20])
        [claimed] = await asyncio.wait_for(claim_next(alone, 1), WAIT)
    await stranger.close()

    assert claimed["id"] == order[20]


async def test_a_claim_whose_answer_was_lost_is_answered_again_and_takes_no_more_than_there_is_room(
    alone: Connection,
) -> None:
    order = await fill(alone, 5, 30, random.Random(5))
    worker_id = uuid4()
    lost = await claim_next(alone, 2, p_worker_id=worker_id)

    again = await claim_next(alone, 3, p_worker_id=worker_id, p_known=[])
    known = [row["id"] for row in again]
    none = await claim_next(alone, 0, p_worker_id=worker_id, p_known=known)
    full = await claim_next(alone, 0, p_worker_id=worker_id, p_known=known[:1])

    assert [row["id"] for row in lost] == order[:2]
    assert {row["id"] for row in again} == set(order[:3])
    assert {row["attempt"] for row in again} == {1}
    assert none == []
    assert {row["id"] for row in full} == set(known[1:]), "it has no room for them, and gives them back"


async def test_a_job_that_lost_a_worker_is_taken_alone(alone: Connection) -> None:
    lives = [await Life.born(alone, role=None) for _ in range(4)]
    await lives[1].claim()
    await lives[1].expire()
    await lives[1].settle()

    taken = [[row["id"] for row in await claim_next(alone, 10)] for _ in range(3)]

    assert taken == [[lives[0].job_id], [lives[1].job_id], [lives[2].job_id, lives[3].job_id]]


async def test_the_claim_brings_the_files_name(alone: Connection) -> None:
    await Life.born(alone, role=None)

    [row] = await claim_next(alone)

    assert row["filename"] == "rain.txt"


async def test_of_a_line_that_is_held_nothing_is_taken_and_nothing_fails(alone: Connection) -> None:
    life = await Life.born(alone, role=None)
    await call(alone, "line_hold", p_why="A migration.", p_held_by="ann")

    assert await claim_next(alone, 10) == []
    await life.expire()
    await life.settle()
    row = await life.row()
    assert row is not None
    assert (row["status"], row["version"]) == ("queued", 3)

    await call(alone, "line_resume")
    assert [row["id"] for row in await claim_next(alone, 10)] == [life.job_id]


async def test_a_line_is_held_once_and_let_go_once_and_says_by_whom(alone: Connection) -> None:
    with pytest.raises(asyncpg.PostgresError) as never_held:
        await call(alone, "line_resume")
    await call(alone, "line_hold", p_why="A migration.", p_held_by="ann")
    with pytest.raises(asyncpg.PostgresError) as held_already:
        await call(alone, "line_hold", p_why="Another.", p_held_by="ben")
    [line] = await call(alone, "line_get")

    assert {never_held.value.sqlstate, held_already.value.sqlstate} == {"NF409"}
    assert "ann" in str(held_already.value)
    assert "A migration." in str(held_already.value)
    assert (line["held_by"], line["held_why"]) == ("ann", "A migration.")
    await call(alone, "line_resume")
    [line] = await call(alone, "line_get")
    assert (line["held_since"], line["held_by"], line["held_why"]) == (None, None, None)


# Whether the line is served


async def beat(connection: Connection, *, busy: int, capacity: int = 1) -> UUID:
    worker_id = uuid4()
    await call(
        connection, "process_beat", p_process_id=worker_id, p_kind="worker", p_version="0", p_host="here",
        p_capacity=capacity, p_busy=busy,
    )  # fmt: skip
    return worker_id


async def ends(connection: Connection, *, after: timedelta = timedelta(0), **given: Any) -> Row:
    """A job that waited until its deadline, which is past, and was settled by the sweep."""
    life = await Life.born(connection, role=None)
    async with connection.transaction():
        await connection.execute("set local session_replication_role = replica")
        await connection.execute("update public.jobs set queued_at = queued_at - $1::interval", after)
    await life.expire()
    await call(
        connection, "jobs_settle", **{"p_decided_by": "sweeper", "p_queue_timeout": 60.0, "p_job_ids": [life.job_id]}
        | given
    )  # fmt: skip
    row = await life.row()
    assert row is not None
    return row


async def test_where_no_worker_is_a_job_fails_and_the_sentence_says_so(alone: Connection) -> None:
    row = await ends(alone)

    assert row["failure_code"] == "QUEUE_TIMEOUT"
    assert row["failure_message"] == (
        "We could not start your analysis: for 1 minute nothing was there to take it. "
        "Your manuscript is safe; try again in a few minutes."
    )


async def test_a_worker_that_has_room_and_takes_nothing_does_not_serve_and_is_not_said_to_be_missing(
    alone: Connection,
) -> None:
    await beat(alone, busy=1, capacity=2)

    row = await ends(alone)

    assert row["failure_code"] == "QUEUE_TIMEOUT"
    assert "nothing took it up, though the service was running" in row["failure_message"]


async def test_where_all_that_live_are_busy_a_job_waits_on(alone: Connection) -> None:
    await beat(alone, busy=1)

    row = await ends(alone)

    assert (row["status"], row["failure_code"]) == ("queued", None)
    assert row["deadline_at"] > row["queued_at"] + timedelta(seconds=50)


async def test_a_dead_worker_that_was_busy_does_not_serve(alone: Connection) -> None:
    await beat(alone, busy=1)

    row = await ends(alone, p_absent_after=0.0)

    assert row["failure_code"] == "QUEUE_TIMEOUT"


async def test_a_claim_of_late_serves_though_its_worker_is_gone(alone: Connection) -> None:
    worker_id = await beat(alone, busy=0)
    taken = await Life.born(alone, role=None)
    await claim_next(alone, p_worker_id=worker_id)
    await call(alone, "process_stop", p_process_id=worker_id)
    # Not even the job that it took may be needed to know it.
    await taken.delete_manuscript()

    assert (await ends(alone))["status"] == "queued"
    assert (await ends(alone, p_queue_timeout=0.0))["failure_code"] == "QUEUE_TIMEOUT"


async def test_what_is_served_waits_no_longer_than_the_limit_and_that_to_the_second(alone: Connection) -> None:
    await beat(alone, busy=1)

    before = await ends(alone, after=timedelta(minutes=4), p_queue_limit=250.0)
    over = await ends(alone, after=timedelta(minutes=5), p_queue_limit=300.0)

    assert before["status"] == "queued"
    assert before["deadline_at"] - before["queued_at"] <= timedelta(seconds=250)
    assert over["failure_code"] == "QUEUE_LIMIT"
    assert over["failure_message"] == (
        "We could not start your analysis: the line was so long that it waited 5 minutes. "
        "Your manuscript is safe; try again when fewer are waiting."
    )


async def test_what_the_line_was_held_counts_for_no_limit(alone: Connection) -> None:
    await beat(alone, busy=1)
    await call(alone, "line_hold", p_why="A migration.", p_held_by="ann")
    await call(alone, "line_resume")
    await alone.execute("update public.holds set since = since - interval '2 hours'")

    assert (await ends(alone, after=timedelta(hours=2), p_queue_limit=300.0))["status"] == "queued"


async def test_a_line_that_was_held_until_lately_fails_nobody(alone: Connection) -> None:
    await call(alone, "line_hold", p_why="A migration.", p_held_by="ann")
    await call(alone, "line_resume")

    assert (await ends(alone))["status"] == "queued"


async def test_the_oldest_of_a_served_line_is_not_passed_over_because_its_deadline_has_passed(
    alone: Connection, owner_id: UUID
) -> None:
    worker_id = await beat(alone, busy=0)
    await Life.born(alone, role=None)
    await claim_next(alone, p_worker_id=worker_id)
    oldest, younger = [await Life.born(alone, owner_id=owner_id, role=None) for _ in range(2)]
    await oldest.expire()

    [taken] = await claim_next(alone)

    assert taken["id"] == oldest.job_id
    assert [row["id"] for row in await claim_next(alone)] == [younger.job_id]


async def test_a_deadline_that_moves_is_no_event_and_no_lateness(alone: Connection) -> None:
    await beat(alone, busy=1)
    life = await Life.born(alone, role=None)
    await life.expire()

    await life.settle()

    assert [event["status"] for event in await life.events()] == ["queued"]
    assert await call(alone, "lateness_get") == []


async def test_a_loss_is_counted_in_a_column_of_its_own_and_a_release_is_none(alone: Connection) -> None:
    life = await Life.born(alone, role=None)
    await life.claim()
    await life.release()
    await life.claim()
    await life.expire()
    await life.settle()

    row = await life.row()

    assert row is not None
    assert (row["workers_lost"], row["attempt"]) == (1, 2)
    with pytest.raises(asyncpg.PostgresError, match="counted by one"):
        await alone.execute("update public.jobs set workers_lost = 0 where id = $1", life.job_id)


async def test_a_job_says_when_it_last_moved(alone: Connection) -> None:
    life = await Life.born(alone, role=None)
    await life.reach("running")
    began = await life.row()
    await life.beat()
    moved = await life.row()
    await life.beat()
    stood = await life.row()

    assert began is not None
    assert moved is not None
    assert stood is not None
    assert began["progressed_at"] < moved["progressed_at"] == stood["progressed_at"]
