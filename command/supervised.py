"""One process of the deployment as a child of `up`: its lines under its name, started again when it dies."""

import asyncio
import signal
import time
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import Mapping
from contextlib import suppress
from typing import NoReturn

from command.terminal import say
from engines import launch
from jobs.errors import ConfigurationError
from novelfoundry import module_command

STOP_LIMIT = 10.0
WRONG_SETTING = 2

_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 30.0
_LINE_LIMIT = 1 << 20


class Child:
    """A subcommand of `novelfoundry`, kept running. Not stopped by cancelling `keep`, but by `stop`."""

    def __init__(self, name: str, *options: str, environment: Mapping[str, str]) -> None:
        self.name = name
        self._options = options
        self._environment = environment
        self._process: Process | None = None
        self._relay: asyncio.Task[None] | None = None

    async def keep(self) -> NoReturn:
        """Runs the process and starts it again whenever it ends.

        Raises ConfigurationError when it ends over a setting, since another try would end alike.
        """
        pause = _FIRST_PAUSE
        while True:
            started = time.monotonic()
            code = await self._run()
            if code == WRONG_SETTING:
                raise ConfigurationError(f"the {self.name} cannot run with these settings: see its line above.")
            if time.monotonic() - started > _LONGEST_PAUSE:
                pause = _FIRST_PAUSE
            say(f"the {self.name} ended unexpectedly ({_ending(code)}) and is started again in {pause:g} s.")
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    async def stop(self) -> None:
        """Asks the process to end, and makes it end past a limit or when cancelled."""
        process = self._process
        if process is None:
            return
        try:
            if process.returncode is None:
                process.terminate()
            await asyncio.wait_for(process.wait(), STOP_LIMIT)
        except TimeoutError:
            say(f"the {self.name} did not end within {STOP_LIMIT:g} s and is killed.")
        finally:
            await self._end(process)

    async def _run(self) -> int:
        program = module_command("command.cli", self.name, *self._options)
        self._process = process = await asyncio.create_subprocess_exec(
            *launch.command(program, on_parent_death=signal.SIGKILL),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=PIPE,
            stderr=STDOUT,
            env=self._environment,
            limit=_LINE_LIMIT,
            start_new_session=True,  # the terminal's Ctrl-C is for `up`, which stops its services in order
        )
        self._relay = asyncio.create_task(self._carry_lines(process))
        code = await process.wait()
        await self._end(process)
        return code

    async def _end(self, process: Process) -> None:
        self._process = None
        if process.returncode is None:
            process.kill()
            await process.wait()
        if self._relay is not None:
            # Its last lines; but a grandchild may hold the pipe open for ever.
            await asyncio.wait([self._relay], timeout=1)
            self._relay.cancel()

    async def _carry_lines(self, process: Process) -> None:
        assert process.stdout is not None  # noqa: S101 (started with a pipe)
        while not process.stdout.at_eof():
            with suppress(ValueError):  # a line over the limit, which the reader drops
                line = await process.stdout.readline()
                if line:
                    say(line.decode(errors="replace").rstrip(), of=self.name)


def _ending(code: int) -> str:
    return f"exit {code}" if code >= 0 else signal.Signals(-code).name
