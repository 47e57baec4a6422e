"""What a client may read. Whatever is read overdue was settled before it is answered."""

from typing import Annotated

import strawberry

from jobs.errors import NotFound
from jobs.models import Page
from schema.context import Asked
from schema.ids import cursor_of, local_id, read_cursor, read_id
from schema.node import Node
from schema.plans import later
from schema.report import AnalysisReport
from schema.types import (
    PAGE,
    Count,
    Job,
    Manuscript,
    ManuscriptConnection,
    ManuscriptEdge,
    PageInfo,
    SystemHealth,
    Viewer,
    page_size,
)

Id = Annotated[strawberry.ID, strawberry.argument(description="The thing's `id`.")]
After = Annotated[str | None, strawberry.argument(description="The cursor to go on from.")]


@strawberry.type(description="What an author may read: her own things, and how the system is.")
class Query:
    @strawberry.field(description="Who is signed in.")
    def viewer(self, info: Asked) -> Viewer:
        caller = info.context.caller
        return Viewer(id=strawberry.ID(caller.subject), email=caller.email)

    @strawberry.field(description="One manuscript; null when the author has none with this id.")
    def manuscript(self, info: Asked, id: Id) -> Manuscript | None:
        try:
            local = local_id("Manuscript", id)
        except NotFound:
            return None
        return later(info.context.loaders.manuscripts.load(local), Manuscript.found)

    @strawberry.field(description="The author's manuscripts, newest first.")
    async def manuscripts(self, info: Asked, first: Count = PAGE, after: After = None) -> ManuscriptConnection:
        page = await info.context.service.manuscripts_page(
            info.context.owner_id,
            first=page_size(first),
            after=None if after is None else read_cursor(after),
        )
        return _connection(page)

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

    @strawberry.field(description="Whether the parts that finish jobs are alive, as last known: `asOf` says when.")
    async def system(self, info: Asked) -> SystemHealth:
        return SystemHealth.of(await info.context.presence.latest())


def _connection(page: Page) -> ManuscriptConnection:
    edges = [ManuscriptEdge(cursor=cursor_of(each), node=Manuscript.of(each)) for each in page.manuscripts]
    return ManuscriptConnection(
        edges=edges,
        page_info=PageInfo(
            has_next_page=page.has_next,
            has_previous_page=page.has_previous,
            start_cursor=edges[0].cursor if edges else None,
            end_cursor=edges[-1].cursor if edges else None,
        ),
    )
