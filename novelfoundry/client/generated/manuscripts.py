from typing import Optional

from pydantic import Field

from .base_model import BaseModel
from .fragments import ManuscriptFields


class Manuscripts(BaseModel):
    manuscripts: "ManuscriptsManuscripts"


class ManuscriptsManuscripts(BaseModel):
    total_count: int = Field(alias="totalCount")
    matching_count: int = Field(alias="matchingCount")
    page_info: "ManuscriptsManuscriptsPageInfo" = Field(alias="pageInfo")
    edges: list["ManuscriptsManuscriptsEdges"]


class ManuscriptsManuscriptsPageInfo(BaseModel):
    has_next_page: bool = Field(alias="hasNextPage")
    has_previous_page: bool = Field(alias="hasPreviousPage")
    start_cursor: Optional[str] = Field(alias="startCursor")
    end_cursor: Optional[str] = Field(alias="endCursor")


class ManuscriptsManuscriptsEdges(BaseModel):
    cursor: str
    node: "ManuscriptsManuscriptsEdgesNode"


ManuscriptsManuscriptsEdgesNode = ManuscriptFields
Manuscripts.model_rebuild()
ManuscriptsManuscripts.model_rebuild()
ManuscriptsManuscriptsEdges.model_rebuild()
