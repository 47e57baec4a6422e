"""What a client is told without asking."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import datetime
from typing import Any

import strawberry

from jobs import models
from jobs.watcher import Frame
from schema.context import Asked
from schema.ids import global_id, local_id
from schema.node import described
from schema.plans import later
from schema.queries import Id
from schema.types import Job, Manuscript, SystemHealth


@strawberry.type(description="A manuscript that was added, changed or deleted.")
class ManuscriptChange:
    id: strawberry.ID = described("The manuscript's id.")
    manuscript: Manuscript | None = described("The manuscript as it is now; null: it was deleted.")

    @classmethod
    def of(cls, change: models.ManuscriptChange) -> "ManuscriptChange":
        """The change as clients see it."""
        return cls(id=strawberry.ID(global_id("Manuscript", change.id)), manuscript=Manuscript.found(change.manuscript))


@strawberry.type(description="One frame of the job feed: state, not events. Missing one is healed by the next.")
class JobUpdate:
    as_of: datetime = described(
        "The database's clock just before the jobs were read: what this feed has told is all there was then."
    )
    jobs: list[Job] = described(
        "First frame: every active job and those finished in the last hour. Later: jobs that changed."
    )
    removed: list[strawberry.ID] = described(
        "Ids of jobs that went with their manuscript, of those last told of as active."
    )

    manuscripts: list[ManuscriptChange] = described(
        "Manuscripts that were added, changed or deleted since this feed began; none in the first frame. "
        "A client that lists manuscripts reads its list anew with every first frame."
    )

    # What was answered of this frame, by plan: shared by all who are told the same. See schema/plans.
    answers: strawberry.Private[dict[Any, Any] | None]

    @strawberry.field(
        description="Whether the parts that finish jobs are alive, as last known: its own `asOf` says when."
    )
    def system(self, info: Asked) -> SystemHealth:
        presence = info.context.presence
        if (known := presence.fresh()) is not None:
            return SystemHealth.of(known)
        return later(presence.latest(), SystemHealth.of)

    @classmethod
    def of(cls, frame: Frame) -> "JobUpdate":
        """The frame as clients see it."""
        return cls(
            as_of=frame.as_of,
            jobs=[Job.of(job, Manuscript.found(frame.manuscripts.get(job.manuscript_id))) for job in frame.jobs],
            removed=[strawberry.ID(global_id("Job", id)) for id in frame.removed],
            manuscripts=[ManuscriptChange.of(change) for change in frame.changes],
            answers=frame.answers,
        )


@strawberry.type(description="What an author is told as it happens, over `graphql-transport-ws` or server-sent events.")
class Subscription:
    @strawberry.subscription(
        description="All the author's jobs: the present first, then what changes, and a frame without jobs at "
        "least every 15 seconds while her jobs can be read. What was in a frame that came with errors is told again. "
        "Never completes by itself."
    )
    async def job_updates(self, info: Asked) -> AsyncGenerator[JobUpdate, None]:
        watching = info.context.feed.watch(info.context.owner_id, arrived=info.context.frame_arrived)
        async with aclosing(watching) as frames:
            async for frame in frames:
                info.context.begin_frame(frame.manuscripts)
                yield JobUpdate.of(frame)

    @strawberry.subscription(
        description="One job: as it stands, each newer version, and the end after the terminal one. "
        "A version that came with errors is told again."
    )
    async def job_progress(self, info: Asked, id: Id) -> AsyncGenerator[Job, None]:
        following = info.context.feed.follow(
            info.context.owner_id, local_id("Job", id), arrived=info.context.frame_arrived
        )
        async with aclosing(following) as versions:
            async for job in versions:
                info.context.begin_frame()
                yield Job.of(job)
