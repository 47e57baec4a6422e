from typing import Optional

from .base_model import BaseModel
from .fragments import (  # noqa: F401
    JobFields,
    JobFieldsFailure,
    JobFieldsManuscript,
    JobFieldsRetryOf,
    JobFieldsWaiting,
    JobHistory,
    JobHistoryEvents,
    ReportFields,
)


class Job(BaseModel):
    job: Optional["JobJob"]


class JobJob(JobFields, JobHistory):
    report: Optional["JobJobReport"]


JobJobReport = ReportFields
Job.model_rebuild()
JobJob.model_rebuild()
