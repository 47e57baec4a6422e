"""Who may do what: every table × command × identity, every function × identity; on a plain PostgreSQL and where, as
on Supabase, whatever is made in `public` is open to everybody unless it is closed."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import asyncpg
import pytest

from jobs.database import migrate
from jobs.settings import Settings
from tests.conftest import Databases
from tests.sql.fixtures import module_fixture
from tests.sql.life import Connection, Life, acting_as

READABLE = ("manuscripts", "jobs", "job_events", "analysis_reports")
HIDDEN = (
    "manuscript_files",
    "manuscripts_gone",
    "idempotency_keys",
    "webhook",
    "webhook_messages",
    "report_passages",
    "report_marks",
    "drafts",
    "unowned_files",
    "processes",
    "settlement_lateness",
    "holds",
    "pruned",
)
TABLES = READABLE + HIDDEN
COMMANDS = ("insert", "update", "delete", "truncate")
COLUMN = {
    "job_events": "job_id",
    "manuscript_files": "manuscript_id",
    "manuscripts_gone": "manuscript_id",
    "idempotency_keys": "key",
    "webhook": "is_one",
    "webhook_messages": "id",
    "report_passages": "report_id",
    "report_marks": "report_id",
    "drafts": "work_id",
    "unowned_files": "manuscript_id",
    "processes": "id",
    "settlement_lateness": "status",
    "holds": "why",
    "pruned": "what",
}
DENIED = asyncpg.InsufficientPrivilegeError

# Supabase's own, for what `postgres` makes in `public`.
OPEN_TO_ALL = """
do $$ begin
  create role anon nologin noinherit; create role authenticated nologin noinherit;
  create role service_role nologin noinherit bypassrls;
exception when duplicate_object then null; end $$;
alter default privileges in schema public grant all on tables to anon, authenticated, service_role;
alter default privileges in schema public grant all on functions to anon, authenticated, service_role;
alter default privileges in schema public grant all on sequences to anon, authenticated, service_role;
"""


@pytest.fixture(scope="module", params=["plain", "open to all"])
def database_url(databases: Databases, request: pytest.FixtureRequest) -> Iterator[str]:
    """A migrated database for the tests of this module."""
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        database = databases.fresh(template="template0")
        url = runner.run(database.__aenter__())
        if request.param == "open to all":
            runner.run(_opened_to_all(url))
        runner.run(migrate.run(Settings(database_url=url)))
        yield url
        runner.run(database.__aexit__(None, None, None))


async def _opened_to_all(url: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(OPEN_TO_ALL)
    await connection.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Somebody with a row in every table."""

    id: UUID
    life: Life

    def key(self, table: str) -> UUID:
        """What her rows of the table are found by."""
        return self.life.job_id if table == "job_events" else self.id


@module_fixture
async def alice(connection: Connection) -> Author:
    return await _author(connection)


@module_fixture
async def bob(connection: Connection) -> Author:
    return await _author(connection)


async def _author(connection: Connection) -> Author:
    life = await Life.born(connection)
    await life.reach("completed")
    await life.call("manuscript_file_save", p_manuscript_id=life.manuscript_id, p_content=b"rain")
    return Author(id=life.owner_id, life=life)


@pytest.mark.parametrize("table", READABLE)
async def test_an_author_reads_her_own_rows_and_no_others(
    connection: Connection, alice: Author, bob: Author, table: str
) -> None:
    for author, other in ((alice, bob), (bob, alice)):
        async with acting_as(connection, "authenticated", author.id):
            own = await connection.fetchval(_count_of(table), author.key(table))
            others = await connection.fetchval(_count_of(table), other.key(table))
            every = await connection.fetchval(f"select count(*) from public.{table}")
        assert own > 0
        assert others == 0
        assert every == own


async def test_an_author_reads_her_own_jobs_through_the_snapshots_and_no_others(
    connection: Connection, alice: Author, bob: Author
) -> None:
    async with acting_as(connection, "authenticated", alice.id):
        rows = await connection.fetch("select id from public.job_snapshots")

    assert [row["id"] for row in rows] == [alice.life.job_id]


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("role", ["anon", "authenticated"])
async def test_neither_an_author_nor_a_stranger_writes_to_any_table(
    connection: Connection, alice: Author, role: str, command: str, table: str
) -> None:
    with pytest.raises(DENIED):
        async with acting_as(connection, role, alice.id):
            await connection.execute(_statement(command, table))


