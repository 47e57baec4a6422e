"""What a client may change. A refusal that an honest client can meet is part of the answer, not an error."""

from collections.abc import Awaitable
from typing import Annotated, TypeVar

import strawberry

from jobs.errors import InvalidInput, Refused
from jobs.service import MAX_AT_ONCE
from schema.context import Asked
from schema.ids import global_id, local_id
from schema.many import (
    CancelJobsInput,
    CancelJobsResult,
    JobOutcomes,
    RetryJobsInput,
    RetryJobsResult,
    each_of,
)
from schema.node import described
from schema.operators import (
    Codes,
    HoldLineResult,
    ResumeLineResult,
    RetryFailedResult,
    Since,
    Why,
    hold_line,
    resume_line,
    retry_failed,
)
from schema.queries import Id
from schema.refusals import Refusal
from schema.types import Job, Manuscript


@strawberry.type(description="A manuscript that is gone, with its jobs and reports.")
class DeletedManuscript:
    id: strawberry.ID = described("The id that it had.")


@strawberry.type(description="All of an author's manuscripts are gone, with their jobs and reports.")
class ErasedEverything:
    manuscripts: int = described("How many manuscripts were deleted.")
    remains: str = described("For the author: what is still kept somewhere, such as backups, and for how long.")


@strawberry.input(description="A manuscript and what is to be changed of it.")
class UpdateManuscriptInput:
    id: strawberry.ID = described("The manuscript's `id`.")
    title: str = described("What to call it from now on; at most 300 characters.")


@strawberry.input(description="A manuscript and the work that it belongs to.")
class SetDraftOfInput:
    id: strawberry.ID = described("The manuscript's `id`.")
    draft_of: strawberry.ID | None = described(
        "The `id` of any other draft of the work; null makes the manuscript a work of its own.", default=None
    )


@strawberry.input(description="A text to keep. A file goes to `POST /manuscripts` instead.")
class AddManuscriptInput:
    title: str = described("What the author calls it; at most 300 characters.")
    text: str = described("The text itself.")


AddManuscriptResult = Annotated[
    Manuscript | Refusal, strawberry.union("AddManuscriptResult", description="The manuscript, or why not.")
]
StartAnalysisResult = Annotated[
    Job | Refusal, strawberry.union("StartAnalysisResult", description="The job, or why not.")
]
CancelJobResult = Annotated[Job | Refusal, strawberry.union("CancelJobResult", description="The job, or why not.")]
RetryJobResult = Annotated[Job | Refusal, strawberry.union("RetryJobResult", description="The new job, or why not.")]
DeleteManuscriptResult = Annotated[
    DeletedManuscript | Refusal,
    strawberry.union("DeleteManuscriptResult", description="What is gone, or why not."),
]

EraseEverythingResult = Annotated[
    ErasedEverything | Refusal,
    strawberry.union("EraseEverythingResult", description="What is gone, or why not."),
]
UpdateManuscriptResult = Annotated[
    Manuscript | Refusal, strawberry.union("UpdateManuscriptResult", description="The manuscript, or why not.")
]

SetDraftOfResult = Annotated[
    Manuscript | Refusal, strawberry.union("SetDraftOfResult", description="The manuscript, or why not.")
]

ManuscriptId = Annotated[strawberry.ID, strawberry.argument(description="The manuscript's `id`.")]
Input = Annotated[AddManuscriptInput, strawberry.argument(description="What to keep.")]
OfWork = Annotated[SetDraftOfInput, strawberry.argument(description="What is a draft of what.")]
Update = Annotated[UpdateManuscriptInput, strawberry.argument(description="What to change.")]
ToRetry = Annotated[RetryJobsInput, strawberry.argument(description="Which jobs.")]
ToCancel = Annotated[CancelJobsInput, strawberry.argument(description="Which jobs.")]

# What nobody sends by mistake.
ERASE_WORDS = "delete everything of mine"
Confirm = Annotated[str, strawberry.argument(description=f"The words `{ERASE_WORDS}`; anything else deletes nothing.")]

_Done = TypeVar("_Done")


