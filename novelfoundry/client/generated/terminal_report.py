from datetime import datetime
from typing import Optional

from pydantic import Field

from .base_model import BaseModel
from .enums import FigureUnit


class TerminalReport(BaseModel):
    job: Optional["TerminalReportJob"]


class TerminalReportJob(BaseModel):
    manuscript: "TerminalReportJobManuscript"
    report: Optional["TerminalReportJobReport"]


class TerminalReportJobManuscript(BaseModel):
    title: str


class TerminalReportJobReport(BaseModel):
    id: str
    created_at: datetime = Field(alias="createdAt")
    summary: "TerminalReportJobReportSummary"
    chapters: list["TerminalReportJobReportChapters"]
    series: "TerminalReportJobReportSeries"
    sections: list["TerminalReportJobReportSections"]
    highlights: list["TerminalReportJobReportHighlights"]
    bands: list["TerminalReportJobReportBands"]
    has_text: bool = Field(alias="hasText")


class TerminalReportJobReportSummary(BaseModel):
    words: int
    sentences: int
    paragraphs: int
    chapters: int
    sections: int
    reading_minutes: float = Field(alias="readingMinutes")
    words_per_minute: int = Field(alias="wordsPerMinute")
    dialogue_share: float = Field(alias="dialogueShare")
    mean_sentence_words: float = Field(alias="meanSentenceWords")
    reading_ease: float = Field(alias="readingEase")
    grade: float
    scene_breaks: int = Field(alias="sceneBreaks")
    front_words: int = Field(alias="frontWords")
    back_words: int = Field(alias="backWords")
    left_out: list[str] = Field(alias="leftOut")
    divisions: str
    notes: list[str]
    known_scene_breaks: Optional[int] = Field(alias="knownSceneBreaks")


class TerminalReportJobReportChapters(BaseModel):
    number: int
    kind: str
    title: str
    heading: str
    name: str
    words: int
    sentences: int
    paragraphs: int
    reading_minutes: float = Field(alias="readingMinutes")
    dialogue_share: float = Field(alias="dialogueShare")
    mean_sentence_words: float = Field(alias="meanSentenceWords")
    sentence_spread: float = Field(alias="sentenceSpread")
    longest_sentence_words: int = Field(alias="longestSentenceWords")
    reading_ease: float = Field(alias="readingEase")
    grade: float
    scene_breaks: int = Field(alias="sceneBreaks")
    known_scene_breaks: Optional[int] = Field(alias="knownSceneBreaks")
    opening: str


class TerminalReportJobReportSeries(BaseModel):
    words: list[float]
    dialogue_share: list[float] = Field(alias="dialogueShare")
    mean_sentence_words: list[float] = Field(alias="meanSentenceWords")
    sentence_spread: list[float] = Field(alias="sentenceSpread")
    reading_ease: list[float] = Field(alias="readingEase")
    grade: list[float]


class TerminalReportJobReportSections(BaseModel):
    key: str
    title: str
    how_to_read: str = Field(alias="howToRead")
    source: str
    curve: list[float]
    kinds: list["TerminalReportJobReportSectionsKinds"]
    figures: list["TerminalReportJobReportSectionsFigures"]
    findings: list["TerminalReportJobReportSectionsFindings"]


class TerminalReportJobReportSectionsKinds(BaseModel):
    key: str
    title: str
    why: str
    leave: str
    precision: Optional[float]
    judged: int
    count: int
    by_chapter: list[int] = Field(alias="byChapter")


class TerminalReportJobReportSectionsFigures(BaseModel):
    label: str
    value: float
    measure: FigureUnit
    unit: str
    meaning: str


class TerminalReportJobReportSectionsFindings(BaseModel):
    label: str
    kind: str
    count: int
    per_10000: float = Field(alias="per10000")
    ratio: Optional[float]
    note: str
    by_chapter: list[int] = Field(alias="byChapter")
    places: list["TerminalReportJobReportSectionsFindingsPlaces"]


class TerminalReportJobReportSectionsFindingsPlaces(BaseModel):
    chapter: int
    paragraph: int
    start: int
    end: int
    quote: str


class TerminalReportJobReportHighlights(BaseModel):
    section: str
    kind: str
    label: str
    sentence: str
    why: str
    leave: str
    place: Optional["TerminalReportJobReportHighlightsPlace"]


class TerminalReportJobReportHighlightsPlace(BaseModel):
    chapter: int
    paragraph: int
    start: int
    end: int
    quote: str


class TerminalReportJobReportBands(BaseModel):
    key: str
    label: str
    value: float
    measure: FigureUnit
    periods: list["TerminalReportJobReportBandsPeriods"]


class TerminalReportJobReportBandsPeriods(BaseModel):
    name: str
    books: list[str]
    low: float
    middle: float
    high: float


TerminalReport.model_rebuild()
TerminalReportJob.model_rebuild()
TerminalReportJobReport.model_rebuild()
TerminalReportJobReportSections.model_rebuild()
TerminalReportJobReportSectionsFindings.model_rebuild()
TerminalReportJobReportHighlights.model_rebuild()
TerminalReportJobReportBands.model_rebuild()
