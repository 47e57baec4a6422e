"""Staying in the foreground: our lines on the terminal, and ending in order when told to."""

import asyncio
import signal
import sys
from collections.abc import Coroutine
from pathlib import Path

from engines.pair import Engines


def say(line: str, *, of: str = "up") -> None:
    """One line, after the name of the process that says it."""
    print(f"{of:<9} | {line}", flush=True)


async def until_told(work: Coroutine[object, object, None]) -> int:
    """Runs `work`, cancelled at the first signal to stop; a second one hurries the end. Gives 0."""
    task = asyncio.ensure_future(work)
    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(sign, task.cancel)
    try:
        await task
    except asyncio.CancelledError:
        return 0
    return 0


async def engines(data: Path) -> None:
    """Runs the embedded engines for ever, having printed their addresses once both answered."""
    async with Engines(data) as running:
        print(f"DATABASE_URL={running.database_url}\nREDIS_URL={running.redis_url}", flush=True)
        await running.tend(lambda line: print(line, file=sys.stderr, flush=True))
