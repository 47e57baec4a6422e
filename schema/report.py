"""The report of an analysis as clients read it. Plain attributes, read from jobs.analysis.report as they stand."""

from datetime import datetime
from typing import cast

import strawberry

from jobs import models
from jobs.analysis import report as written
from jobs.analysis.report import FigureUnit
from schema import enums as enums  # describes the enums before a type uses them
from schema.ids import global_id
from schema.node import Node, described


@strawberry.type(description="The manuscript at a glance.")
class ReportSummary:
    words: int = described(
        "Words of the whole manuscript, as Word counts them; front and back matter and headings included."
    )
    sentences: int = described("Sentences of the story.")
    paragraphs: int = described("Paragraphs of the story.")
    chapters: int = described("Chapters proper: no parts, letters, prologues or epilogues.")
    sections: int = described("All sections of `AnalysisReport.chapters`, of every kind.")
    reading_minutes: float = described("Minutes that a reader takes.")
    words_per_minute: int = described("The reading speed that `readingMinutes` assumes.")
    dialogue_share: float = described(
        "Share of the words inside quotation marks, or behind a dash where the book opens speech so; from 0 to 1."
    )
    mean_sentence_words: float = described("Words in a sentence, on average.")
    reading_ease: float = described(
        "Flesch reading ease, about 0 to 100; higher is easier. 0 where it is not measured: too few words, "
        "no full stops, or not in English."
    )
    grade: float = described("Flesch–Kincaid grade: years of school in the United States. 0 where it is not measured.")
    front_words: int = described("Words before the first section: title page, contents list, dedication.")
    back_words: int = described("Words after the last section: acknowledgements and the like.")
    left_out: list[str] = described(
        "Titles of parts of the file that it marks as no part of the story; they are not counted at all."
    )
    divisions: str = described(
        'The sections that hold prose, by kind: "24 chapters, 4 letters and 1 more section". Empty in older reports.'
    )
    notes: list[str] = described("What to say before all else: what is left out of this report, and why.")

    @strawberry.field(description="Breaks between scenes; 0 also where the manuscript marks none.")
    def scene_breaks(self) -> int:
        return cast(written.Summary, self).scene_breaks or 0

    @strawberry.field(
        description="Breaks between scenes; null where the manuscript marks none, so that nobody can know their number."
    )
    def known_scene_breaks(self) -> int | None:
        return cast(written.Summary, self).scene_breaks


@strawberry.type(description="One section of the manuscript, in the order of the text.")
class ChapterReport:
    number: int = described("1 for the first section of any kind, then up.")
    kind: str = described("`part`, `chapter`, `letter` or `other`.")
    title: str = described("What to call it: heading and name together.")
    heading: str = described("The heading as it stands in the manuscript; empty where there is none.")
    name: str = described("The heading without keyword and number; may be empty.")
    words: int = described("Words in it.")
    sentences: int = described("Sentences in it.")
    paragraphs: int = described("Paragraphs in it.")
    reading_minutes: float = described("Minutes that a reader takes.")
    dialogue_share: float = described("Share of its words that are dialogue, from 0 to 1.")
    mean_sentence_words: float = described("Words in a sentence, on average.")
    sentence_spread: float = described("Standard deviation of the words in a sentence: low is even, high is varied.")
    longest_sentence_words: int = described("Words in its longest sentence.")
    reading_ease: float = described(
        "Flesch reading ease, about 0 to 100; higher is easier. 0 where it is not measured."
    )
    grade: float = described("Flesch–Kincaid grade: years of school in the United States. 0 where it is not measured.")
    opening: str = described("Its first words, to know it by.")

    @strawberry.field(description="Breaks between scenes in it; 0 also where the manuscript marks none.")
    def scene_breaks(self) -> int:
        return cast(written.ChapterReport, self).scene_breaks or 0

    @strawberry.field(description="Breaks between scenes in it; null where the manuscript marks none.")
    def known_scene_breaks(self) -> int | None:
        return cast(written.ChapterReport, self).scene_breaks


