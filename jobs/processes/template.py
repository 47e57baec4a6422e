"""The worker's end of the line to the process that analyses fork from. What is said there: jobs.analysis.template."""

import asyncio
import itertools
import json
import logging
import os
import signal
import socket
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager, suppress
from functools import partial
from typing import Self

from novelfoundry import module_command

MOST_OF_A_LINE = 256 * 1024 * 1024
"""Bytes of one line of an analysis: the report, and the text with its marks: see jobs.analysis.text."""
_LONGEST_MESSAGE = 64 * 1024
# To load its tables takes half a second. A template that is stopped, or hangs, is killed after this.
_PATIENCE_SECONDS = 30.0
_LAST_WORDS = 4000

_log = logging.getLogger(__name__)


class TemplateLost(OSError):
    """The template ended, or refused."""


class Forked:
    """An analysis that was forked. See Analysis."""

    def __init__(self) -> None:
        self.stdout = asyncio.StreamReader(limit=MOST_OF_A_LINE)
        self.stderr = asyncio.StreamReader()
        self.began: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._pipes: list[asyncio.ReadTransport] = []

    @property
    def pid(self) -> int:
        """See Analysis.pid; once it began."""
        return self.began.result()

    async def open_pipes(self, stack: ExitStack) -> list[int]:
        """The writing ends for its standard output and error, open until the stack closes."""
        writing = []
        for reader in (self.stdout, self.stderr):
            ours, its = os.pipe()
            stack.callback(os.close, its)
            writing.append(its)
            protocol = partial(asyncio.StreamReaderProtocol, reader)
            reading = os.fdopen(ours, "rb", buffering=0)
            pipe, _ = await asyncio.get_running_loop().connect_read_pipe(protocol, reading)
            self._pipes.append(pipe)
        return writing

    def fail(self, why: str) -> None:
        """It did not begin, and will not."""
        if not self.began.done():
            self.began.set_exception(TemplateLost(why))
            self.began.exception()  # whoever asked may be gone

    def close(self) -> None:
        """Reads no more."""
        for pipe in self._pipes:
            pipe.close()

    async def wait(self) -> int:
        """See Analysis.wait."""
        return await asyncio.shield(self.ended)


class Template:
    """A template that runs, and what was forked from it."""

    def __init__(self, process: Process, line: socket.socket) -> None:
        self.is_there = True
        self.has_forked = False
        self._process = process
        self._line = line
        self._numbers = itertools.count()
        self._forked: dict[int, Forked] = {}
        asyncio.get_running_loop().add_reader(line, self._hear)
        self._watch = asyncio.create_task(self._told_of_its_end())

    @classmethod
    async def start(cls) -> Self:
        """A template that loads; what is asked of it meanwhile it does then. Raises OSError."""
        ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.setblocking(False)
        try:
            with its:
                process = await asyncio.create_subprocess_exec(
                    *module_command("jobs.analysis.template", f"--parent={os.getpid()}"),
                    stdin=its.fileno(), stdout=DEVNULL, stderr=PIPE, env=bare_environment(),
                )  # fmt: skip
        except BaseException:
            ours.close()
            raise
        return cls(process, ours)

    async def close(self) -> None:
        """Kills it; by the kernel, what was forked from it ends too."""
        self._kill()
        await self._watch

    @asynccontextmanager
    async def forked(self, file: int, filename: str) -> AsyncIterator[Forked]:
        """An analysis of what `file` is open on, which ends with the block. Raises OSError, TimeoutError."""
        number, analysis = next(self._numbers), Forked()
        self._forked[number] = analysis
        try:
            with ExitStack() as stack:
                descriptors = [file, *await analysis.open_pipes(stack)]
                self._ask(descriptors, begin=number, filename=filename)
            await self._within_patience(analysis.began)
            yield analysis
        finally:
            await self._end(number)
            analysis.close()

    async def _end(self, number: int) -> None:
        """Kills the analysis unless it has ended, and waits for its end."""
        if (analysis := self._forked.get(number)) is None:
            return
        try:
            self._ask([], kill=number)
            await self._within_patience(analysis.ended)
        except (OSError, TimeoutError) as error:
            # It does not listen. What was forked from it must not outlive its lease.
            _log.error("the template of analyses hangs, and is killed: %r", error)
            self._kill()

    @staticmethod
    async def _within_patience(answer: "asyncio.Future[int]") -> None:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            await asyncio.shield(answer)

    def _kill(self) -> None:
        with suppress(ProcessLookupError):
            self._process.kill()

    def _ask(self, descriptors: list[int], **message: object) -> None:
        if not self.is_there:
            raise TemplateLost("the template has ended")
        socket.send_fds(self._line, [json.dumps(message).encode()], descriptors)

    def _hear(self) -> None:
        try:
            packet = self._line.recv(_LONGEST_MESSAGE)
        except BlockingIOError:
            return
        except OSError:
            packet = b""
        if packet:
            self._heard(json.loads(packet))
        else:
            self._lost()

    def _heard(self, message: object) -> None:
        match message:
            case {"began": int() as number, "pid": int() as pid}:
                self.has_forked = True
                _answer(self._forked[number].began, pid)
            case {"refused": int() as number, "why": str() as why}:
                self._forked.pop(number).fail(why)
            case {"ended": int() as number, "status": int() as status}:
                _answer(self._forked.pop(number).ended, status)

    def _lost(self) -> None:
        """The line is cut: the kernel has killed, or is about to kill, all that was forked."""
        self.is_there = False
        asyncio.get_running_loop().remove_reader(self._line)
        self._line.close()
        for analysis in self._forked.values():
            analysis.fail("the template ended before it began")
            _answer(analysis.ended, -signal.SIGKILL)
        self._forked.clear()

    async def _told_of_its_end(self) -> None:
        _, errors = await self._process.communicate()
        if self.is_there:
            self._lost()
        if errors:
            said = errors.decode(errors="replace")[-_LAST_WORDS:]
            _log.error("the template of analyses ended with %s and said: %s", self._process.returncode, said)


def bare_environment() -> dict[str, str]:
    """What an analysis needs and no secret: it reads what strangers wrote."""
    names = ("PATH", "HOME", "LANG", "VIRTUAL_ENV", "PYTHONPATH")
    return {name: os.environ[name] for name in names if name in os.environ}


def _answer(future: "asyncio.Future[int]", value: int) -> None:
    if not future.done():
        future.set_result(value)
