from typing import Optional

from pydantic import Field

from .base_model import BaseModel
from .fragments import (  # noqa: F401
    JobFields,
    JobFieldsFailure,
    JobFieldsManuscript,
    JobFieldsRetryOf,
    JobFieldsWaiting,
    JobHistory,
    JobHistoryEvents,
    ManuscriptFields,
    ManuscriptFieldsLatestJob,
    ReportFields,
)


class Manuscript(BaseModel):
    manuscript: Optional["ManuscriptManuscript"]


class ManuscriptManuscript(ManuscriptFields):
    latest_report: Optional["ManuscriptManuscriptLatestReport"] = Field(
        alias="latestReport"
    )
    jobs: list["ManuscriptManuscriptJobs"]


ManuscriptManuscriptLatestReport = ReportFields


class ManuscriptManuscriptJobs(JobFields, JobHistory):
    pass


Manuscript.model_rebuild()
ManuscriptManuscript.model_rebuild()
