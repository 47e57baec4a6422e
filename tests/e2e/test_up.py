"""`novelfoundry up` as a person runs it: real processes, really killed."""

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import httpx
import psutil
import pytest

from engines.pair import Engines
from tests import memory
from tests.conftest import Databases

START_SECONDS = 60
pytestmark = pytest.mark.timeout(240)


class Up:
    """A running `up`, the lines that it has printed, and its children."""

    def __init__(self, process: asyncio.subprocess.Process, *, port: int) -> None:
        self.process = process
        self.url = f"http://127.0.0.1:{port}"
        self.lines: list[str] = []

    async def until(self, wanted: str) -> str:
        """The next line that has `wanted` in it."""
        assert self.process.stdout is not None
        async with asyncio.timeout(START_SECONDS):
            async for line in self.process.stdout:
                self.lines.append(line.decode().rstrip())
                if wanted in self.lines[-1]:
                    return self.lines[-1]
        pytest.fail(f"`up` ended without saying {wanted!r}:\n" + "\n".join(self.lines))

    def children(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    async def service(self, name: str, *, after: int = 0) -> psutil.Process:
        """The process of this service; with `after`, the next one after the process of that number."""
        async with asyncio.timeout(START_SECONDS):
            while True:
                for child in self.children():
                    if child.pid != after and name in command_of(child):
                        return child
                await asyncio.sleep(0.05)


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    """One data directory for the module: that `up` starts on what another left is part of what is tried."""
    with memory.directory() as directory:
        yield directory / "data"


@asynccontextmanager
async def up(data: Path, **settings: str) -> AsyncIterator[Up]:
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.endswith("_URL")}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "command.cli", "up", f"--port={port}", f"--data={data}"),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment | settings,
    )
    running = Up(process, port=port)
    try:
        yield running
    finally:
        if process.returncode is None:
            process.terminate()
        await asyncio.wait_for(process.communicate(), 60)


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
async def test_up_serves_until_told_to_stop_and_leaves_nothing_behind(data: Path, sign: signal.Signals) -> None:
    async with up(data) as running:
        await running.until("NovelFoundry is ready")
        async with httpx.AsyncClient(base_url=running.url, timeout=START_SECONDS) as client:
            assert (await client.get("/livez")).status_code == 200
            assert (await client.get("/readyz")).json()["missing"] == []
        children = running.children()
        running.process.send_signal(sign)

        assert await asyncio.wait_for(running.process.wait(), 60) == 0
        assert alive(children) == []
    assert await said_goodbye(data) == ["api", "scheduler", "worker"]


@pytest.mark.parametrize("service", ["api", "worker", "scheduler"])
async def test_a_service_that_dies_is_started_again(data: Path, service: str) -> None:
    async with up(data) as running:
        await running.until("NovelFoundry is ready")
        first = await running.service(service)
        first.kill()

        assert await running.until(f"the {service} ended unexpectedly (SIGKILL)")
        assert await running.service(service, after=first.pid)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's death")
async def test_nothing_outlives_an_up_that_is_killed_and_the_next_one_starts(data: Path) -> None:
    async with up(data) as running:
        await running.until("NovelFoundry is ready")
        children = running.children()
        running.process.kill()
        assert await asyncio.to_thread(alive, children) == []

    async with up(data) as running:
        assert await running.until("NovelFoundry is ready")


async def test_a_second_up_on_the_same_data_says_who_has_them(data: Path) -> None:
    async with up(data) as first:
        await first.until("NovelFoundry is ready")
        async with up(data) as second:
            output, _ = await asyncio.wait_for(second.process.communicate(), START_SECONDS)

    assert second.process.returncode == 2
    assert re.search(rf"in use by another NovelFoundry \(process {first.process.pid}\)", output.decode())
    assert output.count(b"\n") == 1


async def test_with_engines_of_yours_it_starts_none_of_its_own(
    tmp_path: Path, engines: Engines, databases: Databases
) -> None:
    async with (
        databases.fresh() as database,
        up(tmp_path, DATABASE_URL=database, REDIS_URL=engines.redis_url) as running,
    ):
        await running.until("NovelFoundry is ready")

        assert [child.name() for child in running.children() if child.name() in ("postgres", "valkey-server")] == []


async def said_goodbye(data: Path) -> object:
    """Which of the last three processes ended in good order, with the database still there to tell it to."""
    async with Engines(data) as engines:
        connection = await asyncpg.connect(engines.database_url)
        try:
            return await connection.fetchval(
                "select array_agg(kind order by kind) filter (where stopped_at is not null)"
                " from (select kind, stopped_at from processes order by started_at desc limit 3) as last"
            )
        finally:
            await connection.close()


def alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Those that still run after half a minute. A zombie does not run: it waits for a parent to look at it."""
    _, left = psutil.wait_procs([process for process in processes if runs(process)], timeout=30)
    return [process for process in left if runs(process)]


def runs(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def command_of(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.NoSuchProcess:
        return []


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port
