"""Jobs, manuscripts and the health of the system as clients see them."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Annotated, Any, TypeVar
from uuid import UUID

import strawberry

from jobs import models
from jobs.errors import Held, InvalidInput
from jobs.service import MAX_PAGE
from jobs.states import ComponentState, DecidedBy, FailureCode, JobKind, JobStatus, TroubleCode, WaitingReason
from schema import enums as enums  # describes the enums before a type uses them
from schema.chapter import Chapter, Number, chapter_of
from schema.context import Asked
from schema.ids import cursor_of, global_id, read_cursor
from schema.limits import MAX_EVENTS
from schema.node import Node, deprecated, described
from schema.plans import later
from schema.report import AnalysisReport

PAGE = 20
Count = Annotated[int | None, strawberry.argument(description="How many: 1 to 100.")]
After = Annotated[str | None, strawberry.argument(description="The cursor to go on from.")]

DELETED_TITLE = "Deleted manuscript"


@strawberry.type(description="Who is signed in.")
class Viewer:
    id: strawberry.ID = described("The author's id, as the token says it.")
    email: str | None = described("The author's address, where the token says it.")
    is_operator: bool = described("Whether the token says that she is an operator, as `operator` needs it.")


@strawberry.type(description="Why a queued job has not started.")
class Waiting:
    reason: WaitingReason = described("For programs.")
    message: str = described("For the author.")
    position: int | None = described(
        "The place in the line; 1 is next, 1001 any place behind the thousandth. Null when it has none."
    )
    expected_start_at: datetime | None = described(
        "When it should start, reckoned from the runs of the last hour; null where that would be a guess."
    )


@strawberry.type(description="Why a job failed.")
class Failure:
    code: FailureCode = described("For programs.")
    message: str = described("For the author.")
    retryable: bool = described("Whether the same manuscript may do better on another try.")


@strawberry.type(description="One change of a job, as it was written down with the change itself.")
class JobEvent:
    version: int = described("The job's version that the change made.")
    at: datetime = described("When, by the database's clock.")
    status: JobStatus = described("The status from then on.")
    decided_by: DecidedBy = described("Who made the change.")
    message: str | None = described("What it rested on, where that is known.")


@strawberry.type(description="One analysis of one manuscript, from the request to its end.")
class Job(Node):
    kind: str = deprecated("What is done: `analysis`.", use="jobKind")
    job_kind: JobKind = described("What is done.")
    status: JobStatus = described("Where the job stands. Past `deadlineAt` an active status is void.")
    is_terminal: bool = described("Whether the job is over, for ever.")
    locks_manuscript: bool = described(
        "Whether the job forbids another on its manuscript: the server's word, never to be derived."
    )
    stage: str | None = described("What the worker is doing, in words; null unless running.")
    progress: float | None = described("From 0 to 1; null unless running.")
    attempt: int = described("How many workers have claimed the job; 0 before the first.")
    max_attempts: int = described("How many may.")
    version: int = described("Grows with every change; a client drops what is not newer.")
    queued_at: datetime = described("When the job was accepted.")
    started_at: datetime | None = described("When the latest worker claimed it; null while it waits.")
    progressed_at: datetime | None = described(
        "When its status, `stage` or `progress` last moved while a worker had it; null while it waits."
    )
    finished_at: datetime | None = described("When it ended; null until then.")
    deadline_at: datetime | None = described(
        "Null exactly when terminal. Past it an active status is void, whatever a client last heard."
    )
    as_of: datetime = described("The database's clock when this was read.")
    model: strawberry.Private[models.Job]
    # Where it was found by its manuscript, which need not be read again then.
    found_by: strawberry.Private["Manuscript | None"] = None

    @strawberry.field(description="Why it has not started; null unless QUEUED.")
    def waiting(self, info: Asked) -> Waiting | None:
        if self.status is not JobStatus.QUEUED:
            return None
        return later(info.context.loaders.waiting.load(self.model), _waiting)

    @strawberry.field(description="Why it failed; null unless FAILED.")
    def failure(self) -> Failure | None:
        code = self.model.failure_code
        if code is None:
            return None
        return Failure(code=code, message=self.model.failure_message or "", retryable=code.is_retryable)

    @strawberry.field(description="The job that this one tries again.")
    def retry_of(self, info: Asked) -> "Job | None":
        if self.model.retry_of is None:
            return None
        return later(info.context.loaders.jobs.load(self.model.retry_of), Job.found)

    @strawberry.field(description="What is analysed.")
    def manuscript(self, info: Asked) -> "Manuscript":
        if self.found_by is not None:
            return self.found_by
        return later(info.context.manuscript_of(self.model), self._manuscript)

    @strawberry.field(description="The report; null unless COMPLETED.")
    def report(self, info: Asked) -> AnalysisReport | None:
        if self.status is not JobStatus.COMPLETED:
            return None
        return later(info.context.loaders.report_of_job.load(self.model.id), AnalysisReport.found)

    @strawberry.field(description=f"What happened to it, oldest first: the newest {MAX_EVENTS}.")
    def events(self, info: Asked) -> list[JobEvent]:
        # Read after the job: what happened in between belongs to a version that this answer does not tell.
        known = self.model.version
        return later(
            info.context.loaders.events.load(self.model.id),
            lambda events: events_of(event for event in events if event.version <= known),
        )

    def _manuscript(self, found: models.Manuscript | None) -> "Manuscript":
        return Manuscript.of(found) if found else Manuscript.deleted(self.model)

    @classmethod
    def found(cls, job: models.Job | Held | None) -> "Job | None":
        """The job, where there is one. Raises Held where its state is not known."""
        return cls.of(known(job)) if job else None

    @classmethod
    def of(cls, job: models.Job, found_by: "Manuscript | None" = None) -> "Job":
        """The job as clients see it."""
        return cls(
            id=strawberry.ID(global_id("Job", job.id)),
            kind=job.kind,
            job_kind=JobKind(job.kind),
            status=job.status,
            is_terminal=job.status.is_terminal,
            locks_manuscript=job.locks_manuscript,
            stage=job.stage,
            progress=job.progress,
            attempt=job.attempt,
            max_attempts=job.max_attempts,
            version=job.version,
            queued_at=job.queued_at,
            started_at=job.started_at,
            progressed_at=job.progressed_at,
            finished_at=job.finished_at,
            deadline_at=job.deadline_at,
            as_of=job.as_of,
            model=job,
            found_by=found_by,
        )


@strawberry.type(description="A text that an author gave us.")
class Manuscript(Node):
    title: str = described("As the author gave it, or from the file's name.")
    filename: str | None = described("The file's name; null for pasted text.")
    word_count: int | None = described("Known once an analysis has read it.")
    created_at: datetime = described("When it was added.")
    model: strawberry.Private[models.Manuscript]

    @strawberry.field(description="Whether a live job forbids another analysis now.")
    def is_locked(self, info: Asked) -> bool:
        return later(info.context.loaders.jobs_of_manuscript.load((self.model.id, 1, None)), _locks)

    @strawberry.field(description="The newest job; the live one, where there is one.")
    def latest_job(self, info: Asked) -> Job | None:
        return later(info.context.loaders.jobs_of_manuscript.load((self.model.id, 1, None)), self._latest)

    @strawberry.field(description="The newest report; it stays while a newer analysis runs.")
    def latest_report(self, info: Asked) -> AnalysisReport | None:
        return later(info.context.loaders.report_of_manuscript.load(self.model.id), AnalysisReport.found)

    @strawberry.field(
        description="One chapter's text as the newest report kept it, without the cost of reading the report; null "
        "where there is no report."
    )
    def chapter(self, info: Asked, number: Number) -> Chapter | None:
        return later(info.context.loaders.newest_report.load(self.model.id), partial(_chapter, number))

    @strawberry.field(description="The book that it is a draft of.")
    def work(self, info: Asked) -> "Work":
        return later(info.context.loaders.work.load(self.model.id), self._work)

    @strawberry.field(description="Its jobs, newest first.")
    def jobs(self, info: Asked, first: Count = PAGE) -> list[Job]:
        return later(info.context.loaders.jobs_of_manuscript.load((self.model.id, page_size(first), None)), self._jobs)

    @strawberry.field(description="Its jobs, newest first, page by page.")
    def job_connection(self, info: Asked, first: Count = PAGE, after: After = None) -> "JobConnection":
        size, place = page_size(first), read_after(after)
        loading = info.context.loaders.jobs_of_manuscript.load((self.model.id, size + 1, place))
        return later(loading, lambda jobs: self._page(known(jobs), size, place))

    def _page(self, jobs: list[models.Job], size: int, after: models.Place | None) -> "JobConnection":
        page = models.Page(items=tuple(jobs[:size]), has_next=len(jobs) > size, has_previous=after is not None)
        return JobConnection.of(page, self)

    def _work(self, work: models.Work | None) -> "Work":
        # Deleted since it was read: it is what it was.
        return Work.of(work or models.Work(id=self.model.id, drafts=(self.model,)))

    def _latest(self, jobs: list[models.Job] | Held) -> Job | None:
        return Job.of(known(jobs)[0], self) if jobs else None

    def _jobs(self, jobs: list[models.Job] | Held) -> list[Job]:
        return [Job.of(job, self) for job in known(jobs)]

    @classmethod
    def found(cls, manuscript: models.Manuscript | None) -> "Manuscript | None":
        """The manuscript, where there is one."""
        return cls.of(manuscript) if manuscript else None

    @classmethod
    def of(cls, manuscript: models.Manuscript) -> "Manuscript":
        """The manuscript as clients see it."""
        return cls(
            id=strawberry.ID(global_id("Manuscript", manuscript.id)),
            title=manuscript.title,
            filename=manuscript.filename,
            word_count=manuscript.word_count,
            created_at=manuscript.created_at,
            model=manuscript,
        )

    @classmethod
    def deleted(cls, job: models.Job) -> "Manuscript":
        """What is left to say of a manuscript that was deleted while a frame with its job was on the way."""
        return cls.of(
            models.Manuscript(
                id=job.manuscript_id,
                owner_id=job.owner_id,
                title=DELETED_TITLE,
                filename=None,
                byte_size=0,
                word_count=None,
                created_at=job.queued_at,
            )
        )


@strawberry.type(description="One draft of a work: a manuscript with a file, jobs and reports of its own.")
class Draft:
    number: int = described("1 for the first that was added.")
    manuscript: Manuscript = described("The draft itself.")


@strawberry.type(description="A book and its drafts. A manuscript of which nothing else was said is a work of its own.")
class Work:
    id: strawberry.ID = described("Opaque; it stays when drafts come and go.")
    drafts: list[Draft] = described("Its drafts, the oldest first; at most 50.")

    @classmethod
    def of(cls, work: models.Work) -> "Work":
        """The work as clients see it."""
        drafts = [Draft(number=number, manuscript=Manuscript.of(each)) for number, each in enumerate(work.drafts, 1)]
        return cls(id=strawberry.ID(global_id("Work", work.id)), drafts=drafts)


@strawberry.type(description="A job and its place in the list.")
class JobEdge:
    cursor: str = described("Its place, for `after`.")
    node: Job = described("The job.")


@strawberry.type(description="A page of jobs, newest first.")
class JobConnection:
    edges: list[JobEdge] = described("The jobs of this page.")
    page_info: "PageInfo" = described("Where the page begins and ends.")

    @classmethod
    def of(cls, page: models.Page[models.Job], found_by: "Manuscript | None" = None) -> "JobConnection":
        """The page as clients see it."""
        edges = [JobEdge(cursor=cursor_of(job), node=Job.of(job, found_by)) for job in page.items]
        return cls(edges=edges, page_info=PageInfo.of(page, [edge.cursor for edge in edges]))


@strawberry.type(description="Where a page of a list begins and ends.")
class PageInfo:
    has_next_page: bool = described("Whether there are more after `endCursor`.")
    has_previous_page: bool = described("Whether there are more before `startCursor`.")
    start_cursor: str | None = described("The first of the page; null when it is empty.")
    end_cursor: str | None = described("The last of the page, for `after`; null when it is empty.")

    @classmethod
    def of(cls, page: models.Page[Any], cursors: list[str]) -> "PageInfo":
        """Where the page of things at these cursors begins and ends."""
        return cls(
            has_next_page=page.has_next,
            has_previous_page=page.has_previous,
            start_cursor=cursors[0] if cursors else None,
            end_cursor=cursors[-1] if cursors else None,
        )


@strawberry.type(description="A manuscript and its place in the list.")
class ManuscriptEdge:
    cursor: str = described("Its place, for `after`.")
    node: Manuscript = described("The manuscript.")


@strawberry.type(description="A page of the author's manuscripts.")
class ManuscriptConnection:
    edges: list[ManuscriptEdge] = described("The manuscripts of this page.")
    page_info: PageInfo = described("Where the page begins and ends.")

    # How many there are, where finding them told that.
    found: strawberry.Private[int | None] = None

    @strawberry.field(description="How many manuscripts the author has.")
    async def total_count(self, info: Asked) -> int:
        return await info.context.service.manuscripts_count(info.context.owner_id)

    @strawberry.field(description="How many of them are as `filter` asks.")
    async def matching_count(self, info: Asked) -> int:
        if self.found is not None:
            return self.found
        return await info.context.service.manuscripts_count(info.context.owner_id)


@strawberry.type(description="The processes of one kind, seen together.")
class Component:
    state: ComponentState = described("How they look from their signs of life.")
    live: int = described("How many were heard from lately.")
    last_seen_at: datetime | None = described("The last sign of life of any; null before the first.")


@strawberry.type(
    description="An operator holds the line: jobs are accepted and wait, none fails for it, running ones finish."
)
class Hold:
    since: datetime = described("Since when.")
    why: str = described("The operator's word for the author.")
    by: str = described("The operator.")


@strawberry.type(description="Something amiss with the deployment.")
class Trouble:
    code: TroubleCode = described("For programs.")
    message: str = described("For whoever asks; names no host and no address.")


@strawberry.type(description="What the deployment says of itself: whether anything will finish a job.")
class SystemHealth:
    as_of: datetime = described("The database's clock when this was read.")
    sweeper: Component = described("The scheduler: settles overdue jobs though nobody looks.")
    workers: Component = described("What runs the analyses.")
    push: Component = described("The line that carries changes at once; without it they come seconds late.")
    queued: int = described("Jobs that wait, all authors'.")
    running: int = described("Jobs that run, all authors'.")
    hold: Hold | None = described("Who holds the line; null when nobody does.")
    message: str | None = described("For the author, what matters most; null when all is well.")
    troubles: list[Trouble] = described("All that is amiss, a cause before what follows from it, each code once.")

    @classmethod
    def of(cls, health: models.SystemHealth) -> "SystemHealth":
        """The health as clients see it."""
        return cls(
            as_of=health.as_of,
            sweeper=_component(health.sweeper),
            workers=_component(health.workers),
            push=_component(health.push),
            queued=health.queued,
            running=health.running,
            hold=_hold(health.line.hold),
            message=health.message,
            troubles=[Trouble(code=trouble.code, message=trouble.message) for trouble in health.troubles],
        )


def _hold(hold: models.Hold | None) -> Hold | None:
    return None if hold is None else Hold(since=hold.since, why=hold.why, by=hold.by)


def page_size(first: int | None) -> int:
    """How many to list. Raises InvalidInput outside of 1 to 100."""
    if first is None:
        return PAGE
    if not 1 <= first <= MAX_PAGE:
        raise InvalidInput(f"`first` must be from 1 to {MAX_PAGE}, not {first}.")
    return first


def _chapter(number: int, report_id: UUID | None) -> Chapter | None:
    return None if report_id is None else chapter_of(report_id, number)


def read_after(after: str | None) -> models.Place | None:
    """The place of a cursor, where there is one. Raises InvalidInput."""
    return None if after is None else read_cursor(after)


def _waiting(found: models.Waiting | None) -> Waiting | None:
    if found is None:
        return None
    return Waiting(
        reason=found.reason,
        message=found.message,
        position=found.position,
        expected_start_at=found.expected_start_at,
    )


def _locks(jobs: list[models.Job] | Held) -> bool:
    # A job past its deadline is void: it locks nothing, though nobody can settle it now.
    return not isinstance(jobs, Held) and bool(jobs) and jobs[0].locks_manuscript


_Known = TypeVar("_Known")


def known(found: _Known | Held) -> _Known:
    """What was found. Raises Held where that is not known."""
    if isinstance(found, Held):
        raise found
    return found


def events_of(events: Iterable[models.JobEvent]) -> list[JobEvent]:
    """The events as clients see them."""
    return [
        JobEvent(
            version=event.version,
            at=event.at,
            status=event.status,
            decided_by=event.decided_by,
            message=event.message,
        )
        for event in events
    ]


def _component(component: models.Component) -> Component:
    return Component(state=component.state, live=component.live, last_seen_at=component.last_seen_at)
