"""The service under a path of a larger site; and at the root all the same, for probes and proxies that cut it off."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from jobs.settings import Settings
from tests.api.conftest import Api, running

BASE = "/novels/of-ours"


@pytest.fixture
async def api(settings: Settings) -> AsyncIterator[Api]:
    """An api under a path."""
    async with running(replace(settings, base_path=BASE)) as api:
        yield api


@pytest.mark.parametrize("base", [BASE, ""])
async def test_every_endpoint_is_there(api: Api, base: str) -> None:
    for path, status in (("/livez", 200), ("/config.json", 200), ("/metrics", 200), ("/nothing", 404)):
        assert (await api.http.get(base + path)).status_code == status, path
    sent = await api.http.post(f"{base}/graphql", json={"query": "{ viewer { id } }"}, headers=api.bearer())
    assert sent.json()["data"]["viewer"]
    files = {"file": ("rain.txt", b"Chapter One\n\nIt rained.")}
    uploaded = await api.http.post(f"{base}/manuscripts", files=files, headers=api.bearer())
    assert uploaded.status_code == 201


@pytest.mark.parametrize("base", [BASE, ""])
async def test_a_socket_opens(api: Api, base: str) -> None:
    under = Api(url=api.url + base, http=api.http, services=api.services, settings=api.settings)
    async with under.socket() as socket:
        await socket.subscribe("1", "subscription { jobUpdates { asOf } }")
        assert await socket.next("1")


async def test_the_path_without_its_slash_leads_to_the_page(api: Api) -> None:
    answer = await api.http.get(BASE)

    assert (answer.status_code, answer.headers["location"]) == (308, f"{BASE}/")


@pytest.mark.parametrize("path", ["/novels/of-ourselves/livez", "/novels/livez", f"{BASE}{BASE}/livez"])
async def test_what_only_begins_alike_is_not_there(api: Api, path: str) -> None:
    assert (await api.http.get(path)).status_code == 404
