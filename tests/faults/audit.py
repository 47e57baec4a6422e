"""Every change of every job's row, written down by a trigger of the test's own; and what must never be among them.

One list of rules for the fault tests and for the long random run. Each rule is a query whose rows are violations.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg

_INSTALL = """
create schema audit;
create table audit.changes (
  id bigint generated always as identity primary key,
  at timestamptz not null default clock_timestamp(),
  began timestamptz not null default now(),
  application text not null default current_setting('application_name'),
  job_id uuid not null,
  old jsonb,
  new jsonb
);
create index on audit.changes (job_id, id);
create function audit.record() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  insert into audit.changes (job_id, old, new)
  values (coalesce(new.id, old.id), to_jsonb(old), to_jsonb(new));
  return null;
end;
$$;
create trigger zz_audit after insert or update or delete on public.jobs
  for each row execute function audit.record();
"""

_TERMINAL = "('completed', 'failed', 'cancelled')"

_RULES = {
    "a version that is not one more than the last": """
        select job_id, old ->> 'version' as was, new ->> 'version' as became from audit.changes
        where new is not null and (new ->> 'version')::int <> coalesce((old ->> 'version')::int, 0) + 1
    """,
    "a change that nobody wrote down": """
        select job_id, old as was, previous as became from (
          select job_id, old, lag(new) over (partition by job_id order by id) as previous,
            row_number() over (partition by job_id order by id) as place
          from audit.changes
        ) as chain
        where place > 1 and old is distinct from previous
    """,
    "a terminal state that was left": f"""
        select job_id, old ->> 'status' as was, new ->> 'status' as became from audit.changes
        where old ->> 'status' in {_TERMINAL} and new is not null
    """,
    "a job deleted while it lived": f"""
        select job_id, old ->> 'status' as was, 'deleted' as became from audit.changes
        where new is null and old ->> 'status' not in {_TERMINAL}
    """,
    "an attempt that rose without a claim, or a claim without it": """
        select job_id, old ->> 'attempt' as was, new ->> 'attempt' as became from audit.changes
        where old is not null and new is not null and (new ->> 'attempt')::int - (old ->> 'attempt')::int
          <> (old ->> 'status' = 'queued' and new ->> 'status' = 'running_initializing')::int
    """,
    "more attempts than are allowed": """
        select job_id, new ->> 'max_attempts' as was, new ->> 'attempt' as became from audit.changes
        where (new ->> 'attempt')::int > (new ->> 'max_attempts')::int
    """,
    "a live job without a deadline": f"""
        select job_id, new ->> 'status' as was, null as became from audit.changes
        where new ->> 'status' not in {_TERMINAL} and new ->> 'deadline_at' is null
    """,
    "a completed job without exactly one report, or another with one": """
        select j.id as job_id, j.status as was, count(r.id)::text as became
        from public.jobs j left join public.analysis_reports r on r.job_id = j.id
        group by j.id having count(r.id) <> (j.status = 'completed')::int
    """,
    "a change of status without its event": """
        select c.job_id, c.old ->> 'status' as was, c.new ->> 'status' as became from audit.changes c
        where c.new is not null and c.new ->> 'status' is distinct from c.old ->> 'status'
          and exists (select from public.jobs j where j.id = c.job_id)
          and not exists (
            select from public.job_events e
            where e.job_id = c.job_id and e.version = (c.new ->> 'version')::int and e.status = c.new ->> 'status'
          )
    """,
    "two live jobs of one manuscript": f"""
        select min(j.id::text) as job_id, count(*)::text as was, null as became from public.jobs j
        where j.status not in {_TERMINAL} group by j.manuscript_id having count(*) > 1
    """,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """The audit of one database. Connects for each question: the engine may have been restarted in between."""

    database_url: str

    async def install(self) -> None:
        """Begins to write down. Changes made before are unknown to it."""
        await self.execute(_INSTALL)

    async def violations(self) -> list[str]:
        """What happened and must never happen, a line each, at most five of a kind."""
        found: list[str] = []
        for rule, query in _RULES.items():
            rows = await self.rows(f"{query} limit 5")
            found += [f"{rule}: job {row['job_id']}, {row['was']} → {row['became']}" for row in rows]
        return found

    async def counts(self) -> dict[str, int]:
        """How often each happened of what must never happen."""
        return {
            rule: await self.value(f"select count(*) from ({query}) as violations") for rule, query in _RULES.items()
        }

    async def unfinished(self) -> list[UUID]:
        """Jobs that are not over yet, and those that vanished though nobody deleted them."""
        rows = await self.rows(
            f"""
            select id as job_id from public.jobs where status not in {_TERMINAL}
            union
            select job_id from audit.changes
            group by job_id
            having bool_and(new is not null) and not exists (select from public.jobs j where j.id = job_id)
            """
        )
        return [row["job_id"] for row in rows]

    async def statuses(self, job_id: UUID) -> list[str]:
        """The statuses that the job went through; repetitions are heartbeats and rings, told once."""
        rows = await self.rows(
            "select new ->> 'status' as status, old ->> 'status' as was from audit.changes"
            " where job_id = $1 and new is not null order by id",
            job_id,
        )
        return [row["status"] for row in rows if row["status"] != row["was"]]

    async def execute(self, statements: str) -> None:
        """Statements of a test's own, as the database's superuser."""
        async with self._connected() as connection:
            await connection.execute(statements)

    async def rows(self, query: str, *arguments: object) -> list[asyncpg.Record]:
        """Any question of a test's own, to `audit.changes` or to the tables themselves."""
        async with self._connected() as connection:
            return await connection.fetch(query, *arguments)

    async def value(self, query: str, *arguments: object) -> Any:
        """The first value of the first row, None where there is none."""
        async with self._connected() as connection:
            return await connection.fetchval(query, *arguments)

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
        connection = await asyncpg.connect(self.database_url, server_settings={"application_name": "audit"})
        try:
            yield connection
        finally:
            await connection.close()
