from typing import Optional

from pydantic import Field

from .base_model import BaseModel
from .fragments import JobFields


class Jobs(BaseModel):
    jobs: "JobsJobs"


class JobsJobs(BaseModel):
    page_info: "JobsJobsPageInfo" = Field(alias="pageInfo")
    edges: list["JobsJobsEdges"]


class JobsJobsPageInfo(BaseModel):
    has_next_page: bool = Field(alias="hasNextPage")
    has_previous_page: bool = Field(alias="hasPreviousPage")
    start_cursor: Optional[str] = Field(alias="startCursor")
    end_cursor: Optional[str] = Field(alias="endCursor")


class JobsJobsEdges(BaseModel):
    cursor: str
    node: "JobsJobsEdgesNode"


JobsJobsEdgesNode = JobFields
Jobs.model_rebuild()
JobsJobs.model_rebuild()
JobsJobsEdges.model_rebuild()
