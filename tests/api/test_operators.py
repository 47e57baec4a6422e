"""Who is an operator, what she sees and does; and that nobody else does."""

import json
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import jwt
import pytest

from jobs.database.store import JobStore
from jobs.models import Manuscript
from jobs.settings import Settings
from jobs.states import FailureCode
from schema.ids import global_id
from server.auth import LOCAL_AUDIENCE, LOCAL_ISSUER, local_secret, local_token
from tests.api.conftest import Api, Hand, running
from tests.conftest import AddManuscript
from tests.unit.test_docs import ROOT

OPERATIONS = ROOT / "client_contract" / "operations"
ALL = "\n".join(
    (OPERATIONS / f"{name}.graphql").read_text()
    for name in ("Operator", "OperatorJobFields", "SystemFields", "RefusalFields")
)
HOLD = "mutation ($why: String!) { holdLine(why: $why) { __typename ... on Refusal { code message } } }"
RESUME = "mutation { resumeLine { __typename ... on Refusal { code } ... on Hold { why by } } }"
RETRY = """mutation { retryFailed(failureCode: [INTERNAL_ERROR, UNREADABLE_MANUSCRIPT]) {
  __typename ... on Refusal { code } ... on RetriedJobs { done refused hasMore }
} }"""


async def _ask(api: Api, query: str, *, token: str | None = None, **variables: Any) -> dict[str, Any]:
    """The only field of the answer to an operator, or to whoever the token names."""
    token = token or local_token(api.settings, sub="olga", is_operator=True)
    answer = await api.http.post(
        "/graphql", json={"query": query, "variables": variables}, headers={"Authorization": f"Bearer {token}"}
    )
    [found] = answer.json()["data"].values()
    assert isinstance(found, dict)
    return found


def _token(settings: Settings, **claims: Any) -> str:
    usual = {"sub": "eve", "aud": LOCAL_AUDIENCE, "iss": LOCAL_ISSUER, "exp": 4_000_000_000}
    return jwt.encode(usual | claims, local_secret(settings), algorithm="HS256")


@pytest.mark.parametrize(
    ("claims", "is_operator"),
    [
        ({"app_metadata": {"role": "operator"}}, True),
        ({"app_metadata": {"roles": ["editor", "operator"]}}, True),
        ({}, False),
        ({"role": "operator"}, False),
        ({"user_metadata": {"role": "operator", "roles": ["operator"]}}, False),
        ({"app_metadata": {"role": "operators", "roles": "operator"}}, False),
        ({"app_metadata": ["operator"]}, False),
        ({"app_metadata": None}, False),
    ],
)
async def test_the_app_metadata_of_a_token_alone_make_an_operator(
    api: Api, claims: dict[str, Any], is_operator: bool
) -> None:
    token = _token(api.settings, **claims)

    assert await _ask(api, "{ viewer { isOperator } }", token=token) == {"isOperator": is_operator}
    assert (await _ask(api, ALL, token=token))["__typename"] == ("Operator" if is_operator else "Refusal")


async def test_to_everybody_else_what_is_an_operators_is_refused_and_nothing_changes(api: Api, store: JobStore) -> None:
    answers = [(await api.data(query, why="Mine.")) for query in (ALL, HOLD, RESUME, RETRY)]

    assert [next(iter(answer.values()))["code"] for answer in answers] == ["FORBIDDEN"] * 4
    assert (await store.line()).hold is None


