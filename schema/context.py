"""What a resolver works with: the caller, the domain, and loaders that read many things in one call."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from strawberry.dataloader import DataLoader
from strawberry.types import Info

from jobs.feed import Feed
from jobs.models import Job, JobEvent, Manuscript, Report, Waiting
from jobs.presence import Presence
from jobs.service import JobService
from schema.limits import MAX_EVENTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks, as the verified token says. `subject` is the token's own word, `owner_id` what rows carry."""

    owner_id: UUID
    subject: str
    email: str | None
    expires_at: datetime


class Loaders:
    """Relations, batched: fifty jobs ask for their manuscripts in one call. Good for one answer only."""

    def __init__(self, service: JobService, owner_id: UUID) -> None:
        self._service = service
        self._owner_id = owner_id
        self.jobs = DataLoader(self._jobs)
        self.manuscripts = DataLoader(self._manuscripts)
        self.jobs_of_manuscript = DataLoader(self._jobs_of_manuscripts)
        self.report_of_job = DataLoader(self._reports_of_jobs)
        self.report_of_manuscript = DataLoader(self._reports_of_manuscripts)
        self.events = DataLoader(self._events)
        self.waiting = DataLoader(self._waiting)

    async def _jobs(self, ids: list[UUID]) -> list[Job | None]:
        found = {job.id: job for job in await self._service.jobs(self._owner_id, ids)}
        return [found.get(id) for id in ids]

    async def _manuscripts(self, ids: list[UUID]) -> list[Manuscript | None]:
        found = {each.id: each for each in await self._service.manuscripts(self._owner_id, ids)}
        return [found.get(id) for id in ids]

    async def _jobs_of_manuscripts(self, keys: list[tuple[UUID, int]]) -> list[list[Job]]:
        """Keys are a manuscript and how many of its jobs; the newest come first."""
        limits: dict[int, list[UUID]] = {}
        for id, limit in keys:
            limits.setdefault(limit, []).append(id)
        found: dict[tuple[UUID, int], list[Job]] = {}
        for limit, ids in limits.items():
            for job in await self._service.jobs_of_manuscripts(self._owner_id, ids, limit=limit):
                found.setdefault((job.manuscript_id, limit), []).append(job)
        return [found.get(key, []) for key in keys]

    async def _reports_of_jobs(self, ids: list[UUID]) -> list[Report | None]:
        found = {each.job_id: each for each in await self._service.reports_of_jobs(self._owner_id, ids)}
        return [found.get(id) for id in ids]

    async def _reports_of_manuscripts(self, ids: list[UUID]) -> list[Report | None]:
        reports = await self._service.reports_of_manuscripts(self._owner_id, ids)
        found = {each.manuscript_id: each for each in reports}
        return [found.get(id) for id in ids]

    async def _events(self, ids: list[UUID]) -> list[list[JobEvent]]:
        found: dict[UUID, list[JobEvent]] = {}
        for event in await self._service.events(self._owner_id, ids, limit=MAX_EVENTS):
            found.setdefault(event.job_id, []).append(event)
        return [found.get(id, []) for id in ids]

    async def _waiting(self, jobs: list[Job]) -> list[Waiting | None]:
        found = await self._service.waiting(jobs)
        return [found.get(job.id) for job in jobs]


@dataclass(slots=True, kw_only=True)
class Context:
    """One operation's surroundings."""

    caller: Caller
    service: JobService
    presence: Presence
    feed: Feed
    loaders: Loaders = field(init=False)

    def __post_init__(self) -> None:
        self.renew()

    @property
    def owner_id(self) -> UUID:
        """Whose things may be seen and changed."""
        return self.caller.owner_id

    def renew(self) -> None:
        """Forgets what was loaded: after a change, and for every frame, what is read must be read again."""
        self.loaders = Loaders(self.service, self.caller.owner_id)


Asked: TypeAlias = Info[Context, None]
