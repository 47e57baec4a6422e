from pydantic import Field

from .base_model import BaseModel
from .fragments import JobFields


class JobProgress(BaseModel):
    job_progress: "JobProgressJobProgress" = Field(alias="jobProgress")


JobProgressJobProgress = JobFields
JobProgress.model_rebuild()