@strawberry.type(description="Series over the sections, for charts: one number a section, in order.")
class ChapterSeries:
    words: list[float] = described("Words of each section.")
    dialogue_share: list[float] = described("Share of dialogue of each section, from 0 to 1.")
    mean_sentence_words: list[float] = described("Words in a sentence, on average, of each section.")
    sentence_spread: list[float] = described("Standard deviation of the words in a sentence, of each section.")
    reading_ease: list[float] = described("Flesch reading ease of each section.")
    grade: list[float] = described("Flesch–Kincaid grade of each section.")


@strawberry.type(description="Where in the manuscript something stands.")
class TextPlace:
    chapter: int = described("The `number` of the section.")
    paragraph: int = described("1 for the first paragraph below the heading; scene breaks are not counted.")
    quote: str = described("A few words around it, as they stand.")


@strawberry.type(description="One measured number with its meaning.")
class Figure:
    label: str = described("What was measured.")
    value: float = described("How much.")
    measure: FigureUnit = described("In what it is measured; a client may meet units that it does not know.")
    unit: str = described("The unit in words, for a `measure` that a client does not know; may be empty.")
    meaning: str = described("What the number says to an author.")


@strawberry.type(description="A word, phrase, name or habit that was found, how often, and where.")
class Finding:
    label: str = described("What was found.")
    count: int = described("How often.")
    per_10000: float = described("Times in ten thousand words of the story.", name="per10000")
    ratio: float | None = described(
        "How many times as often as in ordinary texts of its language; null where that is not compared."
    )
    note: str = described("Why it may matter, and when to leave it; may be empty.")
    by_chapter: list[int] = described("Times in each section, in order; empty where it is not counted so.")
    places: list[TextPlace] = described("Where: the first few, or all where they are few.")


@strawberry.type(description="One subject of the report.")
class ReportSection:
    key: str = described("Stable, for programs: `readability`, `frequent_words`.")
    title: str = described("What the section is about.")
    how_to_read: str = described("What the numbers mean, and what they do not.")
    figures: list[Figure] = described("What was measured.")
    findings: list[Finding] = described("What was found.")


@strawberry.type(description="What an analysis says about a manuscript.")
class AnalysisReport(Node):
    created_at: datetime = described("When the analysis was completed.")
    body: strawberry.Private[written.ReportBody]

    @strawberry.field(description="The manuscript at a glance.")
    def summary(self) -> ReportSummary:
        return cast(ReportSummary, self.body.summary)

    @strawberry.field(description="Every section of the manuscript, in the order of the text.")
    def chapters(self) -> list[ChapterReport]:
        return cast(list[ChapterReport], list(self.body.chapters))

    @strawberry.field(description="The same sections as series of numbers, for charts.")
    def series(self) -> ChapterSeries:
        return _series(self.body.chapters)

    @strawberry.field(description="The subjects of the report, each with how to read it.")
    def sections(self) -> list[ReportSection]:
        return cast(list[ReportSection], list(self.body.sections))

    @classmethod
    def found(cls, report: models.Report | None) -> "AnalysisReport | None":
        """The report, where there is one."""
        return cls.of(report) if report else None

    @classmethod
    def of(cls, report: models.Report) -> "AnalysisReport":
        """The report as clients see it."""
        return cls(
            id=strawberry.ID(global_id("AnalysisReport", report.id)),
            created_at=report.created_at,
            body=written.ReportBody.from_json(report.body),
        )


def _series(chapters: tuple[written.ChapterReport, ...]) -> ChapterSeries:
    def of(name: str) -> list[float]:
        return [getattr(chapter, name) for chapter in chapters]

    return ChapterSeries(
        words=of("words"),
        dialogue_share=of("dialogue_share"),
        mean_sentence_words=of("mean_sentence_words"),
        sentence_spread=of("sentence_spread"),
        reading_ease=of("reading_ease"),
        grade=of("grade"),
    )
