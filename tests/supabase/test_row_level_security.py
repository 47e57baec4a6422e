"""Through REST itself: an author reads her own rows, nobody else's; nobody but the service writes or calls."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest

from tests.sql.life import STATUSES, Connection, Life
from tests.supabase.lite import Author, Project

OWN = {"manuscripts": "owner_id", "jobs": "owner_id", "job_snapshots": "owner_id", "analysis_reports": "owner_id"}
READABLE = {**OWN, "job_events": "job_id"}
HIDDEN = {"manuscript_files": "manuscript_id", "unowned_files": "manuscript_id", "processes": "id"}
TABLES = {**READABLE, **HIDDEN, "settlement_lateness": "status"}
WRITES = ("insert", "update", "delete")
# PostgREST's answers to what the database forbids: 401 to a stranger, 403 to somebody who is signed in.
FORBIDDEN = (401, 403)


@dataclass(frozen=True, slots=True, kw_only=True)
class Owned:
    """An account, and where to find her row in every table."""

    account: Author
    manuscript_id: UUID
    job_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Somebody at the project's REST interface, and whose rows she is after."""

    web: httpx.AsyncClient
    owned: Owned

    async def select(self, table: str, **filters: str) -> httpx.Response:
        return await self.web.get(f"/{table}", params={"select": "*", **filters})

    async def write(self, command: str, table: str) -> httpx.Response:
        column, key = TABLES[table], str(self.key(table))
        where = {column: f"eq.{key}"}
        match command:
            case "insert":
                return await self.web.post(f"/{table}", json={column: key})
            case "update":
                return await self.web.patch(f"/{table}", params=where, json={column: key})
            case _:
                return await self.web.delete(f"/{table}", params=where)

    def key(self, table: str) -> UUID:
        """What the rows are found by."""
        match TABLES[table]:
            case "job_id":
                return self.owned.job_id
            case "manuscript_id":
                return self.owned.manuscript_id
            case _:
                return self.owned.account.id


def at(project: Project, *, key: str, token: str | None = None) -> httpx.AsyncClient:
    headers = {"apikey": key} | ({"Authorization": f"Bearer {token}"} if token else {})
    return httpx.AsyncClient(base_url=f"{project.url}/rest/v1", headers=headers, timeout=20)


@pytest.fixture(scope="module")
def owners(project: Project) -> list[Owned]:
    """Two authors, each with a row in every table."""
    accounts = [project.sign_up(f"{name}@authors.example") for name in ("ann", "ben")]
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        return [runner.run(_owned(project, account)) for account in accounts]


async def _owned(project: Project, account: Author) -> Owned:
    connection = await asyncpg.connect(project.database_url)
    life = await Life.born(connection, owner_id=account.id)
    await life.reach("completed")
    await life.call("manuscript_file_save", p_manuscript_id=life.manuscript_id, p_content=b"rain")
    await connection.close()
    return Owned(account=account, manuscript_id=life.manuscript_id, job_id=life.job_id)


@pytest.fixture
async def ann(project: Project, owners: list[Owned]) -> AsyncIterator[Identity]:
    async with at(project, key=project.publishable_key, token=owners[0].account.token) as web:
        yield Identity(web=web, owned=owners[0])


@pytest.fixture
async def ben(project: Project, owners: list[Owned]) -> AsyncIterator[Identity]:
    async with at(project, key=project.publishable_key, token=owners[1].account.token) as web:
        yield Identity(web=web, owned=owners[1])


@pytest.fixture
async def stranger(project: Project, owners: list[Owned]) -> AsyncIterator[Identity]:
    """Somebody who is after ann's rows."""
    async with at(project, key=project.publishable_key) as web:
        yield Identity(web=web, owned=owners[0])


@pytest.mark.parametrize("table", READABLE)
async def test_an_author_reads_her_own_rows_and_nobody_elses(ann: Identity, ben: Identity, table: str) -> None:
    for author, other in ((ann, ben), (ben, ann)):
        rows = await author.select(table)
        theirs = await author.select(table, **{TABLES[table]: f"eq.{other.key(table)}"})
        missing = await author.select(table, **{TABLES[table]: f"eq.{UUID(int=7)}"})

        assert rows.status_code == 200, rows.text
        assert {row[TABLES[table]] for row in rows.json()} == {str(author.key(table))}
        assert (theirs.status_code, theirs.json()) == (missing.status_code, missing.json()) == (200, [])


@pytest.mark.parametrize("table", [table for table in TABLES if table not in READABLE])
async def test_an_author_does_not_read_what_is_not_hers_to_read(ann: Identity, table: str) -> None:
    assert (await ann.select(table)).status_code in FORBIDDEN


