"""The canary: a job of nobody's that goes the whole way, to see whether the way is open. It leaves nothing behind.

It ends well; or it finds the line busy or held, which is no fault; or it tells what is broken.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from uuid import uuid4

from command.chart import Busy, Unwell
from jobs.models import Job
from jobs.processes.wiring import Domain
from jobs.states import ComponentState, JobStatus, WaitingReason

CANARY_LIMIT = 60.0
_TEXT = b"Chapter One\n\nA canary sang in the mine. Nobody fell asleep.\n\nChapter Two\n\nEverybody went home.\n"
_LOOK = "Look at the worker's log."


async def fly(domain: Domain) -> str:
    """Uploads, analyses and hears of it. Raises Busy when its turn did not come, Unwell when something is broken."""
    if hold := (await domain.store.line()).hold:
        raise Busy(f"not sent: {hold.by} holds the line since {hold.since:%Y-%m-%d %H:%M} UTC ({hold.why})")
    async with _hub(domain):
        owner_id, began = uuid4(), time.perf_counter()
        manuscript = await domain.service.add_manuscript(
            owner_id, title="A canary", filename="canary.txt", content=_TEXT
        )
        try:
            job = await domain.service.start(owner_id, manuscript.id)
            last = await _followed(domain, job)
        finally:
            await domain.service.delete_manuscript(owner_id, manuscript.id)
    if last.status is not JobStatus.COMPLETED:
        raise Unwell(f"its job {last.status}: {last.failure_message}", _LOOK)
    return f"uploaded, analysed and pushed in {time.perf_counter() - began:.2f} s, and cleaned up"


async def _followed(domain: Domain, job: Job) -> Job:
    try:
        async with asyncio.timeout(CANARY_LIMIT), aclosing(domain.feed.follow(job.owner_id, job.id)) as versions:
            async for version in versions:
                job = version
    except TimeoutError:
        await _explain(domain, job)
    return job


async def _explain(domain: Domain, job: Job) -> None:
    """Raises what kept the job: this version of it is the last that was pushed."""
    [found] = await domain.service.jobs(job.owner_id, [job.id])
    if found.version > job.version:
        raise Unwell(f"its job is {found.status}, which was not pushed", "Look at Redis: pushes get lost.")
    waiting = (await domain.service.waiting([found])).get(found.id)
    if waiting and waiting.reason in (WaitingReason.WORKERS_BUSY, WaitingReason.HELD):
        raise Busy(f"its turn did not come within {CANARY_LIMIT:g} s: {waiting.message}")
    why = f": {waiting.message}" if waiting else ""
    raise Unwell(f"its job is still {found.status} after {CANARY_LIMIT:g} s{why}", _LOOK)


@asynccontextmanager
async def _hub(domain: Domain) -> AsyncIterator[None]:
    hub = asyncio.create_task(domain.feed.run())
    try:
        while domain.feed.push_health().state is ComponentState.NEVER_SEEN:
            await asyncio.sleep(0.01)
        yield
    finally:
        hub.cancel()
        await asyncio.gather(hub, return_exceptions=True)
