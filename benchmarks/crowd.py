"""Many clients in one thread, each with one subscription over graphql-transport-ws, and what a server takes for it."""

import base64
import json
import os
import selectors
import socket
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import psutil

from benchmarks.product import spent

_EVENTS = 9
_HELLO = (
    "GET /graphql HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
)


@dataclass(frozen=True)
class Cost:
    """What a server takes for a crowd: seconds, bytes."""

    begins: float
    fresh: float
    after: float
    last: float
    worst: float
    frame: float


class Crowd:
    """Subscribers that have all begun. `tokens` has an author's for each, or nothing for a server without sign-in."""

    def __init__(self, port: int, tokens: list[str], subscription: str, *, has_first_frame: bool) -> None:
        self._port = port
        self._ready = selectors.DefaultSelector()
        self._rest: dict[int, bytes] = {}
        self.lines: list[socket.socket] = []
        for first in range(0, len(tokens), 50):
            lines = [(self._opened(), token) for token in tokens[first : first + 50]]
            for line, token in lines:
                line.sendall(masked(init(token)))
            for line, _ in lines:
                _one_frame(line)
                line.sendall(masked(subscribe(subscription)))
            for line, _ in lines:
                if has_first_frame:
                    _one_frame(line)
                line.setblocking(False)
                self._rest[line.fileno()] = b""
                self._ready.register(line, selectors.EVENT_READ)
                self.lines.append(line)

    def all_told(self) -> None:
        """Returns when each has had a frame with news."""
        told: set[int] = set()
        end = time.monotonic() + 60
        while len(told) < len(self.lines):
            told |= self.told(0.1)
            if time.monotonic() > end:
                raise SystemExit(f"{len(self.lines) - len(told)} of {len(self.lines)} were told nothing")

    def listen(self, seconds: float) -> None:
        """Reads what comes, for so long."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.told(left)

    def told(self, timeout: float) -> set[int]:
        """The descriptors of those that news came to; waits for the first of it."""
        told = set()
        for key, _ in self._ready.select(timeout):
            assert isinstance(key.fileobj, socket.socket)
            received, self._rest[key.fd] = frames(self._rest[key.fd] + key.fileobj.recv(262_144))
            for opcode, text in received:
                if opcode == 9:
                    key.fileobj.sendall(masked(text, opcode=10))
                elif b'"errors"' in text:
                    raise SystemExit(text.decode())
                elif b'"jobs":[{' in text or b'"jobChanged":{' in text:
                    told.add(key.fd)
        return told

    def close(self) -> None:
        """All go."""
        for line in self.lines:
            line.close()

    def _opened(self) -> socket.socket:
        line = socket.create_connection(("127.0.0.1", self._port), timeout=60)
        line.sendall(hello(self._port))
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += line.recv(1)
        return line


def cost(
    port: int,
    server: psutil.Process,
    tokens: list[str],
    subscription: str,
    change: Callable[[int], None],
    *,
    has_first_frame: bool,
    events: int = _EVENTS,
) -> Cost:
    """What the server takes for these subscribers and for events that tell each of them something."""
    count, empty, before = len(tokens), server.memory_info().rss, spent(server)
    crowd = Crowd(port, tokens, subscription, has_first_frame=has_first_frame)
    crowd.listen(0.5)
    begun, fresh = spent(server) - before, server.memory_info().rss
    lasts, costs = [], []
    for number in range(events + 2):
        before = spent(server)
        change(number)
        since = time.monotonic()
        crowd.all_told()
        lasts.append(time.monotonic() - since)
        crowd.listen(0.3)
        costs.append(spent(server) - before)
    after = server.memory_info().rss
    crowd.close()
    return Cost(
        begins=begun / count,
        fresh=(fresh - empty) / count,
        after=(after - empty) / count,
        last=statistics.median(lasts[2:]),
        worst=max(lasts[2:]),
        frame=statistics.median(costs[2:]) / count,
    )


def push(port: int) -> None:
    """Asks a peer for an event to all."""
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(b"POST /push HTTP/1.1\r\nHost: peer\r\nContent-Length: 0\r\n\r\n")


def hello(port: int) -> bytes:
    """The handshake."""
    return _HELLO.format(port=port, key=base64.b64encode(os.urandom(16)).decode()).encode()


def init(token: str) -> bytes:
    """The first message; without a token for a server that asks for none."""
    payload = {"Authorization": f"Bearer {token}"} if token else {}
    return json.dumps({"type": "connection_init", "payload": payload}).encode()


def subscribe(subscription: str) -> bytes:
    """The second."""
    return json.dumps({"id": "1", "type": "subscribe", "payload": {"query": subscription}}).encode()


def masked(text: bytes, *, opcode: int = 1) -> bytes:
    """A client's frame."""
    length = len(text)
    size = bytes([0x80 | length]) if length < 126 else bytes([0xFE]) + length.to_bytes(2, "big")
    return bytes([0x80 | opcode]) + size + b"\0\0\0\0" + text


def frames(data: bytes) -> tuple[list[tuple[int, bytes]], bytes]:
    """Whole frames as opcode and text, and the rest."""
    whole, start = [], 0
    while len(data) - start >= 2:
        length, head = data[start + 1] & 127, 2
        if length >= 126:
            head = 4 if length == 126 else 10
            length = int.from_bytes(data[start + 2 : start + head], "big")
        if len(data) - start < head + length:
            break
        whole.append((data[start] & 15, data[start + head : start + head + length]))
        start += head + length
    return whole, data[start:]


def _one_frame(line: socket.socket) -> None:
    text = b""
    while not frames(text)[0]:
        text += line.recv(65_536)
