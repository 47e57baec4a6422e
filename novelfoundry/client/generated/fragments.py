from datetime import datetime
from typing import Optional

from pydantic import Field

from .base_model import BaseModel
from .enums import (
    ComponentState,
    DecidedBy,
    FailureCode,
    FigureUnit,
    JobStatus,
    RefusalCode,
    SectionKind,
    WaitingReason,
)


class ChangedPlacesFields(BaseModel):
    total: int
    places: list["ChangedPlacesFieldsPlaces"]


class ChangedPlacesFieldsPlaces(BaseModel):
    kind: str
    label: str
    place: "ChangedPlacesFieldsPlacesPlace"


class ChangedPlacesFieldsPlacesPlace(BaseModel):
    chapter: int
    paragraph: int
    start: int
    end: int
    quote: str


class DraftChapterFields(BaseModel):
    number: int
    title: str
    words: int
    measured: "DraftChapterFieldsMeasured"


class DraftChapterFieldsMeasured(BaseModel):
    dialogue_share: Optional[float] = Field(alias="dialogueShare")
    mean_sentence_words: Optional[float] = Field(alias="meanSentenceWords")


class DraftFigures(BaseModel):
    id: str
    created_at: datetime = Field(alias="createdAt")
    summary: "DraftFiguresSummary"
    sections: list["DraftFiguresSections"]


class DraftFiguresSummary(BaseModel):
    words: int
    divisions: str
    dialogue_share: float = Field(alias="dialogueShare")
    mean_sentence_words: float = Field(alias="meanSentenceWords")


class DraftFiguresSections(BaseModel):
    kinds: list["DraftFiguresSectionsKinds"]


class DraftFiguresSectionsKinds(BaseModel):
    key: str
    title: str


class JobFields(BaseModel):
    id: str
    kind: str
    status: JobStatus
    is_terminal: bool = Field(alias="isTerminal")
    locks_manuscript: bool = Field(alias="locksManuscript")
    stage: Optional[str]
    progress: Optional[float]
    attempt: int
    max_attempts: int = Field(alias="maxAttempts")
    version: int
    queued_at: datetime = Field(alias="queuedAt")
    started_at: Optional[datetime] = Field(alias="startedAt")
    finished_at: Optional[datetime] = Field(alias="finishedAt")
    deadline_at: Optional[datetime] = Field(alias="deadlineAt")
    as_of: datetime = Field(alias="asOf")
    waiting: Optional["JobFieldsWaiting"]
    failure: Optional["JobFieldsFailure"]
    retry_of: Optional["JobFieldsRetryOf"] = Field(alias="retryOf")
    manuscript: "JobFieldsManuscript"


class JobFieldsWaiting(BaseModel):
    reason: WaitingReason
    message: str
    position: Optional[int]
    expected_start_at: Optional[datetime] = Field(alias="expectedStartAt")


class JobFieldsFailure(BaseModel):
    code: FailureCode
    message: str
    retryable: bool


class JobFieldsRetryOf(BaseModel):
    id: str


class JobFieldsManuscript(BaseModel):
    id: str
    title: str


class JobHistory(BaseModel):
    events: list["JobHistoryEvents"]


class JobHistoryEvents(BaseModel):
    version: int
    at: datetime
    status: JobStatus
    decided_by: DecidedBy = Field(alias="decidedBy")
    message: Optional[str]


class ManuscriptFields(BaseModel):
    id: str
    title: str
    filename: Optional[str]
    word_count: Optional[int] = Field(alias="wordCount")
    created_at: datetime = Field(alias="createdAt")
    is_locked: bool = Field(alias="isLocked")
    latest_job: Optional["ManuscriptFieldsLatestJob"] = Field(alias="latestJob")


class ManuscriptFieldsLatestJob(JobFields):
    pass


class MarksFields(BaseModel):
    kind: str
    labels: list[str]
    label: list[int]
    paragraph: list[int]
    start: list[int]
    end: list[int]


class OperatorJobFields(BaseModel):
    id: str
    author_id: str = Field(alias="authorId")
    status: JobStatus
    failure_code: Optional[FailureCode] = Field(alias="failureCode")
    failure_message: Optional[str] = Field(alias="failureMessage")
    stage: Optional[str]
    progress: Optional[float]
    attempt: int
    max_attempts: int = Field(alias="maxAttempts")
    workers_lost: int = Field(alias="workersLost")
    worker_id: Optional[str] = Field(alias="workerId")
    queued_at: datetime = Field(alias="queuedAt")
    started_at: Optional[datetime] = Field(alias="startedAt")
    finished_at: Optional[datetime] = Field(alias="finishedAt")


class RefusalFields(BaseModel):
    code: RefusalCode
    message: str


class OutcomeFields(BaseModel):
    done: int
    refused: int
    has_more: bool = Field(alias="hasMore")
    outcomes: list["OutcomeFieldsOutcomes"]


class OutcomeFieldsOutcomes(BaseModel):
    id: str
    job: Optional["OutcomeFieldsOutcomesJob"]
    refusal: Optional["OutcomeFieldsOutcomesRefusal"]


class OutcomeFieldsOutcomesJob(JobFields):
    pass


class OutcomeFieldsOutcomesRefusal(RefusalFields):
    pass


class PassageFields(BaseModel):
    position: int
    paragraph: int
    start: int
    after_break: bool = Field(alias="afterBreak")
    text: str


