"""The table defends itself: direct writes by every kind of writer, round all functions."""

import asyncio
from uuid import UUID, uuid4

import asyncpg
import pytest

from jobs.states import DecidedBy, FailureCode, JobStatus
from tests.sql.fixtures import module_fixture
from tests.sql.life import ACTIVE, STATUSES, TERMINAL, Connection, Life, acting_as, call
from tests.sql.oracle import EDGES
from tests.sql.writers import WRITERS, refused

PLAUSIBLE = {
    "queued": "deadline_at = clock_timestamp() + interval '1 hour'",
    "running_initializing": """worker_id = coalesce(worker_id, gen_random_uuid()), started_at = clock_timestamp(),
        run_ends_at = clock_timestamp() + interval '1 hour', deadline_at = clock_timestamp() + interval '1 hour',
        attempt = attempt + (status = 'queued')::integer""",
    "running": """worker_id = coalesce(worker_id, gen_random_uuid()), started_at = clock_timestamp(),
        run_ends_at = clock_timestamp() + interval '1 hour', deadline_at = clock_timestamp() + interval '1 hour'""",
    "completed": "deadline_at = null, finished_at = clock_timestamp()",
    "failed": "deadline_at = null, failure_code = 'INTERNAL_ERROR', failure_message = 'Because.'",
    "cancelled": "deadline_at = null",
}
"""What a writer who knows the table would write beside the status, so that only the guard can object."""


REPORT = """
    insert into public.analysis_reports (job_id, manuscript_id, owner_id, body)
    select id, manuscript_id, owner_id, '{}' from public.jobs where id = $1 on conflict do nothing
"""


@module_fixture
async def job_in(life: Life, request: pytest.FixtureRequest) -> Life:
    """A job in the status of the test's parameter."""
    await life.reach(request.param)
    return life


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("to", STATUSES)
@pytest.mark.parametrize("job_in", STATUSES, indirect=True)
async def test_a_direct_update_goes_only_where_a_step_goes(job_in: Life, to: str, writer: str) -> None:
    before = await job_in.row()
    assert before is not None

    update = f"update public.jobs set status = '{to}', {PLAUSIBLE[to]} where id = $1"
    refusal = await refused(job_in, writer, *([REPORT, update] if to == "completed" else [update]))

    after = await job_in.row()
    assert after is not None
    if (before["status"], to) in EDGES:
        assert refusal is None
        assert (after["status"], after["version"]) == (to, before["version"] + 1)
    else:
        assert refusal == "NF409"
        assert after == before


@pytest.mark.parametrize("to", STATUSES)
@pytest.mark.parametrize("origin", STATUSES)
async def test_the_guard_knows_the_oracles_edges_and_no_others(connection: Connection, origin: str, to: str) -> None:
    [row] = await call(connection, "job_edge_exists", p_from=origin, p_to=to)

    assert row["job_edge_exists"] is ((origin, to) in EDGES)


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("assignment", ["status = status", "stage = null", "version = version + 1", "worker_id = null"])
@pytest.mark.parametrize("job_in", TERMINAL, indirect=True)
async def test_nothing_at_all_is_written_to_a_terminal_row(job_in: Life, assignment: str, writer: str) -> None:
    before = await job_in.row()

    assert await refused(job_in, writer, f"update public.jobs set {assignment} where id = $1") == "NF409"
    assert await job_in.row() == before


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize(
    "assignment",
    [
        "attempt = attempt + 1",
        "attempt = attempt - 1",
        "worker_id = gen_random_uuid()",
        "worker_id = null",
        "owner_id = gen_random_uuid()",
        "id = gen_random_uuid()",
        "queued_at = queued_at - interval '1 hour'",
        "retry_of = id",
    ],
)
async def test_what_a_running_job_is_and_whose_it_is_does_not_change(life: Life, assignment: str, writer: str) -> None:
    await life.reach("running")
    before = await life.row()

    assert await refused(life, writer, f"update public.jobs set {assignment} where id = $1") == "NF409"
    assert await life.row() == before


@pytest.mark.parametrize("attempt", ["attempt", "attempt + 2", "0"])
async def test_a_claim_raises_the_attempt_by_one_whoever_writes_it(life: Life, attempt: str) -> None:
    await life.claim()
    await life.expire()
    await life.settle()
    claim = PLAUSIBLE["running_initializing"].replace("attempt + (status = 'queued')::integer", attempt)

    sql = f"update public.jobs set status = 'running_initializing', {claim} where id = $1"
    assert await refused(life, "service_role", sql) == "NF409"


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("status", STATUSES)
async def test_a_job_is_born_queued_whoever_inserts_it(connection: Connection, status: str, writer: str) -> None:
    life = await Life.born(connection)
    await life.cancel()
    given = {
        "deadline_at": "now() + interval '1 hour'" if status in ACTIVE else "null",
        "finished_at": "now()" if status in TERMINAL else "null",
        "failure_code": "'INTERNAL_ERROR'" if status == "failed" else "null",
        "failure_message": "'Because.'" if status == "failed" else "null",
        "worker_id": "gen_random_uuid()" if status.startswith("running") else "null",
        "started_at": "now()" if status.startswith("running") else "null",
        "run_ends_at": "now()" if status.startswith("running") else "null",
    }
    insert = f"""insert into public.jobs (owner_id, manuscript_id, status, version, {", ".join(given)})
                 select owner_id, manuscript_id, '{status}', 99, {", ".join(given.values())}
                 from public.jobs where id = $1"""

    assert await refused(life, writer, insert) == (None if status == "queued" else "NF409")
    assert [job["version"] for job in await life.jobs() if job["status"] == "queued"] == [1] * (status == "queued")


