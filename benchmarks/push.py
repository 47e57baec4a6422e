"""One event to a thousand authors: when the last has it, what a frame costs, what a quiet subscriber costs.

Runs the api on engines of its own, with one running job an author and the contract's `JobUpdates` on a socket each, and
beside it the least that any server would do: `_bare_push.py` sends a ready text of the same length. Processor time is
the server's own, so that it holds on a machine with other work. `push.py [SOCKETS]`
"""

import asyncio
import base64
import json
import os
import resource
import selectors
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import asyncpg
import psutil
from redis import Redis

from client_contract.verify import operations
from jobs.settings import Settings
from server.auth import local_token, owner_of

ROOT = Path(__file__).parents[1]
SECRET = "a secret for the benchmark alone, of more than 32 characters"
EVENTS = 9
IDLE_SECONDS = 20
SEED = """
insert into manuscripts (owner_id, title, filename, byte_size)
select id, 'The Lamplighter''s Ledger', 'ledger.docx', 70000 from unnest($1::uuid[]) id;
"""
LIVE = """
insert into jobs (owner_id, manuscript_id, status, max_attempts, queued_at, deadline_at)
select owner_id, id, 'queued', 3, clock_timestamp(), now() + interval '1 day' from manuscripts;
update jobs set status = 'running_initializing', attempt = 1, worker_id = gen_random_uuid(), started_at = now(),
  run_ends_at = now() + interval '1 day', deadline_at = now() + interval '1 day';
update jobs set status = 'running', stage = 'Reading the chapters', progress = 0;
analyze;
"""


class Crowd:
    """Many clients in one thread, each with one subscription."""

    def __init__(self, port: int, tokens: list[str]) -> None:
        self._ready = selectors.DefaultSelector()
        self._rest: dict[int, bytes] = {}
        for first in range(0, len(tokens), 50):
            lines = [(self._line(port), token) for token in tokens[first : first + 50]]
            for say in (_init, _subscribe):
                for line, token in lines:
                    line.sendall(_masked(say(token)))
                for line, _ in lines:
                    self._answer(line)
            for line, _ in lines:
                line.setblocking(False)
                self._rest[line.fileno()] = b""
                self._ready.register(line, selectors.EVENT_READ)

    def all_told(self, of: int) -> None:
        """Returns when each has had a frame with jobs."""
        told: set[int] = set()
        end = time.monotonic() + 120
        while len(told) < of:
            told |= self._told(0.1)
            if time.monotonic() > end:
                raise SystemExit(f"{of - len(told)} of {of} were told nothing")

    def listen(self, seconds: float) -> None:
        """Reads what comes, for so long."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._told(left)

    def _told(self, timeout: float) -> set[int]:
        told = set()
        for key, _ in self._ready.select(timeout):
            assert isinstance(key.fileobj, socket.socket)
            frames, self._rest[key.fd] = _frames(self._rest[key.fd] + key.fileobj.recv(262_144))
            for opcode, text in frames:
                if opcode == 9:
                    key.fileobj.sendall(_masked(text, opcode=10))
                elif b'"errors"' in text:
                    raise SystemExit(text.decode())
                elif b'"jobs":[{' in text:
                    told.add(key.fd)
        return told

    def _line(self, port: int) -> socket.socket:
        line = socket.create_connection(("127.0.0.1", port), timeout=60)
        key = base64.b64encode(os.urandom(16)).decode()
        line.sendall(
            f"GET /graphql HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n".encode()
        )
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += line.recv(1)
        return line

    def _answer(self, line: socket.socket) -> None:
        text = b""
        while not _frames(text)[0]:
            text += line.recv(65_536)


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    settings = Settings(jwt_secret=SECRET)
    subjects = [f"author-{number}" for number in range(count)]
    tokens = [local_token(settings, sub=subject, email=None, expires_in=7200) for subject in subjects]
    with tempfile.TemporaryDirectory() as data:
        with running([sys.executable, "benchmarks/_bare_push.py"]) as (port, server):
            bare = measure(port, server, tokens, lambda _: _post(port))
        with engines(Path(data)) as environment:
            owners = [owner_of(subject) for subject in subjects]
            asyncio.run(_seed(environment["DATABASE_URL"], owners))
            program = [sys.executable, "-m", "command.cli", "api", "--port"]
            with running(program, environment) as (port, server), _announcing(environment, owners) as change:
                ours = measure(port, server, tokens, change)
    report(count, bare, ours)
    return 0


def measure(port: int, server: psutil.Process, tokens: list[str], change: Callable[[int], None]) -> dict[str, float]:
    """What the server takes for these subscribers and for events that tell each of them something."""
    count, empty = len(tokens), server.memory_info().rss
    spent, opened = _spent(server), time.monotonic()
    crowd = Crowd(port, tokens)
    begun, opened, fresh = _spent(server) - spent, time.monotonic() - opened, server.memory_info().rss
    lasts, costs = [], []
    for number in range(EVENTS + 2):
        spent = _spent(server)
        change(number)
        since = time.monotonic()
        crowd.all_told(count)
        lasts.append(time.monotonic() - since)
        crowd.listen(0.3)
        costs.append(_spent(server) - spent)
    after, spent = server.memory_info().rss, _spent(server)
    crowd.listen(IDLE_SECONDS)
    return {
        "processor time a frame, µs": statistics.median(costs[2:]) / count * 1e6,
        "the last is told after, ms": statistics.median(lasts[2:]) * 1e3,
        "... at the worst, ms": max(lasts[2:]) * 1e3,
        "a subscription begins, µs": begun / count * 1e6,
        "memory a subscriber, kB": (fresh - empty) / count / 1024,
        "... after the events, kB": (after - empty) / count / 1024,
        "all quiet, % of a core": (_spent(server) - spent) / IDLE_SECONDS * 100,
    }


def report(count: int, bare: dict[str, float], ours: dict[str, float]) -> None:
    """A row for each figure, ours beside the limit."""
    print(f"{count} authors{'bare':>31}{'ours':>10}{'ratio':>8}")
    for name, limit in bare.items():
        ratio = f"{ours[name] / limit:8.1f}" if limit else ""
        print(f"{name:<34}{limit:>10.1f}{ours[name]:>10.1f}{ratio}")
    print(f"machine: {psutil.getloadavg()[0]:.1f} processes ran on {os.cpu_count()} cores")


@contextmanager
def running(command: list[str], environment: dict[str, str] | None = None) -> Iterator[tuple[int, psutil.Process]]:
    """The server on a port of its own, for the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    variables = {**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})}
    program = subprocess.Popen([*command, str(port)], cwd=ROOT, env=variables, stderr=subprocess.DEVNULL)
    try:
        _wait(port)
        yield port, psutil.Process(program.pid)
    finally:
        program.terminate()
        program.wait(timeout=30)


