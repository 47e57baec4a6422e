from datetime import datetime
from typing import Optional

from pydantic import Field

from .base_model import BaseModel
from .fragments import JobFields, SystemFields


class JobUpdates(BaseModel):
    job_updates: "JobUpdatesJobUpdates" = Field(alias="jobUpdates")


class JobUpdatesJobUpdates(BaseModel):
    as_of: datetime = Field(alias="asOf")
    jobs: list["JobUpdatesJobUpdatesJobs"]
    removed: list[str]
    manuscripts: list["JobUpdatesJobUpdatesManuscripts"]
    system: "JobUpdatesJobUpdatesSystem"


JobUpdatesJobUpdatesJobs = JobFields


class JobUpdatesJobUpdatesManuscripts(BaseModel):
    id: str
    manuscript: Optional["JobUpdatesJobUpdatesManuscriptsManuscript"]


class JobUpdatesJobUpdatesManuscriptsManuscript(BaseModel):
    id: str
    title: str
    filename: Optional[str]
    word_count: Optional[int] = Field(alias="wordCount")
    created_at: datetime = Field(alias="createdAt")


JobUpdatesJobUpdatesSystem = SystemFields
JobUpdates.model_rebuild()
JobUpdatesJobUpdates.model_rebuild()
JobUpdatesJobUpdatesManuscripts.model_rebuild()
