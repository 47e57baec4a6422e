from typing import Optional

from pydantic import Field

from .base_model import BaseModel
from .enums import JobStatus


class TerminalFollow(BaseModel):
    job_progress: "TerminalFollowJobProgress" = Field(alias="jobProgress")


class TerminalFollowJobProgress(BaseModel):
    id: str
    status: JobStatus
    is_terminal: bool = Field(alias="isTerminal")
    stage: Optional[str]
    progress: Optional[float]
    waiting: Optional["TerminalFollowJobProgressWaiting"]
    failure: Optional["TerminalFollowJobProgressFailure"]


class TerminalFollowJobProgressWaiting(BaseModel):
    message: str


class TerminalFollowJobProgressFailure(BaseModel):
    message: str


TerminalFollow.model_rebuild()
TerminalFollowJobProgress.model_rebuild()
