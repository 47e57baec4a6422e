"""One job in a database and every step it can take, each by one call of its SQL function."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import asyncpg

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

    Connection = asyncpg.Connection[asyncpg.Record]
    Session = Connection | PoolConnectionProxy[asyncpg.Record]
else:
    Connection = asyncpg.Connection
    Session = Connection
Row = asyncpg.Record

LONG = 3600.0
ACTIVE = ("queued", "running_initializing", "running")
TERMINAL = ("completed", "failed", "cancelled")
STATUSES = ACTIVE + TERMINAL
# A chapter with a paragraph in two passages, and what is marked in it.
TEXT = {
    "passages": [
        [1, 1, 1, 0, False, "It slowly "],
        [1, 2, 1, 10, False, "rained."],
        [1, 3, 2, 0, True, "Suddenly, no."],
    ],
    "marks": [[1, "adverb", [[1, 3, 9, "slowly"], [2, 0, 8, "suddenly"]]], [1, "passive", [[1, 10, 16, "rained"]]]],
}


async def call(connection: Session, function: str, /, **arguments: Any) -> list[Row]:
    """Calls `public.<function>` with named arguments."""
    named = ", ".join(f"{name} => ${place}" for place, name in enumerate(arguments, 1))
    return await connection.fetch(f"select * from public.{function}({named})", *arguments.values())


@asynccontextmanager
async def acting_as(connection: Connection, role: str, subject: UUID | None = None) -> AsyncIterator[None]:
    """A transaction as PostgREST opens it: under a role, with the claims of a token. It is committed."""
    async with connection.transaction():
        await connection.execute(f"set local role {role}")
        if subject is not None:
            claims = json.dumps({"sub": str(subject), "role": role})
            await connection.execute("select set_config('request.jwt.claims', $1, true)", claims)
        yield


@dataclass(slots=True, kw_only=True)
class Life:
    """A job, its manuscript, its author and its worker. Steps are taken as service_role, the weakest that may.

    `role` None: as the role that the session has.
    """

    connection: Connection
    owner_id: UUID = field(default_factory=uuid4)
    manuscript_id: UUID = field(default_factory=uuid4)
    worker_id: UUID = field(default_factory=uuid4)
    job_id: UUID = field(default_factory=uuid4)
    attempt: int = 0
    max_attempts: int = 3
    max_live: int = 100
    queue_limit: float = LONG * 24
    role: str | None = "service_role"

    @classmethod
    async def born(cls, connection: Connection, **given: Any) -> "Life":
        """A manuscript with a queued job."""
        life = cls(connection=connection, **given)
        await life.call("manuscript_begin", p_manuscript_id=life.manuscript_id)
        await life.call(
            "manuscript_add",
            p_owner_id=life.owner_id,
            p_manuscript_id=life.manuscript_id,
            p_title="The Rain",
            p_filename="rain.txt",
            p_byte_size=4,
            p_max_manuscripts=2000,
        )
        [job] = await life.start()
        life.job_id = job["id"]
        return life

    async def reach(self, status: str) -> None:
        """Brings a queued job to a status, by the shortest road of steps."""
        if status in ("running_initializing", "running", "completed"):
            await self.claim()
        if status in ("running", "completed"):
            await self.begin()
        if status == "completed":
            await self.complete()
        elif status == "failed":
            await self.expire()
            await self.settle()
        elif status == "cancelled":
            await self.cancel()

    # The steps

    async def start(self) -> list[Row]:
        return await self.call(
            "job_start", p_owner_id=self.owner_id, p_manuscript_id=self.manuscript_id, **self._limits()
        )

    async def retry(self) -> list[Row]:
        return await self.call("job_retry", p_owner_id=self.owner_id, p_job_id=self.job_id, **self._limits())

    async def cancel(self) -> list[Row]:
        return await self.call("job_cancel", p_owner_id=self.owner_id, p_job_id=self.job_id)

    async def delete_manuscript(self) -> list[Row]:
        return await self.call("manuscript_delete", p_owner_id=self.owner_id, p_manuscript_id=self.manuscript_id)

    async def claim_next(self) -> list[Row]:
        """Takes all that stands in the line, and answers with what of it is this job."""
        known, taken = [self.job_id], []
        while rows := await self.call(
            "job_claim_next",
            p_worker_id=self.worker_id,
            p_lease=LONG,
            p_run_timeout=LONG * 2,
            p_limit=1000,
            p_queue_timeout=LONG,
            p_known=known,
        ):
            known += [row["id"] for row in rows]
            taken += [row for row in rows if row["id"] == self.job_id]
        return taken

    async def claim(self) -> list[Row]:
        rows = await self.call(
            "job_claim",
            p_job_id=self.job_id,
            p_worker_id=self.worker_id,
            p_lease=LONG,
            p_run_timeout=LONG * 2,
        )
        self.attempt = rows[0]["attempt"]
        return rows

    async def begin(self) -> list[Row]:
        return await self._held("job_begin", p_lease=LONG, p_stage="Reading")

    async def beat(self, *, lease: float = LONG) -> list[Row]:
        return await self._held("job_beat", p_lease=lease, p_stage="Counting", p_progress=0.5)

    async def complete(self) -> list[Row]:
        return await self._held("job_complete", p_report='{"words": 4}', p_word_count=4, p_text=json.dumps(TEXT))

    async def fail(self) -> list[Row]:
        return await self._held(
            "job_fail", p_failure_code="UNREADABLE_MANUSCRIPT", p_failure_message="It holds no text."
        )

    async def release(self) -> list[Row]:
        return await self._held("job_release", p_queue_timeout=LONG)

    async def lose(self) -> list[Row]:
        return await self._held("job_lose", p_queue_timeout=LONG, p_why="Its analysis was killed.")

    async def note_refused(self) -> list[Row]:
        return await self._held("job_note_refused", p_message="It came too late.")

    async def settle(self, decided_by: str = "sweeper") -> list[Row]:
        return await self.call(
            "jobs_settle",
            p_decided_by=decided_by,
            p_queue_timeout=LONG,
            p_job_ids=[self.job_id],
            p_queue_limit=self.queue_limit,
        )

    async def work_elsewhere(self) -> None:
        """A worker lives, and is busy with other jobs."""
        await self.call(
            "process_beat",
            p_process_id=uuid4(),
            p_kind="worker",
            p_version="0",
            p_host="elsewhere",
            p_capacity=1,
            p_busy=1,
        )

    # Time, moved by hand as the table's owner

    async def expire(self, *, seconds: float = 1) -> None:
        """Moves the deadline into the past."""
        await self.connection.execute(
            """update public.jobs set deadline_at = clock_timestamp() - make_interval(secs => $2)
               where id = $1 and deadline_at is not null""",
            self.job_id,
            seconds,
        )

    async def expire_run(self) -> None:
        """Moves the deadline and the end of the run into the past."""
        await self.connection.execute(
            """update public.jobs set run_ends_at = started_at, deadline_at = started_at
               where id = $1 and run_ends_at is not null""",
            self.job_id,
        )

    # What stands in the database

    async def row(self) -> Row | None:
        return await self.connection.fetchrow("select * from public.jobs where id = $1", self.job_id)

    async def events(self) -> list[Row]:
        return await self.connection.fetch(
            "select version, status, decided_by, message from public.job_events where job_id = $1 order by id",
            self.job_id,
        )

    async def reports(self) -> int:
        count = "select count(*) from public.analysis_reports where job_id = $1"
        return int(await self.connection.fetchval(count, self.job_id))

    async def jobs(self) -> list[Row]:
        """All jobs of the manuscript."""
        return await self.connection.fetch("select * from public.jobs where manuscript_id = $1", self.manuscript_id)

    async def call(self, function: str, /, **arguments: Any) -> list[Row]:
        if self.role is None:
            return await call(self.connection, function, **arguments)
        async with acting_as(self.connection, self.role):
            return await call(self.connection, function, **arguments)

    async def _held(self, function: str, /, **arguments: Any) -> list[Row]:
        return await self.call(
            function, p_job_id=self.job_id, p_worker_id=self.worker_id, p_attempt=self.attempt, **arguments
        )

    def _limits(self) -> dict[str, Any]:
        return {
            "p_queue_timeout": LONG,
            "p_max_attempts": self.max_attempts,
            "p_max_live": self.max_live,
        }