async def test_an_operator_sees_jobs_and_authors_and_never_a_word_of_a_manuscript(
    api: Api, add_manuscript: AddManuscript, hand: Hand, store: JobStore, owner_id: UUID
) -> None:
    def made() -> Any:
        return add_manuscript(owner_id=owner_id, title="A Secret Title")

    broken = await hand.begin(await hand.claim(await hand.start(await made())))
    await store.fail(broken, FailureCode.UNREADABLE_MANUSCRIPT, "A Secret Title holds nothing.")
    running_job = await hand.begin(await hand.claim(await hand.start(await made())))
    waiting = await hand.start(await made())

    seen = await _ask(api, ALL)
    story = await _ask(
        api,
        """query ($id: ID!) { operator { ... on Operator {
          job(id: $id) { job { id failureMessage } events { status message } }
          jobs(filter: { status: [QUEUED] }) { id authorId }
        } } }""",
        id=global_id("Job", broken.id),
    )

    assert "Secret" not in json.dumps([seen, story])
    assert [job["id"] for job in seen["running"]] == [global_id("Job", running_job.id)]
    assert [job["failureCode"] for job in seen["failed"]] == ["UNREADABLE_MANUSCRIPT"]
    assert [(each["authorId"], each["waiting"], each["running"]) for each in seen["line"]] == [(str(owner_id), 1, 1)]
    assert {process["kind"] for process in seen["processes"]} == {"api"}
    assert story["job"]["events"][-1] == {"status": "FAILED", "message": None}
    assert story["jobs"] == [{"id": global_id("Job", waiting.id), "authorId": str(owner_id)}]


async def test_an_operator_holds_the_line_once_and_lets_it_go(api: Api) -> None:
    assert await _ask(api, HOLD, why="Upgrading") == {"__typename": "Hold"}
    assert (await _ask(api, HOLD, why="Again"))["code"] == "NOT_ALLOWED_NOW"
    assert (await api.data("{ system { hold { by why } } }"))["system"]["hold"] == {
        "by": "an operator",
        "why": "Upgrading",
    }
    assert await _ask(api, RESUME) == {"__typename": "Hold", "why": "Upgrading", "by": "an operator"}
    assert (await _ask(api, RESUME))["code"] == "NOT_ALLOWED_NOW"


@pytest.mark.parametrize("why", ["", "   ", "x" * 501])
async def test_a_reason_that_is_none_holds_nothing(api: Api, store: JobStore, why: str) -> None:
    assert (await _ask(api, HOLD, why=why))["code"] == "INVALID_INPUT"
    assert (await store.line()).hold is None


async def test_an_operator_gives_those_that_failed_so_a_new_try_once(
    api: Api, manuscript: Manuscript, hand: Hand, store: JobStore
) -> None:
    job = await hand.begin(await hand.claim(await hand.start(manuscript)))
    await store.fail(job, FailureCode.INTERNAL_ERROR, "A fault of ours.")

    assert await _ask(api, RETRY) == {"__typename": "RetriedJobs", "done": 1, "refused": 0, "hasMore": False}
    assert (await _ask(api, RETRY))["done"] == 0
    [retried, failed] = await store.of_manuscripts(manuscript.owner_id, [manuscript.id], limit=5)
    assert retried.retry_of == failed.id == job.id


async def test_the_local_author_is_an_operator_where_the_setting_says_so(settings: Settings) -> None:
    for is_set in (True, False):
        async with running(replace(settings, local_sign_in=True, local_operator=is_set)) as api:
            signed_in = await api.http.post("/session", headers={"Origin": api.url})
            viewer = await _ask(api, "{ viewer { isOperator } }", token=signed_in.json()["token"])
        assert viewer == {"isOperator": is_set}


async def test_what_an_operator_reads_of_a_job_that_is_not_there_is_null(api: Api) -> None:
    query = "query ($id: ID!) { operator { ... on Operator { job(id: $id) { job { id } } } } }"

    assert await _ask(api, query, id=global_id("Job", uuid4())) == {"job": None}
    assert await _ask(api, query, id="nonsense") == {"job": None}


async def test_plans_of_what_an_operator_reads_go_by_an_index_of_their_own(
    connection: "asyncpg.Connection[asyncpg.Record]",
) -> None:
    """Whatever an old service has failed, the newest are found without it."""
    await connection.execute("set enable_seqscan = off")
    plan = await connection.fetch(
        "explain select id from public.jobs where status = 'failed' and failure_code = 'RUN_TIMEOUT'"
        " order by finished_at desc limit 20"
    )

    text = "\n".join(row[0] for row in plan)
    assert "jobs_failed" in text
    assert "Sort" not in text
