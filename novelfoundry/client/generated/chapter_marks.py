from typing import Optional

from .base_model import BaseModel
from .fragments import MarksFields


class ChapterMarks(BaseModel):
    manuscript: Optional["ChapterMarksManuscript"]


class ChapterMarksManuscript(BaseModel):
    id: str
    chapter: Optional["ChapterMarksManuscriptChapter"]


class ChapterMarksManuscriptChapter(BaseModel):
    number: int
    marks: list["ChapterMarksManuscriptChapterMarks"]


ChapterMarksManuscriptChapterMarks = MarksFields
ChapterMarks.model_rebuild()
ChapterMarksManuscript.model_rebuild()
ChapterMarksManuscriptChapter.model_rebuild()
