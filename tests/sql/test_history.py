"""What happened stays: no writer takes a job or its events away by themselves, and all go with their manuscript."""

from dataclasses import replace

import asyncpg
import pytest

from tests.sql.fixtures import module_fixture
from tests.sql.life import STATUSES, TERMINAL, Connection, Life, Row
from tests.sql.writers import WRITERS, refused

DELETE = "delete from public.jobs where id = $1"
REBORN = """
    insert into public.jobs (id, owner_id, manuscript_id, status, deadline_at)
    select id, owner_id, manuscript_id, 'queued', clock_timestamp() + interval '1 hour' from public.jobs where id = $1
"""
DELETE_MANUSCRIPT = """
    delete from public.manuscripts where id = (select manuscript_id from public.jobs where id = $1)
"""

History = tuple[Row | None, list[Row], int]


@module_fixture
async def job_in(life: Life, request: pytest.FixtureRequest) -> Life:
    """A job in the status of the test's parameter."""
    await life.reach(request.param)
    return life


@module_fixture
async def retried(life: Life) -> list[Life]:
    """A cancelled job, its retry, and the retry of that, which is running."""
    chain = [life]
    for _ in range(2):
        await chain[-1].cancel()
        [job] = await chain[-1].retry()
        chain.append(replace(chain[-1], job_id=job["id"]))
    await chain[-1].reach("running")
    return chain


async def history(life: Life) -> History:
    """All that stands of a job: its row, its events, how many reports it has."""
    return await life.row(), await life.events(), await life.reports()


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("job_in", STATUSES, indirect=True)
async def test_a_job_is_not_deleted_by_itself_whoever_tries(job_in: Life, writer: str) -> None:
    before = await history(job_in)

    assert await refused(job_in, writer, DELETE) == "NF409"
    assert await history(job_in) == before


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize(
    "detour",
    [
        (DELETE, REBORN),
        (f"{REBORN} on conflict (id) do update set status = 'queued', deadline_at = excluded.deadline_at",),
        (f"{REBORN} on conflict (id) do update set id = gen_random_uuid()",),
        ("with gone as (delete from public.jobs where id = $1 returning *) select count(*) from gone",),
        ("delete from public.job_snapshots where id = $1",),
    ],
)
@pytest.mark.parametrize("job_in", TERMINAL, indirect=True)
async def test_no_detour_leads_out_of_a_terminal_state(job_in: Life, detour: tuple[str, ...], writer: str) -> None:
    before = await history(job_in)

    assert await refused(job_in, writer, *detour) in {"NF409", asyncpg.InsufficientPrivilegeError.sqlstate}
    assert await history(job_in) == before


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize(
    "sql",
    [
        "update public.job_events set message = 'nothing happened' where job_id = $1",
        "update public.job_events set decided_by = 'user' where job_id = $1",
        "update public.job_events set job_id = job_id where job_id = $1",
        "delete from public.job_events where job_id = $1",
        "delete from public.job_events where id = (select max(id) from public.job_events where job_id = $1)",
    ],
)
@pytest.mark.parametrize("job_in", ["running", "completed"], indirect=True)
async def test_what_happened_to_a_job_is_neither_rewritten_nor_deleted(job_in: Life, sql: str, writer: str) -> None:
    before = await history(job_in)

    assert await refused(job_in, writer, sql) == "NF409"
    assert await history(job_in) == before


@pytest.mark.parametrize(
    "tables",
    [
        "jobs cascade",
        "job_events",
        "analysis_reports cascade",
        "manuscripts cascade",
        "job_events, analysis_reports cascade",
    ],
)
async def test_no_table_of_what_happened_is_emptied(connection: Connection, life: Life, tables: str) -> None:
    await life.reach("completed")
    before = await history(life)

    with pytest.raises(asyncpg.PostgresError) as refusal:
        await connection.execute(f"truncate public.{tables.replace(', ', ', public.')}")

    assert refusal.value.sqlstate == "NF409"
    assert await history(life) == before


async def test_a_refusal_names_the_row_and_what_to_do_instead(connection: Connection, life: Life) -> None:
    for statement, words in (
        (f"delete from public.jobs where id = '{life.job_id}'", (f"Job {life.job_id}", "cancel", life.manuscript_id)),
        (f"delete from public.job_events where job_id = '{life.job_id}'", (life.job_id, "manuscript")),
        ("truncate public.job_events", ("job_events", "delete the manuscripts")),
    ):
        with pytest.raises(asyncpg.PostgresError) as refusal:
            await connection.execute(statement)
        for word in words:
            assert str(word) in str(refusal.value)


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("job_in", STATUSES, indirect=True)
async def test_a_deleted_manuscript_takes_all_of_its_job_along_and_the_worker_is_refused(
    job_in: Life, writer: str
) -> None:
    assert await refused(job_in, writer, DELETE_MANUSCRIPT) is None

    assert await history(job_in) == (None, [], 0)
    for write in (job_in.beat, job_in.complete):
        with pytest.raises(asyncpg.PostgresError) as refusal:
            await write()
        assert refusal.value.sqlstate == "NF404"


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("isolation", ["read committed", "repeatable read", "serializable"])
async def test_a_chain_of_retries_goes_with_its_manuscript(retried: list[Life], isolation: str, writer: str) -> None:
    connection = retried[0].connection
    async with connection.transaction():
        await connection.execute(f"set transaction isolation level {isolation}")
        assert await refused(retried[0], writer, DELETE_MANUSCRIPT) is None

    assert [await history(life) for life in retried] == [(None, [], 0)] * 3


async def test_a_chain_of_retries_goes_with_its_manuscript_by_its_author(retried: list[Life]) -> None:
    await retried[0].delete_manuscript()

    assert [await history(life) for life in retried] == [(None, [], 0)] * 3


async def test_all_manuscripts_of_an_author_are_deleted_at_once(connection: Connection) -> None:
    first = await Life.born(connection)
    second = await Life.born(connection, owner_id=first.owner_id)
    await first.reach("completed")

    await connection.execute("delete from public.manuscripts where owner_id = $1", first.owner_id)

    assert [await history(life) for life in (first, second)] == [(None, [], 0)] * 2


async def test_a_job_is_not_deleted_while_the_deletion_of_its_manuscript_may_yet_be_undone(
    life: Life, another_connection: Connection
) -> None:
    before = await history(life)
    undone = another_connection.transaction()
    await undone.start()
    await another_connection.execute("delete from public.manuscripts where id = $1", life.manuscript_id)

    async with life.connection.transaction():
        await life.connection.execute("set local lock_timeout = '50ms'")
        refusal = await refused(life, "service_role", DELETE)
    await undone.rollback()

    assert refusal == asyncpg.LockNotAvailableError.sqlstate
    assert await history(life) == before
    assert await refused(life, "service_role", DELETE) == "NF409"
