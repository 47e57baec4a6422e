from datetime import datetime
from typing import Optional

from pydantic import Field

from .base_model import BaseModel
from .enums import FailureCode, JobStatus, ManuscriptState


class AddManuscriptInput(BaseModel):
    """A text to keep. A file goes to `POST /manuscripts` instead."""

    title: str
    "What the author calls it; at most 300 characters."
    text: str
    "The text itself."


class CancelJobsInput(BaseModel):
    """Which jobs to stop: by `ids`, or those that are as `filter` says."""

    ids: Optional[list[str]] = None
    "Their ids, 100 at most."
    filter_: Optional["JobFilter"] = Field(alias="filter", default=None)
    "What they are."


class JobFilter(BaseModel):
    """Jobs by what they are, each the newest of its manuscript; the oldest first."""

    status: Optional[list[JobStatus]] = None
    "Those of these statuses. Left out, `retryJobs` takes the failed ones and `cancelJobs` the active ones."
    failure_code: Optional[list[FailureCode]] = Field(alias="failureCode", default=None)
    "Those that failed so. Left out, `retryJobs` takes every failure that another try may mend."
    since: Optional[datetime] = None
    "Those that ended at this instant or later; of those that live, those that began."


class ManuscriptFilter(BaseModel):
    """Which manuscripts to list. What is left out is not asked for."""

    search: Optional[str] = None
    "Words that the title and the file's name together hold, each as it stands or within another; case and accents do not matter. At most 300 characters."
    state: Optional[ManuscriptState] = None
    "What the newest job has come to."


class OperatorJobFilter(BaseModel):
    """Jobs by what they are; what is left out is not asked about."""

    status: Optional[list[JobStatus]] = None
    "Those of these statuses."
    failure_code: Optional[list[FailureCode]] = Field(alias="failureCode", default=None)
    "Those that failed so."
    since: Optional[datetime] = None
    "Those that ended at this instant or later; of those that live, that began."
    author_id: Optional[str] = Field(alias="authorId", default=None)
    "Those of this author."


class RetryJobsInput(BaseModel):
    """Which jobs to try again: by `ids`, or those that are as `filter` says."""

    ids: Optional[list[str]] = None
    "Their ids, 100 at most."
    filter_: Optional["JobFilter"] = Field(alias="filter", default=None)
    "What they are."


class SetDraftOfInput(BaseModel):
    """A manuscript and the work that it belongs to."""

    id: str
    "The manuscript's `id`."
    draft_of: Optional[str] = Field(alias="draftOf", default=None)
    "The `id` of any other draft of the work; null makes the manuscript a work of its own."


class UpdateManuscriptInput(BaseModel):
    """A manuscript and what is to be changed of it."""

    id: str
    "The manuscript's `id`."
    title: str
    "What to call it from now on; at most 300 characters."


CancelJobsInput.model_rebuild()
RetryJobsInput.model_rebuild()
