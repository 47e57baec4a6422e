"""GraphQL over server-sent events, distinct connections mode. Tests quote what PROTOCOL.md of graphql-sse asks."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from jobs.models import Manuscript
from jobs.settings import Settings
from schema.ids import global_id
from server import lifespan, stream
from tests.api.conftest import ANN, BEN, LIMIT, Api, Hand, running
from tests.conftest import AddManuscript

VIEWER = "{ viewer { id } }"
UPDATES = "subscription { jobUpdates { asOf jobs { id status version } } }"
PROGRESS = "subscription ($job: ID!) { jobProgress(id: $job) { status version } }"


@dataclass(slots=True)
class Stream:
    """One answer as events."""

    response: httpx.Response
    _lines: AsyncIterator[str]

    async def hear(self) -> tuple[str, Any]:
        """The next event, comments passed over: its name, and its data as JSON. `end` when there is no more."""
        name, data = "message", ""
        async with asyncio.timeout(LIMIT):
            async for line in self._lines:
                field, _, value = line.partition(":")
                if field == "event":
                    name = value.strip()
                elif field == "data":
                    data = value.strip()
                elif not line and (name, data) != ("message", ""):
                    return name, json.loads(data) if data else None
        return "end", None

    async def next(self) -> dict[str, Any]:
        """The data of the next result."""
        name, result = await self.hear()
        assert name == "next", (name, result)
        data: dict[str, Any] = result["data"]
        return data

    async def comment(self) -> None:
        """Until a comment comes."""
        async with asyncio.timeout(LIMIT):
            async for line in self._lines:
                if line.startswith(":"):
                    return


@asynccontextmanager
async def streaming(
    api: Api, query: str, *, sub: str = ANN, expires_in: float = 600, method: str = "POST", **variables: Any
) -> AsyncIterator[Stream]:
    headers = {
        "Accept": "text/event-stream",
        "Authorization": f"Bearer {api.token(sub, expires_in=expires_in)}",
    }
    asked: dict[str, Any] = {"json": {"query": query, "variables": variables}}
    if method == "GET":
        asked = {"params": {"query": query, "variables": json.dumps(variables)}}
    async with api.http.stream(method, "/graphql", headers=headers, **asked) as response:
        yield Stream(response, response.aiter_lines())


@pytest.mark.parametrize("method", ["POST", "GET"])
async def test_a_result_is_a_next_event_and_complete_follows(api: Api, method: str) -> None:
    async with streaming(api, VIEWER, method=method) as told:
        assert told.response.headers["content-type"].startswith("text/event-stream")
        assert told.response.headers["x-accel-buffering"] == "no"
        assert "id" in (await told.next())["viewer"]
        assert await told.hear() == ("complete", None)
        assert await told.hear() == ("end", None)


async def test_a_subscription_is_told_each_change_by_the_same_hub(api: Api, manuscript: Manuscript, hand: Hand) -> None:
    async with streaming(api, UPDATES) as told:
        assert (await told.next())["jobUpdates"]["jobs"] == []
        job = await hand.start(manuscript)
        seen: list[str] = []
        while "QUEUED" not in seen:
            seen += [each["status"] for each in (await told.next())["jobUpdates"]["jobs"]]

    async with streaming(api, PROGRESS, job=global_id("Job", job.id)) as told:
        assert (await told.next())["jobProgress"]["status"] == "QUEUED"
        await hand.tell(await hand.complete(await hand.begin(await hand.claim(job))))
        while (await told.next())["jobProgress"]["status"] != "COMPLETED":
            pass
        assert await told.hear() == ("complete", None)


async def test_a_deadline_is_told_over_a_stream_too(settings: Settings, add_manuscript: AddManuscript) -> None:
    async with running(replace(settings, queue_timeout=timedelta(seconds=0.3))) as api:
        uploaded = (await api.upload(b"It rained.")).json()
        async with streaming(api, UPDATES) as told:
            await told.next()
            await api.data("mutation ($id: ID!) { startAnalysis(manuscriptId: $id) { __typename } }", id=uploaded["id"])
            statuses: list[str] = []
            while "FAILED" not in statuses:
                statuses += [each["status"] for each in (await told.next())["jobUpdates"]["jobs"]]


async def test_another_authors_jobs_are_not_told(api: Api, manuscript: Manuscript, hand: Hand) -> None:
    job = await hand.start(manuscript)

    async with streaming(api, UPDATES, sub=BEN) as told:
        assert (await told.next())["jobUpdates"]["jobs"] == []
    async with streaming(api, PROGRESS, sub=BEN, job=global_id("Job", job.id)) as told:
        name, result = await told.hear()

    assert name == "next"
    assert [error["extensions"]["code"] for error in result["errors"]] == ["NOT_FOUND"]
    assert "data" not in result


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{ viewer { id ", "GRAPHQL_PARSE_FAILED"),
        ("{ viewer { nothing } }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { jobUpdates { nothing } }", "GRAPHQL_VALIDATION_FAILED"),
        ("query A { viewer { id } } query B { viewer { id } }", "OPERATION_RESOLUTION_FAILURE"),
        (PROGRESS, "INVALID_INPUT"),
    ],
)
async def test_what_fails_before_execution_is_reported_by_next_events(api: Api, query: str, code: str) -> None:
    async with streaming(api, query) as told:
        name, result = await told.hear()

        assert (told.response.status_code, name) == (200, "next")
        assert result["errors"][0]["extensions"]["code"] == code
        assert await told.hear() == ("complete", None)


async def test_a_server_with_trusted_documents_streams_no_others(settings: Settings) -> None:
    async with running(replace(settings, trusted_documents=True)) as api, streaming(api, UPDATES) as told:
        _, result = await told.hear()

    assert result["errors"][0]["extensions"]["code"] == "OPERATION_NOT_TRUSTED"


async def test_a_request_is_refused_before_the_stream_as_over_http(api: Api) -> None:
    accepts = {"Accept": "text/event-stream"}
    signed = api.bearer() | accepts
    long = {"query": VIEWER, "variables": {"text": "x" * stream.MAX_REQUEST}}
    mutation = {"query": 'mutation { cancelJob(id: "1") { __typename } }'}

    nobody = await api.http.post("/graphql", json={"query": VIEWER}, headers=accepts)
    foreign = await api.http.post(
        "/graphql", json={"query": VIEWER}, headers=signed | {"Origin": "https://evil.example"}
    )

    assert (nobody.status_code, nobody.json()["code"]) == (401, "UNAUTHENTICATED")
    assert (foreign.status_code, foreign.json()["code"]) == (403, "ORIGIN_NOT_ALLOWED")
    assert (await api.http.post("/graphql", json=long, headers=signed)).status_code == 413
    assert (await api.http.post("/graphql", content=b"{", headers=signed)).status_code == 400
    assert (await api.http.get("/graphql", params=mutation, headers=signed)).status_code == 405


async def test_a_stream_counts_among_the_authors_sockets(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api.services.sockets, "_each", 1)
    async with api.socket():
        answer = await api.http.post(
            "/graphql", json={"query": VIEWER}, headers=api.bearer() | {"Accept": "text/event-stream"}
        )
    assert (answer.status_code, answer.json()["code"]) == (429, "LIMIT_REACHED")
    assert "retry-after" in answer.headers
    assert lifespan.MAX_SOCKETS > 1


async def test_a_comment_says_that_a_quiet_stream_lives(
    api: Api, monkeypatch: pytest.MonkeyPatch, manuscript: Manuscript, hand: Hand
) -> None:
    monkeypatch.setattr(stream, "COMMENT_SECONDS", 0.05)
    job = await hand.start(manuscript)
    async with streaming(api, PROGRESS, job=global_id("Job", job.id)) as told:
        await told.next()

        await told.comment()
        await told.comment()


async def test_a_stream_whose_token_runs_out_ends_without_complete(api: Api) -> None:
    async with streaming(api, UPDATES, expires_in=1) as told:
        await told.next()
        names = []
        while (heard := await told.hear())[0] != "end":
            names.append(heard[0])

    assert "complete" not in names


async def test_a_stream_that_is_left_leaves_no_watcher_and_makes_room(api: Api) -> None:
    async with streaming(api, UPDATES) as told:
        await told.next()
        assert (api.services.domain.feed.watchers, api.services.sockets.total()) == (1, 1)

    async with asyncio.timeout(LIMIT):
        while api.services.domain.feed.watchers or api.services.sockets.total():
            await asyncio.sleep(0.01)


async def test_a_server_that_stops_ends_its_streams_at_once(settings: Settings) -> None:
    async with running(settings) as api:
        client = httpx.AsyncClient(base_url=api.url, timeout=LIMIT)
        asked = client.build_request(
            "POST", "/graphql", json={"query": UPDATES}, headers=api.bearer() | {"Accept": "text/event-stream"}
        )
        response = await client.send(asked, stream=True)
        told = Stream(response, response.aiter_lines())
        await told.next()
        ends = asyncio.create_task(told.hear())
        api.services.stopping.set()

        assert await ends == ("end", None)
        await response.aclose()
        await client.aclose()


async def test_a_fault_is_masked_and_told_as_an_event(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise RuntimeError("a secret of ours")

    monkeypatch.setattr("server.frames.api.stream", fail)
    async with streaming(api, VIEWER) as told:
        _, result = await told.hear()
        assert await told.hear() == ("complete", None)

    assert result["errors"][0]["extensions"]["code"] == "INTERNAL"
    assert "secret" not in json.dumps(result)
