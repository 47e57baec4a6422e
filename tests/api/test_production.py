"""What a server in production keeps to itself, and which documents it executes when it trusts only the contract's."""

import hashlib
import inspect
import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from graphql import parse, print_ast

from client_contract.verify import operations
from jobs.settings import Settings
from novelfoundry.client.generated import async_operations
from server import documents
from tests.api.conftest import Api, running

BROWSER = {"Accept": "text/html,*/*;q=0.8"}
RESPONSE_JSON = "application/graphql-response+json"
SHIPPED: dict[str, str] = json.loads(documents.SHIPPED.read_text())
VIEWER = next(hash for hash, text in SHIPPED.items() if text.startswith("query Viewer"))


@pytest.fixture
async def production(settings: Settings) -> AsyncIterator[Api]:
    async with running(replace(settings, production=True)) as api:
        yield api


@pytest.fixture
async def trusting(settings: Settings) -> AsyncIterator[Api]:
    """An api that executes the contract's operations only."""
    async with running(replace(settings, production=True, trusted_documents=True)) as api:
        yield api


def by_hash(hash: str, **beside: Any) -> dict[str, Any]:
    return {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": hash}}, **beside}


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


async def send(api: Api, body: dict[str, Any], *, accept: str = "application/json") -> httpx.Response:
    return await api.http.post("/graphql", json=body, headers={**api.bearer(), "Accept": accept})


async def error_of(api: Api, body: dict[str, Any]) -> dict[str, Any]:
    """The only error of a request over HTTP, which a socket answers with as well."""
    answer = (await send(api, body)).json()
    assert "data" not in answer, answer
    [error] = answer["errors"]
    async with api.socket() as socket:
        await socket.say({"type": "subscribe", "id": "1", "payload": body})
        assert await socket.hear() == {"id": "1", "type": "error", "payload": [error]}
    found: dict[str, Any] = error
    return found


@pytest.mark.parametrize(
    "query",
    [
        "{ __schema { queryType { name } } }",
        '{ __type(name: "Job") { name } }',
        "{ viewer { id } ...F } fragment F on Query { a: __schema { description } }",
        "query A { viewer { id } } query B { ... on Query { __schema { description } } }",
    ],
)
async def test_in_production_nobody_is_told_the_schema(production: Api, query: str) -> None:
    error = await error_of(production, {"query": query, "operationName": "B" if "query B" in query else None})

    assert error["extensions"]["code"] == "INTROSPECTION_DISABLED"


async def test_in_production_the_type_s_name_and_all_else_is_told(production: Api) -> None:
    assert (await production.data("{ viewer { __typename id } }"))["viewer"]["__typename"] == "Viewer"


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        ("{ viewr { id } }", {}),
        ("{ viewer }", {}),
        ('{ job(idd: "x") { id } }', {}),
        ("fragment F on Jb { id } { viewer { id } ...F }", {}),
        ("query ($x: Jb) { viewer { id } }", {}),
        ("mutation ($i: AddManuscriptInput!) { addManuscript(input: $i) { __typename } }", {"i": {"txt": "x"}}),
    ],
)
async def test_only_a_server_that_is_not_in_production_suggests_names(
    api: Api, production: Api, query: str, variables: dict[str, Any]
) -> None:
    request = {"query": query, "variables": variables}

    assert "Did you mean" in json.dumps((await send(api, request)).json())
    assert "Did you mean" not in json.dumps((await send(production, request)).json())


async def test_in_production_there_is_no_graphiql(api: Api, production: Api) -> None:
    assert (await api.http.get("/graphql", headers=BROWSER)).headers["content-type"].startswith("text/html")

    page = await production.http.get("/graphql", headers={**BROWSER, **production.bearer()})

    assert page.status_code == 400
    assert page.headers["content-type"].startswith("application/json")


async def test_a_document_that_the_server_ships_may_be_named_by_its_hash(api: Api, trusting: Api) -> None:
    for server in (api, trusting):
        posted = await send(server, by_hash(VIEWER, operationName="Viewer"))
        parameters = {"extensions": json.dumps(by_hash(VIEWER)["extensions"])}
        got = await server.http.get("/graphql", params=parameters, headers={**server.bearer(), **BROWSER})
        async with server.socket() as socket:
            await socket.say({"type": "subscribe", "id": "1", "payload": by_hash(VIEWER)})
            assert (await socket.next("1"))["viewer"]["id"] == "ann"

        assert posted.json()["data"]["viewer"]["id"] == got.json()["data"]["viewer"]["id"] == "ann"


