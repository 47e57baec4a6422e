"""The program on a project, with nothing but its address and keys: from signing up to the report."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from schema.ids import global_id
from tests.e2e.conftest import Author as SignedIn
from tests.e2e.conftest import Program
from tests.e2e.test_whole_road import (
    PROGRESS,
    SAMPLE,
    START,
    UPDATES,
    test_a_novel_goes_from_upload_to_report,
    test_another_page_hears_of_the_job_without_asking,
    test_starting_twice_gives_the_job_that_lives,
)
from tests.sql.life import Connection
from tests.supabase.lite import Project

__all__ = [
    "test_a_novel_goes_from_upload_to_report",
    "test_another_page_hears_of_the_job_without_asking",
    "test_starting_twice_gives_the_job_that_lives",
]


@pytest.fixture
async def author(program: Program, project: Project) -> AsyncIterator[SignedIn]:
    """An author who signed up at the project."""
    async with signed_up(program, project) as author:
        yield author


@asynccontextmanager
async def signed_up(program: Program, project: Project) -> AsyncIterator[SignedIn]:
    token = project.sign_up(f"{uuid4()}@authors.example").token
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=program.url, timeout=20, trust_env=False, headers=headers) as http:
        yield SignedIn(http, program.url, token)


async def test_the_service_knows_who_signed_up_at_the_project(program: Program, project: Project) -> None:
    account = project.sign_up(f"{uuid4()}@authors.example")
    async with httpx.AsyncClient(base_url=program.url, headers={"Authorization": f"Bearer {account.token}"}) as http:
        answer = await http.post("/graphql", json={"query": "{ viewer { id email } }"})

    assert answer.json()["data"]["viewer"] == {"id": str(account.id), "email": account.email}


REFUSAL = "{ __typename ... on Refusal { code message } }"
OPERATIONS = {
    "Manuscript": [
        "query ($id: ID!) { manuscript(id: $id) { title } }",
        "query ($id: ID!) { node(id: $id) { id } }",
        f"mutation ($id: ID!) {{ startAnalysis(manuscriptId: $id) {REFUSAL} }}",
        f"mutation ($id: ID!) {{ deleteManuscript(id: $id) {REFUSAL} }}",
    ],
    "Job": [
        "query ($id: ID!) { job(id: $id) { status } }",
        "query ($id: ID!) { node(id: $id) { id } }",
        f"mutation ($id: ID!) {{ cancelJob(id: $id) {REFUSAL} }}",
        f"mutation ($id: ID!) {{ retryJob(id: $id) {REFUSAL} }}",
    ],
    "AnalysisReport": ["query ($id: ID!) { node(id: $id) { id } }"],
}


async def test_what_is_another_authors_cannot_be_told_from_what_is_missing(
    program: Program, project: Project, author: SignedIn
) -> None:
    theirs = await _rows_of(author)
    async with signed_up(program, project) as other:
        for kind, operations in OPERATIONS.items():
            missing = global_id(kind, UUID(int=7))
            for operation in operations:
                answer = await other.ask(operation, id=theirs[kind])
                assert answer == await other.ask(operation, id=missing), operation
                assert None in answer.values() or "NOT_FOUND" in str(answer), operation
        progress = [await _refused_progress(other, id) for id in (theirs["Job"], global_id("Job", UUID(int=7)))]
        assert progress[0] == progress[1]
        async with other.listening() as socket:
            first = await anext(socket.subscribe(UPDATES))
        assert first["jobUpdates"]["jobs"] == []
        assert (await other.ask("{ manuscripts { totalCount } }"))["manuscripts"] == {"totalCount": 0}

    assert await _rows_of(author, manuscript=theirs["Manuscript"]) == theirs


async def _rows_of(author: SignedIn, manuscript: str | None = None) -> dict[str, str]:
    """The ids of a manuscript of hers, of its job and of its report; made at first."""
    if manuscript is None:
        manuscript = (await author.upload(SAMPLE.name, SAMPLE.read_bytes())).json()["id"]
        started = (await author.ask(START, id=manuscript))["startAnalysis"]
        async with author.listening() as socket:
            async for _ in socket.subscribe(PROGRESS, id=started["id"]):
                pass
    found = await author.ask(
        "query ($id: ID!) { manuscript(id: $id) { latestJob { id } latestReport { id } } }", id=manuscript
    )
    job, report = found["manuscript"]["latestJob"], found["manuscript"]["latestReport"]
    return {"Manuscript": manuscript, "Job": job["id"], "AnalysisReport": report["id"]}


async def _refused_progress(author: SignedIn, job: str) -> Any:
    async with author.listening() as socket:
        payload = {"query": PROGRESS, "variables": {"id": job}}
        await socket.send({"type": "subscribe", "id": "1", "payload": payload})
        async with asyncio.timeout(20):
            answer = await socket.receive()
    assert "NOT_FOUND" in str(answer), answer
    return answer


async def test_a_deleted_manuscript_leaves_nothing_in_the_project(author: SignedIn, connection: Connection) -> None:
    before = await connection.fetchval("select count(*) from storage.objects")
    manuscript = (await author.upload(SAMPLE.name, SAMPLE.read_bytes())).json()["id"]
    assert await connection.fetchval("select count(*) from storage.objects") == before + 1

    await author.ask("mutation ($id: ID!) { deleteManuscript(id: $id) { __typename } }", id=manuscript)

    assert await connection.fetchval("select count(*) from storage.objects") == before


async def test_the_log_holds_no_line_for_each_call_and_no_key(program: Program, project: Project) -> None:
    log = "".join(program.lines)

    assert "HTTP/1.1" not in log
    for secret in (project.secret_key, project.jwt_secret):
        assert secret not in log


async def test_the_page_is_told_where_to_sign_in(program: Program, project: Project) -> None:
    async with httpx.AsyncClient(base_url=program.url) as http:
        told = await http.get("/config.json")
        own = await http.post("/session", headers={"Origin": program.url})

    assert told.json() == {
        "mode": "supabase",
        "supabaseUrl": project.url,
        "publishableKey": project.publishable_key,
    }
    assert project.secret_key not in told.text
    assert own.status_code == 403
