"""A worker's places for jobs, and who may be read beside whom."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from jobs.models import Job


class Places:
    """So many jobs at once; but a job that has lost a worker runs alone.

    Perhaps it killed it, and will do so again; which of a dead worker's jobs it was, nobody knows.
    """

    def __init__(self, number: int) -> None:
        self._number = number
        self._taken: set[Job] = set()
        self._running: set[Job] = set()
        self._left = asyncio.Event()

    @property
    def busy(self) -> int:
        """How many places are taken: all, while a job has the worker to itself or waits for that."""
        return self._number if any(map(_runs_alone, self._taken)) else len(self._taken)

    @property
    def free(self) -> int:
        """How many more jobs may be claimed."""
        return self._number - self.busy

    def take(self, job: Job) -> None:
        """The job is claimed."""
        self._taken.add(job)

    def leave(self, job: Job) -> None:
        """The job's run is over."""
        self._taken.discard(job)

    @asynccontextmanager
    async def turn(self, job: Job) -> AsyncIterator[None]:
        """Waits until the job may run beside those that do."""
        while self._running and any(map(_runs_alone, (job, *self._running))):
            self._left.clear()
            await self._left.wait()
        self._running.add(job)
        try:
            yield
        finally:
            self._running.discard(job)
            self._left.set()


def _runs_alone(job: Job) -> bool:
    return job.workers_lost > 0
