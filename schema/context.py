"""What a resolver works with: the caller, the domain, and loaders that read many things in one call."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, partial
from typing import TypeAlias
from uuid import UUID

from strawberry.types import Info

from jobs.belongings import Belongings
from jobs.errors import Held, RefusalCode, Unavailable
from jobs.feed import Feed
from jobs.models import Job, JobEvent, Manuscript, Place, Report, Waiting, Work
from jobs.operators import Operators
from jobs.presence import Presence
from jobs.service import JobService
from schema.limits import MAX_EVENTS
from schema.plans import Later, Loader

# As many as an author may have live jobs, and as many again.
_KEPT_MANUSCRIPTS = 200
# Seconds that a frame waits for what stands beside its jobs, where an older reading of it is known.
_BESIDE_SECONDS = 0.25

# A manuscript, how many of its jobs, and after which place.
JobsKey: TypeAlias = tuple[UUID, int, Place | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks, as the verified token says. `subject` is the token's own word, `owner_id` what rows carry."""

    owner_id: UUID
    subject: str
    email: str | None
    expires_at: datetime
    is_operator: bool = False


class Loaders:
    """Relations, batched: fifty jobs ask for their manuscripts in one call. Good for one answer only.

    Each is made when it is first asked. None of them leads back to here: what an answer was made with is freed with
    the answer, where a circle would stay until the collector walks through everything that lives.
    """

    def __init__(self, service: JobService, owner_id: UUID) -> None:
        self._asked = service, owner_id

    @cached_property
    def jobs(self) -> Loader[UUID, Job | Held | None]:
        """By id."""
        return Loader(partial(_jobs, *self._asked))

    @cached_property
    def manuscripts(self) -> Loader[UUID, Manuscript | None]:
        """By id."""
        return Loader(partial(_manuscripts, *self._asked))

    @cached_property
    def jobs_of_manuscript(self) -> Loader[JobsKey, list[Job] | Held]:
        """By a manuscript's id, how many of its jobs, and the place after which they come; the newest come first."""
        return Loader(partial(_jobs_of_manuscripts, *self._asked))

    @cached_property
    def report_of_job(self) -> Loader[UUID, Report | None]:
        """By the job's id."""
        return Loader(partial(_reports_of_jobs, *self._asked))

    @cached_property
    def report_of_manuscript(self) -> Loader[UUID, Report | None]:
        """The newest, by the manuscript's id."""
        return Loader(partial(_reports_of_manuscripts, *self._asked))

    @cached_property
    def newest_report(self) -> Loader[UUID, UUID | None]:
        """The id of the newest report, without its body, by the manuscript's id."""
        return Loader(partial(_newest_reports, *self._asked))

    @cached_property
    def work(self) -> Loader[UUID, Work | None]:
        """By the manuscript's id."""
        return Loader(partial(_works, *self._asked))

    @cached_property
    def events(self) -> Loader[UUID, list[JobEvent]]:
        """By the job's id."""
        return Loader(partial(_events, *self._asked))

    @cached_property
    def waiting(self) -> Loader[Job, Waiting | None]:
        """By the job."""
        return Loader(partial(_waiting, self._asked[0]))


def _nobody_counts(code: RefusalCode) -> None: ...


@dataclass(slots=True, kw_only=True)
class Context:
    """One operation's surroundings."""

    caller: Caller
    service: JobService
    operators: Operators
    belongings: Belongings
    presence: Presence
    feed: Feed
    note_refusal: Callable[[RefusalCode], None] = _nobody_counts
    # What the request named itself by, so that sent twice it is done once.
    idempotency_key: str | None = None
    # Fields that the answer holds; 0 where they were not counted.
    cost: int = field(init=False, default=0)
    loaders: Loaders = field(init=False)
    _manuscripts: dict[UUID, Manuscript] = field(init=False, default_factory=dict)
    _frame_arrived: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        self.renew()

    @property
    def owner_id(self) -> UUID:
        """Whose things may be seen and changed."""
        return self.caller.owner_id

    def renew(self) -> None:
        """Forgets what was loaded: after a change, what is read must be read again."""
        self.loaders = Loaders(self.service, self.caller.owner_id)
        self._manuscripts.clear()

    def manuscript_of(self, job: Job) -> Awaitable[Manuscript | None]:
        """What the job analyses, or, where that cannot be read at once, as an earlier frame has shown it.

        None when it is gone. What stands beside a job must not cost the job.
        """
        known = self._manuscripts.get(job.manuscript_id)
        loading = self.loaders.manuscripts.load(job.manuscript_id).then(self._know)
        return loading if known is None else _soon(loading, known)

    def _know(self, manuscript: Manuscript | None) -> Manuscript | None:
        if len(self._manuscripts) >= _KEPT_MANUSCRIPTS:
            self._manuscripts.clear()
        if manuscript is not None:
            self._manuscripts[manuscript.id] = manuscript
        return manuscript

    def begin_frame(self, manuscripts: Mapping[UUID, Manuscript] | None = None) -> None:
        """A frame of a subscription is about to be made: what surrounds its jobs is read anew, or was with them."""
        self.loaders = Loaders(self.service, self.caller.owner_id)
        self._frame_arrived = False
        for each in (manuscripts or {}).values():
            self._know(each)

    def note_cost(self, fields: int) -> None:
        """How many fields the answer holds."""
        self.cost += fields

    def note_arrival(self) -> None:
        """The frame was made without an error and was sent: whoever sends it says so."""
        self._frame_arrived = True

    def frame_arrived(self) -> bool:
        """Whether the last frame reached its reader whole. One that nobody speaks for did not."""
        return self._frame_arrived


