"""Starts analyses, each in a process of its own that ends with its block: from the template, else from nothing."""

import asyncio
import logging
import os
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Protocol

from jobs.log_outage import Outage
from jobs.processes.template import MOST_OF_A_LINE, Template, bare_environment
from novelfoundry import module_command

# After a template that did not start: to try with each job would only make every job wait.
_TRY_AGAIN_SECONDS = 30.0

_log = logging.getLogger(__name__)


class Analysis(Protocol):
    """An analysis that has begun: what it says, and how it ends."""

    @property
    def pid(self) -> int:
        """Its process."""

    @property
    def stdout(self) -> asyncio.StreamReader | None:
        """Its lines, see jobs.analysis.one."""

    @property
    def stderr(self) -> asyncio.StreamReader | None:
        """Why it crashed."""

    async def wait(self) -> int:
        """Its exit code, or the number of the signal that ended it, negative."""


class Analyses:
    """The analyses of one worker."""

    def __init__(self) -> None:
        self._template: Template | None = None
        self._starting = asyncio.Lock()
        self._not_before = float("-inf")
        self._outage = Outage(_log, "there is no template to fork from, and each analysis takes longer to start")

    async def close(self) -> None:
        """Ends the template, and with it whatever still runs."""
        if self._template:
            await self._template.close()

    async def warm_up(self) -> None:
        """Starts the template before there is anything to do. Raises nothing: it is tried again with a job."""
        await self._ready()

    @asynccontextmanager
    async def begun(self, file: int, filename: str) -> AsyncIterator[Analysis]:
        """An analysis of what the descriptor `file` is open on; killed at the block's end, if it lives then."""
        async with AsyncExitStack() as stack:
            if forked := await self._forked(stack, file, filename):
                yield forked
            else:
                yield await stack.enter_async_context(_cold(file, filename))

    async def _forked(self, stack: AsyncExitStack, file: int, filename: str) -> Analysis | None:
        template = await self._ready()
        if template is None:
            return None
        try:
            analysis = await stack.enter_async_context(template.forked(file, filename))
            self._outage.is_over()
            return analysis
        except (OSError, TimeoutError) as error:
            if not template.has_forked:
                self._not_before = time.monotonic() + _TRY_AGAIN_SECONDS
            self._outage.lasts(error)
            return None

    async def _ready(self) -> Template | None:
        """The template, started if there is none; None where there cannot be one."""
        async with self._starting:
            if self._template and self._template.is_there:
                return self._template
            if sys.platform != "linux" or time.monotonic() < self._not_before:
                return None
            if self._template:
                await self._template.close()
            try:
                self._template = await Template.start()
            except OSError as error:
                self._outage.lasts(error)
                return None
            return self._template


@asynccontextmanager
async def _cold(file: int, filename: str) -> AsyncIterator[Process]:
    """A fresh process, which loads all it needs."""
    process = await asyncio.create_subprocess_exec(
        # With `=`, one word: the name may begin with a dash.
        *module_command("jobs.analysis", f"/dev/fd/{file}", f"--filename={filename}", f"--parent={os.getpid()}"),
        stdin=PIPE, stdout=PIPE, stderr=PIPE, limit=MOST_OF_A_LINE, pass_fds=[file], env=bare_environment(),
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
