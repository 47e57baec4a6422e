"""Holds a real worker at a chosen point of a job's life, from outside: by a lock that it must wait for."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

import asyncpg

from tests.faults.waiting import until

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]
else:
    Connection = asyncpg.Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A lock of the test's own, and who waits for it."""

    _holder: Connection
    # Another session than the holder's: within a transaction, what others do is read once and never again.
    _onlooker: Connection
    function: str

    async def reached(self) -> int:
        """Waits until a process calls the function and is held; the number of its database session."""

        async def waiting() -> int:
            return (
                await self._onlooker.fetchval(
                    "select min(pid) from pg_stat_activity where datname = current_database()"
                    " and wait_event_type = 'Lock' and query like '%' || $1 || '(%'",
                    self.function,
                )
                or 0
            )

        return await until(waiting, f"somebody is held in {self.function}")

    async def carry_out(self, query: str, *arguments: object) -> None:
        """Does more under the lock; whoever waits for it finds this done."""
        await self._holder.fetch(query, *arguments)

    async def end_sessions(self) -> None:
        """Ends the sessions that wait, for good: what a dead worker had asked for last is never carried out."""
        await self._onlooker.execute(
            "select pg_terminate_backend(pid, 20000) from pg_stat_activity where datname = current_database()"
            " and wait_event_type = 'Lock' and query like '%' || $1 || '(%'",
            self.function,
        )


@asynccontextmanager
async def held(database_url: str, lock: str, *arguments: UUID, function: str) -> AsyncIterator[Hold]:
    """Runs the statement `lock` in a transaction that stays open for the block. `function` is what will wait for it."""
    holder, onlooker = await _connected(database_url), await _connected(database_url)
    try:
        await holder.transaction().start()
        await holder.fetch(lock, *arguments)
        yield Hold(_holder=holder, _onlooker=onlooker, function=function)
        # A test may have stopped the engine meanwhile.
        with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            await holder.execute("commit")
    finally:
        await holder.close()
        await onlooker.close()


async def _connected(database_url: str) -> Connection:
    return await asyncpg.connect(database_url, server_settings={"application_name": "hold"})


def at_claim(database_url: str) -> AbstractAsyncContextManager[Hold]:
    """Within the transaction that takes the job: for a row that somebody holds, a claim would not wait."""
    return held(database_url, "lock table public.job_events in share mode", function="job_claim_next")


def at_beat(database_url: str, job_id: UUID) -> AbstractAsyncContextManager[Hold]:
    """With the renewal of the lease asked for and not granted yet."""
    return held(database_url, "select from public.jobs where id = $1 for update", job_id, function="job_beat")


def at_load(database_url: str) -> AbstractAsyncContextManager[Hold]:
    """After the claim, before the file is read."""
    return held(database_url, "lock table public.manuscript_files", function="manuscript_file_load")


def at_commit(database_url: str) -> AbstractAsyncContextManager[Hold]:
    """Within the transaction that completes the job."""
    return held(database_url, "lock table public.analysis_reports in share mode", function="job_complete")
