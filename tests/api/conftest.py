"""The api on real engines behind a real server, spoken to over HTTP and WebSocket."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.frames import Close
from websockets.typing import Subprotocol

from jobs.database.store import JobStore
from jobs.models import Job, Manuscript
from jobs.settings import Settings
from server.app import Server, create_app, listening
from server.auth import local_token, owner_of
from server.lifespan import Services, open_services
from tests.claiming import claim

ANN, BEN = "ann", "ben"
PROTOCOL = Subprotocol("graphql-transport-ws")
LIMIT = 30.0
# What a worker keeps of a text: one passage with an adverb.
TEXT = {
    "passages": [[1, 1, 1, 0, False, "It rained slowly."]],
    "marks": [[1, "adverb", [[1, 10, 16, "slowly"]]]],
}


class Socket:
    """One graphql-transport-ws connection of a test."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    async def say(self, message: object) -> None:
        """Sends JSON, or text or bytes as they are."""
        raw = message if isinstance(message, str | bytes) else json.dumps(message)
        await self.connection.send(raw)

    async def hear(self) -> dict[str, Any]:
        """The next message."""
        async with asyncio.timeout(LIMIT):
            heard: dict[str, Any] = json.loads(await self.connection.recv())
        return heard

    async def init(self, token: str) -> None:
        """From the opening to the acknowledgement."""
        await self.say({"type": "connection_init", "payload": {"Authorization": f"Bearer {token}"}})
        assert await self.hear() == {"type": "connection_ack"}

    async def subscribe(self, id: str, query: str, **variables: Any) -> None:
        """Starts an operation."""
        payload = {"query": query, "variables": variables}
        await self.say({"type": "subscribe", "id": id, "payload": payload})

    async def next(self, id: str) -> dict[str, Any]:
        """The data of the operation's next result."""
        message = await self.hear()
        assert message["type"] == "next", message
        assert message["id"] == id
        data: dict[str, Any] = message["payload"]["data"]
        return data

    async def closed(self) -> Close:
        """How the server closed; what comes before is passed over."""
        with suppress(ConnectionClosed):
            async with asyncio.timeout(LIMIT):
                while True:
                    await self.connection.recv()
        close = self.connection.protocol.close_rcvd
        assert close is not None, "the connection was dropped without a close frame"
        return close


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """A running api."""

    url: str
    http: httpx.AsyncClient
    services: Services
    settings: Settings

    def token(self, sub: str = ANN, *, expires_in: float = 600) -> str:
        """A bearer token for this author."""
        return local_token(self.settings, sub=sub, email=f"{sub}@example.com", expires_in=expires_in)

    def bearer(self, sub: str = ANN) -> dict[str, str]:
        """Headers that sign this author in."""
        return {"Authorization": f"Bearer {self.token(sub)}"}

    async def post(self, query: str, *, sub: str = ANN, **variables: Any) -> httpx.Response:
        """The answer to an operation."""
        body = {"query": query, "variables": variables}
        return await self.http.post("/graphql", json=body, headers=self.bearer(sub))

    async def data(self, query: str, *, sub: str = ANN, **variables: Any) -> dict[str, Any]:
        """The data of an operation that succeeds."""
        answer = (await self.post(query, sub=sub, **variables)).json()
        assert "errors" not in answer, answer
        data: dict[str, Any] = answer["data"]
        return data

    async def error(self, query: str, *, sub: str = ANN, **variables: Any) -> dict[str, Any]:
        """The only error of an operation that fails."""
        answer = (await self.post(query, sub=sub, **variables)).json()
        [error] = answer["errors"]
        found: dict[str, Any] = error
        return found

    async def upload(self, content: bytes, *, name: str = "rain.txt", sub: str = ANN, **fields: str) -> httpx.Response:
        """The answer to an upload."""
        files = {"file": (name, content)}
        return await self.http.post("/manuscripts", files=files, data=fields, headers=self.bearer(sub))

    @asynccontextmanager
    async def opened(
        self, *, protocols: list[Subprotocol] | None = None, line: socket.socket | None = None
    ) -> AsyncIterator[Socket]:
        """A socket on which nothing was said yet; `line` is a TCP connection to the api, to use for it."""
        offered = [PROTOCOL] if protocols is None else protocols
        url = f"{self.url.replace('http', 'ws', 1)}/graphql"
        async with connect(url, subprotocols=offered or None, sock=line) as connection:
            yield Socket(connection)

    def narrow_line(self) -> socket.socket:
        """A TCP connection to the api whose end here takes little before it is read."""
        line = socket.socket()
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16_384)
        host, port = self.url.removeprefix("http://").split(":")
        line.connect((host, int(port)))
        return line

    @asynccontextmanager
    async def socket(self, sub: str = ANN, *, expires_in: float = 600) -> AsyncIterator[Socket]:
        """A socket of this author, acknowledged."""
        async with self.opened() as socket:
            await socket.init(self.token(sub, expires_in=expires_in))
            yield socket


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Api]:
    """An api with these settings, on a port of its own."""
    stop = asyncio.Event()
    with listening("127.0.0.1", 0) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        async with open_services(settings) as services:
            serving = asyncio.create_task(Server(create_app(services)).run_until(stop, listener))
            try:
                async with httpx.AsyncClient(base_url=url, timeout=LIMIT) as http:
                    yield Api(url=url, http=http, services=services, settings=settings)
            finally:
                stop.set()
                await serving


@pytest.fixture
async def api(settings: Settings) -> AsyncIterator[Api]:
    """The api of this test."""
    async with running(settings) as api:
        yield api


@pytest.fixture
def owner_id() -> UUID:
    """The author ANN."""
    return owner_of(ANN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """A worker that does what a test says, step by step, through the store."""

    store: JobStore
    services: Services

    async def start(self, manuscript: Manuscript) -> Job:
        """A queued job."""
        return await self.services.domain.service.start(manuscript.owner_id, manuscript.id)

    async def claim(self, job: Job) -> Job:
        """The job, claimed."""
        settings = self.services.settings
        heart = self.services.domain.process_beat
        return await claim(self.store, job.id, heart.id, lease=settings.lease, run_timeout=settings.run_timeout)

    async def begin(self, job: Job, *, stage: str = "Reading chapters") -> Job:
        """The claimed job, running."""
        return await self.store.begin(job, lease=self.services.settings.lease, stage=stage)

    async def complete(
        self, job: Job, *, report: dict[str, Any] | None = None, text: dict[str, Any] | None = None
    ) -> Job:
        """The running job, completed."""
        report = report or {"summary": {"words": 12}}
        return await self.store.complete(job, report=report, text=text or TEXT, word_count=12)

    async def whole(self, manuscript: Manuscript) -> Job:
        """A job from its start to its report."""
        return await self.complete(await self.begin(await self.claim(await self.start(manuscript))))

    async def tell(self, job: Job) -> None:
        """Announces the job's author, as whoever changes a row does."""
        await self.services.domain.announcer.announce([job.owner_id])


@pytest.fixture
def hand(api: Api) -> Hand:
    """The worker of this test."""
    return Hand(store=api.services.domain.store, services=api.services)
