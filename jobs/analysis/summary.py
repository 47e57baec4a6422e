"""The figures of each section of a manuscript, and of the whole at a glance."""

from jobs.analysis.report import ChapterReport, Summary
from jobs.analysis.story.prose import SectionProse
from jobs.analysis.story.story import Story
from jobs.analysis.story.tally import Tally
from jobs.analysis.words.markers import SectionKind
from jobs.analysis.words.words import words_of

WORDS_PER_MINUTE = 260
"""Silent reading of fiction in English, the mean of many studies: M. Brysbaert, "How many words do we read
per minute?", Journal of Memory and Language 109 (2019)."""
_OPENING_CHARACTERS = 80


def chapter_reports(story: Story) -> tuple[ChapterReport, ...]:
    """The figures of each section, in order."""
    return tuple(
        _chapter_report(part, total, is_english=story.is_english)
        for part, total in zip(story.prose, story.tallies, strict=True)
    )


def _chapter_report(part: SectionProse, total: Tally, *, is_english: bool) -> ChapterReport:
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
        sentence_spread=total.sentence_spread,
        longest_sentence_words=max(total.sentence_words, default=0),
        reading_ease=total.reading_ease if is_english else 0.0,
        grade=total.grade if is_english else 0.0,
        scene_breaks=part.scene_breaks,
        opening=_opening(part),
    )


def summary(story: Story) -> Summary:
    """The whole at a glance."""
    manuscript, total = story.manuscript, story.total
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
        reading_ease=total.reading_ease if story.is_english else 0.0,
        grade=total.grade if story.is_english else 0.0,
        scene_breaks=sum(part.scene_breaks for part in story.prose),
        front_words=front,
        back_words=back,
        left_out=manuscript.left_out,
    )


def reading_minutes(words: int) -> float:
    """At the usual speed for fiction."""
    return round(words / WORDS_PER_MINUTE, 1)


def _opening(part: SectionProse) -> str:
    if not part.paragraphs:
        return ""
    return part.paragraphs[0].quote(0, 0, around=_OPENING_CHARACTERS)
