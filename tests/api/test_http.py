"""GraphQL over HTTP: who may ask, in which words, and what a fault looks like from outside."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.staticfiles import StaticFiles

from jobs.errors import ConfigurationError, Unavailable
from jobs.settings import Settings
from schema import limits
from server import pages
from server.app import Server
from tests.api.conftest import Api, running

VIEWER = "{ viewer { id email } }"
RESPONSE_JSON = "application/graphql-response+json"


async def test_the_viewer_is_who_the_token_says(api: Api) -> None:
    assert await api.data(VIEWER) == {"viewer": {"id": "ann", "email": "ann@example.com"}}


async def test_no_token_is_answered_with_401_and_a_code(api: Api) -> None:
    wrong = ("", "Bearer", "Bearer x", f"Basic {api.token()}", f"Bearer {api.token(expires_in=-1)}")
    for value in wrong:
        response = await api.http.post(
            "/graphql", json={"query": VIEWER}, headers={"Authorization": value} if value else {}
        )

        assert response.status_code == 401, value
        assert response.json()["code"] == "UNAUTHENTICATED"
        assert response.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
        assert response.headers["www-authenticate"] == "Bearer"


async def test_the_media_type_is_the_one_that_the_client_prefers(api: Api) -> None:
    preferences = {
        RESPONSE_JSON: RESPONSE_JSON,
        "application/json": "application/json",
        "*/*": "application/json",
        f"{RESPONSE_JSON}, application/json;q=0.9": RESPONSE_JSON,
        f"{RESPONSE_JSON};q=0.5, application/json": "application/json",
        "text/html, application/*": "application/json",
    }
    for accept, expected in preferences.items():
        response = await _post(api, {"query": VIEWER}, accept=accept)

        assert response.headers["content-type"] == f"{expected}; charset=utf-8", accept


async def test_an_answer_that_nobody_accepts_is_406(api: Api) -> None:
    assert (await _post(api, {"query": VIEWER}, accept="text/plain")).status_code == 406


@pytest.mark.parametrize(("accept", "status"), [(RESPONSE_JSON, 400), ("application/json", 200)])
async def test_a_request_error_carries_no_data_and_a_status_by_media_type(api: Api, accept: str, status: int) -> None:
    requests: list[dict[str, object]] = [
        {"query": "{"},
        {"query": "{ nothing }"},
        {"query": "query ($id: ID!) { job(id: $id) { id } }", "variables": {}},
        {"query": "query A { viewer { id } } query B { viewer { id } }"},
        {"query": "query A { viewer { id } }", "operationName": "C"},
    ]
    for request in requests:
        response = await _post(api, request, accept=accept)

        assert response.status_code == status, request
        assert "data" not in response.json()
        assert response.json()["errors"]


async def test_a_body_that_is_no_request_is_400(api: Api) -> None:
    bodies = [
        "",
        "{",
        "[]",
        "1",
        '{"query": 1}',
        '{"query": ""}',
        "[" * 100_000,
        '{"query": "{ a }", "variables": [1]}',
    ]
    for body in bodies:
        headers = {**api.bearer(), "Content-Type": "application/json"}
        response = await api.http.post("/graphql", content=body, headers=headers)

        assert response.status_code == 400, body[:50]
        assert response.json()["code"] == "INVALID_INPUT"


async def test_another_content_type_is_400(api: Api) -> None:
    headers = {**api.bearer(), "Content-Type": "text/plain"}
    response = await api.http.post("/graphql", content=json.dumps({"query": VIEWER}), headers=headers)

    assert response.status_code == 400


async def test_a_query_may_come_by_get_and_a_mutation_may_not(api: Api) -> None:
    query = await api.http.get("/graphql", params={"query": VIEWER}, headers=api.bearer())
    mutation = await api.http.get(
        "/graphql", params={"query": 'mutation { cancelJob(id: "x") { __typename } }'}, headers=api.bearer()
    )

    assert query.json()["data"]["viewer"]["id"] == "ann"
    assert mutation.status_code == 405
    assert mutation.headers["allow"] == "POST"


async def test_a_large_answer_is_packed_for_who_can_unpack_it(api: Api) -> None:
    long = {"query": "{ __schema { types { name description fields { name description } } } }"}
    plain = await _post(api, long, accept_encoding="identity")
    packed = await _post(api, long, accept_encoding="gzip, br")
    small = await _post(api, {"query": VIEWER}, accept_encoding="gzip, br")

    assert (plain.headers.get("content-encoding"), packed.headers.get("content-encoding")) == (None, "gzip")
    assert plain.headers["vary"] == packed.headers["vary"] == "Accept-Encoding"
    assert int(packed.headers["content-length"]) < int(plain.headers["content-length"]) / 3
    assert packed.content == plain.content  # unpacked by the client
    assert "content-encoding" not in small.headers


async def test_a_subscription_over_http_says_where_it_belongs(api: Api) -> None:
    response = await api.post("subscription { jobUpdates { asOf } }")

    assert response.status_code == 400
    assert "graphql-transport-ws" in response.json()["message"]


async def test_a_body_over_the_limit_is_413_before_it_is_read(settings: Settings) -> None:
    async with running(replace(settings, max_upload_bytes=1000)) as api:
        response = await _post(api, {"query": VIEWER, "x": "x" * 70_000})

    assert response.status_code == 413
    assert response.json()["code"] == "TOO_LARGE"


async def test_a_body_as_large_as_a_manuscript_takes_the_place_of_an_upload(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def in_pieces() -> AsyncIterator[bytes]:
        yield json.dumps({"query": VIEWER}).encode()

    headers = {**api.bearer(), "Content-Type": "application/json"}
    monkeypatch.setattr(api.services.uploads, "_each", 0)
    small = await _post(api, {"query": VIEWER})
    large = await _post(api, {"query": VIEWER, "x": "x" * 70_000})
    of_no_length = await api.http.post("/graphql", content=in_pieces(), headers=headers)

    assert small.status_code == 200
    for refused in (large, of_no_length):
        assert (refused.status_code, refused.json()["code"]) == (429, "LIMIT_REACHED")
        assert refused.headers["retry-after"] == "30"


async def test_the_place_of_a_large_body_is_free_again_after_the_answer(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api.services.uploads, "_each", 1)
    held: list[int] = []

    async def counted(*_: object) -> int:
        held.append(api.services.uploads.total())
        return 0

    monkeypatch.setattr(api.services.domain.service, "manuscripts_count", counted)
    for _ in range(2):
        response = await _post(api, {"query": "{ manuscripts { totalCount } }", "x": "x" * 70_000})
        assert response.status_code == 200

    assert held == [1, 1]
    assert api.services.uploads.total() == 0


async def test_a_fault_is_masked_and_logged_under_its_number(
    api: Api, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_: object) -> None:
        raise ZeroDivisionError("a secret detail")

    monkeypatch.setattr(api.services.domain.service, "manuscripts_count", broken)
    error = await api.error("{ manuscripts { totalCount } }")

    number = error["message"].split()[2].rstrip(".")
    assert "secret" not in json.dumps(error)
    assert error["extensions"] == {"code": "INTERNAL"}
    assert f"internal error {number}" in caplog.text
    assert "a secret detail" in caplog.text


@pytest.mark.parametrize("cause", [Unavailable("Try again."), ConfigurationError("No functions.")], ids=repr)
async def test_a_database_that_is_away_is_unavailable_and_no_fault(
    api: Api, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, cause: Exception
) -> None:
    async def away(*_: object) -> None:
        raise cause

    monkeypatch.setattr(api.services.domain.service, "manuscripts_count", away)
    error = await api.error("{ manuscripts { totalCount } }")

    assert error["extensions"] == {"code": "UNAVAILABLE"}
    assert "Traceback" not in caplog.text


async def test_half_a_character_in_a_request_comes_back_as_json(api: Api) -> None:
    headers = {**api.bearer(), "Content-Type": "application/json"}
    body = json.dumps({"query": "query ($id: ID!) { job(id: $id) { \ud800 } }"})
    response = await api.http.post("/graphql", content=body, headers=headers)

    assert "Syntax Error" in response.json()["errors"][0]["message"]


_ALIASES = " ".join(f"a{number}: id" for number in range(limits.MAX_ALIASES + 1))
_PAGE = "{ edges { node { jobs(first: $n) { id kind stage attempt version events { at } } } } }"
EXCESSES = {
    "aliases": f"{{ viewer {{ {_ALIASES} }} }}",
    "deep": "{ manuscripts { edges { node {" + "latestJob { manuscript {" * 5 + "id" + "} }" * 5 + "} } } }",
    "could hold": "{ manuscripts(first: 100) " + _PAGE.replace("$n", "100") + " }",
    "with `first`": "query ($n: Int) { manuscripts(first: $n) " + _PAGE + " }",
    "token": "{ " + "viewer { id } " * limits.MAX_TOKENS + "}",
    "introspection": "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }",
}


@pytest.mark.parametrize("word", EXCESSES)
async def test_a_request_over_a_limit_is_refused_and_logs_nothing(
    api: Api, word: str, caplog: pytest.LogCaptureFixture
) -> None:
    answer = (await api.post(EXCESSES[word])).json()

    assert word in answer["errors"][0]["message"]
    assert "data" not in answer
    assert not [record for record in caplog.records if record.levelname in ("WARNING", "ERROR")]


async def test_fragments_that_double_cost_no_time_to_refuse(api: Api) -> None:
    doubling = " ".join(f"fragment F{n} on Job {{ ...F{n + 1} ...F{n + 1} }}" for n in range(60))
    circle = "fragment F60 on Job { id ...F0 }"

    answer = (await api.post(f'{{ job(id: "x") {{ ...F0 }} }} {doubling} {circle}')).json()

    assert answer["errors"]


async def test_a_browser_gets_graphiql_and_a_program_does_not(api: Api) -> None:
    page = await api.http.get("/graphql", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    program = await api.http.get("/graphql", headers={"Accept": "application/json"})

    assert page.headers["content-type"].startswith("text/html")
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert program.status_code == 401


def test_an_idle_connection_is_kept_longer_than_clients_and_balancers_keep_theirs() -> None:
    # httpx and Node give theirs up after five seconds, as uvicorn would, and most balancers after sixty.
    assert Server(Starlette()).config.timeout_keep_alive > 60


async def test_every_answer_carries_the_security_headers(api: Api) -> None:
    for path in ("/", "/graphql", "/livez", "/config.json", "/assets/none.js", "/nowhere"):
        headers = (await api.http.get(path)).headers

        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["referrer-policy"] == "no-referrer", path
        assert "frame-ancestors 'none'" in headers["content-security-policy"], path
        assert "server" not in headers


async def test_an_asset_is_packed_for_who_takes_it_and_kept_for_a_year(
    api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = "let word;" * 1000
    (tmp_path / "page-a1b2.js").write_text(script)
    monkeypatch.setattr(StaticFiles, "lookup_path", lambda _, path: (str(tmp_path / path), (tmp_path / path).stat()))

    packed = await api.http.get("/assets/page-a1b2.js")
    plain = await api.http.get("/assets/page-a1b2.js", headers={"Accept-Encoding": "identity"})

    for response in (packed, plain):
        assert response.text == script
        assert "immutable" in response.headers["cache-control"]
        assert response.headers["content-type"].startswith("text/javascript")
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers


async def test_a_page_that_is_not_built_says_how_to(api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "STATIC", tmp_path)

    response = await api.http.get("/")

    assert response.status_code == 503
    assert "make" in response.text


async def test_what_is_not_there_is_404_in_json(api: Api) -> None:
    response = await api.http.get("/nowhere")

    assert response.status_code == 404
    answer = response.json()
    assert (answer["code"], answer["message"]) == ("NOT_FOUND", "Not Found.")
    assert answer["errors"] == [{"message": "Not Found.", "extensions": {"code": "NOT_FOUND"}}]


async def _post(
    api: Api, body: object, *, accept: str = "application/json", accept_encoding: str = "gzip"
) -> httpx.Response:
    headers = {**api.bearer(), "Accept": accept, "Accept-Encoding": accept_encoding}
    return await api.http.post("/graphql", json=body, headers=headers)
