"""Staying in the foreground: our lines on the terminal, and ending in order when told to."""

import asyncio
import signal
from collections.abc import Coroutine


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
