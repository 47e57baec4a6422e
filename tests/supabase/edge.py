"""What stands before a project's services, answering as it is told: for what no server of ours can be made to say."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

SILENCE = 0
RESET = -1


@dataclass(slots=True, kw_only=True)
class Edge:
    """Answers each request with the next of `answers`, a status and a body; then with the last one for ever."""

    url: str = ""
    answers: list[tuple[int, Any]] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, request after request."""
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                await reader.readexactly(_length(head))
                status, body = self._next(head)
                if status == SILENCE:
                    await asyncio.Event().wait()
                if status == RESET:
                    break
                writer.write(_written(status, body))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def _next(self, head: bytes) -> tuple[int, Any]:
        self.requests.append(head.decode().partition("\r\n")[0])
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@dataclass(slots=True, kw_only=True)
class Switch:
    """Hands connections on to a project; or, while `edge` is set, answers as that does."""

    url: str = ""
    upstream: tuple[str, int]
    edge: Edge | None = None
    _open: set[asyncio.Task[None]] = field(default_factory=set)

    def turn(self, edge: Edge | None) -> None:
        """From now on so; what is open ends."""
        self.edge = edge
        for connection in self._open:
            connection.cancel()

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        task.add_done_callback(self._open.discard)
        with suppress(asyncio.CancelledError, OSError):
            try:
                await (self.edge.serve(reader, writer) if self.edge else self._hand_on(reader, writer))
            finally:
                writer.close()

    async def _hand_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        its_reader, its_writer = await asyncio.open_connection(*self.upstream)
        try:
            await asyncio.gather(_pipe(reader, its_writer), _pipe(its_reader, writer))
        finally:
            its_writer.close()


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while content := await reader.read(65_536):
        writer.write(content)
        await writer.drain()
    writer.close()


async def _ended(connections: Iterable[asyncio.Task[None]]) -> None:
    """Cuts the connections, and leaves none to be closed by the collector in somebody else's test."""
    cut = list(connections)
    for connection in cut:
        connection.cancel()
    await asyncio.gather(*cut, return_exceptions=True)
    # A transport that was closed lets go of its socket in the loop's next turn.
    await asyncio.sleep(0)


@asynccontextmanager
async def switch(url: str) -> AsyncIterator[Switch]:
    """A switch on loopback before the project at `url`."""
    host, port = url.removeprefix("http://").split(":")
    switch = Switch(upstream=(host, int(port)))
    server = await asyncio.start_server(switch.accept, "127.0.0.1", 0)
    switch.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield switch
    finally:
        server.close()
        await _ended(switch._open)


@asynccontextmanager
async def edge(*answers: tuple[int, Any]) -> AsyncIterator[Edge]:
    """An edge on loopback that gives these answers."""
    edge = Edge(answers=list(answers))
    connections: set[asyncio.Task[None]] = set()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        connections.add(task)
        # The stream's own callback stumbles over a task that was cancelled.
        with suppress(asyncio.CancelledError):
            await edge.serve(reader, writer)

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    edge.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield edge
    finally:
        server.close()
        await _ended(connections)


def _length(head: bytes) -> int:
    for line in head.decode().lower().split("\r\n"):
        name, _, value = line.partition(":")
        if name == "content-length":
            return int(value)
    return 0


def _written(status: int, body: Any) -> bytes:
    content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    kind = "text/html" if isinstance(body, str) else "application/json"
    head = f"HTTP/1.1 {status} Told\r\nContent-Type: {kind}\r\nContent-Length: {len(content)}\r\n\r\n"
    return head.encode() + content
