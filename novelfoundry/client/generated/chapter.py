from typing import Optional

from .base_model import BaseModel
from .fragments import MarksFields, PassageFields


class Chapter(BaseModel):
    manuscript: Optional["ChapterManuscript"]


class ChapterManuscript(BaseModel):
    id: str
    chapter: Optional["ChapterManuscriptChapter"]


class ChapterManuscriptChapter(BaseModel):
    number: int
    outline: "ChapterManuscriptChapterOutline"
    passages: list["ChapterManuscriptChapterPassages"]
    marks: list["ChapterManuscriptChapterMarks"]


class ChapterManuscriptChapterOutline(BaseModel):
    paragraphs: list[int]
    lengths: list[int]
    scenes: list[int]


ChapterManuscriptChapterPassages = PassageFields
ChapterManuscriptChapterMarks = MarksFields
Chapter.model_rebuild()
ChapterManuscript.model_rebuild()
ChapterManuscriptChapter.model_rebuild()
