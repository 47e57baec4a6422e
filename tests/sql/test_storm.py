"""Authors, workers, sweepers and readers at the same jobs at the same time."""

import asyncio
import random
from dataclasses import replace
from uuid import uuid4

import asyncpg
import pytest

from tests.sql import audit
from tests.sql.life import Connection, Life, call
from tests.sql.oracle import EDGES, ORACLE
from tests.sql.test_settle import blocked

ACTORS, STEPS, MANUSCRIPTS = 8, 100, 3
KINDS = (
    ("start", "start", "retry", "cancel"),
    ("claim", "begin", "beat", "complete", "fail", "release", "lose", "note_refused"),
    ("claim", "begin", "complete"),
    ("claim_next",),
    ("settle", "expire", "expire_run"),
)


@pytest.mark.parametrize("seed", range(3))
async def test_no_storm_of_steps_breaks_a_rule_or_ends_in_a_deadlock(
    alone: Connection, alone_url: str, seed: int
) -> None:
    await alone.execute(audit.INSTALL)
    lives = [await Life.born(alone, max_live=1000, role=None) for _ in range(MANUSCRIPTS)]

    async def act(number: int) -> set[str]:
        connection = await asyncpg.connect(alone_url)
        actor = Actor(connection, lives, random.Random(seed * ACTORS + number))
        refusals = {await actor.step() for _ in range(STEPS)}
        await connection.close()
        return refusals

    codes = set().union(*await asyncio.gather(*(act(number) for number in range(ACTORS))))

    jobs = [row["job_id"] for row in await alone.fetch("select distinct job_id from audit")]
    assert len(jobs) > MANUSCRIPTS
    # On a busy machine one may wait for another longer than an author's step waits for a lock.
    assert codes <= {"done", "55P03", *ORACLE["errors"]}
    await audit.check(alone, jobs, EDGES)


async def test_a_worker_may_be_refused_while_its_jobs_manuscript_is_being_deleted(
    life: Life, another_connection: Connection
) -> None:
    await life.claim()

    async with another_connection.transaction():
        await call(
            another_connection, "manuscript_delete", p_owner_id=life.owner_id, p_manuscript_id=life.manuscript_id
        )
        noting = asyncio.create_task(life.note_refused())
        await blocked(another_connection, by=another_connection.get_server_pid())

    assert await asyncio.wait_for(noting, 20) == []


class Actor:
    """A worker with a belief of its own about each job, who is now and then an author, a sweeper or the time."""

    def __init__(self, connection: Connection, lives: list[Life], chance: random.Random) -> None:
        worker_id = uuid4()
        self._lives = [replace(life, connection=connection, worker_id=worker_id) for life in lives]
        self._chance = chance

    async def step(self) -> str:
        """A random step at a random job: `done`, or the code with which it was refused."""
        life = self._chance.choice(self._lives)
        jobs = await life.jobs()
        if jobs and self._chance.random() < 0.3:
            life.job_id = max(jobs, key=lambda job: job["queued_at"])["id"]
        step = self._chance.choice(self._chance.choice(KINDS))
        # Once a story or so: little can follow it.
        if self._chance.random() < 1 / STEPS / ACTORS:
            step = "delete_manuscript"
        try:
            await getattr(life, step)()
        except asyncpg.PostgresError as error:
            return error.sqlstate or str(error)
        return "done"
