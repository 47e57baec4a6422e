"""The scheduler's loop: each duty when it is due, on through every absence, and honest about itself."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from jobs.database.store import JobStore
from jobs.models import Manuscript
from jobs.presence import ProcessBeat
from jobs.processes.pruner import Pruner
from jobs.processes.scheduler import Scheduler
from jobs.processes.sweeper import Sweeper
from jobs.processes.wiring import open_domain
from jobs.service import JobService
from jobs.settings import Settings
from jobs.states import JobStatus
from tests.faults.waiting import until
from tests.jobs.lines import FailingLine


@pytest.fixture
async def heart(line: FailingLine, service: JobService, settings: Settings) -> AsyncIterator[ProcessBeat]:
    """The heart of a scheduler that runs, on the line that can fail."""
    store = JobStore(line)
    stop = asyncio.Event()
    async with open_domain(settings, kind="scheduler") as domain:
        heart = ProcessBeat(store, "scheduler")
        sweeper = Sweeper(store=store, service=service)
        run = asyncio.create_task(Scheduler(replace(domain, sweeper=sweeper, process_beat=heart)).run(stop))
        yield heart
        stop.set()
        await asyncio.wait_for(run, 20)


async def test_a_scheduler_that_cannot_sweep_does_not_look_alive(heart: ProcessBeat, line: FailingLine) -> None:
    await until(_beaten(line, 1), "it beats")
    line.refused.add("jobs_settle")
    await until(_swept(line, line.calls["jobs_settle"] + 1), "it meets the refusal")
    beats = line.calls["process_beat"]

    await until(_swept(line, line.calls["jobs_settle"] + 2), "it tries again")

    assert line.calls["process_beat"] == beats
    line.refused.clear()
    await until(_beaten(line, beats + 1), "it beats again")


async def test_a_scheduler_outlives_its_database_and_sweeps_when_it_is_back(
    heart: ProcessBeat, line: FailingLine, store: JobStore, manuscript: Manuscript
) -> None:
    line.is_cut = True
    await until(_swept(line, line.calls["jobs_settle"] + 2), "it tries again")
    job = await store.start(manuscript.owner_id, manuscript.id, queue_timeout=timedelta(0), max_attempts=3, max_live=9)
    line.is_cut = False

    async def is_settled() -> bool:
        [row] = await store.get(job.owner_id, [job.id])
        return row.status is JobStatus.FAILED

    await until(is_settled, "the overdue job is settled")


class Backlog(Pruner):
    """Old rows for so many batches."""

    def __init__(self, batches: int) -> None:
        self.left = batches

    async def prune(self) -> bool:
        """See Pruner.prune."""
        self.left -= 1
        return self.left == 0


async def test_a_scheduler_prunes_batch_after_batch_until_nothing_is_left(settings: Settings) -> None:
    backlog, stop = Backlog(3), asyncio.Event()
    async with open_domain(settings, kind="scheduler") as domain:
        run = asyncio.create_task(Scheduler(replace(domain, pruner=backlog)).run(stop))
        await until(_left(backlog, 0), "it prunes all")
        stop.set()
        await asyncio.wait_for(run, 20)

    assert backlog.left == 0


def _left(backlog: Backlog, batches: int) -> Callable[[], Awaitable[bool]]:
    async def left() -> bool:
        return backlog.left == batches

    return left


def _beaten(line: FailingLine, times: int) -> Callable[[], Awaitable[bool]]:
    return _called(line, "process_beat", times)


def _swept(line: FailingLine, times: int) -> Callable[[], Awaitable[bool]]:
    return _called(line, "jobs_settle", times)


def _called(line: FailingLine, function: str, times: int) -> Callable[[], Awaitable[bool]]:
    async def called() -> bool:
        return line.calls[function] >= times

    return called
