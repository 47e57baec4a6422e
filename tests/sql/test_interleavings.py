"""A thousand random lives: steps of authors, workers, sweepers and readers in any order, deadlines passing in between.

Each step does what the oracle says; nothing is resurrected, no version is skipped, no report is without its job.
"""

import asyncio
from collections.abc import Coroutine, Iterator
from dataclasses import replace
from typing import Any, ClassVar, TypeVar
from uuid import UUID

import asyncpg
import pytest
import uvloop
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from tests.sql import audit
from tests.sql.life import ACTIVE, Connection, Life, Row
from tests.sql.oracle import CASES, EDGES, Case, expected

T = TypeVar("T")
WORKER_STEPS = ("begin", "beat", "complete", "fail", "release", "lose", "note_refused")
WHICH = st.integers(min_value=0, max_value=2)
WHO = st.integers(min_value=0, max_value=1)


class Lives(RuleBasedStateMachine):
    """One manuscript, its jobs, two workers that each know what they last claimed."""

    loop: ClassVar[asyncio.AbstractEventLoop]
    connection: ClassVar[Connection]
    tried: ClassVar[set[Case]] = set()

    def __init__(self) -> None:
        super().__init__()
        self._known: dict[UUID, Row | None] = {}

    @initialize(max_attempts=st.integers(min_value=1, max_value=3))
    def born(self, max_attempts: int) -> None:
        first = self._run(Life.born(self.connection, max_attempts=max_attempts, role=None))
        self._jobs = [first]
        # A worker is a life that has claimed, or would: the job, the worker's id and the attempt it believes in.
        self._workers = {(0, 0): first, (0, 1): replace(first, worker_id=first.owner_id)}

    @rule()
    def start(self) -> None:
        live = [life for life in self._jobs if self._status(life) in ACTIVE]
        self._user_step(live[0] if live else self._jobs[-1], "start")

    @rule(which=WHICH)
    def retry(self, which: int) -> None:
        life = self._job(which)
        others = [other for other in self._jobs if other is not life and self._status(other) in ACTIVE]
        rows = [self._row(other) for other in others]
        if any(row is not None and row["overdue"] for row in rows):
            return  # What is settled then is another job's business, and tried from that one's side.
        names = [
            "retry_lives" if row is not None and row["retry_of"] == life.job_id else "another_lives" for row in rows
        ]
        self._user_step(life, "retry", *(names if self._status(life) not in ACTIVE else []))

    @rule(which=WHICH)
    def cancel(self, which: int) -> None:
        self._user_step(self._job(which), "cancel")

    @rule(which=WHICH, decided_by=st.sampled_from(["sweeper", "reader"]))
    def settle(self, which: int, decided_by: str) -> None:
        self._user_step(self._job(which), "settle", decided_by=decided_by)

    @rule(which=WHICH, who=WHO)
    def claim(self, which: int, who: int) -> None:
        worker = self._worker(which, who)
        self._step(worker, "claim", self._deadline(worker))

    @rule(which=WHICH, who=WHO)
    def claim_and_begin(self, which: int, who: int) -> None:
        self.claim(which, who)
        self.work(which, who, "begin")

    @rule(which=WHICH, who=WHO)
    def claim_begin_and_complete(self, which: int, who: int) -> None:
        self.claim_and_begin(which, who)
        self.work(which, who, "complete")

    @rule(which=WHICH, steps=st.lists(st.sampled_from(WORKER_STEPS), min_size=1, max_size=2))
    def go_on(self, which: int, steps: list[str]) -> None:
        """Steps of the worker that holds the job, if one does."""
        row = self._row(self._job(which))
        for who in (0, 1):
            if row is not None and row["worker_id"] == self._worker(which, who).worker_id:
                for step in steps:
                    self.work(which, who, step)

    @rule(which=WHICH, step=st.sampled_from(WORKER_STEPS))
    def work_under_an_old_attempt(self, which: int, step: str) -> None:
        life = self._job(which)
        row = self._row(life)
        if row is not None and row["worker_id"] is not None:
            old = replace(life, worker_id=row["worker_id"], attempt=row["attempt"] - 1)
            self._step(old, step, self._standing(old, step))

    @rule(which=WHICH, who=WHO, step=st.sampled_from(WORKER_STEPS))
    def work(self, which: int, who: int, step: str) -> None:
        """A step of a worker whatever has become of the job, under the attempt that this worker knows."""
        worker = self._worker(which, who)
        self._step(worker, step, self._standing(worker, step))

    @rule(which=WHICH)
    def time_passes_the_deadline(self, which: int) -> None:
        life = self._job(which)
        if self._status(life) in ACTIVE:
            self._run(life.expire())
            self._known.clear()

    @rule(which=WHICH)
    def time_passes_the_end_of_the_run(self, which: int) -> None:
        life = self._job(which)
        if self._status(life) in ("running_initializing", "running"):
            self._run(life.expire_run())
            self._known.clear()

    @rule(chance=st.integers(min_value=0, max_value=7))
    def delete_manuscript(self, chance: int) -> None:
        # Seldom, for little can follow it.
        if chance == 7:
            self._user_step(self._jobs[-1], "delete_manuscript")

    def teardown(self) -> None:
        if hasattr(self, "_jobs"):
            self._run(audit.check(self.connection, [life.job_id for life in self._jobs], EDGES))

    def _user_step(self, life: Life, step: str, *conditions: str, **arguments: Any) -> None:
        self._step(life, step, [*conditions, *self._deadline(life)], **arguments)

    def _step(self, life: Life, step: str, conditions: list[str], **arguments: Any) -> None:
        before = self._row(life)
        conditions = [*conditions, "in_time"] if step == "note_refused" else conditions
        cell = expected(step, conditions, before["status"] if before else "none")
        self.tried.add(cell)
        answer: list[Row] = []
        error = None
        try:
            answer = self._run(getattr(life, step)(**arguments))
        except asyncpg.PostgresError as refusal:
            error = refusal.sqlstate
        self._known.clear()
        after = self._row(life)

        assert error == cell.error
        assert (after["status"] if after else "none") == (cell.to or cell.stays or cell.status)
        if before and after:
            assert after["version"] == before["version"] + (cell.to is not None)
        born = [row for row in answer if cell.new and row["id"] != life.job_id]
        assert len(born) == (cell.new is not None)
        self._jobs += [replace(life, job_id=row["id"], attempt=0) for row in born]

    def _deadline(self, life: Life) -> list[str]:
        """What the row's deadline amounts to, the finest distinction first."""
        row = self._row(life)
        if row is None or not row["overdue"]:
            return ["in_time"]
        last = row["status"] != "queued" and row["attempt"] >= row["max_attempts"]
        over = row["run_over"]
        names = ["overdue_run_timeout_last_attempt"] if over and last else []
        names += ["overdue_run_timeout"] if over else []
        names += ["overdue_last_attempt"] if last else []
        return [*names, "overdue"]

    def _standing(self, worker: Life, step: str) -> list[str]:
        """Whether the job is this worker's, under this attempt, in time, and, where that matters, its last."""
        row = self._row(worker)
        conditions = self._deadline(worker)
        if row is not None and row["status"] in ("running_initializing", "running") and conditions == ["in_time"]:
            if row["worker_id"] != worker.worker_id:
                return ["other_worker"]
            if row["attempt"] != worker.attempt:
                return ["old_attempt"]
            if step == "lose" and row["attempt"] >= row["max_attempts"]:
                return ["last_attempt"]
        return conditions

    def _job(self, which: int) -> Life:
        return self._jobs[-1 - which % len(self._jobs)]

    def _worker(self, which: int, who: int) -> Life:
        index = len(self._jobs) - 1 - which % len(self._jobs)
        job, worker = self._jobs[index], self._workers[0, who]
        return self._workers.setdefault((index, who), replace(job, worker_id=worker.worker_id, attempt=0))

    def _status(self, life: Life) -> str:
        row = self._row(life)
        return row["status"] if row else "none"

    def _row(self, life: Life) -> Row | None:
        # Nothing changes but by our steps: every lease is long, and time passes by rule.
        if life.job_id not in self._known:
            self._known[life.job_id] = self._run(
                self.connection.fetchrow(
                    """select *, deadline_at <= clock_timestamp() as overdue,
                         coalesce(run_ends_at <= clock_timestamp(), false) as run_over
                       from public.jobs where id = $1""",
                    life.job_id,
                )
            )
        return self._known[life.job_id]

    def _run(self, task: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(task)


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = uvloop.new_event_loop()
    yield loop
    loop.close()


@pytest.fixture
def audited(loop: asyncio.AbstractEventLoop, database_url: str) -> Iterator[Connection]:
    """A connection that acts as service_role, to a database that writes every change of a job down."""
    connection = loop.run_until_complete(asyncpg.connect(database_url))
    loop.run_until_complete(connection.execute(f"{audit.INSTALL}; set role service_role"))
    yield connection
    loop.run_until_complete(connection.execute(f"reset role; {audit.REMOVE}"))
    loop.run_until_complete(connection.close())


@pytest.mark.timeout(300)
def test_no_interleaving_of_steps_resurrects_a_job(loop: asyncio.AbstractEventLoop, audited: Connection) -> None:
    Lives.loop, Lives.connection = loop, audited

    run_state_machine_as_test(
        Lives,
        settings=settings(
            max_examples=1000,
            stateful_step_count=11,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )

    # The limit of live jobs is another matter than time, and is tried elsewhere.
    cells = {case for case in CASES if case.condition != "at_limit"}
    untried = sorted(map(str, cells - Lives.tried))
    assert len(untried) < len(cells) / 3, untried
