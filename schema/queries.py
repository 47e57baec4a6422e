"""What a client may read. Whatever is read overdue was settled before it is answered."""

from typing import Annotated, Any

import strawberry

from jobs import models
from jobs.errors import NotFound, Refused
from jobs.states import JobStatus, ManuscriptOrder, ManuscriptState
from schema.context import Asked
from schema.drafts import CompareDraftsResult, DraftComparison
from schema.ids import cursor_of, found_cursor_of, local_id, read_found_cursor, read_id
from schema.node import Node, described
from schema.operators import OperatorResult, operator
from schema.plans import later
from schema.refusals import Refusal
from schema.report import AnalysisReport
from schema.types import (
    PAGE,
    After,
    Count,
    Job,
    JobConnection,
    Manuscript,
    ManuscriptConnection,
    ManuscriptEdge,
    PageInfo,
    SystemHealth,
    Viewer,
    page_size,
    read_after,
)

Id = Annotated[strawberry.ID, strawberry.argument(description="The thing's `id`.")]
Statuses = Annotated[
    list[JobStatus] | None, strawberry.argument(description="Those of these statuses; of all by default.")
]


@strawberry.input(description="Which manuscripts to list. What is left out is not asked for.")
class ManuscriptFilter:
    search: str | None = described(
        "Words that the title and the file's name together hold, each as it stands or within another; case and accents "
        "do not matter. At most 300 characters.",
        default=None,
    )
    state: ManuscriptState | None = described("What the newest job has come to.", default=None)


Filter = Annotated[ManuscriptFilter | None, strawberry.argument(description="Which ones; all by default.")]
OrderBy = Annotated[
    ManuscriptOrder | None,
    strawberry.argument(description="In what order. A cursor is good for the order that it came with."),
]


@strawberry.type(description="What an author may read: her own things, and how the system is.")
class Query:
    @strawberry.field(description="Who is signed in.")
    def viewer(self, info: Asked) -> Viewer:
        caller = info.context.caller
        return Viewer(id=strawberry.ID(caller.subject), email=caller.email, is_operator=caller.is_operator)

    @strawberry.field(description="One manuscript; null when the author has none with this id.")
    def manuscript(self, info: Asked, id: Id) -> Manuscript | None:
        try:
            local = local_id("Manuscript", id)
        except NotFound:
            return None
        return later(info.context.loaders.manuscripts.load(local), Manuscript.found)

    @strawberry.field(description="The author's manuscripts, newest first unless ordered otherwise.")
    async def manuscripts(
        self,
        info: Asked,
        first: Count = PAGE,
        after: After = None,
        filter: Filter = None,
        order_by: OrderBy = ManuscriptOrder.NEWEST,
    ) -> ManuscriptConnection:
        order = order_by or ManuscriptOrder.NEWEST
        if filter is None and order is ManuscriptOrder.NEWEST:
            page = await info.context.service.manuscripts_page(
                info.context.owner_id, first=page_size(first), after=read_after(after)
            )
            return _connection(page, list(page.items), [cursor_of(each) for each in page.items])
        total, found = await info.context.service.manuscripts_found(
            info.context.owner_id,
            first=page_size(first),
            after=None if after is None else read_found_cursor(after, order),
            search=(filter.search or "") if filter else "",
            state=filter.state if filter else None,
            order=order,
        )
        cursors = [found_cursor_of(each, order) for each in found.items]
        return _connection(found, [each.manuscript for each in found.items], cursors, total)

    @strawberry.field(
        description="What moved between the newest reports on two manuscripts. They need not be drafts of one work."
    )
    async def compare_drafts(self, info: Asked, before: Id, after: Id) -> CompareDraftsResult:
        try:
            compared = await info.context.service.drafts.compare(
                info.context.owner_id, local_id("Manuscript", before), local_id("Manuscript", after)
            )
        except Refused as error:
            info.context.note_refusal(error.code)
            return Refusal.of(error)
        return DraftComparison(compared=compared)

    @strawberry.field(description="The author's jobs, newest first.")
    async def jobs(
        self, info: Asked, status: Statuses = None, first: Count = PAGE, after: After = None
    ) -> JobConnection:
        page = await info.context.service.jobs_page(
            info.context.owner_id, first=page_size(first), statuses=status, after=read_after(after)
        )
        return JobConnection.of(page)

    @strawberry.field(description="One job; null when the author has none with this id.")
    def job(self, info: Asked, id: Id) -> Job | None:
        try:
            local = local_id("Job", id)
        except NotFound:
            return None
        return later(info.context.loaders.jobs.load(local), Job.found)

    @strawberry.field(description="Anything with an id; null when the author has nothing with this one.")
    async def node(self, info: Asked, id: Id) -> Node | None:
        try:
            type_name, local = read_id(id)
        except NotFound:
            return None
        match type_name:
            case "Job":
                return Job.found(await info.context.loaders.jobs.load(local))
            case "Manuscript":
                return Manuscript.found(await info.context.loaders.manuscripts.load(local))
            case "AnalysisReport":
                reports = await info.context.service.reports(info.context.owner_id, [local])
                return AnalysisReport.of(reports[0]) if reports else None
            case _:
                return None

    @strawberry.field(description="How the service is and what it does, for operators; a refusal for everybody else.")
    async def operator(self, info: Asked) -> OperatorResult:
        return await operator(info)

    @strawberry.field(description="Whether the parts that finish jobs are alive, as last known: `asOf` says when.")
    async def system(self, info: Asked) -> SystemHealth:
        return SystemHealth.of(await info.context.presence.latest())


def _connection(
    page: models.Page[Any], manuscripts: list[models.Manuscript], cursors: list[str], found: int | None = None
) -> ManuscriptConnection:
    edges = [
        ManuscriptEdge(cursor=cursor, node=Manuscript.of(each))
        for cursor, each in zip(cursors, manuscripts, strict=True)
    ]
    return ManuscriptConnection(edges=edges, page_info=PageInfo.of(page, cursors), found=found)
