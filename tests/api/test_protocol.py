"""What a stranger may send before anything is asked: heads that end, and handshakes that can be read."""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState
from websockets.frames import Frame, Opcode

from server import uvicorn_limits
from server.uvicorn_limits import MAX_FIRST_MESSAGE, MAX_HEAD_BYTES, MAX_PARTS, MAX_WAITING, Http, Sockets
from tests.api.conftest import Api
from tests.faults.waiting import until

HANDSHAKE = {
    "Host": "api", "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Protocol": "graphql-transport-ws",
}  # fmt: skip
HEADS = {
    "a header without an end": b"GET /livez HTTP/1.1\r\nHost: api\r\nA: ",
    "headers without an end": b"GET /livez HTTP/1.1\r\nHost: api\r\n" + b"a: b\r\n" * 5000,
    "an address without an end": b"GET /",
}
# By what stands where a body should: a chunk's extension, and what follows the last chunk.
BODIES = {"a chunk's extension": b"1;", "trailers": b"0\r\n"}
UNREADABLE = {
    "a header too long": {"A": "a" * 20_000},
    "headers too many": {f"A{i}": "a" for i in range(200)},
    "a body": {"Content-Length": "5"},
    "a protocol that is no word": {"Sec-WebSocket-Protocol": "\xe9"},
}


