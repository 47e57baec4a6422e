"""Every step in every status, tried against the real database and held against the oracle."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import asyncpg
import pytest

from jobs.errors import BY_SQLSTATE, LeaseLost, Refused
from jobs.states import DecidedBy, FailureCode, JobStatus
from tests.sql.life import ACTIVE, STATUSES, Connection, Life, Row
from tests.sql.oracle import CASES, EDGES, ORACLE, Case

EXISTING = [case for case in CASES if case.status != "none"]
MISSING = [case for case in CASES if case.status == "none"]
UNRECORDED = ("beat",)


@pytest.mark.parametrize("case", EXISTING, ids=str)
async def test_a_step_does_what_the_oracle_says(connection: Connection, case: Case) -> None:
    for decided_by in case.by:
        life = await _brought_to(connection, case)
        before, events, jobs = await life.row(), await life.events(), await life.jobs()
        assert before is not None
        assert before["status"] == case.status

        answer = await _take(life, case, decided_by)

        after = await life.row()
        assert case.error == (answer if isinstance(answer, str) else None)
        if case.to == "none":
            assert after is None
            continue
        assert after is not None
        if case.to:
            _assert_written(case, before, after)
        else:
            assert after == before
        await _assert_recorded(life, case, decided_by, events)
        await _assert_born(life, case, answer, jobs)
        assert await life.reports() == (after["status"] == "completed")


@pytest.mark.parametrize("case", MISSING, ids=str)
async def test_a_missing_job_is_not_found_by_any_step(connection: Connection, case: Case) -> None:
    life = Life(connection=connection, max_live=1)

    assert await _take(life, case, case.by[0]) == (case.error or [])


@pytest.mark.parametrize("case", [case for case in MISSING if case.by == ("user",)], ids=str)
@pytest.mark.parametrize("status", STATUSES)
async def test_another_authors_job_is_as_good_as_missing(connection: Connection, case: Case, status: str) -> None:
    life = await Life.born(connection)
    await life.reach(status)
    before = await life.row()
    life.owner_id = uuid4()

    assert await _take(life, case, "user") == case.error
    assert await life.row() == before


def test_the_oracle_knows_every_status_under_every_step() -> None:
    for step in ORACLE["steps"]:
        assert set(step["transitions"]["in_time"]) == {*STATUSES, "none"}, step["step"]
        # What is overdue is settled before a claim of what is next; tests/sql/test_line.py.
        assert "overdue" in step["transitions"] or step["step"] in ("note_refused", "claim_next"), step["step"]
        for condition, statuses in step["transitions"].items():
            assert condition in ORACLE["conditions"]
            if condition == "overdue":
                assert set(statuses) == set(ACTIVE), step["step"]


@pytest.mark.parametrize("step", ["begin", "beat", "complete", "fail", "release", "lose"])
@pytest.mark.parametrize("condition", ["other_worker", "old_attempt", "overdue"])
def test_the_oracle_refuses_every_write_of_a_worker_that_lost_its_job(step: str, condition: str) -> None:
    cases = [case for case in CASES if (case.step, case.condition) == (step, condition)]

    assert {case.status for case in cases} >= {"running_initializing", "running"}
    assert {case.error for case in cases} == {LeaseLost.sqlstate}


def test_the_oracle_lets_nothing_leave_a_terminal_status() -> None:
    terminal = {status for status, facts in ORACLE["statuses"].items() if facts["terminal"]}

    assert {origin for origin, _ in EDGES}.isdisjoint(terminal)


def test_python_and_the_oracle_use_the_same_words() -> None:
    statuses = ORACLE["statuses"]
    assert [status.value for status in JobStatus] == list(statuses)
    for status in JobStatus:
        assert status.is_terminal is statuses[status]["terminal"]
        assert status.is_active is statuses[status]["locks"]
        assert (statuses[status]["deadline"] is None) is status.is_terminal
    # The dispatcher stands in the events of the version before, and decides nothing any more.
    assert {by for case in CASES for by in case.by} == {*DecidedBy} - {DecidedBy.DISPATCHER}
    assert {case.failure for case in CASES if case.failure} <= set(FailureCode)
    assert {case.error for case in CASES if case.error} == set(ORACLE["errors"])
    for sqlstate, code in ORACLE["errors"].items():
        error = BY_SQLSTATE[sqlstate]
        assert code == (error.code if issubclass(error, Refused) else None)


async def test_no_function_that_writes_jobs_is_unknown_to_the_oracle(connection: Connection) -> None:
    writing = await connection.fetch(
        """
        select proname from pg_proc
        where pronamespace = 'public'::regnamespace and provolatile = 'v'
          and prosrc ~* '(update|insert into|delete from)\\s+public\\.(jobs|manuscripts|job_events|analysis_reports)\\M'
        """
    )
    steps = {step["function"] for step in ORACLE["steps"]}
    # job_retry writes through job_start; a manuscript is born without a job and renamed without one; the guard's own
    # writer of events; pruning takes whole rows of what is over; a check of the database takes back what it wrote.
    others = {"manuscript_add", "manuscript_update", "jobs_record", "events_prune", "jobs_prune", "database_check"}
    assert {row["proname"] for row in writing} == steps - {"job_retry"} | others


async def _brought_to(connection: Connection, case: Case) -> Life:
    last = case.condition.endswith("last_attempt")
    life = await Life.born(connection, max_attempts=1 if last else 3)
    if case.condition == "old_attempt":
        await _lose_an_attempt(life)
    await life.reach(case.status)
    match case.condition:
        case "overdue" | "overdue_last_attempt" | "overdue_held" | "overdue_served":
            await life.expire()
        case "overdue_served_at_limit":
            await life.expire()
            life.queue_limit = 0.0
        case "overdue_run_timeout" | "overdue_run_timeout_last_attempt":
            await life.expire_run()
        case "at_limit":
            await _fill_the_limit(life, case.status)
        case "another_lives":
            await life.start()
        case "retry_lives":
            await life.retry()
        case "other_worker":
            life.worker_id = uuid4()
        case "old_attempt":
            life.attempt -= 1
    return life


@asynccontextmanager
async def _line(life: Life, condition: str) -> AsyncIterator[None]:
    """The line as the condition has it, for the block."""
    if condition == "overdue_held":
        await life.call("line_hold", p_why="A test.", p_held_by="the test")
    if condition.startswith("overdue_served"):
        await life.work_elsewhere()
    try:
        yield
    finally:
        await life.connection.execute("delete from public.holds; delete from public.processes")


async def _lose_an_attempt(life: Life) -> None:
    await life.claim()
    await life.expire()
    await life.settle()


async def _fill_the_limit(life: Life, status: str) -> None:
    life.max_live = 1
    if status not in ACTIVE:
        await Life.born(life.connection, owner_id=life.owner_id)


async def _take(life: Life, case: Case, decided_by: str) -> list[Row] | str | None:
    """The rows that the step returns, or the code with which it is refused."""
    try:
        if case.step == "settle":
            async with _line(life, case.condition):
                return await life.settle(decided_by)
        rows: list[Row] = await getattr(life, case.step)()
    except asyncpg.PostgresError as error:
        return error.sqlstate
    return rows


def _assert_written(case: Case, before: Row, after: Row) -> None:
    assert after["status"] == case.to
    assert after["version"] == before["version"] + 1
    assert after["failure_code"] == case.failure
    assert after["attempt"] == before["attempt"] + (case.step in ("claim", "claim_next"))
    assert (after["deadline_at"] is None) is (case.to not in ACTIVE)


async def _assert_recorded(life: Life, case: Case, decided_by: str, before: list[Row]) -> None:
    new = (await life.events())[len(before) :]
    if case.step == "note_refused":
        assert [event["status"] for event in new] == [case.status]
    elif case.to is None or case.step in UNRECORDED or (case.to == "queued" == case.status):
        assert new == []
    else:
        row = await life.row()
        assert row is not None
        # What a user's step meets overdue is settled by her as a reader.
        settled = case.step in ("start", "retry")
        assert [(event["version"], event["status"], event["decided_by"]) for event in new] == [
            (row["version"], row["status"], "reader" if settled else decided_by)
        ]


async def _assert_born(life: Life, case: Case, answer: list[Row] | str | None, before: list[Row]) -> None:
    known = {job["id"] for job in before}
    born = [job for job in await life.jobs() if job["id"] not in known]
    assert [job["status"] for job in born] == ([case.new] if case.new else [])
    for job in born:
        assert (job["version"], job["attempt"], job["owner_id"]) == (1, 0, life.owner_id)
        assert job["retry_of"] == (life.job_id if case.step == "retry" else None)
    if case.error or case.step == "settle":
        return
    # A step answers with the job as it stands after it: the one that lives, if there is a choice.
    assert isinstance(answer, list)
    if case.step == "claim_next" and case.to is None:
        assert answer == []
        return
    live = born or [job for job in await life.jobs() if case.again and job["retry_of"] == life.job_id]
    expected = live or [row for row in [await life.row()] if row is not None]
    assert [(job["id"], job["version"]) for job in answer] == [(job["id"], job["version"]) for job in expected]