class ReportFields(BaseModel):
    id: str
    created_at: datetime = Field(alias="createdAt")
    summary: "ReportFieldsSummary"
    chapters: list["ReportFieldsChapters"]
    highlights: list["ReportFieldsHighlights"]
    bands: list["ReportFieldsBands"]
    sections: list["ReportFieldsSections"]
    has_text: bool = Field(alias="hasText")


class ReportFieldsSummary(BaseModel):
    words: int
    sentences: int
    paragraphs: int
    chapters: int
    sections: int
    reading_minutes: float = Field(alias="readingMinutes")
    words_per_minute: int = Field(alias="wordsPerMinute")
    measured: "ReportFieldsSummaryMeasured"
    scene_breaks: int = Field(alias="sceneBreaks")
    front_words: int = Field(alias="frontWords")
    back_words: int = Field(alias="backWords")
    left_out: list[str] = Field(alias="leftOut")
    divisions: str
    notes: list[str]
    known_scene_breaks: Optional[int] = Field(alias="knownSceneBreaks")


class ReportFieldsSummaryMeasured(BaseModel):
    dialogue_share: Optional[float] = Field(alias="dialogueShare")
    mean_sentence_words: Optional[float] = Field(alias="meanSentenceWords")
    reading_ease: Optional[float] = Field(alias="readingEase")
    grade: Optional[float]


class ReportFieldsChapters(BaseModel):
    number: int
    section_kind: SectionKind = Field(alias="sectionKind")
    title: str
    heading: str
    name: str
    words: int
    sentences: int
    paragraphs: int
    reading_minutes: float = Field(alias="readingMinutes")
    longest_sentence_words: int = Field(alias="longestSentenceWords")
    measured: "ReportFieldsChaptersMeasured"
    scene_breaks: int = Field(alias="sceneBreaks")
    known_scene_breaks: Optional[int] = Field(alias="knownSceneBreaks")
    opening: str


class ReportFieldsChaptersMeasured(BaseModel):
    dialogue_share: Optional[float] = Field(alias="dialogueShare")
    mean_sentence_words: Optional[float] = Field(alias="meanSentenceWords")
    sentence_spread: Optional[float] = Field(alias="sentenceSpread")
    reading_ease: Optional[float] = Field(alias="readingEase")
    grade: Optional[float]


class ReportFieldsHighlights(BaseModel):
    section: str
    kind: str
    label: str
    sentence: str
    why: str
    leave: str
    place: Optional["ReportFieldsHighlightsPlace"]


class ReportFieldsHighlightsPlace(BaseModel):
    chapter: int
    paragraph: int
    start: int
    end: int
    quote: str


class ReportFieldsBands(BaseModel):
    key: str
    label: str
    value: float
    measure: FigureUnit
    periods: list["ReportFieldsBandsPeriods"]


class ReportFieldsBandsPeriods(BaseModel):
    name: str
    books: list[str]
    low: float
    middle: float
    high: float


class ReportFieldsSections(BaseModel):
    key: str
    title: str
    how_to_read: str = Field(alias="howToRead")
    source: str
    curve: list[float]
    kinds: list["ReportFieldsSectionsKinds"]
    figures: list["ReportFieldsSectionsFigures"]
    findings: list["ReportFieldsSectionsFindings"]


class ReportFieldsSectionsKinds(BaseModel):
    key: str
    title: str
    why: str
    leave: str
    precision: Optional[float]
    judged: int
    count: int
    by_chapter: list[int] = Field(alias="byChapter")


class ReportFieldsSectionsFigures(BaseModel):
    label: str
    value: float
    measure: FigureUnit
    unit: str
    meaning: str


class ReportFieldsSectionsFindings(BaseModel):
    label: str
    kind: str
    count: int
    per_10000: float = Field(alias="per10000")
    ratio: Optional[float]
    note: str
    by_chapter: list[int] = Field(alias="byChapter")
    places: list["ReportFieldsSectionsFindingsPlaces"]


class ReportFieldsSectionsFindingsPlaces(BaseModel):
    chapter: int
    paragraph: int
    start: int
    end: int
    quote: str


class SystemFields(BaseModel):
    as_of: datetime = Field(alias="asOf")
    sweeper: "SystemFieldsSweeper"
    workers: "SystemFieldsWorkers"
    push: "SystemFieldsPush"
    queued: int
    running: int
    hold: Optional["SystemFieldsHold"]
    message: Optional[str]


class SystemFieldsSweeper(BaseModel):
    state: ComponentState
    live: int
    last_seen_at: Optional[datetime] = Field(alias="lastSeenAt")


class SystemFieldsWorkers(BaseModel):
    state: ComponentState
    live: int
    last_seen_at: Optional[datetime] = Field(alias="lastSeenAt")


class SystemFieldsPush(BaseModel):
    state: ComponentState
    live: int
    last_seen_at: Optional[datetime] = Field(alias="lastSeenAt")


class SystemFieldsHold(BaseModel):
    since: datetime
    why: str
    by: str


ChangedPlacesFields.model_rebuild()
DraftChapterFields.model_rebuild()
DraftFigures.model_rebuild()
JobFields.model_rebuild()
JobHistory.model_rebuild()
ManuscriptFields.model_rebuild()
MarksFields.model_rebuild()
OperatorJobFields.model_rebuild()
RefusalFields.model_rebuild()
OutcomeFields.model_rebuild()
PassageFields.model_rebuild()
ReportFields.model_rebuild()
SystemFields.model_rebuild()
