"""Requests over HTTP, as many as a server takes: a few connections in one thread, each asking again at its answer."""

import json
import selectors
import socket
import statistics
import time
from dataclasses import dataclass

import psutil

from benchmarks.product import spent

_CONNECTIONS = 16
_RUNS = 3
_SECONDS = 2.0


@dataclass(frozen=True)
class Load:
    """What came of it: medians of three runs."""

    a_second: float
    processor: float
    """Of the server, a request, in seconds."""


def load(
    port: int, server: psutil.Process, query: str, variables: dict[str, object], token: str = "", path: str = "/graphql"
) -> Load:
    """The same operation again and again."""
    return loaded(port, server, request(query, variables, token, path))


def loaded(port: int, server: psutil.Process, asked: bytes) -> Load:
    """The same request again and again."""
    answered(port, asked, 0.7)
    rates, costs = [], []
    for _ in range(_RUNS):
        before = spent(server)
        count = answered(port, asked, _SECONDS)
        rates.append(count / _SECONDS)
        costs.append((spent(server) - before) / count)
    return Load(statistics.median(rates), statistics.median(costs))


def request(query: str, variables: dict[str, object], token: str = "", path: str = "/graphql") -> bytes:
    """A request as it goes over the line."""
    body = json.dumps({"query": query, "variables": variables}).encode()
    sign_in = f"Authorization: Bearer {token}\r\n" if token else ""
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n{sign_in}"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def answered(port: int, asked: bytes, seconds: float) -> int:
    """How many were answered in that time. Raises SystemExit for an answer that is an error."""
    ready = selectors.DefaultSelector()
    rest: dict[int, bytes] = {}
    lines = [socket.create_connection(("127.0.0.1", port), timeout=30) for _ in range(_CONNECTIONS)]
    for line in lines:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        rest[line.fileno()] = b""
        ready.register(line, selectors.EVENT_READ)
        line.sendall(asked)
    count, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        for key, _ in ready.select(0.1):
            assert isinstance(key.fileobj, socket.socket)
            data = rest[key.fd] + key.fileobj.recv(1_048_576)
            if _is_whole(data):
                count += 1
                data = b""
                key.fileobj.sendall(asked)
            rest[key.fd] = data
    for line in lines:
        line.close()
    return count


def _is_whole(data: bytes) -> bool:
    head, found, body = data.partition(b"\r\n\r\n")
    if not found:
        return False
    if not head.startswith(b"HTTP/1.1 200") or b'"errors"' in body:
        raise SystemExit(data[:2000].decode(errors="replace"))
    lowered = head.lower()
    if b"content-length:" in lowered:
        return len(body) >= int(lowered.partition(b"content-length:")[2].split(b"\r\n", 1)[0])
    return body.endswith(b"0\r\n\r\n")
