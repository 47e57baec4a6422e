"""A worker's places for jobs, and who may be read beside whom."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from jobs.models import Job


class Places:
    """So many jobs at once; but a job of a second or later attempt runs alone.

    What killed a worker may do so again, and which of its jobs it was nobody knows: alone, each takes down only itself.
    """

    def __init__(self, number: int) -> None:
        self._number = number
        self._taken: set[Job] = set()
        self._running: set[Job] = set()
        self._left = asyncio.Event()

    @property
    def busy(self) -> int:
        """How many places are taken: all, while a job has the worker to itself or waits for that."""
        return self._number if any(_runs_alone(job) for job in self._taken) else len(self._taken)

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
        while self._running and any(_runs_alone(each) for each in (job, *self._running)):
            self._left.clear()
            await self._left.wait()
        self._running.add(job)
        try:
            yield
        finally:
            self._running.discard(job)
            self._left.set()


def _runs_alone(job: Job) -> bool:
    return job.attempt > 1
