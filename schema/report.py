"""The report of an analysis as clients read it. Plain attributes, read from jobs.analysis.report as they stand."""

from datetime import datetime
from typing import cast
from uuid import UUID

import strawberry

from jobs import models
from jobs.analysis import report as written
from jobs.analysis.report import FigureUnit
from jobs.analysis.words.markers import SectionKind
from schema import enums as enums  # describes the enums before a type uses them
from schema.chapter import Behind, Chapter, First, Kind, Label, Number, OccurrencePage, chapter_of, occurrences
from schema.context import Asked
from schema.ids import global_id
from schema.node import Node, deprecated, described
from schema.rows import FirstRows, PassedOver, in_turn, part_of

_SECTION_KINDS = frozenset(SectionKind)


@strawberry.type(
    description="Figures of prose, each null where nothing was measured: of a play, in another language than English, "
    "or of a text that is too short. 0 is a value like any other."
)
class Measures:
    part: strawberry.Private[written.Summary | written.ChapterReport]

    @strawberry.field(description="Share of the words that are dialogue, from 0 to 1.")
    def dialogue_share(self) -> float | None:
        return written.measured(self.part, "dialogue_share")

    @strawberry.field(description="Words in a sentence, on average.")
    def mean_sentence_words(self) -> float | None:
        return written.measured(self.part, "mean_sentence_words")

    @strawberry.field(
        description="Standard deviation of the words in a sentence: low is even, high is varied. Of sections alone."
    )
    def sentence_spread(self) -> float | None:
        whole = isinstance(self.part, written.Summary)
        return None if whole else written.measured(self.part, "sentence_spread")

    @strawberry.field(description="Flesch reading ease, about 0 to 100; higher is easier.")
    def reading_ease(self) -> float | None:
        return written.measured(self.part, "reading_ease")

    @strawberry.field(description="Flesch–Kincaid grade: years of school in the United States.")
    def grade(self) -> float | None:
        return written.measured(self.part, "grade")


@strawberry.type(description="Figures of each section, in order, each null where nothing was measured: see `Measures`.")
class MeasuredSeries:
    chapters: strawberry.Private[tuple[written.ChapterReport, ...]]

    @strawberry.field(description="Share of dialogue of each section, from 0 to 1.")
    def dialogue_share(self) -> list[float | None]:
        return self._of("dialogue_share")

    @strawberry.field(description="Words in a sentence, on average, of each section.")
    def mean_sentence_words(self) -> list[float | None]:
        return self._of("mean_sentence_words")

    @strawberry.field(description="Standard deviation of the words in a sentence, of each section.")
    def sentence_spread(self) -> list[float | None]:
        return self._of("sentence_spread")

    @strawberry.field(description="Flesch reading ease of each section.")
    def reading_ease(self) -> list[float | None]:
        return self._of("reading_ease")

    @strawberry.field(description="Flesch–Kincaid grade of each section.")
    def grade(self) -> list[float | None]:
        return self._of("grade")

    def _of(self, name: str) -> list[float | None]:
        return [written.measured(chapter, name) for chapter in self.chapters]


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
    dialogue_share: float = deprecated(
        "Share of the words inside quotation marks, or behind a dash where the book opens speech so; from 0 to 1.",
        use="measured { dialogueShare }",
    )
    mean_sentence_words: float = deprecated("Words in a sentence, on average.", use="measured { meanSentenceWords }")
    reading_ease: float = deprecated(
        "Flesch reading ease, about 0 to 100; higher is easier. 0 where it is not measured: too few words, "
        "no full stops, or not in English.",
        use="measured { readingEase }",
    )
    grade: float = deprecated(
        "Flesch–Kincaid grade: years of school in the United States. 0 where it is not measured.",
        use="measured { grade }",
    )
    front_words: int = described("Words before the first section: title page, contents list, dedication.")
    back_words: int = described("Words after the last section: acknowledgements and the like.")
    left_out: list[str] = described(
        "Titles of parts of the file that it marks as no part of the story; they are not counted at all."
    )
    divisions: str = described(
        'The sections that hold prose, by kind: "24 chapters, 4 letters and 1 more section". Empty in older reports.'
    )
    notes: list[str] = described("What to say before all else: what is left out of this report, and why.")

    @strawberry.field(description="The figures of prose, each null where nothing was measured.")
    def measured(self) -> Measures:
        return Measures(part=cast(written.Summary, self))

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
    kind: str = deprecated("`part`, `chapter`, `letter` or `other`.", use="sectionKind")
    title: str = described("What to call it: heading and name together.")
    heading: str = described("The heading as it stands in the manuscript; empty where there is none.")
    name: str = described("The heading without keyword and number; may be empty.")
    words: int = described("Words in it.")
    sentences: int = described("Sentences in it.")
    paragraphs: int = described("Paragraphs in it.")
    reading_minutes: float = described("Minutes that a reader takes.")
    dialogue_share: float = deprecated(
        "Share of its words that are dialogue, from 0 to 1.", use="measured { dialogueShare }"
    )
    mean_sentence_words: float = deprecated("Words in a sentence, on average.", use="measured { meanSentenceWords }")
    sentence_spread: float = deprecated(
        "Standard deviation of the words in a sentence: low is even, high is varied.", use="measured { sentenceSpread }"
    )
    longest_sentence_words: int = described("Words in its longest sentence.")
    reading_ease: float = deprecated(
        "Flesch reading ease, about 0 to 100; higher is easier. 0 where it is not measured.",
        use="measured { readingEase }",
    )
    grade: float = deprecated(
        "Flesch–Kincaid grade: years of school in the United States. 0 where it is not measured.",
        use="measured { grade }",
    )
    opening: str = described("Its first words, to know it by.")

    @strawberry.field(description="What it is.")
    def section_kind(self) -> SectionKind:
        return SectionKind(self.kind) if self.kind in _SECTION_KINDS else SectionKind.OTHER

    @strawberry.field(description="The figures of prose, each null where nothing was measured.")
    def measured(self) -> Measures:
        return Measures(part=cast(written.ChapterReport, self))

    @strawberry.field(description="Breaks between scenes in it; 0 also where the manuscript marks none.")
    def scene_breaks(self) -> int:
        return cast(written.ChapterReport, self).scene_breaks or 0

    @strawberry.field(description="Breaks between scenes in it; null where the manuscript marks none.")
    def known_scene_breaks(self) -> int | None:
        return cast(written.ChapterReport, self).scene_breaks


