"""The database over a Supabase project's REST interface, with supabase-py."""

import asyncio
import logging
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, cast
from uuid import UUID

import httpx
from postgrest import CountMethod
from postgrest.exceptions import APIError

from jobs.database.supabase_errors import UNREADABLE, Passing, held_back, named, refuse_at_the_edge, unreachable
from jobs.errors import BUSY, ConfigurationError, NovelFoundryError, Unavailable
from jobs.ports import Row
from supabase import AsyncClient, AsyncClientOptions, AsyncSupabaseException, acreate_client

# fmt: off
READS = frozenset({
    "chapter_marks", "chapter_outline", "chapter_passages", "drafts_of", "report_marks_get", "report_places",
    "report_text", "reports_newest",
    "clock_read", "job_events_get", "jobs_changed", "jobs_count", "jobs_get", "jobs_in_line", "jobs_matching",
    "jobs_of_manuscripts", "jobs_oldest_waiting", "jobs_page",
    "jobs_watched", "lateness_get", "line_get", "manuscript_added", "manuscripts_count", "manuscripts_found",
    "manuscripts_get", "manuscripts_of_owners", "manuscripts_page", "operator_counts", "operator_events",
    "operator_job", "operator_jobs", "operator_line", "operator_retryable", "operator_running", "operator_throughput",
    "processes_health", "processes_list", "reports_get", "reports_of_jobs",
    "reports_of_manuscripts", "unowned_files_get", "webhook_backlog",
})
# Called again, each of these reads again or writes what is so already. Not among them: the steps, whose second
# call is refused, and what makes a row. job_claim_next is: it gives again what its lost answer gave.
IDEMPOTENT = READS | {
    "author_forget", "database_check", "events_prune", "idempotency_prune", "job_beat", "job_claim_next", "jobs_prune",
    "jobs_settle", "manuscript_update", "manuscripts_gone_prune", "process_beat", "process_report", "process_stop",
    "processes_prune", "unowned_files_forget", "webhook_delivered", "webhook_failed", "webhook_prune", "webhook_want",
}
# fmt: on
_TRIES = 3
_PAUSE_SECONDS = 0.1
# Storage takes its time to keep a large file; how long a call to a function may take, the gateway says.
_TIMEOUT = httpx.Timeout(10, read=30)

# It would write a line for each call.
logging.getLogger("httpx").setLevel(logging.WARNING)


class SupabaseGateway:
    """Calls the functions of `public` through `/rest/v1/rpc`."""

    def __init__(self, client: AsyncClient, *, timeout: float = 15) -> None:
        self._client = client
        self._timeout = timeout

    async def call(self, function: str, /, **arguments: Any) -> list[Row]:
        """See Gateway.call. Raises ConfigurationError when the project refuses the key or lacks the function."""
        sent = {name: _json(value) for name, value in arguments.items()}
        try:
            async with asyncio.timeout(self._timeout):
                return await self._tried(function, sent, tries=_TRIES if function in IDEMPOTENT else 1)
        except TimeoutError as error:
            raise Unavailable("The Supabase project does not answer in time. Try again in a moment.") from error

    async def _tried(self, function: str, arguments: dict[str, Any], *, tries: int) -> list[Row]:
        for past in range(tries - 1):
            try:
                return await self._once(function, arguments)
            except Passing:
                # Spread out: what failed for many at once must not come back from all of them at once.
                await asyncio.sleep(random.uniform(0.5, 1.5) * _PAUSE_SECONDS * 2**past)  # noqa: S311 - no secret
        return await self._once(function, arguments)

    async def _once(self, function: str, arguments: dict[str, Any]) -> list[Row]:
        # Counted, so that rows which the project holds back are missed; only of reads, which may be run twice for it.
        count = CountMethod.exact if function in READS else None
        try:
            answer = await self._client.rpc(function, arguments, count=count).execute()
        except APIError as error:
            raise named(error) from error
        except httpx.PoolTimeout as error:
            # Nothing was sent: it waited for a connection of ours.
            raise Unavailable(BUSY) from error
        except httpx.TransportError as error:
            raise unreachable() from error
        except (NovelFoundryError, TimeoutError):
            raise
        except Exception as error:
            # An answer that the library cannot read.
            raise Unavailable(UNREADABLE, detail=f"{type(error).__name__}: {error}") from error
        rows = cast("list[Row]", answer.data)
        if not isinstance(rows, list):
            raise Unavailable(UNREADABLE, detail=f"{type(rows).__name__} in place of rows")
        if answer.count is not None and answer.count > len(rows):
            raise held_back(len(rows))
        return rows


@asynccontextmanager
async def open_supabase(url: str, secret_key: str) -> AsyncIterator[AsyncClient]:
    """The project's client, for REST and Storage; its connections close with the context.

    Raises ConfigurationError for an address that cannot be one. A request raises what its refusal is called,
    where it is refused before it reaches the project's services.
    """
    async with httpx.AsyncClient(timeout=_TIMEOUT, event_hooks={"response": [refuse_at_the_edge]}) as http:
        yield await _client(url, secret_key, http)


async def _client(url: str, secret_key: str, http: httpx.AsyncClient) -> AsyncClient:
    options = AsyncClientOptions(httpx_client=http, auto_refresh_token=False, persist_session=False)
    try:
        return await acreate_client(url, secret_key, options)
    except (AsyncSupabaseException, ValueError) as error:
        raise ConfigurationError("SUPABASE_URL is not an address such as https://PROJECT.supabase.co.") from error


def _json(value: Any) -> Any:
    match value:
        case UUID():
            return str(value)
        case datetime():
            return value.isoformat()
        case list() | tuple():
            return [_json(each) for each in value]
        case _:
            return value
