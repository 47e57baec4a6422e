"""The health check of a worker's or scheduler's container: has its process been heard from lately?"""

import asyncio
import socket
import sys
from typing import Literal, assert_never

from jobs.database.store import JobStore
from jobs.errors import Unavailable
from jobs.presence import Presence
from jobs.processes.wiring import open_kept
from jobs.settings import Settings

Kind = Literal["worker", "scheduler"]

_LIMIT = 10.0


async def run(settings: Settings, *, kind: Kind) -> int:
    """Prints the state of the kind on this host; 0 when one lives, else 1. A container is a host of its own.

    Raises Unavailable when the database does not answer.
    """
    try:
        async with asyncio.timeout(_LIMIT), open_kept(settings, application="novelfoundry health") as (gateway, _):
            health = await Presence(JobStore(gateway), settings, host=socket.gethostname()).health()
    except TimeoutError as error:
        raise Unavailable(f"The database does not answer within {_LIMIT:g} seconds.") from error
    match kind:
        case "worker":
            component = health.workers
        case "scheduler":
            component = health.sweeper
        case _:
            assert_never(kind)
    is_alive = component.state.is_alive
    print(f"{kind}: {component.state.value}", file=sys.stdout if is_alive else sys.stderr)
    return 0 if is_alive else 1
