"""The health check of a worker's or scheduler's container: has a process of this kind been heard from lately?"""

import asyncio
import sys
from typing import Literal, assert_never

from jobs.errors import Unavailable
from jobs.presence import Presence
from jobs.settings import Settings
from jobs.store import JobStore
from jobs.wiring import open_kept

Kind = Literal["worker", "scheduler"]

_LIMIT = 10.0


async def run(settings: Settings, *, kind: Kind) -> int:
    """Prints the kind's state; 0 when one lives, else 1. Raises Unavailable when the database does not answer."""
    try:
        async with asyncio.timeout(_LIMIT), open_kept(settings, application="novelfoundry health") as (gateway, _):
            health = await Presence(JobStore(gateway), settings).health()
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
