"""What the Supabase CLI does to a database, as its source says (pkg/migration)."""

from jobs.database import migrate
from jobs.database.migrate import Migration
from tests.sql.life import Connection

# What the Supabase CLI runs before its first migration.
CLI_HISTORY = (
    "CREATE SCHEMA IF NOT EXISTS supabase_migrations",
    "CREATE TABLE IF NOT EXISTS supabase_migrations.schema_migrations (version text NOT NULL PRIMARY KEY)",
    "ALTER TABLE supabase_migrations.schema_migrations ADD COLUMN IF NOT EXISTS statements text[]",
    "ALTER TABLE supabase_migrations.schema_migrations ADD COLUMN IF NOT EXISTS name text",
)
CLI_INSERT = "INSERT INTO supabase_migrations.schema_migrations(version, name, statements) VALUES($1, $2, $3)"


async def as_the_cli_does(connection: Connection, migrations: list[Migration]) -> None:
    """Statement after statement by the extended protocol, each file and its record one transaction."""
    for statement in CLI_HISTORY:
        await connection.fetch(statement)
    for migration in migrations:
        async with connection.transaction():
            statements = list(migrate.split(migration.sql))
            for statement in statements:
                await connection.fetch(statement)
            await connection.fetch(CLI_INSERT, migration.version, migration.name, statements)