@strawberry.type(description="What an author may change: her own manuscripts and jobs; and what an operator may.")
class Mutation:
    @strawberry.mutation(
        description="Keeps a pasted text. With the header `Idempotency-Key`, the same sent again within a day gives "
        "the same manuscript."
    )
    async def add_manuscript(self, info: Asked, input: Input) -> AddManuscriptResult:
        async def add() -> Manuscript:
            manuscript = await info.context.service.add_manuscript(
                info.context.owner_id,
                title=input.title,
                filename=None,
                content=_bytes(input.text),
                key=info.context.idempotency_key,
            )
            return Manuscript.of(manuscript)

        return await _done(info, add())

    @strawberry.mutation(description="Starts an analysis; a live one for the manuscript is returned as it is.")
    async def start_analysis(self, info: Asked, manuscript_id: ManuscriptId) -> StartAnalysisResult:
        async def start() -> Job:
            id = local_id("Manuscript", manuscript_id)
            return Job.of(await info.context.service.start(info.context.owner_id, id))

        return await _done(info, start())

    @strawberry.mutation(description="Stops a job: a waiting one at once, a running one within seconds.")
    async def cancel_job(self, info: Asked, id: Id) -> CancelJobResult:
        async def cancel() -> Job:
            return Job.of(await info.context.service.cancel(info.context.owner_id, local_id("Job", id)))

        return await _done(info, cancel())

    @strawberry.mutation(description="Tries a failed or cancelled job again: a new job that names the old one.")
    async def retry_job(self, info: Asked, id: Id) -> RetryJobResult:
        async def retry() -> Job:
            return Job.of(await info.context.service.retry(info.context.owner_id, local_id("Job", id)))

        return await _done(info, retry())

    @strawberry.mutation(
        description=f"Tries many failed or cancelled jobs again, {MAX_AT_ONCE} at most, each as `retryJob` does. "
        "What is refused of one says nothing of the others."
    )
    async def retry_jobs(self, info: Asked, input: ToRetry) -> RetryJobsResult:
        async def retry() -> JobOutcomes:
            service, owner_id = info.context.service, info.context.owner_id
            return await each_of(await input.asked(info), lambda ids: service.retry_jobs(owner_id, ids))

        return await _done(info, retry())

    @strawberry.mutation(
        description=f"Stops many jobs, {MAX_AT_ONCE} at most, each as `cancelJob` does. "
        "What is refused of one says nothing of the others."
    )
    async def cancel_jobs(self, info: Asked, input: ToCancel) -> CancelJobsResult:
        async def cancel() -> JobOutcomes:
            service, owner_id = info.context.service, info.context.owner_id
            return await each_of(await input.asked(info), lambda ids: service.cancel_jobs(owner_id, ids))

        return await _done(info, cancel())

    @strawberry.mutation(description="Makes a manuscript the next draft of a work, or a work of its own.")
    async def set_draft_of(self, info: Asked, input: OfWork) -> SetDraftOfResult:
        async def put() -> Manuscript:
            id = local_id("Manuscript", input.id)
            draft_of = None if input.draft_of is None else local_id("Manuscript", input.draft_of)
            return Manuscript.of(await info.context.service.drafts.set(info.context.owner_id, id, draft_of=draft_of))

        return await _done(info, put())

    @strawberry.mutation(description="Changes what a manuscript is called.")
    async def update_manuscript(self, info: Asked, input: Update) -> UpdateManuscriptResult:
        async def update() -> Manuscript:
            id = local_id("Manuscript", input.id)
            return Manuscript.of(
                await info.context.service.update_manuscript(info.context.owner_id, id, title=input.title)
            )

        return await _done(info, update())

    @strawberry.mutation(description="Deletes a manuscript, its jobs and reports; a live job is cancelled first.")
    async def delete_manuscript(self, info: Asked, id: Id) -> DeleteManuscriptResult:
        async def delete() -> DeletedManuscript:
            gone = await info.context.service.delete_manuscript(info.context.owner_id, local_id("Manuscript", id))
            return DeletedManuscript(id=strawberry.ID(global_id("Manuscript", gone.id)))

        return await _done(info, delete())

    @strawberry.mutation(
        description="Deletes everything that the author keeps here, for good. Live jobs are cancelled first. "
        "`GET /everything` gives her an archive of it before."
    )
    async def erase_everything(self, info: Asked, confirm: Confirm) -> EraseEverythingResult:
        async def erase() -> ErasedEverything:
            if confirm != ERASE_WORDS:
                raise InvalidInput(f'Nothing was deleted. To delete everything, send `confirm: "{ERASE_WORDS}"`.')
            erased = await info.context.belongings.erase(info.context.owner_id)
            return ErasedEverything(manuscripts=erased.manuscripts, remains=erased.remains)

        return await _done(info, erase())

    @strawberry.mutation(
        description="For operators: holds the line. Jobs are accepted and wait, none fails for it, running ones finish."
    )
    async def hold_line(self, info: Asked, why: Why) -> HoldLineResult:
        return await hold_line(info, why)

    @strawberry.mutation(description="For operators: lets a line go that is held.")
    async def resume_line(self, info: Asked) -> ResumeLineResult:
        return await resume_line(info)

    @strawberry.mutation(
        description="For operators: a new try for each job, whoever's, that failed so and that nobody has tried again."
    )
    async def retry_failed(self, info: Asked, failure_code: Codes, since: Since = None) -> RetryFailedResult:
        return await retry_failed(info, failure_code, since)


async def _done(info: Asked, change: Awaitable[_Done]) -> _Done | Refusal:
    try:
        return await change
    except Refused as error:
        info.context.note_refusal(error.code)
        return Refusal.of(error)
    finally:
        info.context.renew()


def _bytes(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise InvalidInput("The text holds half a character. Copy it again, or upload it as a file.") from None