Asked: TypeAlias = Info[Context, None]


async def _soon(loading: Later[Manuscript | None], known: Manuscript) -> Manuscript | None:
    """What is loaded, or what is known where that is not there soon, or the database is away."""
    batch = asyncio.ensure_future(loading.source)
    await asyncio.wait({batch}, timeout=_BESIDE_SECONDS)
    is_read = batch.done() and not isinstance(batch.exception(), Unavailable)
    return loading.made() if is_read else known


async def _jobs(service: JobService, owner_id: UUID, ids: list[UUID]) -> list[Job | Held | None]:
    try:
        jobs, held = await service.jobs(owner_id, ids), None
    except Held as error:
        jobs, held = error.true, error
    found: dict[UUID, Job | Held] = {job.id: job for job in jobs}
    if held:
        found |= dict.fromkeys((job.id for job in held.held), held)
    return [found.get(id) for id in ids]


async def _manuscripts(service: JobService, owner_id: UUID, ids: list[UUID]) -> list[Manuscript | None]:
    found = {each.id: each for each in await service.manuscripts(owner_id, ids)}
    return [found.get(id) for id in ids]


async def _jobs_of_manuscripts(service: JobService, owner_id: UUID, keys: list[JobsKey]) -> list[list[Job] | Held]:
    pages: dict[tuple[int, Place | None], list[UUID]] = {}
    for id, limit, after in keys:
        pages.setdefault((limit, after), []).append(id)
    found: dict[JobsKey, list[Job]] = {}
    held: dict[JobsKey, Held] = {}
    for (limit, after), ids in pages.items():
        try:
            jobs = await service.jobs_of_manuscripts(owner_id, ids, limit=limit, after=after)
        except Held as error:
            jobs = error.true
            held |= {(job.manuscript_id, limit, after): error for job in error.held}
        for job in jobs:
            found.setdefault((job.manuscript_id, limit, after), []).append(job)
    return [held.get(key) or found.get(key, []) for key in keys]


async def _reports_of_jobs(service: JobService, owner_id: UUID, ids: list[UUID]) -> list[Report | None]:
    found = {each.job_id: each for each in await service.reports_of_jobs(owner_id, ids)}
    return [found.get(id) for id in ids]


async def _reports_of_manuscripts(service: JobService, owner_id: UUID, ids: list[UUID]) -> list[Report | None]:
    found = {each.manuscript_id: each for each in await service.reports_of_manuscripts(owner_id, ids)}
    return [found.get(id) for id in ids]


async def _newest_reports(service: JobService, owner_id: UUID, ids: list[UUID]) -> list[UUID | None]:
    found = await service.texts.newest_reports(owner_id, ids)
    return [found.get(id) for id in ids]


async def _works(service: JobService, owner_id: UUID, ids: list[UUID]) -> list[Work | None]:
    found = await service.drafts.works(owner_id, ids)
    return [found.get(id) for id in ids]


async def _events(service: JobService, owner_id: UUID, ids: list[UUID]) -> list[list[JobEvent]]:
    found: dict[UUID, list[JobEvent]] = {}
    for event in await service.events(owner_id, ids, limit=MAX_EVENTS):
        found.setdefault(event.job_id, []).append(event)
    return [found.get(id, []) for id in ids]


async def _waiting(service: JobService, jobs: list[Job]) -> list[Waiting | None]:
    found = await service.waiting(jobs)
    return [found.get(job.id) for job in jobs]
