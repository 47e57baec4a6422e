from typing import Optional

from pydantic import Field

from .base_model import BaseModel
from .fragments import JobFields, SystemFields


class JobPoll(BaseModel):
    system: "JobPollSystem"
    manuscripts: "JobPollManuscripts"


JobPollSystem = SystemFields


class JobPollManuscripts(BaseModel):
    page_info: "JobPollManuscriptsPageInfo" = Field(alias="pageInfo")
    edges: list["JobPollManuscriptsEdges"]


class JobPollManuscriptsPageInfo(BaseModel):
    has_next_page: bool = Field(alias="hasNextPage")
    end_cursor: Optional[str] = Field(alias="endCursor")


class JobPollManuscriptsEdges(BaseModel):
    node: "JobPollManuscriptsEdgesNode"


class JobPollManuscriptsEdgesNode(BaseModel):
    latest_job: Optional["JobPollManuscriptsEdgesNodeLatestJob"] = Field(
        alias="latestJob"
    )


JobPollManuscriptsEdgesNodeLatestJob = JobFields
JobPoll.model_rebuild()
JobPollManuscripts.model_rebuild()
JobPollManuscriptsEdges.model_rebuild()
JobPollManuscriptsEdgesNode.model_rebuild()
