"""A subscriber that keeps what it was told, and holds it against the rows."""

import asyncio
from contextlib import aclosing
from typing import Self
from uuid import UUID

from jobs.feed import Feed
from jobs.models import Job
from jobs.states import JobStatus
from tests.faults.waiting import until


class Watcher:
    """One author's dashboard on a push hub. Fails when a frame takes something back."""

    def __init__(self, feed: Feed, owner_id: UUID) -> None:
        self._feed = feed
        self._owner_id = owner_id
        self.told: dict[UUID, list[Job]] = {}
        self.frames = 0
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        self._tasks = [asyncio.create_task(self._feed.run()), asyncio.create_task(self._watch())]

        async def joined() -> bool:
            self.hold_up()
            return self.frames > 0

        await until(joined, "the first frame comes")
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def hold_up(self) -> None:
        """Raises what ended the hub or the subscription, if anything did."""
        for task in self._tasks:
            if task.done():
                task.result()

    def last(self, job_id: UUID) -> Job | None:
        """The job as it was told last."""
        return self.told[job_id][-1] if job_id in self.told else None

    async def hears(self, job_id: UUID, *statuses: JobStatus, limit: float = 60) -> Job:
        """Waits until a frame tells one of these statuses of the job."""

        async def heard() -> Job | None:
            self.hold_up()
            return next((job for job in self.told.get(job_id, []) if job.status in statuses), None)

        job = await until(heard, f"a frame tells {statuses} of job {job_id}", limit=limit)
        assert job is not None
        return job

    async def _watch(self) -> None:
        async with aclosing(self._feed.watch(self._owner_id)) as frames:
            async for frame in frames:
                self.frames += 1
                for job in frame.jobs:
                    self._take(job)

    def _take(self, job: Job) -> None:
        before = self.told.setdefault(job.id, [])
        assert not before or job.version > before[-1].version, f"told twice or backwards: {before[-1]} then {job}"
        before.append(job)