@pytest.mark.parametrize("table", HIDDEN)
async def test_an_author_does_not_read_what_is_not_hers_to_read(
    connection: Connection, alice: Author, table: str
) -> None:
    with pytest.raises(DENIED):
        async with acting_as(connection, "authenticated", alice.id):
            await connection.fetch(f"select * from public.{table}")


@pytest.mark.parametrize("table", [*TABLES, "job_snapshots", "claimed_jobs"])
async def test_a_stranger_reads_nothing(connection: Connection, alice: Author, table: str) -> None:
    with pytest.raises(DENIED):
        async with acting_as(connection, "anon", alice.id):
            await connection.fetch(f"select * from public.{table}")


async def test_a_token_without_a_subject_reads_no_row(connection: Connection, alice: Author) -> None:
    for table in READABLE:
        async with acting_as(connection, "authenticated"):
            assert await connection.fetch(f"select * from public.{table}") == []


@pytest.mark.parametrize("table", TABLES)
async def test_the_service_reads_and_writes_every_table(connection: Connection, alice: Author, table: str) -> None:
    async with acting_as(connection, "service_role"):
        rows = await connection.fetchval(f"select count(*) from public.{table}")
        for command in ("insert", "update", "delete"):
            # That it may; the guard has its own say about what.
            assert await connection.fetchval("select has_table_privilege($1, $2)", f"public.{table}", command)
    if table in (*READABLE, "manuscript_files", "report_passages", "report_marks"):
        assert rows > 0


async def test_row_level_security_is_on_for_every_table_of_ours(connection: Connection) -> None:
    rows = await connection.fetch(
        """select relname, relrowsecurity from pg_class
           where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')"""
    )

    assert {row["relname"]: row["relrowsecurity"] for row in rows} == dict.fromkeys(TABLES, True)


async def test_every_function_is_the_services_alone_and_trusts_no_search_path(connection: Connection) -> None:
    functions = await connection.fetch(
        """
        select p.oid::regprocedure::text as name, p.prorettype = 'trigger'::regtype as is_trigger, proconfig, prosecdef,
          has_function_privilege('anon', p.oid, 'execute') as anon,
          has_function_privilege('authenticated', p.oid, 'execute') as author,
          has_function_privilege('service_role', p.oid, 'execute') as service
        from pg_proc p where p.pronamespace = 'public'::regnamespace
        """
    )
    assert len(functions) > 40
    for function in functions:
        assert 'search_path=""' in function["proconfig"], function["name"]
        assert not function["prosecdef"], function["name"]
        assert (function["anon"], function["author"]) == (False, False), function["name"]
        assert function["service"] or function["is_trigger"], function["name"]


@pytest.mark.parametrize("role", ["anon", "authenticated"])
async def test_calling_a_function_as_an_author_or_a_stranger_is_denied(
    connection: Connection, alice: Author, role: str
) -> None:
    functions = await connection.fetch(
        """select proname, proargtypes::regtype[]::text[] as types from pg_proc
           where pronamespace = 'public'::regnamespace and prorettype <> 'trigger'::regtype"""
    )
    for function in functions:
        nulls = ", ".join(f"null::{type_}" for type_ in function["types"])
        with pytest.raises(DENIED):
            async with acting_as(connection, role, alice.id):
                await connection.fetch(f"select * from public.{function['proname']}({nulls})")


async def test_another_authors_row_cannot_be_told_from_a_missing_one(
    connection: Connection, alice: Author, bob: Author
) -> None:
    refusals = []
    for job_id, manuscript_id in ((bob.life.job_id, bob.life.manuscript_id), (UUID(int=1), UUID(int=2))):
        life = Life(connection=connection, owner_id=alice.id, manuscript_id=manuscript_id, job_id=job_id)
        for step in (life.start, life.retry, life.cancel, life.delete_manuscript):
            with pytest.raises(asyncpg.PostgresError) as refusal:
                await step()
            refusals.append((step.__name__, refusal.value.sqlstate, refusal.value.args[0]))

    assert refusals[:4] == refusals[4:]


def _count_of(table: str) -> str:
    return f"select count(*) from public.{table} where {'job_id' if table == 'job_events' else 'owner_id'} = $1"


def _statement(command: str, table: str) -> str:
    match command:
        case "insert":
            return f"insert into public.{table} default values"
        case "update":
            return f"update public.{table} set {COLUMN.get(table, 'owner_id')} = default"
        case "delete":
            return f"delete from public.{table}"
        case _:
            return f"truncate public.{table}"
