"""A subscriber that notes when it was told what, and how long what it was told last had been void."""

import time
from contextlib import aclosing
from dataclasses import dataclass
from uuid import UUID

from jobs.feed import Feed
from jobs.models import Job
from tests.faults.watching import Watcher


@dataclass(frozen=True, slots=True)
class Late:
    """A watcher believed that the job was alive from its deadline until the next word of it, by the machine's clock."""

    owner_id: UUID
    job_id: UUID
    deadline: float
    told: float

    @property
    def seconds(self) -> float:
        return self.told - self.deadline


class TimedWatcher(Watcher):
    """Keeps what came late, and every job that was told as alive past its deadline."""

    def __init__(self, feed: Feed, owner_id: UUID) -> None:
        super().__init__(feed, owner_id)
        self._of = feed, owner_id
        self.late: list[Late] = []
        self.void: list[Job] = []

    async def _watch(self) -> None:
        feed, owner_id = self._of
        async with aclosing(feed.watch(owner_id)) as frames:
            async for frame in frames:
                self.frames += 1
                self.void += [job for job in frame.jobs if job.deadline_at and job.deadline_at <= frame.as_of]
                for job in frame.jobs:
                    self._take(job)

    def _take(self, job: Job) -> None:
        now = time.time()
        before = self.last(job.id)
        if before and before.deadline_at and before.deadline_at.timestamp() < now:
            self.late.append(Late(job.owner_id, job.id, before.deadline_at.timestamp(), now))
        super()._take(job)
