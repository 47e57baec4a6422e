"""Processes of the deployment, started as an operator would, and ended in every way there is."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Self
from uuid import UUID

import httpx
import psutil

from jobs import launch
from jobs.engine import ended
from jobs.settings import Settings
from tests.faults.waiting import until

ROOT = Path(__file__).parents[2]

_NAMES = {
    "NF_QUEUE_TIMEOUT": "queue_timeout",
    "NF_SWEEP_INTERVAL": "sweep_interval",
    "NF_LEASE": "lease",
    "NF_HEARTBEAT": "heartbeat",
    "NF_RUN_TIMEOUT": "run_timeout",
    "NF_MAX_ATTEMPTS": "max_attempts",
    "NF_REDISPATCH_AFTER": "redispatch_after",
    "NF_RESYNC_INTERVAL": "resync_interval",
    "NF_TICK_INTERVAL": "tick_interval",
    "NF_WORKER_CONCURRENCY": "worker_concurrency",
    "NF_DATA": "data",
    "DATABASE_URL": "database_url",
    "REDIS_URL": "redis_url",
}


def environment(settings: Settings) -> dict[str, str]:
    """The settings as a process reads them, and nothing else of ours."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return kept | {name: _text(getattr(settings, attribute)) for name, attribute in _NAMES.items()}


def _text(value: object) -> str:
    return f"{value.total_seconds():g}" if isinstance(value, timedelta) else str(value)


class Process:
    """One real process: `novelfoundry worker`, `scheduler` or `api`. It ends with the tests, whatever happens."""

    def __init__(self, *command: str, environment: Mapping[str, str], log: Path) -> None:
        self.name = command[0]
        self.log = log
        with log.open("wb") as output:
            self._popen = subprocess.Popen(
                launch.command([sys.executable, "-m", "server.cli", *command], on_parent_death=signal.SIGKILL),
                cwd=ROOT, env=dict(environment), stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            )  # fmt: skip

    @property
    def pid(self) -> int:
        return self._popen.pid

    @property
    def is_running(self) -> bool:
        """Whether it has not ended; a paused process runs."""
        return self._popen.poll() is None

    @property
    def id(self) -> UUID | None:
        """The id that it gave itself, from its first line; None before that."""
        found = re.search(rf"{self.name} ([0-9a-f-]{{36}}) ", self.log.read_text(errors="replace"))
        return UUID(found[1]) if found else None

    async def started(self) -> Self:
        """Waits until a worker or scheduler has said who it is."""

        async def has_spoken() -> bool:
            assert self.is_running, self.log.read_text(errors="replace")
            return self.id is not None

        await until(has_spoken, f"the {self.name} starts")
        return self

    def kill(self) -> None:
        """SIGKILL: no goodbye, no clean-up."""
        self._popen.kill()
        self._popen.wait(timeout=10)

    def pause(self) -> None:
        """SIGSTOP: alive, and doing nothing."""
        self._popen.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """SIGCONT: knows nothing of the time that it slept."""
        self._popen.send_signal(signal.SIGCONT)

    def ask_to_stop(self) -> None:
        """SIGTERM, as a container engine stops it."""
        self._popen.terminate()

    async def ended(self, *, limit: float = 10) -> int:
        """Waits for its end; the exit code."""
        return await ended(self._popen, limit=limit)

    def analyses(self) -> list[psutil.Process]:
        """The analyses that it runs now, each a child process."""
        with suppress(psutil.NoSuchProcess):
            children = psutil.Process(self.pid).children()
            return [child for child in children if _is_analysis(child)]
        return []

    def resume_analyses(self) -> None:
        """SIGCONT to each analysis of this moment."""
        for analysis in self.analyses():
            with suppress(psutil.NoSuchProcess):
                analysis.resume()

    async def analysis(self) -> psutil.Process:
        """The first analysis that it starts."""

        async def first() -> psutil.Process | None:
            return next(iter(self.analyses()), None)

        found = await until(first, f"the {self.name} starts an analysis")
        assert found is not None
        return found


class Api(Process):
    """`novelfoundry api` on a port of its own."""

    def __init__(self, *, port: int, environment: Mapping[str, str], log: Path) -> None:
        super().__init__("api", f"--port={port}", environment=environment, log=log)
        self.port = port

    async def started(self) -> Self:
        """Waits until it answers."""
        async with httpx.AsyncClient(trust_env=False, timeout=5) as client:

            async def answers() -> bool:
                assert self.is_running, self.log.read_text(errors="replace")
                try:
                    return (await client.get(f"http://127.0.0.1:{self.port}/livez")).is_success
                except httpx.TransportError:
                    return False

            await until(answers, "the api answers")
        return self


def _is_analysis(process: psutil.Process) -> bool:
    try:
        return "jobs.analysis" in process.cmdline()
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return False


async def gone(process: psutil.Process, *, limit: float = 20) -> None:
    """Waits until a process that is not our child is no more; a zombie is no more."""

    async def is_gone() -> bool:
        try:
            return process.status() == psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return True

    await until(is_gone, f"process {process.pid} ends", limit=limit)
