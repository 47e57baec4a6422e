"""The measures of each section: length, dialogue, sentences, readability; and of the whole."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import fmean, pstdev

from jobs.analysis.report import ChapterReport, Summary
from jobs.analysis.story.prose import Paragraph, SectionProse
from jobs.analysis.structure.chapters import Manuscript
from jobs.analysis.words.markers import SectionKind
from jobs.analysis.words.readability import count_syllables, grade, is_measurable, reading_ease
from jobs.analysis.words.words import count_words, words_of

WORDS_PER_MINUTE = 260
"""Silent reading of fiction in English, the mean of many studies: M. Brysbaert, "How many words do we read
per minute?", Journal of Memory and Language 109 (2019)."""
_OPENING_CHARACTERS = 80


@dataclass(slots=True)
class Tally:
    """What adds up over paragraphs."""

    words: int = 0
    spoken: int = 0
    syllables: int = 0
    paragraphs: int = 0
    sentence_words: list[int] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        """Adds another tally to this one."""
        self.words += other.words
        self.spoken += other.spoken
        self.syllables += other.syllables
        self.paragraphs += other.paragraphs
        self.sentence_words += other.sentence_words

    @property
    def dialogue_share(self) -> float:
        """Of the words, those that are spoken."""
        return round(self.spoken / self.words, 4) if self.words else 0.0

    @property
    def mean_sentence_words(self) -> float:
        """Words in a sentence."""
        return round(fmean(self.sentence_words), 2) if self.sentence_words else 0.0

    @property
    def is_readable(self) -> bool:
        """Whether it is long enough, and has sentences enough, for Flesch's formulas."""
        return is_measurable(self.words, len(self.sentence_words))

    @property
    def reading_ease(self) -> float:
        """Flesch."""
        return round(reading_ease(self.words, len(self.sentence_words), self.syllables), 1)

    @property
    def grade(self) -> float:
        """Flesch–Kincaid."""
        return round(grade(self.words, len(self.sentence_words), self.syllables), 1)


def tally(paragraphs: Iterable[Paragraph]) -> Tally:
    """The tally of some paragraphs."""
    total = Tally()
    for paragraph in paragraphs:
        total.add(_of_paragraph(paragraph))
    return total


def chapter_report(part: SectionProse, total: Tally) -> ChapterReport:
    """The measures of one section, given its tally."""
    section = part.section
    return ChapterReport(
        number=section.number,
        kind=section.kind.value,
        title=section.title,
        heading=section.heading,
        name=section.name,
        words=section.words,
        sentences=len(total.sentence_words),
        paragraphs=total.paragraphs,
        reading_minutes=reading_minutes(section.words),
        dialogue_share=total.dialogue_share,
        mean_sentence_words=total.mean_sentence_words,
        sentence_spread=round(pstdev(total.sentence_words), 2) if total.sentence_words else 0.0,
        longest_sentence_words=max(total.sentence_words, default=0),
        reading_ease=total.reading_ease,
        grade=total.grade,
        scene_breaks=part.scene_breaks,
        opening=_opening(part),
    )


def summary(manuscript: Manuscript, prose: Sequence[SectionProse], total: Tally) -> Summary:
    """The whole at a glance."""
    front, back = words_of(manuscript.front), words_of(manuscript.back)
    words = front + back + sum(section.words for section in manuscript.sections)
    return Summary(
        words=words,
        sentences=len(total.sentence_words),
        paragraphs=total.paragraphs,
        chapters=sum(section.kind is SectionKind.CHAPTER for section in manuscript.sections),
        sections=len(manuscript.sections),
        reading_minutes=reading_minutes(words),
        words_per_minute=WORDS_PER_MINUTE,
        dialogue_share=total.dialogue_share,
        mean_sentence_words=total.mean_sentence_words,
        reading_ease=total.reading_ease,
        grade=total.grade,
        scene_breaks=sum(part.scene_breaks for part in prose),
        front_words=front,
        back_words=back,
        left_out=manuscript.left_out,
    )


def reading_minutes(words: int) -> float:
    """At the usual speed for fiction."""
    return round(words / WORDS_PER_MINUTE, 1)


def _of_paragraph(paragraph: Paragraph) -> Tally:
    return Tally(
        words=len(paragraph.words),
        spoken=sum(word.in_speech for word in paragraph.words),
        syllables=sum(count_syllables(word.form) for word in paragraph.words),
        paragraphs=1,
        sentence_words=[count_words(paragraph.text[start:end]) for start, end in paragraph.sentences],
    )


def _opening(part: SectionProse) -> str:
    if not part.paragraphs:
        return ""
    return part.paragraphs[0].quote(0, 0, around=_OPENING_CHARACTERS)
