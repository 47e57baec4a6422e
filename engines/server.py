"""An embedded engine: a server that is a child process of ours, with its data in one directory."""

import asyncio
import contextlib
import shutil
import signal
import socket
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import IO, ClassVar, Literal

import psutil

from engines import launch
from engines.errors import NotAnswering
from engines.unix_account import Account, account_for

HOST = "127.0.0.1"
START_LIMIT = 60.0
STOP_LIMIT = 15.0
POLL = 0.02

StopMode = Literal["fast", "immediate", "kill"]
"""`fast` saves and ends, `immediate` leaves recovery to the next start, `kill` is SIGKILL."""


class Engine(ABC):
    """A server with its data in one directory and its port on loopback, started and stopped at will."""

    program: ClassVar[str]
    signals: ClassVar[dict[StopMode, signal.Signals]]

    def __init__(self, directory: Path, *, port: int, password: str, durable: bool) -> None:
        self.directory = directory
        self.port = port
        self._password = password
        self._durable = durable
        self._process: subprocess.Popen[bytes] | None = None
        self._account: Account | None = None

    @property
    @abstractmethod
    def url(self) -> str:
        """The address, password included."""

    @property
    def pid(self) -> int | None:
        """The server's process while it runs."""
        return self._process.pid if self._process and self._process.poll() is None else None

    @property
    def log(self) -> Path:
        """What the server wrote, appended over all its starts."""
        return self.directory.with_suffix(".log")

    async def start(self) -> None:
        """Starts the server and waits until it answers. Does nothing while it runs.

        Raises CannotRun when it cannot be started here, NotAnswering when it does not answer.
        """
        if self.pid is not None:
            return
        self._account = account_for(self.directory, reaching=[self.directory.parent, self._binary()])
        await self._end_strays()
        self._make_directory()
        await self._prepare()
        self._process = self._spawn(self._command(), feed=self._input())
        await self._until_it_answers()

    async def stop(self, mode: StopMode = "fast") -> None:
        """Ends the server and waits for its end; past a limit it is killed. Does nothing when it is down."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.poll() is None:
            process.send_signal(self.signals[mode])
        try:
            await ended(process, limit=STOP_LIMIT)
        except TimeoutError:
            process.kill()
            await ended(process, limit=STOP_LIMIT)

    async def lost(self) -> int:
        """Waits until the server ends though nobody stopped it; its exit code."""
        while self._process is None or (code := self._process.poll()) is None:
            await asyncio.sleep(POLL * 5)
        return code

    def erase(self) -> None:
        """Throws the data of a stopped server away."""
        if self.pid is not None:
            raise NotAnswering(f"{self.program} runs: stop it before its data are erased.")
        shutil.rmtree(self.directory, ignore_errors=True)

    @abstractmethod
    def _binary(self) -> Path: ...

    @abstractmethod
    def _command(self) -> list[str]: ...

    @abstractmethod
    async def _ask(self) -> None:
        """One question that only a ready server answers; OSError or NotAnswering when it is not ready."""

    def _input(self) -> bytes:
        return b""

    async def _prepare(self) -> None:  # noqa: B027 (Valkey needs nothing)
        """What must be there before the server starts."""

    def _make_directory(self) -> None:
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self._account and self.directory.stat().st_uid != self._account.uid:
            self._account.own(self.directory)

    def _spawn(self, program: list[str], *, feed: bytes = b"") -> subprocess.Popen[bytes]:
        command = launch.command(
            program,
            on_parent_death=self.signals["fast"],
            account=self._account.ids if self._account else None,
            capability=self._account.capability if self._account else None,
        )
        with self.log.open("ab") as log:
            # A session of its own: the terminal's Ctrl-C is for us, who stop the servers last.
            process = subprocess.Popen(  # noqa: S603 (our own program and arguments)
                command,
                cwd=self.directory,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        with contextlib.suppress(BrokenPipeError), _taken(process.stdin) as pipe:
            pipe.write(feed)
        return process

    async def _until_it_answers(self) -> None:
        try:
            async with asyncio.timeout(START_LIMIT):
                while not await self._answers():
                    await asyncio.sleep(POLL)
        except BaseException as error:
            await self.stop("kill")
            if isinstance(error, TimeoutError):
                raise NotAnswering(
                    f"{self.program} did not answer within {START_LIMIT:.0f} s: see {self.log}"
                ) from error
            raise

    async def _answers(self) -> bool:
        if self.pid is None:
            raise NotAnswering(f"{self.program} did not start: {self._last_words()} (all of it: {self.log})")
        try:
            await self._ask()
        except (OSError, NotAnswering):
            return False
        return True

    def _last_words(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines()
        fatal = [line for line in lines if "FATAL" in line or "error" in line.lower()]
        return (fatal or lines or ["it said nothing"])[-1].strip()

    async def _end_strays(self) -> None:
        """Ends servers on our data that outlived their supervisor. The caller holds the data's lock.

        Known by program and working directory, never by a number in a file: a stranger may have it now.
        """
        strays = [process for process in psutil.process_iter(["name"]) if self._is_stray(process)]
        for process in strays:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(self.signals["immediate"])
        _, alive = await asyncio.to_thread(psutil.wait_procs, strays, timeout=STOP_LIMIT)
        for process in alive:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        await asyncio.to_thread(psutil.wait_procs, alive, timeout=STOP_LIMIT)

    def _is_stray(self, process: psutil.Process) -> bool:
        if process.info["name"] != self.program:
            return False
        try:
            return Path(process.cwd()) == self.directory
        except (psutil.Error, OSError):
            return False


def port_is_free(port: int) -> bool:
    """Whether a server could listen on this port of loopback now."""
    with socket.socket() as probe:
        # As servers do: a port whose last connections linger is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


@contextlib.contextmanager
def _taken(pipe: IO[bytes] | None) -> Iterator[IO[bytes]]:
    assert pipe is not None  # noqa: S101 (the process was started with a pipe)
    with pipe:
        yield pipe


async def ended(process: subprocess.Popen[bytes], *, limit: float) -> int:
    """The exit code. Not asyncio's own subprocess: that is tied to one loop, and tests have one each."""
    async with asyncio.timeout(limit):
        while (code := process.poll()) is None:
            await asyncio.sleep(POLL)
    return code