@asynccontextmanager
async def line(api: Api) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A TCP connection to the api."""
    host, port = api.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        async with asyncio.timeout(30):
            yield reader, writer
    finally:
        writer.close()


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS)
async def test_a_head_without_an_end_is_refused_at_its_limit(api: Api, head: bytes) -> None:
    async with line(api) as (reader, writer):
        writer.write(head.ljust(MAX_HEAD_BYTES + 1, b"a"))
        answer = await reader.read()

    assert answer.startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize("start", BODIES.values(), ids=BODIES)
async def test_a_body_that_holds_everything_but_a_body_is_refused_at_its_limit(api: Api, start: bytes) -> None:
    async with line(api) as (reader, writer):
        writer.write(
            f"POST /graphql HTTP/1.1\r\nHost: api\r\nAuthorization: Bearer {api.token()}\r\n"
            "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n".encode()
        )
        assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        writer.write(start.ljust(MAX_HEAD_BYTES + 1, b"a"))
        answer = await reader.read()

    assert answer.startswith(b"HTTP/1.1 400 ")


async def test_a_connection_may_bring_any_number_of_heads(api: Api) -> None:
    request = b"GET /livez HTTP/1.1\r\nHost: api\r\nA: " + b"a" * (MAX_HEAD_BYTES // 2) + b"\r\n\r\n"
    async with line(api) as (reader, writer):
        for _ in range(4):
            writer.write(request)
            assert (await reader.readline()).startswith(b"HTTP/1.1 200 ")
            await reader.readuntil(b'{"status":"alive"}')


async def test_requests_that_do_not_wait_for_answers_are_refused_when_they_are_too_many(api: Api) -> None:
    request = b"GET /livez HTTP/1.1\r\nHost: api\r\n\r\n"
    async with line(api) as (reader, writer):
        writer.write(request * 4)
        for _ in range(4):
            await reader.readuntil(b'{"status":"alive"}')
        writer.write(request * (MAX_WAITING + 2))
        answer = await reader.read()

    assert answer.startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize("changes", UNREADABLE.values(), ids=UNREADABLE)
async def test_a_handshake_that_cannot_be_read_is_refused_without_a_fault(
    api: Api, caplog: pytest.LogCaptureFixture, changes: dict[str, str]
) -> None:
    headers = "".join(f"{name}: {value}\r\n" for name, value in {**HANDSHAKE, **changes}.items())
    async with line(api) as (reader, writer):
        writer.write(f"GET /graphql HTTP/1.1\r\n{headers}\r\n".encode("latin-1"))
        answer = await reader.read()

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert not [record for record in caplog.records if record.exc_info]


@pytest.mark.parametrize(
    "start", [b"GET /livez HTTP/1.1\r\nHost: api\r\nA: ", b"\r\n", b"G"], ids=["a header", "an empty line", "a letter"]
)
async def test_a_head_that_never_ends_is_given_up(api: Api, monkeypatch: pytest.MonkeyPatch, start: bytes) -> None:
    monkeypatch.setattr(uvicorn_limits, "HEAD_SECONDS", 0.3)
    async with line(api) as (reader, writer):
        writer.write(start)
        assert (await reader.read()).startswith(b"HTTP/1.1 408 ")

    request = b"GET /livez HTTP/1.1\r\nHost: api\r\n\r\n"
    async with line(api) as (reader, writer):
        writer.write(request + b"GET /")
        await reader.readuntil(b'{"status":"alive"}')
        assert (await reader.read()).startswith(b"HTTP/1.1 408 ")


async def test_a_connection_that_never_says_anything_is_closed_without_a_word(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Http.__init__

    def impatient(self: Http, *args: Any, **kwargs: Any) -> None:
        made(self, *args, **kwargs)
        self.timeout_keep_alive = 0.2  # type: ignore[assignment]

    monkeypatch.setattr(Http, "__init__", impatient)
    async with line(api) as (reader, _):
        assert await reader.read() == b""


async def test_a_body_has_the_time_that_it_needs(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uvicorn_limits, "HEAD_SECONDS", 0.05)
    body = b'{"query": "{ viewer { id } }"}'
    async with line(api) as (reader, writer):
        writer.write(
            f"POST /graphql HTTP/1.1\r\nHost: api\r\nAuthorization: Bearer {api.token()}\r\nExpect: 100-continue\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        )
        assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        await asyncio.sleep(0.2)  # the time of a head is over four times
        writer.write(body)
        assert (await reader.readline()).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("parts", [1, 2], ids=["whole", "in parts"])
async def test_before_the_acknowledgement_a_message_is_short(api: Api, parts: int) -> None:
    ping = '{"type": "ping", "payload": {"x": "' + "x" * MAX_FIRST_MESSAGE + '"}}'
    half = len(ping) // 2
    message: Any = ping if parts == 1 else [ping[:half], ping[half:]]
    async with api.opened() as socket:
        await socket.connection.send(message)
        assert (await socket.closed()).code == 1009

    async with api.socket() as socket:
        await socket.connection.send(message)
        assert (await socket.hear())["type"] == "pong"


async def test_a_message_may_come_in_parts_and_not_in_any_number_of_them(api: Api) -> None:
    async with api.socket() as socket:
        await socket.connection.send(['{"type"', ': "ping"', "}"])
        assert await socket.hear() == {"type": "pong"}

        await socket.connection.send(["x", *[""] * MAX_PARTS])
        assert (await socket.closed()).code == 1009


async def test_a_client_that_does_not_read_gets_no_backlog_of_pongs() -> None:
    kept: list[bytes] = []
    accepted = asyncio.Event()

    async def accept(scope: object, receive: object, send: Any) -> None:
        await send({"type": "websocket.accept"})
        accepted.set()

    class Line(asyncio.Transport):
        """What the server would write to a client."""

        def write(self, data: bytes | bytearray | memoryview) -> None:
            kept.append(bytes(data))

        def is_closing(self) -> bool:
            return False

        def close(self) -> None:
            pass

    socket = Sockets(uvicorn.Config(accept, lifespan="off", log_config=None), ServerState(), {})
    socket.connection_made(Line())
    headers = "".join(f"{name}: {value}\r\n" for name, value in HANDSHAKE.items())
    socket.data_received(f"GET / HTTP/1.1\r\n{headers}\r\n".encode())
    await accepted.wait()
    ping = Frame(Opcode.PING, b"x").serialize(mask=True)

    kept.clear()
    socket.data_received(ping)
    assert kept == [Frame(Opcode.PONG, b"x").serialize(mask=False)]

    kept.clear()
    socket.pause_writing()
    socket.data_received(ping * 100)
    assert kept == []

    socket.resume_writing()
    socket.data_received(ping)
    assert kept == [Frame(Opcode.PONG, b"x").serialize(mask=False)]


async def test_a_connection_leaves_nothing_to_the_collector(api: Api) -> None:
    async def is_gone() -> bool:
        return not [each for each in gc.get_objects() if isinstance(each, Sockets)]

    gc.collect()
    gc.disable()
    try:
        async with api.socket():
            assert [each for each in gc.get_objects() if isinstance(each, Http)] == []
        await until(is_gone, "the socket is freed")
    finally:
        gc.enable()
