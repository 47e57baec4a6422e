"""Those who write round all functions: the owner at a console, service_role, REST with the service key."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg

from tests.sql.life import Connection, Life, acting_as

# The role, and whether a token's claims come with it, as they do through REST.
WRITERS = {"owner": ("postgres", False), "service_role": ("service_role", False), "rest": ("service_role", True)}


@asynccontextmanager
async def writing_as(connection: Connection, writer: str, subject: UUID) -> AsyncIterator[None]:
    role, has_claims = WRITERS[writer]
    async with acting_as(connection, role, subject if has_claims else None):
        yield


async def refused(life: Life, writer: str, *statements: str) -> str | None:
    """The code with which the writes are refused, at the latest when they commit; None when they stand."""
    try:
        async with writing_as(life.connection, writer, life.owner_id):
            for statement in statements:
                await life.connection.execute(statement, life.job_id)
    except asyncpg.PostgresError as error:
        return error.sqlstate
    return None