async def test_a_job_is_not_born_with_an_attempt_already_made(connection: Connection, life: Life) -> None:
    await life.cancel()

    with pytest.raises(asyncpg.PostgresError) as refusal:
        await connection.execute(
            """insert into public.jobs (owner_id, manuscript_id, status, attempt, deadline_at)
               values ($1, $2, 'queued', 1, now() + interval '1 hour')""",
            life.owner_id,
            life.manuscript_id,
        )
    assert refusal.value.sqlstate == "NF409"


@pytest.mark.parametrize("role", ["anon", "authenticated"])
@pytest.mark.parametrize(
    "sql",
    [
        "update public.jobs set status = 'cancelled' where id = $1",
        "delete from public.jobs where id = $1",
        "insert into public.jobs (owner_id, manuscript_id, status)"
        " select owner_id, manuscript_id, status from public.jobs where id = $1",
    ],
)
async def test_an_author_writes_no_job_however_she_tries(life: Life, role: str, sql: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with acting_as(life.connection, role, life.owner_id):
            await life.connection.execute(sql, life.job_id)


@pytest.mark.parametrize(
    ("status", "assignment"),
    [
        ("queued", "deadline_at = null"),
        ("queued", "deadline_at = 'infinity'"),
        ("running", "deadline_at = null"),
        ("running", "deadline_at = 'infinity'"),
        ("running_initializing", "deadline_at = null"),
        ("running_initializing", "run_ends_at = null"),
        ("running", "run_ends_at = null"),
        ("running", "failure_code = 'INTERNAL_ERROR', failure_message = 'Because.'"),
        ("running", "status = 'failed'"),
        ("running", "status = 'failed', failure_code = 'INTERNAL_ERROR'"),
        ("running", "status = 'failed', failure_message = 'Because.'"),
        ("running", "status = 'failed', failure_code = 'BAD_LUCK', failure_message = 'Because.'"),
        ("running", "progress = 1.1"),
        ("running", "progress = -0.1"),
        ("running", "max_attempts = 0"),
        ("running", "finished_at = now()"),
        ("queued", "max_attempts = 0"),
    ],
)
async def test_the_table_refuses_what_no_job_may_look_like(life: Life, status: str, assignment: str) -> None:
    await life.reach(status)
    before = await life.row()

    refusal = await refused(life, "owner", f"update public.jobs set {assignment} where id = $1")

    assert refusal == asyncpg.CheckViolationError.sqlstate
    assert await life.row() == before


async def test_a_manuscript_has_one_live_job_whoever_inserts_the_second(connection: Connection, life: Life) -> None:
    with pytest.raises(asyncpg.UniqueViolationError):
        await connection.execute(
            """insert into public.jobs (owner_id, manuscript_id, status, deadline_at)
               values ($1, $2, 'queued', now() + interval '1 hour')""",
            life.owner_id,
            life.manuscript_id,
        )


async def test_starts_at_the_same_time_make_one_job(database_url: str, life: Life) -> None:
    await life.cancel()
    async with asyncpg.create_pool(database_url, min_size=8, max_size=8) as pool:

        async def start() -> UUID:
            async with pool.acquire() as connection:
                rows = await call(
                    connection,
                    "job_start",
                    p_owner_id=life.owner_id,
                    p_manuscript_id=life.manuscript_id,
                    p_queue_timeout=60,
                    p_max_attempts=3,
                    p_max_live=100,
                )
                return rows[0]["id"]  # type: ignore[no-any-return]

        started = await asyncio.gather(*(start() for _ in range(16)))

    assert len(set(started)) == 1
    assert [job["status"] for job in await life.jobs()].count("queued") == 1


async def test_claims_at_the_same_time_give_the_job_to_one_worker(database_url: str, life: Life) -> None:
    async with asyncpg.create_pool(database_url, min_size=8, max_size=8) as pool:

        async def claim() -> str | None:
            async with pool.acquire() as connection:
                try:
                    await call(
                        connection,
                        "job_claim",
                        p_job_id=life.job_id,
                        p_worker_id=uuid4(),
                        p_lease=60,
                        p_run_timeout=60,
                    )
                except asyncpg.PostgresError as error:
                    return error.sqlstate
                return None

        outcomes = await asyncio.gather(*(claim() for _ in range(16)))

    assert sorted(outcomes, key=str) == ["NF409"] * 15 + [None]
    row = await life.row()
    assert row is not None
    assert row["attempt"] == 1


async def test_python_and_the_tables_checks_use_the_same_words(connection: Connection) -> None:
    words = {
        "jobs_status": {status.value for status in JobStatus},
        "jobs_failure_code": {code.value for code in FailureCode},
        "job_events_decided_by_check": {decided_by.value for decided_by in DecidedBy},
    }
    for constraint, expected in words.items():
        found = await connection.fetch(
            """select (regexp_matches(pg_get_constraintdef(oid), '''([^'']+)''', 'g'))[1] as word
               from pg_constraint where conname = $1""",
            constraint,
        )
        assert {row["word"] for row in found} == expected, constraint
