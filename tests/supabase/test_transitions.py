"""The oracle again, every step taken over REST: the very tests of the SQL, with another way to call the functions."""

import json
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from jobs.database.supabase import SupabaseGateway
from jobs.errors import LeaseLost, Refused
from tests.sql.life import Life
from tests.sql.test_transitions import (
    test_a_missing_job_is_not_found_by_any_step,
    test_a_step_does_what_the_oracle_says,
    test_another_authors_job_is_as_good_as_missing,
)

__all__ = [
    "test_a_missing_job_is_not_found_by_any_step",
    "test_a_step_does_what_the_oracle_says",
    "test_another_authors_job_is_as_good_as_missing",
]


@pytest.fixture(autouse=True)
def over_rest(gateway: SupabaseGateway, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets a life take its steps through the gateway; what stands is still looked up in the database itself."""

    async def call(life: Life, function: str, /, **arguments: Any) -> list[dict[str, Any]]:
        if "p_report" in arguments:
            arguments["p_report"] = json.loads(arguments["p_report"])
        try:
            rows = await gateway.call(function, **arguments)
        except (Refused, LeaseLost) as error:
            raise _as_the_driver(error) from error
        return [{name: _native(name, value) for name, value in row.items()} for row in rows]

    monkeypatch.setattr(Life, "call", call)


def _as_the_driver(error: Refused | LeaseLost) -> asyncpg.PostgresError:
    told = asyncpg.PostgresError(error.message)
    setattr(told, "sqlstate", error.sqlstate)  # noqa: B010 - the driver declares it for classes only
    return told


def _native(name: str, value: Any) -> Any:
    return UUID(value) if isinstance(value, str) and (name == "id" or name.endswith("_id")) else value