@strawberry.type(description="Series over the sections, for charts: one number a section, in order.")
class ChapterSeries:
    words: list[float] = described("Words of each section.")
    dialogue_share: list[float] = deprecated(
        "Share of dialogue of each section, from 0 to 1.", use="measured { dialogueShare }"
    )
    mean_sentence_words: list[float] = deprecated(
        "Words in a sentence, on average, of each section.", use="measured { meanSentenceWords }"
    )
    sentence_spread: list[float] = deprecated(
        "Standard deviation of the words in a sentence, of each section.", use="measured { sentenceSpread }"
    )
    reading_ease: list[float] = deprecated("Flesch reading ease of each section.", use="measured { readingEase }")
    grade: list[float] = deprecated("Flesch–Kincaid grade of each section.", use="measured { grade }")
    measured: MeasuredSeries = described("The figures of prose, each null where nothing was measured.")


@strawberry.type(description="Where in the manuscript something stands.")
class TextPlace:
    chapter: int = described("The `number` of the section.")
    paragraph: int = described("1 for the first paragraph below the heading; scene breaks are not counted.")
    quote: str = described("A few words around it, as they stand.")
    start: int = described(
        "Where it begins in the paragraph's text with its spaces made single, in Unicode code points; "
        "0 in older reports."
    )
    end: int = described("Where it ends in the paragraph's text; 0 in older reports, which know the paragraph alone.")


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
    places: list[TextPlace] = described(
        "Where: the first few, or all where they are few. `AnalysisReport.places` has all of them."
    )
    kind: str = described(
        "The `key` of its kind, one of the section's `kinds`: kind and label together name a finding in every report. "
        "Empty in older reports."
    )


@strawberry.type(
    description="One kind of finding of a section, that can be switched on and off in the text: an adverb, an echo."
)
class FindingKind:
    key: str = described("Stable, for programs.")
    title: str = described("What to call it.")
    why: str = described("Why it may matter.")
    leave: str = described("When to leave it.")
    precision: float | None = described(
        "Share of the places that were right when a person judged them, from 0 to 1; null where there is nothing "
        "to judge."
    )
    judged: int = described("How many places a person judged.")
    count: int = described("Its places in the text; 0 in older reports.")
    by_chapter: list[int] = described("Its places in each section of the manuscript, in order; empty in older reports.")


