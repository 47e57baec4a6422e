"""From the mutation to RUNNING_INITIALIZING at the subscriber, over HTTP and WebSocket, and what an idle worker costs.

Runs `novelfoundry up` on engines of its own. Prints medians in milliseconds and their ratio to the smallest request
that the same server answers in the same run; the limits are 25 ms and 1 % of a core.
"""

import asyncio
import json
import os
import signal
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import psutil
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

ROOT = Path(__file__).parents[1]
RUNS = 30
IDLE_SECONDS = 15
START = """mutation ($id: ID!) { startAnalysis(manuscriptId: $id) { ... on Job { id } ... on Refusal { message } } }"""
UPDATES = "subscription { jobUpdates { jobs { id status } } }"


async def main() -> int:
    with tempfile.TemporaryDirectory() as data:
        port = _free_port()
        program = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "command.cli", "up", "--port", str(port), "--data", data,
            cwd=ROOT, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        try:
            return await _measure(f"http://127.0.0.1:{port}", program.pid)
        finally:
            program.send_signal(signal.SIGTERM)
            await program.wait()


async def _measure(url: str, pid: int) -> int:
    async with httpx.AsyncClient(base_url=url, timeout=30, trust_env=False) as http:
        await _ready(http)
        session = (await http.post("/session", headers={"Origin": url})).json()
        http.headers["Authorization"] = f"Bearer {session['token']}"
        manuscript = (await http.post("/manuscripts", files={"file": ("short.txt", b"It rained. " * 100)})).json()["id"]
        smallest = [await _timed(lambda: http.post("/graphql", json={"query": "{ __typename }"})) for _ in range(RUNS)]
        async with connect(
            url.replace("http", "ws") + "/graphql", subprotocols=[Subprotocol("graphql-transport-ws")]
        ) as connection:
            await _subscribe(connection, session["token"])
            picked_up = [await _pick_up(http, connection, manuscript) for _ in range(RUNS)]
        idle = await _idle_share(pid)
    return _report(smallest, picked_up, idle)


async def _pick_up(http: httpx.AsyncClient, connection: ClientConnection, manuscript: str) -> float:
    """Seconds until the subscriber sees the claim; waits for the job's end before it returns."""
    since = time.perf_counter()
    body = {"query": START, "variables": {"id": manuscript}}
    request = asyncio.create_task(http.post("/graphql", json=body))
    seconds = 0.0
    while True:
        message = json.loads(await asyncio.wait_for(connection.recv(), 30))
        for job in message.get("payload", {}).get("data", {}).get("jobUpdates", {}).get("jobs", []):
            match job["status"]:
                case "RUNNING_INITIALIZING" | "RUNNING" if not seconds:
                    seconds = time.perf_counter() - since
                case "COMPLETED" if seconds:
                    await request
                    return seconds
                case "FAILED":
                    raise SystemExit("a job failed while it was measured")


async def _subscribe(connection: ClientConnection, token: str) -> None:
    await connection.send(json.dumps({"type": "connection_init", "payload": {"Authorization": f"Bearer {token}"}}))
    await connection.recv()
    await connection.send(json.dumps({"id": "1", "type": "subscribe", "payload": {"query": UPDATES}}))
    await connection.recv()


async def _idle_share(pid: int) -> float:
    """The share of a core that the worker uses with nothing to do."""
    [worker] = [child for child in psutil.Process(pid).children(recursive=True) if child.cmdline()[-1:] == ["worker"]]
    await asyncio.sleep(3)
    before = sum(worker.cpu_times()[:2])
    await asyncio.sleep(IDLE_SECONDS)
    return float(sum(worker.cpu_times()[:2]) - before) / IDLE_SECONDS


def _report(smallest: list[float], picked_up: list[float], idle: float) -> int:
    unit, p50 = statistics.median(smallest), statistics.median(picked_up)
    p95 = sorted(picked_up)[int(len(picked_up) * 0.95)]
    print(f"smallest request            p50 {unit * 1000:6.1f} ms")
    print(f"mutation to claim, pushed   p50 {p50 * 1000:6.1f} ms   p95 {p95 * 1000:6.1f} ms")
    print(f"                            {p50 / unit:.1f} × the smallest request")
    print(f"limit 25 ms                 {p50 / 0.025:6.2f} of it   {'met' if p50 < 0.025 else 'MISSED'}")
    print(f"idle worker                 {idle:6.2%} of a core   limit 1 %   {'met' if idle < 0.01 else 'MISSED'}")
    print(f"machine                     {psutil.getloadavg()[0]:.1f} processes ran on {os.cpu_count()} cores")
    return 0 if p50 < 0.025 and idle < 0.01 else 1


async def _timed(ask: Callable[[], Awaitable[Any]]) -> float:
    since = time.perf_counter()
    await ask()
    return time.perf_counter() - since


async def _ready(http: httpx.AsyncClient) -> None:
    async with asyncio.timeout(60):
        while True:
            try:
                if (await http.get("/readyz")).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    raise SystemExit(asyncio.run(main()))
