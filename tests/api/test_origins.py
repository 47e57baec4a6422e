"""Who may call from where: the server's own pages, those that its operator allowed, and programs."""

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest

from jobs.settings import Settings
from tests.api.conftest import Api, running

FRIEND, STRANGER = "https://app.example", "https://evil.example"
VIEWER = {"query": "{ viewer { id } }"}
HANDSHAKE = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Protocol": "graphql-transport-ws",
}
FILE = {"file": ("rain.txt", b"Chapter 1\n\nIt rained.")}


@pytest.fixture
async def open_api(settings: Settings) -> AsyncIterator[Api]:
    """An api that lets FRIEND's pages call."""
    async with running(replace(settings, allowed_origins=(FRIEND,))) as api:
        yield api


async def ask(api: Api, origin: str | None, **headers: str) -> httpx.Response:
    named = {} if origin is None else {"Origin": origin}
    return await api.http.post("/graphql", json=VIEWER, headers={**api.bearer(), **named, **headers})


async def handshake(api: Api, origin: str) -> httpx.Response:
    """The answer to a socket that a page of this origin wants to open."""
    async with api.http.stream("GET", "/graphql", headers={**HANDSHAKE, "Origin": origin}) as response:
        if response.status_code != 101:
            await response.aread()
        return response


async def test_a_page_of_another_origin_is_refused_on_every_road(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    for origin in (STRANGER, FRIEND, "null", f"{api.url}0", api.url.replace("127.0.0.1", "localhost"), "http://["):
        asked = await ask(api, origin)
        sent = await api.http.post("/manuscripts", files=FILE, headers={**api.bearer(), "Origin": origin})
        socket = await handshake(api, origin)

        for answer in (asked, sent, socket):
            assert answer.status_code == 403, origin
            assert answer.json()["code"] == "ORIGIN_NOT_ALLOWED"
            assert origin in answer.json()["message"]
            assert "access-control-allow-origin" not in answer.headers
    assert (await api.data("{ manuscripts { totalCount } }"))["manuscripts"]["totalCount"] == 0
    assert not [record for record in caplog.records if record.levelname in ("WARNING", "ERROR")]


async def test_programs_and_the_servers_own_pages_are_let_in(api: Api) -> None:
    assert (await ask(api, None)).status_code == 200
    assert (await ask(api, api.url)).status_code == 200
    assert (await ask(api, api.url.replace("http", "https"))).status_code == 200
    assert (await handshake(api, api.url)).status_code == 101


async def test_behind_a_proxy_a_page_of_the_servers_own_is_known(api: Api) -> None:
    page = "https://novels.example"

    assert (await ask(api, page, Host="novels.example")).status_code == 200
    assert (await ask(api, page, Host="novels.example:443")).status_code == 200
    assert (await ask(api, page, **{"Sec-Fetch-Site": "same-origin"})).status_code == 200
    assert (await ask(api, page, **{"Sec-Fetch-Site": "same-site"})).status_code == 403
    assert (await ask(api, page, Host="novels.example:8443")).status_code == 403


async def test_an_allowed_origin_may_ask_send_files_and_listen(open_api: Api) -> None:
    asked = await ask(open_api, FRIEND)
    sent = await open_api.http.post("/manuscripts", files=FILE, headers={**open_api.bearer(), "Origin": FRIEND})
    unknown = await open_api.http.post("/graphql", json=VIEWER, headers={"Origin": FRIEND})

    assert (asked.status_code, sent.status_code, unknown.status_code) == (200, 201, 401)
    for answer in (asked, sent, unknown):
        assert answer.headers["access-control-allow-origin"] == FRIEND
        assert "Origin" in answer.headers["vary"]
        assert "access-control-allow-credentials" not in answer.headers
        assert "Retry-After" in answer.headers["access-control-expose-headers"]
    assert (await handshake(open_api, FRIEND)).status_code == 101
    assert (await handshake(open_api, STRANGER)).status_code == 403
    assert (await ask(open_api, STRANGER)).status_code == 403
    assert (await ask(open_api, open_api.url)).status_code == 200


async def test_a_preflight_needs_no_token_and_allows_what_clients_send(open_api: Api) -> None:
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization, content-type"}
    for path in ("/graphql", "/manuscripts"):
        allowed = await open_api.http.options(path, headers={"Origin": FRIEND, **asked})
        refused = await open_api.http.options(path, headers={"Origin": STRANGER, **asked})

        assert allowed.status_code == 200
        assert allowed.headers["access-control-allow-origin"] == FRIEND
        assert allowed.headers["access-control-allow-headers"] == "authorization, content-type"
        assert "POST" in allowed.headers["access-control-allow-methods"]
        assert refused.status_code == 403
        assert "access-control-allow-origin" not in refused.headers
