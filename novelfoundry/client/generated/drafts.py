from datetime import datetime
from typing import Optional

from pydantic import Field

from .base_model import BaseModel


class Drafts(BaseModel):
    manuscript: Optional["DraftsManuscript"]


class DraftsManuscript(BaseModel):
    id: str
    work: "DraftsManuscriptWork"


class DraftsManuscriptWork(BaseModel):
    id: str
    drafts: list["DraftsManuscriptWorkDrafts"]


class DraftsManuscriptWorkDrafts(BaseModel):
    number: int
    manuscript: "DraftsManuscriptWorkDraftsManuscript"


class DraftsManuscriptWorkDraftsManuscript(BaseModel):
    id: str
    title: str
    word_count: Optional[int] = Field(alias="wordCount")
    created_at: datetime = Field(alias="createdAt")


Drafts.model_rebuild()
DraftsManuscript.model_rebuild()
DraftsManuscriptWork.model_rebuild()
DraftsManuscriptWorkDrafts.model_rebuild()
