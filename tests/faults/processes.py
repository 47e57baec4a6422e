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

from engines import launch
from engines.server import ended
from jobs.analysis.template import PROCESS_NAME
from jobs.settings import Settings
from jobs.settings import settings as rows
from tests.faults.waiting import until

ROOT = Path(__file__).parents[2]


def environment(settings: Settings) -> dict[str, str]:
    """The settings as a process reads them, and nothing else of ours."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    usual = Settings()
    given = {setting.name: (getattr(settings, name), getattr(usual, name)) for name, setting in rows()}
    # What is as always is left out: not every form of a setting has a text here.
    return kept | {name: _text(value) for name, (value, default) in given.items() if value != default}


# Python runs a file of this name before anything else. An analysis says by the first file that it opens that it begins.
_HOLD = """
import os, signal, sys

forks, held = 0, False

def count():
    global forks
    forks += 1

def hold(event, arguments):
    global held
    if event == "open" and forks == 1 and not held and str(arguments[0]).startswith("/dev/fd/"):
        held = True
        os.kill(os.getpid(), signal.SIGSTOP)

if "jobs.analysis.template" in sys.orig_argv:
    os.register_at_fork(before=count)
    sys.addaudithook(hold)
"""


def holding(folder: Path) -> dict[str, str]:
    """The environment of a worker whose first analysis stops at its start, until it is resumed.

    To stop it from outside, as it runs, would be a race: a short text is read before a busy machine comes to it.
    """
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(_HOLD)
    return {"PYTHONPATH": str(folder)}


POISON = b"Poison"
# The analysis of a text that begins with this word takes its worker down: as when memory runs out.
_KILL = f"""
import os, signal, sys

worker = os.getppid()

def kill(event, arguments):
    if event == "open" and str(arguments[0]).startswith("/dev/fd/"):
        if os.pread(int(os.path.basename(arguments[0])), {len(POISON)}, 0) == {POISON!r}:
            os.kill(worker, signal.SIGKILL)

if "jobs.analysis.template" in sys.orig_argv:
    sys.addaudithook(kill)
"""


def mortal(folder: Path) -> dict[str, str]:
    """The environment of a worker that dies of `POISON`."""
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(_KILL)
    return {"PYTHONPATH": str(folder)}


async def held_analysis(worker: int) -> psutil.Process:
    """The analysis that was begun and holds itself, a child of the process of this number. See `holding`."""

    async def first() -> psutil.Process | None:
        return next((child for child in analyses(worker) if _is_stopped(child)), None)

    found = await until(first, f"process {worker} starts an analysis")
    assert found is not None
    return found


def analyses(worker: int) -> list[psutil.Process]:
    """The analyses that the process of this number runs now, each a process that was forked from its template."""
    with suppress(psutil.NoSuchProcess):
        return [child for child in psutil.Process(worker).children(recursive=True) if _is_analysis(child)]
    return []


def _is_stopped(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        return process.status() == psutil.STATUS_STOPPED
    return False


def _text(value: object) -> str:
    match value:
        case timedelta():
            return f"{value.total_seconds():g}"
        case bool():
            return str(int(value))
        case _:
            return str(value)


class Process:
    """One real process: `novelfoundry worker`, `scheduler` or `api`. It ends with the tests, whatever happens."""

    def __init__(self, *command: str, environment: Mapping[str, str], log: Path) -> None:
        self.name = command[0]
        self.log = log
        with log.open("wb") as output:
            self._popen = subprocess.Popen(
                launch.command([sys.executable, "-m", "command.cli", *command], on_parent_death=signal.SIGKILL),
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

    async def ended(self, *, limit: float = 60) -> int:
        """Waits for its end; the exit code."""
        return await ended(self._popen, limit=limit)

    def analyses(self) -> list[psutil.Process]:
        """The analyses that it runs now, each a process of its own."""
        return analyses(self.pid)


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
        return process.name() == PROCESS_NAME and process.status() != psutil.STATUS_ZOMBIE
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return False


async def gone(process: psutil.Process) -> None:
    """Waits until a process that is not our child is no more; a zombie is no more."""

    async def is_gone() -> bool:
        try:
            return process.status() == psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return True

    await until(is_gone, f"process {process.pid} ends")