@pytest.mark.parametrize("accept", [RESPONSE_JSON, "application/json"])
async def test_an_unknown_hash_is_said_as_the_links_of_clients_expect_it(api: Api, accept: str) -> None:
    query = "{ viewer { email } }"
    unknown = await send(api, by_hash(sha256(query)), accept=accept)
    again = await send(api, by_hash(sha256(query), query=query), accept=accept)

    assert unknown.json()["errors"] == [
        {"message": "PersistedQueryNotFound", "extensions": {"code": "PERSISTED_QUERY_NOT_FOUND"}}
    ]
    assert unknown.status_code == (400 if accept == RESPONSE_JSON else 200)
    assert again.json()["data"]["viewer"]["email"] == "ann@example.com"


async def test_another_version_of_the_form_is_not_supported(trusting: Api) -> None:
    body = {"extensions": {"persistedQuery": {"version": 2, "sha256Hash": VIEWER}}}

    assert await error_of(trusting, body) == {
        "message": "PersistedQueryNotSupported",
        "extensions": {"code": "PERSISTED_QUERY_NOT_SUPPORTED"},
    }


@pytest.mark.parametrize(
    "body",
    [
        {"extensions": {"persistedQuery": 1}},
        {"extensions": {"persistedQuery": {"version": 1}}},
        {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": 1}}},
        {**by_hash(VIEWER), "query": "{ viewer { email } }"},
        {**by_hash(VIEWER), "query": 1},
        {"extensions": {}},
    ],
)
async def test_a_hash_of_another_form_or_another_document_is_400(api: Api, body: dict[str, Any]) -> None:
    response = await send(api, body)

    assert (response.status_code, response.json()["code"]) == (400, "INVALID_INPUT")


async def test_where_only_the_contract_is_trusted_nothing_else_is_executed(trusting: Api) -> None:
    for query in ("{ viewer { id } }", "query Viewer { viewer { id email __typename id } }", "{", "{ __typename }"):
        error = await error_of(trusting, {"query": query})

        assert error["extensions"]["code"] == "OPERATION_NOT_TRUSTED", query
    error = await error_of(trusting, by_hash(sha256("{ viewer { id } }")))
    assert error["extensions"]["code"] == "PERSISTED_QUERY_NOT_FOUND"


@pytest.mark.parametrize("name", operations())
def test_every_operation_of_the_contract_is_trusted_however_a_client_writes_it(name: str) -> None:
    text = operations()[name]

    for written in (text, print_ast(parse(text)), " ".join(print_ast(parse(text)).split()), f"# a word\n{text}"):
        assert documents.Documents(only_trusted=True).admitted({"query": written}).query == written


def test_every_operation_of_the_python_client_is_trusted() -> None:
    texts = re.findall(r'gql\("""(.+?)"""\)', inspect.getsource(async_operations), re.DOTALL)

    assert len(texts) >= len(operations())
    for query in texts:
        assert documents.Documents(only_trusted=True).admitted({"query": query}).query == query


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("query ($id: ID!) { job(id: $id) { id } }", "INVALID_INPUT"),
        ("query A { viewer { id } } query B { viewer { id } }", "OPERATION_RESOLUTION_FAILURE"),
        ("{ " + "viewer { id } " * 2000 + "}", "OPERATION_TOO_LARGE"),
        ("{ viewer { " + " ".join(f"a{n}: id" for n in range(99)) + " } }", "OPERATION_TOO_LARGE"),
        ("{" * 3000, "GRAPHQL_PARSE_FAILED"),
    ],
)
async def test_what_is_refused_before_it_is_executed_has_a_code(api: Api, query: str, code: str) -> None:
    answer = (await send(api, {"query": query})).json()

    assert {error["extensions"]["code"] for error in answer["errors"]} == {code}


ADD = "mutation ($input: AddManuscriptInput!) { addManuscript(input: $input) { __typename } }"
ADD_TEXT = 'mutation ($t: String!) { addManuscript(input: {title: "A", text: $t}) { __typename } }'
LONG = "It rained. " * 20_000


async def test_only_a_manuscript_s_text_may_be_long(api: Api) -> None:
    longest = [
        {"query": ADD, "variables": {"input": {"title": "A", "text": LONG}}},
        {"query": ADD_TEXT, "variables": {"t": LONG}},
    ]
    too_long = [
        {"query": ADD, "variables": {"input": {"title": LONG, "text": "A"}}},
        {"query": ADD_TEXT, "variables": {"t": "A", "x": LONG}},
        {"query": "query ($id: ID!) { job(id: $id) { id } }", "variables": {"id": LONG}},
        {"query": "{ viewer { id } }", "extensions": {"x": LONG}},
    ]

    for body in longest:
        assert (await send(api, body)).json()["data"]["addManuscript"]["__typename"] == "Manuscript"
    for body in too_long:
        refused = await send(api, body)
        assert (refused.status_code, refused.json()["code"]) == (413, "TOO_LARGE")
