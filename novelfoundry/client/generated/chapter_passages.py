from typing import Optional

from .base_model import BaseModel
from .fragments import PassageFields


class ChapterPassages(BaseModel):
    manuscript: Optional["ChapterPassagesManuscript"]


class ChapterPassagesManuscript(BaseModel):
    id: str
    chapter: Optional["ChapterPassagesManuscriptChapter"]


class ChapterPassagesManuscriptChapter(BaseModel):
    number: int
    passages: list["ChapterPassagesManuscriptChapterPassages"]


ChapterPassagesManuscriptChapterPassages = PassageFields
ChapterPassages.model_rebuild()
ChapterPassagesManuscript.model_rebuild()
ChapterPassagesManuscriptChapter.model_rebuild()
