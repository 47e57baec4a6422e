"""The program as a user starts it: `novelfoundry up` on a fresh data directory, spoken to over HTTP and WebSocket."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from tests import memory
from tests.e2e.wire import Socket

READY_SECONDS = 60


@dataclass(slots=True)
class Program:
    """A running `novelfoundry up` and what it printed."""

    url: str
    process: "subprocess.Popen[str]"
    lines: list[str] = field(default_factory=list)
    ready: threading.Event = field(default_factory=threading.Event)

    def read(self) -> None:
        """Collects what it prints, until it ends."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)
            if "is ready" in line:
                self.ready.set()
        self.ready.set()


@contextmanager
def up(data: Path, environment: Mapping[str, str]) -> Iterator[Program]:
    """`novelfoundry up` on a free port, in the foreground of a process of its own; ended with SIGTERM."""
    command = [sys.executable, "-m", "command.cli", "up", "--data", str(data)]
    with started(command, environment=environment, cwd=Path(__file__).parents[2]) as program:
        yield program


@contextmanager
def started(command: Sequence[str], *, environment: Mapping[str, str], cwd: Path) -> Iterator[Program]:
    """An `up` of any kind on a free port, from its being ready to its end."""
    port = _free_port()
    process = subprocess.Popen(
        [*command, "--port", str(port)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment,
        cwd=cwd,
    )
    program = Program(url=f"http://127.0.0.1:{port}", process=process)
    reader = threading.Thread(target=program.read, daemon=True)
    reader.start()
    try:
        assert program.ready.wait(READY_SECONDS), "".join(program.lines)
        assert process.poll() is None, "".join(program.lines)
        yield program
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0, "".join(program.lines)
        reader.join(5)
        if process.stdout is not None:
            process.stdout.close()


@pytest.fixture(scope="module")
def program() -> Iterator[Program]:
    """The whole deployment."""
    environment = {**os.environ, "NF_QUEUE_TIMEOUT": "60", "NF_MAX_UPLOAD_BYTES": "2000000"}
    with memory.directory() as data, up(data, environment) as program:
        yield program


@dataclass(frozen=True, slots=True)
class Author:
    """Somebody who is signed in, over HTTP and, in `listening`, over a socket."""

    http: httpx.AsyncClient
    url: str
    token: str

    async def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """The data of a query or a mutation that must succeed."""
        answer = await self.http.post("/graphql", json={"query": query, "variables": variables})
        body = answer.json()
        assert "errors" not in body, body
        data: dict[str, Any] = body["data"]
        return data

    async def upload(self, name: str, content: bytes, **fields: str) -> httpx.Response:
        """The answer of POST /manuscripts."""
        return await self.http.post("/manuscripts", files={"file": (name, content)}, data=fields)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[Socket]:
        """A socket that is initialised."""
        async with connect(
            self.url.replace("http", "ws") + "/graphql", subprotocols=[Subprotocol("graphql-transport-ws")]
        ) as connection:
            yield await _initialised(connection, self.token)


@pytest.fixture
async def author(program: Program) -> AsyncIterator[Author]:
    """The local author, signed in as the page does it."""
    async with httpx.AsyncClient(base_url=program.url, timeout=60, trust_env=False) as http:
        answer = await http.post("/session", headers={"Origin": program.url})
        assert answer.status_code == 200, answer.text
        token = answer.json()["token"]
        http.headers["Authorization"] = f"Bearer {token}"
        yield Author(http, program.url, token)


async def _initialised(connection: ClientConnection, token: str) -> Socket:
    socket = Socket(connection)
    await socket.send({"type": "connection_init", "payload": {"Authorization": f"Bearer {token}"}})
    async with asyncio.timeout(30):
        assert await socket.receive() == {"type": "connection_ack"}
    return socket


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