@contextmanager
def engines(data: Path) -> Iterator[dict[str, str]]:
    """PostgreSQL and Valkey with all migrations; yields the settings of a process that uses them."""
    command = [sys.executable, "-m", "command.cli"]
    program = subprocess.Popen(
        [*command, "engines", "--data", str(data)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert program.stdout is not None
    try:
        found = dict(program.stdout.readline().strip().split("=", 1) for _ in range(2))
        environment = {**found, "NF_DATA": str(data), "NF_JWT_SECRET": SECRET}
        subprocess.run(
            [*command, "migrate"], cwd=ROOT, env={**os.environ, **environment}, check=True, stdout=subprocess.DEVNULL
        )
        yield environment
    finally:
        program.terminate()
        program.wait(timeout=30)


@contextmanager
def _announcing(environment: dict[str, str], owners: list[UUID]) -> Iterator[Callable[[int], None]]:
    """Changes every job and says so, as whoever changes rows does."""
    message = json.dumps([str(owner) for owner in owners])
    with Redis.from_url(environment["REDIS_URL"]) as redis, asyncio.Runner() as runner:
        connection = runner.run(asyncpg.connect(environment["DATABASE_URL"]))

        def change(number: int) -> None:
            runner.run(connection.execute("update jobs set progress = $1", (number + 1) / 1000))
            redis.publish("novelfoundry:changed", message)

        yield change
        runner.run(connection.close())


async def _seed(database_url: str, owners: list[UUID]) -> None:
    connection = await asyncpg.connect(database_url)
    await connection.execute(SEED, owners)
    await connection.execute(LIVE)
    await connection.close()


def _wait(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the server did not become ready")


def _post(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(b"POST /push HTTP/1.1\r\nHost: bare\r\nContent-Length: 0\r\n\r\n")


def _spent(server: psutil.Process) -> float:
    times = server.cpu_times()
    return float(times.user + times.system)


def _init(token: str) -> bytes:
    return json.dumps({"type": "connection_init", "payload": {"Authorization": f"Bearer {token}"}}).encode()


def _subscribe(_: str) -> bytes:
    return json.dumps({"id": "1", "type": "subscribe", "payload": {"query": operations()["JobUpdates"]}}).encode()


def _masked(text: bytes, *, opcode: int = 1) -> bytes:
    length = len(text)
    size = bytes([0x80 | length]) if length < 126 else bytes([0xFE]) + length.to_bytes(2, "big")
    return bytes([0x80 | opcode]) + size + b"\0\0\0\0" + text


def _frames(data: bytes) -> tuple[list[tuple[int, bytes]], bytes]:
    """Whole frames as opcode and text, and the rest."""
    frames, start = [], 0
    while len(data) - start >= 2:
        length, head = data[start + 1] & 127, 2
        if length >= 126:
            head = 4 if length == 126 else 10
            length = int.from_bytes(data[start + 2 : start + head], "big")
        if len(data) - start < head + length:
            break
        frames.append((data[start] & 15, data[start + head : start + head + length]))
        start += head + length
    return frames, data[start:]


if __name__ == "__main__":
    raise SystemExit(main())
