"""`novelfoundry migrate`: one history with the Supabase CLI, any number at once."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import pytest

from jobs.database import migrate
from jobs.database.migrate import Migration
from jobs.errors import ConfigurationError, NovelFoundryError, Unavailable
from jobs.settings import Settings
from tests.conftest import Databases
from tests.sql.cli import CLI_INSERT, as_the_cli_does
from tests.sql.fixtures import module_fixture
from tests.sql.life import Connection

ALL = [str(migration) for migration in migrate.find()]


async def test_an_empty_database_gets_every_migration_and_a_line_for_each(
    bare_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await migrate.pending(bare_url) == ALL

    await migrate.run(Settings(database_url=bare_url))

    assert capsys.readouterr().out.splitlines() == [f"applied {name}" for name in ALL] + ["up to date"]
    assert await migrate.pending(bare_url) == []


async def test_migrating_again_does_nothing(
    bare_url: str, bare: Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    await migrate.run(Settings(database_url=bare_url))
    before = await _history(bare)
    capsys.readouterr()

    await migrate.run(Settings(database_url=bare_url))

    assert capsys.readouterr().out == "up to date\n"
    assert await _history(bare) == before


async def test_many_who_migrate_at_once_apply_each_file_once(bare_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    await asyncio.gather(*(migrate.run(Settings(database_url=bare_url)) for _ in range(5)))

    lines = Counter(capsys.readouterr().out.splitlines())
    assert lines == {f"applied {name}": 1 for name in ALL} | {"up to date": 5}


async def test_where_the_cli_stopped_migrate_goes_on(
    bare_url: str, bare: Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    await as_the_cli_does(bare, migrate.find()[:4])

    await migrate.run(Settings(database_url=bare_url))

    assert capsys.readouterr().out.splitlines() == [f"applied {name}" for name in ALL[4:]] + ["up to date"]


async def test_what_migrate_recorded_is_what_the_cli_would_have(
    databases: Databases, bare_url: str, bare: Connection
) -> None:
    await migrate.run(Settings(database_url=bare_url))
    async with databases.fresh(template="template0") as url:
        by_cli = await asyncpg.connect(url)
        await as_the_cli_does(by_cli, migrate.find())
        expected = await _history(by_cli), await _columns(by_cli), await _functions(by_cli)
        await by_cli.close()

    assert (await _history(bare), await _columns(bare), await _functions(bare)) == expected


async def test_a_file_that_fails_leaves_nothing_of_itself_and_names_the_line(
    bare_url: str, bare: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [
        Migration(version="1", name="fine", sql="create table public.fine ();"),
        Migration(version="2", name="broken", sql="create table public.half ();\n\nselect no_such_column;\n"),
    ]
    monkeypatch.setattr(migrate, "find", lambda: files)

    with pytest.raises(NovelFoundryError) as failure:
        await migrate.run(Settings(database_url=bare_url))

    assert failure.value.message.startswith("Migration 2_broken failed at line 3 and nothing of it stays: ")
    assert "\n" not in failure.value.message
    assert await bare.fetchval("select to_regclass('public.fine')") is not None
    assert await bare.fetchval("select to_regclass('public.half')") is None
    assert [row["version"] for row in await _history(bare)] == ["1"]


async def test_what_one_file_sets_for_its_session_does_not_reach_the_next(
    bare_url: str, bare: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [
        Migration(version="1", name="dumped", sql="select pg_catalog.set_config('search_path', '', false);"),
        Migration(version="2", name="next", sql="create table found_by_search_path ();"),
    ]
    monkeypatch.setattr(migrate, "find", lambda: files)

    await migrate.run(Settings(database_url=bare_url))

    assert await bare.fetchval("select to_regclass('public.found_by_search_path')") is not None


async def test_a_file_that_holds_comments_alone_is_applied(
    bare_url: str, bare: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrate, "find", lambda: [Migration(version="1", name="note", sql="-- nothing to do")])

    await migrate.run(Settings(database_url=bare_url))

    assert [row["statements"] for row in await _history(bare)] == [["-- nothing to do"]]


async def test_a_file_older_than_what_is_applied_is_refused(bare_url: str, bare: Connection) -> None:
    await as_the_cli_does(bare, [migrate.find()[0], Migration(version="29991231000000", name="future", sql="select 1")])

    with pytest.raises(ConfigurationError, match="is older than 29991231000000"):
        await migrate.run(Settings(database_url=bare_url))


async def test_a_database_ahead_of_the_program_is_left_as_it_is(
    database_url: str, connection: Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    await connection.execute(CLI_INSERT, "29991231000000", "future", ["select 1"])

    await migrate.run(Settings(database_url=database_url))

    assert capsys.readouterr().out == "up to date\n"


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"scheme": "mysql"}, ConfigurationError, "not a PostgreSQL address"),
        ({"path": "/no_such_database"}, ConfigurationError, "refuses DATABASE_URL"),
        ({"netloc": "postgres:wrong@{host}"}, ConfigurationError, "refuses DATABASE_URL"),
        ({"netloc": "postgres:wrong@127.0.0.1:1"}, Unavailable, "does not answer"),
    ],
)
async def test_an_address_that_is_wrong_is_one_line_that_says_so(
    database_url: str, change: dict[str, str], error: type[NovelFoundryError], words: str
) -> None:
    address = urlsplit(database_url)
    changed = {name: value.format(host=address.netloc.rpartition("@")[2]) for name, value in change.items()}

    with pytest.raises(error, match=words) as refusal:
        await migrate.run(Settings(database_url=address._replace(**changed).geturl()))

    assert "\n" not in refusal.value.message


async def test_without_an_address_the_setting_is_named() -> None:
    with pytest.raises(ConfigurationError, match="DATABASE_URL is not set"):
        await migrate.run(Settings())


async def test_a_directory_without_migrations_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "notes.sql").write_text("not a migration")

    with pytest.raises(ConfigurationError, match="No migrations"):
        migrate.find(tmp_path)


@module_fixture
async def plain_role_url(databases: Databases, bare_url: str) -> AsyncIterator[str]:
    """The bare database as a role that is no superuser sees it, the other roles being there already."""
    role, address = f"role_{uuid4().hex}", urlsplit(bare_url)
    await databases.execute(f"create role {role} login bypassrls password 'secret'")
    yield address._replace(netloc=f"{role}:secret@{address.netloc.rpartition('@')[2]}").geturl()
    await databases.execute(f"drop database {address.path[1:]} with (force)")
    await databases.execute(f"drop role {role}")


async def test_an_owner_who_is_no_superuser_migrates_as_on_supabase(databases: Databases, plain_role_url: str) -> None:
    address = urlsplit(plain_role_url)
    await databases.execute(f"alter database {address.path[1:]} owner to {address.username}")

    await migrate.run(Settings(database_url=plain_role_url))

    assert await migrate.pending(plain_role_url) == []


async def test_a_role_that_may_not_migrate_is_told_which_one_may(plain_role_url: str) -> None:
    with pytest.raises(ConfigurationError, match="name the role that owns the tables"):
        await migrate.run(Settings(database_url=plain_role_url))


@pytest.mark.parametrize(
    ("sql", "statements"),
    [
        ("select 1; select 2;", ["select 1", "select 2"]),
        ("select 1;; ;\n", ["select 1"]),
        ("select ';';select \";\"", ["select ';'", 'select ";"']),
        ("select 'it''s;'; select 2", ["select 'it''s;'", "select 2"]),
        ("select e'\\';'; select 2", ["select e'\\';'", "select 2"]),
        ("-- it's; a comment\nselect 1;", ["-- it's; a comment\nselect 1"]),
        ("/* a /* b; */ it's; */ select 1; select 2", ["/* a /* b; */ it's; */ select 1", "select 2"]),
        ("do $$ begin; end $$; select $1", ["do $$ begin; end $$", "select $1"]),
        ("do $a$ $b$; $$; $a$; select 2", ["do $a$ $b$; $$; $a$", "select 2"]),
        ("create rule r as on insert to t do (select 1; select (2)); x", [
            "create rule r as on insert to t do (select 1; select (2))", "x"]),
        ("create function f() begin atomic select 1; end; x", ["create function f() begin atomic select 1; end", "x"]),
        ("select 1 - 2 / 3; -- the end", ["select 1 - 2 / 3", "-- the end"]),
        ("", []),
    ],
)  # fmt: skip
def test_a_file_is_split_into_its_statements(sql: str, statements: list[str]) -> None:
    assert list(migrate.split(sql)) == statements


async def _history(connection: Connection) -> list[asyncpg.Record]:
    return await connection.fetch("select * from supabase_migrations.schema_migrations order by version")


async def _columns(connection: Connection) -> list[asyncpg.Record]:
    return await connection.fetch(
        """select table_schema, table_name, column_name, ordinal_position, data_type, is_nullable, column_default
           from information_schema.columns where table_schema in ('public', 'supabase_migrations')
           order by 1, 2, 4"""
    )


async def _functions(connection: Connection) -> list[asyncpg.Record]:
    return await connection.fetch(
        """select oid::regprocedure::text, proacl::text, proconfig, md5(prosrc) from pg_proc
           where pronamespace = 'public'::regnamespace order by 1"""
    )
