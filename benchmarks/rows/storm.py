"""2,000 clients come back at once: when all have their first frame, what a fresh client waits, what memory stays."""

import json
import selectors
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.request import Request, urlopen

from benchmarks.crowd import frames, hello, init, masked, subscribe
from benchmarks.figures import Figure, tell
from benchmarks.product import allow_many_sockets, api, authors, engines, peer
from client_contract.verify import operations

_SOCKETS = 2000
_QUERY = "{ manuscripts(first: 1) { totalCount } }"
_LIMIT_SECONDS = 40


@dataclass
class _Client:
    """One that says the next thing at each answer."""

    line: socket.socket
    sayings: list[bytes]
    rest: bytes = b""


@dataclass
class _Asking:
    """Somebody who asks by HTTP meanwhile, one question after the other."""

    port: int
    token: str
    waits: list[float] = field(default_factory=list)
    is_over: threading.Event = field(default_factory=threading.Event)

    def __call__(self) -> None:
        body = json.dumps({"query": _QUERY}).encode()
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"}
        while not self.is_over.wait(0.02):
            since = time.monotonic()
            with urlopen(Request(f"http://127.0.0.1:{self.port}/graphql", data=body, headers=headers)) as answer:
                answer.read()
            self.waits.append(time.monotonic() - since)


def measure() -> Iterator[Figure]:
    allow_many_sockets()
    with peer("bare") as (port, _):
        bare = _storm(port, [""] * _SOCKETS, "subscription { a }")
    owners, tokens = authors(_SOCKETS + 1)
    with engines() as these:
        these.seed_running(owners)
        with api(these) as (port, server):
            asking = _Asking(port, tokens[-1])
            thread = threading.Thread(target=asking)
            thread.start()
            time.sleep(1)
            before, asking.waits[:] = server.memory_info().rss, []
            seconds = _storm(port, tokens[:-1], operations()["JobUpdates"])
            asking.is_over.set()
            thread.join()
            time.sleep(5)
            left = (server.memory_info().rss - before) / 2**20
    yield Figure("2,000 back at once: all have their first frame", "s", seconds, 2, beside={"bare": bare})
    yield Figure("… a fresh client's query meanwhile, the worst", "s", max(asking.waits), 0.3)
    yield Figure("… memory that stays when all have gone", "MiB", left)


def _storm(port: int, tokens: list[str], subscription: str) -> float:
    ready = selectors.DefaultSelector()
    since = time.monotonic()
    for token in tokens:
        line = socket.socket()
        line.setblocking(False)
        line.connect_ex(("127.0.0.1", port))
        sayings = [masked(init(token)), masked(subscribe(subscription))]
        ready.register(line, selectors.EVENT_WRITE, _Client(line, sayings))
    left = len(tokens)
    while left:
        if time.monotonic() - since > _LIMIT_SECONDS:
            raise SystemExit(f"{left} of {len(tokens)} have no frame after {_LIMIT_SECONDS} s")
        for key, _ in ready.select(0.1):
            left -= _goes_on(ready, key.data, port)
    seconds = time.monotonic() - since
    for each in list(ready.get_map().values()):
        each.data.line.close()
    return seconds


def _goes_on(ready: selectors.BaseSelector, client: _Client, port: int) -> int:
    """Reads and says the next; 1 when this was the first frame."""
    if ready.get_key(client.line).events == selectors.EVENT_WRITE:
        client.line.sendall(hello(port))
        ready.modify(client.line, selectors.EVENT_READ, client)
        return 0
    data = client.line.recv(65_536)
    if not data:
        raise SystemExit("the server closed a socket")
    client.rest += data
    if client.rest.startswith(b"HTTP"):
        head, found, client.rest = client.rest.partition(b"\r\n\r\n")
        if not found:
            client.rest = head
            return 0
        client.line.sendall(client.sayings.pop(0))
    whole, client.rest = frames(client.rest)
    for opcode, text in whole:
        if opcode == 9:
            client.line.sendall(masked(text, opcode=10))
        elif client.sayings:
            client.line.sendall(client.sayings.pop(0))
        elif b'"next"' in text:
            ready.modify(client.line, selectors.EVENT_READ, client)
            return 1
    return 0


if __name__ == "__main__":
    tell(measure)
