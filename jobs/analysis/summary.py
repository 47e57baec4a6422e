"""The figures of each section of a manuscript, and of the whole at a glance."""

from collections import Counter
from collections.abc import Sequence

from jobs.analysis.report import ChapterReport, Summary
from jobs.analysis.sections.all import SECTIONS
from jobs.analysis.story.prose import SectionProse
from jobs.analysis.story.story import Story
from jobs.analysis.story.tally import Tally
from jobs.analysis.words.markers import SectionKind
from jobs.analysis.words.words import words_of

WORDS_PER_MINUTE = 260
"""Silent reading of fiction in English, the mean of many studies: M. Brysbaert, "How many words do we read
per minute?", Journal of Memory and Language 109 (2019)."""
_OPENING_CHARACTERS = 80
NOT_ENGLISH = (
    "This manuscript {reads}. {left_out} are made for English and are left out; the reading time and the range for "
    "vocabulary are those of English."
)
PLAY = (
    "This reads as a play or a screenplay: names stand above or before its lines. It is not measured as prose: the "
    "share of dialogue, {left_out} are left out."
)


def chapter_reports(story: Story) -> tuple[ChapterReport, ...]:
    """The figures of each section, in order."""
    return tuple(_chapter_report(part, total, story) for part, total in zip(story.prose, story.tallies, strict=True))


def _chapter_report(part: SectionProse, total: Tally, story: Story) -> ChapterReport:
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
        dialogue_share=0.0 if story.is_script else total.dialogue_share,
        mean_sentence_words=total.mean_sentence_words,
        sentence_spread=total.sentence_spread,
        longest_sentence_words=max(total.sentence_words, default=0),
        reading_ease=total.reading_ease if story.is_english and not story.is_script else 0.0,
        grade=total.grade if story.is_english and not story.is_script else 0.0,
        scene_breaks=part.scene_breaks if story.has_breaks else None,
        opening=_opening(part),
        unmeasured=_unmeasured(total, story),
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
        dialogue_share=0.0 if story.is_script else total.dialogue_share,
        mean_sentence_words=total.mean_sentence_words,
        reading_ease=total.reading_ease if story.is_english and not story.is_script else 0.0,
        grade=total.grade if story.is_english and not story.is_script else 0.0,
        scene_breaks=sum(part.scene_breaks for part in story.prose) if story.has_breaks else None,
        divisions=divisions(story),
        notes=notes(story),
        front_words=front,
        back_words=back,
        left_out=manuscript.left_out,
        unmeasured=_unmeasured(total, story),
    )


def _unmeasured(total: Tally, story: Story) -> tuple[str, ...]:
    """The figures that are 0 because there is nothing to measure, or nothing that they say of such a text."""
    found: list[str] = []
    if story.is_script or not total.words:
        found.append("dialogue_share")
    if not total.sentence_words:
        found += ["mean_sentence_words", "sentence_spread"]
    if story.is_script or not story.is_english or not total.is_readable:
        found += ["reading_ease", "grade"]
    return tuple(found)


def divisions(story: Story) -> str:
    """What the manuscript is divided into: the sections that hold prose, by kind."""
    kinds = Counter(part.section.kind for part in story.told)
    others = kinds.total() - kinds[SectionKind.CHAPTER] - kinds[SectionKind.LETTER]
    counted = [
        _counted(kinds[SectionKind.CHAPTER], "chapter"),
        _counted(kinds[SectionKind.LETTER], "letter"),
        _counted(others, "more section" if others < kinds.total() else "section"),
    ]
    *first, last = [each for each in counted if each] or [""]
    return f"{', '.join(first)} and {last}" if first else last


def notes(story: Story) -> tuple[str, ...]:
    """What is left out of the report, and why."""
    found: list[str] = []
    if not story.is_english:
        name = story.language.name if story.language else ""
        reads = f"reads as {name}" if name else "is in a language that we do not know"
        titles = _listed([section.TITLE for section in SECTIONS if section.NEEDS_ENGLISH])
        found.append(NOT_ENGLISH.format(reads=reads, left_out=titles))
    if story.is_script:
        titles = _listed([section.TITLE.lower() for section in SECTIONS if section.NEEDS_PROSE])
        found.append(PLAY.format(left_out=titles))
    return tuple(found)


def _listed(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _counted(count: int, unit: str) -> str:
    return f"{count:,} {unit}{'' if count == 1 else 's'}" if count else ""


def reading_minutes(words: int) -> float:
    """At the usual speed for fiction."""
    return round(words / WORDS_PER_MINUTE, 1)


def _opening(part: SectionProse) -> str:
    if not part.paragraphs:
        return ""
    return part.paragraphs[0].quote(0, 0, around=_OPENING_CHARACTERS)
