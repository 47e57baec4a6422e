"""What happened to every job's row, written down by a trigger of the test's own, and what of it must never be."""

from collections.abc import Iterable
from itertools import groupby, pairwise
from uuid import UUID

from tests.sql.life import TERMINAL, Connection

INSTALL = """
create table audit (id bigint generated always as identity, job_id uuid, status text, version integer);
create function audit_write() returns trigger language plpgsql as $$
begin
  insert into public.audit (job_id, status, version)
  values (coalesce(new.id, old.id), coalesce(new.status, 'none'), coalesce(new.version, old.version + 1));
  return null;
end;
$$;
create trigger audit_write after insert or update or delete on jobs for each row execute function audit_write();
grant select, insert on audit to service_role;
"""
REMOVE = "drop table audit; drop function audit_write cascade"


async def check(connection: Connection, job_ids: Iterable[UUID], edges: set[tuple[str, str]]) -> None:
    """Holds every change of these jobs' rows against the edges that exist, and the reports against the rows."""
    rows = await connection.fetch(
        "select job_id, status, version from audit where job_id = any ($1) order by job_id, id", list(job_ids)
    )
    for job_id, changes in groupby(rows, key=lambda row: row["job_id"]):
        statuses, versions = zip(*((row["status"], row["version"]) for row in changes), strict=True)
        assert statuses[0] == "queued", job_id
        assert versions == tuple(range(1, len(versions) + 1)), job_id
        for origin, to in pairwise(statuses):
            assert (origin, to) in edges or to == "none", (job_id, statuses)
            assert origin not in TERMINAL or to == "none", (job_id, statuses)
    await _check_reports(connection, job_ids)


async def _check_reports(connection: Connection, job_ids: Iterable[UUID]) -> None:
    wrong = await connection.fetch(
        """
        select j.id, j.status, count(r.id) as reports
        from public.jobs j left join public.analysis_reports r on r.job_id = j.id
        where j.id = any ($1)
        group by j.id having count(r.id) <> (j.status = 'completed')::integer
        """,
        list(job_ids),
    )
    assert wrong == []
