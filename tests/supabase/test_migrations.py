"""One history: what the Supabase tools apply is applied to us, and the other way round, statement for statement."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from jobs.database import migrate
from jobs.database.migrate import MIGRATIONS
from jobs.settings import Settings
from tests.conftest import Databases
from tests.supabase.lite import command

FILES = sorted(file.name for file in MIGRATIONS.glob("*.sql"))


@pytest.fixture
async def empty(databases: Databases) -> AsyncIterator[str]:
    """A database to which nothing was applied."""
    async with databases.fresh(template="template0") as url:
        yield url


async def test_what_we_apply_the_tools_find_applied(empty: str, tmp_path: Path) -> None:
    await migrate.run(Settings(database_url=empty))

    assert _listed(empty, _home(tmp_path, FILES)) == dict.fromkeys(FILES, "applied")


async def test_what_the_tools_apply_we_find_applied(empty: str, tmp_path: Path) -> None:
    command(empty, _home(tmp_path, FILES), "migration", "up")

    assert await migrate.pending(empty) == []


async def test_either_goes_on_where_the_other_stopped(empty: str, tmp_path: Path) -> None:
    home = _home(tmp_path, FILES[:4])
    command(empty, home, "migration", "up")

    await migrate.run(Settings(database_url=empty))

    assert _listed(empty, _home(tmp_path, FILES)) == dict.fromkeys(FILES, "applied")


async def test_both_write_down_the_same_history(databases: Databases, empty: str, tmp_path: Path) -> None:
    command(empty, _home(tmp_path, FILES), "migration", "up")
    async with databases.fresh(template="template0") as ours:
        await migrate.run(Settings(database_url=ours))

        assert await _history(ours) == await _history(empty)


def _home(directory: Path, names: list[str]) -> Path:
    """A project's directory with these of our migrations."""
    migrations = directory / "supabase" / "migrations"
    migrations.mkdir(parents=True, exist_ok=True)
    for name in names:
        shutil.copy(MIGRATIONS / name, migrations / name)
    return directory


def _listed(database_url: str, home: Path) -> dict[str, str]:
    lines = [line.split() for line in command(database_url, home, "migration", "list").splitlines()]
    return {line[1]: line[0].strip("[]") for line in lines if len(line) == 2 and line[1].endswith(".sql")}


async def _history(database_url: str) -> list[tuple[str, str, list[str]]]:
    connection = await asyncpg.connect(database_url)
    try:
        rows = await connection.fetch(
            "select version, name, statements from supabase_migrations.schema_migrations order by version"
        )
    finally:
        await connection.close()
    return [(row["version"], row["name"], row["statements"]) for row in rows]
