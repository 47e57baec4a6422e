"""Applies supabase/migrations, and records them as the Supabase CLI does: either may go on where the other stopped.

Each file is one transaction. What is pending is decided under a lock, so any number may migrate at once.
"""

import re
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg

from jobs.database.faults import fault_of
from jobs.errors import ConfigurationError, NovelFoundryError, Unavailable
from jobs.settings import Settings

MIGRATIONS = Path(__file__).parents[2] / "supabase" / "migrations"
LOCK = 7_236_401_938_114_577_001
"""The advisory lock that every migrator takes; a number that nobody else uses."""

# The CLI's own statements (pkg/migration/history.go).
_HISTORY = """
create schema if not exists supabase_migrations;
create table if not exists supabase_migrations.schema_migrations (version text not null primary key);
alter table supabase_migrations.schema_migrations add column if not exists statements text[];
alter table supabase_migrations.schema_migrations add column if not exists name text;
"""

_AWAY = (OSError, TimeoutError, asyncpg.InterfaceError)

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """One file of supabase/migrations."""

    version: str
    name: str
    sql: str

    def __str__(self) -> str:
        return f"{self.version}_{self.name}"


async def run(settings: Settings) -> None:
    """Brings the database up to date, printing a line for each file applied.

    Raises ConfigurationError when the address, the role or the history is wrong, Unavailable when the
    database does not answer, NovelFoundryError when a file fails; nothing of that file stays.
    """
    migrations = find()
    async with _connected(settings.need_database_url()) as connection:
        while applied := await _apply_next(connection, migrations):
            print(f"applied {applied}", flush=True)
    print("up to date", flush=True)


async def pending(database_url: str) -> list[str]:
    """The migrations that the database lacks, oldest first. Raises ConfigurationError, Unavailable."""
    async with _connected(database_url) as connection:
        return [str(migration) for migration in _pending(find(), await _history(connection))]


def find(directory: Path = MIGRATIONS) -> list[Migration]:
    """The migrations of a directory in their order; other files are passed over, as the CLI does."""
    found = [
        Migration(version=match[1], name=match[2], sql=file.read_text(encoding="utf-8"))
        for file in sorted(directory.glob("*.sql"))
        if (match := re.fullmatch(r"([0-9]+)_(.*)\.sql", file.name))
    ]
    if not found:
        raise ConfigurationError(f"No migrations are in {directory}: install novelfoundry with its supabase/.")
    return found


async def _apply_next(connection: "Connection", migrations: Iterable[Migration]) -> Migration | None:
    # What an earlier file set for the session must not reach the next one.
    await connection.execute("reset all")
    async with connection.transaction():
        # Held by the transaction, not by the session: a pooler may share the session.
        await connection.execute("select pg_advisory_xact_lock($1)", LOCK)
        applied = await _history(connection)
        waiting = _pending(migrations, applied)
        if not waiting:
            return None
        _refuse_gap(waiting[0], applied)
        await _apply(connection, waiting[0])
    return waiting[0]


async def _apply(connection: "Connection", migration: Migration) -> None:
    await connection.execute(_HISTORY)
    # A table that somebody holds would make everybody else wait behind us.
    await connection.execute("set local lock_timeout = '10s'")
    try:
        # The last statement is for asyncpg, which stumbles over a file that holds comments alone.
        await connection.execute(f"{migration.sql}\n; select")
    except asyncpg.InsufficientPrivilegeError:
        raise
    except asyncpg.PostgresError as error:
        raise _failed(migration, error) from error
    await connection.execute(
        "insert into supabase_migrations.schema_migrations (version, name, statements) values ($1, $2, $3)",
        migration.version,
        migration.name,
        list(split(migration.sql)),
    )


async def _history(connection: "Connection") -> set[str]:
    if await connection.fetchval("select to_regclass('supabase_migrations.schema_migrations')") is None:
        return set()
    rows = await connection.fetch("select version from supabase_migrations.schema_migrations")
    return {row["version"] for row in rows}


def _pending(migrations: Iterable[Migration], applied: set[str]) -> list[Migration]:
    return [migration for migration in migrations if migration.version not in applied]


