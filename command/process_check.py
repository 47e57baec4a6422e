"""The health check of a worker's or scheduler's container: was the process beside it heard from lately?"""

import asyncio
import sys
from typing import Literal

from jobs import place
from jobs.database.store import JobStore
from jobs.errors import Unavailable
from jobs.models import Process
from jobs.presence import Presence
from jobs.processes.wiring import open_kept
from jobs.settings import Settings
from jobs.states import ComponentState

Kind = Literal["worker", "scheduler"]

_LIMIT = 10.0


async def run(settings: Settings, *, kind: Kind, pid: int | None = None) -> int:
    """Prints how the processes of the kind are that run where this one does, or the one of that number.

    0 when each of them was heard from lately, else 1. A container is a place of its own, so there it is the one process
    that asks. Raises Unavailable when the database does not answer.
    """
    try:
        async with asyncio.timeout(_LIMIT), open_kept(settings, application="novelfoundry health") as (gateway, _):
            there = await Presence(JobStore(gateway), settings).processes(at=f"{place.here()}/")
    except TimeoutError as error:
        raise Unavailable(f"The database does not answer within {_LIMIT:g} seconds.") from error
    asked = [each for each in there if each.kind == kind and _is_asked_after(each, pid)]
    if not asked:
        print(f"{kind}: {ComponentState.NEVER_SEEN.value}", file=sys.stderr)
    for process in asked:
        name = kind if len(asked) == 1 else f"{kind} {process.pid}"
        print(f"{name}: {process.state.value}", file=sys.stdout if process.state.is_alive else sys.stderr)
    return 0 if asked and all(process.state.is_alive for process in asked) else 1


def _is_asked_after(process: Process, pid: int | None) -> bool:
    """Whether its number is the one asked for, or else any; and it runs: what has ended here is no alarm."""
    if process.pid is None or pid not in (None, process.pid):
        return False
    return place.of(process.pid) == process.place