@strawberry.type(description="One subject of the report.")
class ReportSection:
    key: str = described("Stable, for programs: `readability`, `frequent_words`.")
    title: str = described("What the section is about.")
    how_to_read: str = described("What the numbers mean, and what they do not.")
    figures: list[Figure] = described("What was measured.")
    source: str = described("Where its rules come from; empty in older reports.")
    kinds: list[FindingKind] = described("The kinds of its findings, as they are marked in the text.")
    curve: list[float] = described(
        "A line over the whole manuscript, from its first word to its last in equal steps; empty where it has none."
    )

    @strawberry.field(description="What was found.")
    def findings(self, first: FirstRows = None, after: PassedOver = 0) -> list[Finding]:
        return cast(list[Finding], part_of(cast(written.ReportSection, self).findings, first, after))


@strawberry.type(description="One of the few findings that tell most about this book. It is no score and no verdict.")
class Highlight:
    section: str = described("The `key` of the section that has it.")
    kind: str = described("The `key` of the kind of finding; may be empty.")
    label: str = described("The `label` of the finding or the figure in that section.")
    sentence: str = described("What was found, in a sentence.")
    why: str = described("Why it may matter.")
    leave: str = described("When to leave it.")
    place: TextPlace | None = described("Where to look first; null where it concerns the whole book.")


@strawberry.type(description="Where the published novels of some decades lie.")
class Period:
    name: str = described('The years: "1800 to 1869".')
    books: list[str] = described("The novels that were measured: title, author and year.")
    low: float = described("The least of them; with more than four, that of the lower quarter.")
    middle: float = described("The median.")
    high: float = described("The most of them; with more than four, that of the upper quarter.")


@strawberry.type(description="A figure of this manuscript beside published novels. They are no target.")
class Band:
    key: str = described("Stable, for programs: `dialogue_share`.")
    label: str = described("What was measured.")
    value: float = described("Of this manuscript.")
    measure: FigureUnit = described("In what it is measured; a client may meet units that it does not know.")
    periods: list[Period] = described("The published novels, by the time of their publication.")


@strawberry.type(description="What an analysis says about a manuscript.")
class AnalysisReport(Node):
    created_at: datetime = described("When the analysis was completed.")
    body: strawberry.Private[written.ReportBody]
    report_id: strawberry.Private[UUID]

    @strawberry.field(description="The manuscript at a glance.")
    def summary(self) -> ReportSummary:
        return cast(ReportSummary, self.body.summary)

    @strawberry.field(description="Every section of the manuscript, in the order of the text.")
    def chapters(self, first: FirstRows = None, after: PassedOver = 0) -> list[ChapterReport]:
        return cast(list[ChapterReport], in_turn(part_of(self.body.chapters, first, after)))

    @strawberry.field(description="The same sections as series of numbers, for charts.")
    def series(self) -> ChapterSeries:
        return _series(self.body.chapters)

    @strawberry.field(description="The subjects of the report, each with how to read it.")
    def sections(self) -> list[ReportSection]:
        # Of few sections each may hold thousands of findings.
        return cast(list[ReportSection], in_turn(list(self.body.sections), longest=0))

    @strawberry.field(
        description="The findings that tell most about this book, at most five, the most telling first; "
        "empty in older reports."
    )
    def highlights(self) -> list[Highlight]:
        return cast(list[Highlight], list(self.body.highlights))

    @strawberry.field(description="Its figures beside published novels in the public domain; empty in older reports.")
    def bands(self) -> list[Band]:
        return cast(list[Band], list(self.body.bands))

    @strawberry.field(
        description="Whether the text was kept beside the report, for `chapter` and `places`. False in older reports, "
        "and for a text of more than twelve million characters: analyse the manuscript again to have it kept."
    )
    def has_text(self) -> bool:
        return self.body.has_text

    @strawberry.field(description="One chapter's text.")
    def chapter(self, number: Number) -> Chapter:
        return chapter_of(self.report_id, number)

    @strawberry.field(description="All places of a kind of finding, in the order of the text, some at a time.")
    async def places(
        self, info: Asked, kind: Kind, label: Label = None, first: First = 20, after: Behind = 0
    ) -> OccurrencePage:
        return await occurrences(info, self.report_id, kind, label, first, after)

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
            report_id=report.id,
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
        measured=MeasuredSeries(chapters=chapters),
    )