def _refuse_gap(first: Migration, applied: set[str]) -> None:
    # As the CLI: a file that comes before an applied one may undo what that one did.
    if applied and first.version < (last := max(applied)):
        raise ConfigurationError(
            f"Migration {first} is older than {last}, which the database already has: "
            "give it a newer number, or apply it by hand with `supabase db push --include-all`."
        )


def _not_connected(error: Exception) -> NovelFoundryError:
    """What must be mended before another try is of any use is the configuration's."""
    if isinstance(error, ValueError) and not isinstance(error, OSError):
        return ConfigurationError("DATABASE_URL is not a PostgreSQL address.")
    fault = fault_of(error)
    if isinstance(error, asyncpg.InvalidAuthorizationSpecificationError | asyncpg.InvalidCatalogNameError):
        return ConfigurationError(f"The database refuses DATABASE_URL: {fault.finding}.", remedy=fault.remedy)
    return Unavailable(f"The database at DATABASE_URL does not answer: {fault.finding}.", remedy=fault.remedy)


def _failed(migration: Migration, error: asyncpg.PostgresError) -> NovelFoundryError:
    if isinstance(error, asyncpg.LockNotAvailableError):
        return Unavailable(f"Migration {migration} waited 10 s for a table that another session holds. Try again.")
    position = int(error.position) if error.position else 0
    line = migration.sql.count("\n", 0, position) + 1
    return NovelFoundryError(
        f"Migration {migration} failed at line {line} and nothing of it stays: {str(error).rstrip('.')}. "
        "Mend the data or the file, then migrate again."
    )


@asynccontextmanager
async def _connected(database_url: str) -> AsyncIterator["Connection"]:
    try:
        # No statement cache: a pooler in transaction mode does not know what was prepared.
        connection = await asyncpg.connect(
            database_url,
            timeout=15,
            statement_cache_size=0,
            server_settings={"application_name": "novelfoundry migrate"},
        )
    except asyncpg.ClientConfigurationError as error:
        raise ConfigurationError("DATABASE_URL is not a PostgreSQL address.") from error
    except (*_AWAY, ValueError, asyncpg.PostgresError) as error:
        raise _not_connected(error) from error
    try:
        yield connection
    except asyncpg.InsufficientPrivilegeError as error:
        raise ConfigurationError(
            f"The role of DATABASE_URL may not migrate ({error}): "
            "name the role that owns the tables, on Supabase `postgres`."
        ) from error
    except (*_AWAY, asyncpg.PostgresConnectionError, asyncpg.OperatorInterventionError) as error:
        raise Unavailable("The database at DATABASE_URL went away. Try again.") from error
    finally:
        connection.terminate()


_TOKEN = re.compile(
    r"""(?P<opaque>
        --[^\n]*
      | \$(?P<tag>\w*)\$ .*? \$(?P=tag)\$
      | \b[eE]'(?:[^'\\]|\\.|'')*'
      | '[^']*' | "[^"]*"
      | \bbegin\s+atomic\b .*? \bend\b
    ) | (?P<mark>/\*|[();])""",
    re.DOTALL | re.IGNORECASE | re.VERBOSE,
)


def split(sql: str) -> Iterator[str]:
    """The statements of a file as the CLI writes them down: with their comments, without the semicolon."""
    start = at = depth = 0
    while token := _TOKEN.search(sql, at):
        at = token.end()
        match token["mark"]:
            case "/*":
                at = _end_of_comment(sql, at)
            case "(":
                depth += 1
            case ")":
                depth -= 1
            case ";" if depth <= 0:
                yield from _trimmed(sql[start:at])
                start = at
    yield from _trimmed(sql[start:])


def _trimmed(statement: str) -> list[str]:
    trimmed = statement.rstrip(";").strip()
    return [trimmed] if trimmed else []


def _end_of_comment(sql: str, at: int) -> int:
    # Block comments nest in PostgreSQL.
    depth = 1
    for edge in re.finditer(r"/\*|\*/", sql[at:]):
        depth += 1 if edge[0] == "/*" else -1
        if depth == 0:
            return at + edge.end()
    return len(sql)