@pytest.mark.parametrize("table", TABLES)
async def test_a_stranger_reads_nothing(stranger: Identity, table: str) -> None:
    answer = await stranger.select(table)

    assert answer.status_code in FORBIDDEN
    assert answer.json()["code"] == "42501"


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("command", WRITES)
async def test_neither_an_author_nor_a_stranger_writes(
    ann: Identity, stranger: Identity, connection: Connection, command: str, table: str
) -> None:
    before = await connection.fetch(f"select t::text from public.{table} t where true")

    for identity in (ann, stranger):
        answer = await identity.write(command, table)
        assert answer.is_client_error, answer.text

    after = await connection.fetch(f"select t::text from public.{table} t where true")
    assert _without_the_clock(table, after) == _without_the_clock(table, before)


async def test_neither_an_author_nor_a_stranger_calls_a_function(
    ann: Identity, stranger: Identity, connection: Connection
) -> None:
    functions = await connection.fetch(
        """
        select p.proname, array_agg(a.name) filter (where a.name is not null) as names
        from pg_proc p
        left join lateral unnest(p.proargnames[1:p.pronargs]) as a (name) on true
        where p.pronamespace = 'public'::regnamespace and p.prorettype <> 'trigger'::regtype
        group by p.oid, p.proname
        """
    )
    assert len(functions) > 30

    for identity in (ann, stranger):
        for function in functions:
            arguments: dict[str, Any] = dict.fromkeys(function["names"] or [])
            answer = await identity.web.post(f"/rpc/{function['proname']}", json=arguments)
            assert answer.status_code in FORBIDDEN, f"{function['proname']}: {answer.text}"
            assert answer.json()["code"] == "42501", f"{function['proname']}: {answer.text}"


async def test_a_token_of_another_project_is_nobody(project: Project, ann: Identity) -> None:
    forged = f"{ann.web.headers['Authorization'].split()[1].rsplit('.', 1)[0]}.c2lnbmVkIGJ5IG5vYm9keQ"
    async with at(project, key=project.publishable_key, token=forged) as web:
        for table in READABLE:
            assert (await web.get(f"/{table}")).status_code in FORBIDDEN


@pytest.mark.parametrize("table", TABLES)
async def test_the_service_reads_everybodys_rows(project: Project, ann: Identity, ben: Identity, table: str) -> None:
    async with at(project, key=project.secret_key) as web:
        answer = await web.get(f"/{table}", params={"select": TABLES[table]})

    assert answer.status_code == 200, answer.text
    if table in OWN:
        assert {str(ann.key(table)), str(ben.key(table))} <= {row[TABLES[table]] for row in answer.json()}


@pytest.mark.parametrize(
    ("command", "table"),
    [
        ("delete", "jobs"),
        ("update", "job_events"),
        ("delete", "job_events"),
        ("update", "analysis_reports"),
        ("delete", "analysis_reports"),
    ],
)
async def test_the_service_itself_neither_rewrites_nor_deletes_what_happened(
    project: Project, ann: Identity, command: str, table: str
) -> None:
    async with at(project, key=project.secret_key) as web:
        service = Identity(web=web, owned=ann.owned)
        before = [(await service.select(each)).json() for each in READABLE if each != "job_snapshots"]
        answer = await service.write(command, table)
        after = [(await service.select(each)).json() for each in READABLE if each != "job_snapshots"]

    assert (answer.is_client_error, answer.json()["code"]) == (True, "NF409"), answer.text
    assert after == before


@pytest.mark.parametrize("status", STATUSES)
async def test_a_manuscript_that_the_service_deletes_takes_its_job_along(
    project: Project, connection: Connection, status: str
) -> None:
    life = await Life.born(connection)
    await life.reach(status)

    async with at(project, key=project.secret_key) as web:
        answer = await web.delete("/manuscripts", params={"id": f"eq.{life.manuscript_id}"})

    assert answer.is_success, answer.text
    assert (await life.row(), await life.events(), await life.reports()) == (None, [], 0)


async def test_the_service_itself_cannot_write_a_false_status(project: Project, ann: Identity) -> None:
    this = {"id": f"eq.{ann.owned.job_id}"}
    async with at(project, key=project.secret_key) as web:
        answer = await web.patch("/jobs", params=this, json={"status": "queued"})
        rows = (await web.get("/jobs", params=this)).json()

    assert answer.is_error
    assert [row["status"] for row in rows] == ["completed"]


def _without_the_clock(table: str, rows: list[Any]) -> list[str] | int:
    """The rows; of the view, whose rows carry the time at which they are read, their number."""
    return len(rows) if table == "job_snapshots" else sorted(row[0] for row in rows)
