"""A manuscript file to its report, telling on the way what is being done and how far it is."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from jobs.analysis.document import Document
from jobs.analysis.language import is_english, without_english
from jobs.analysis.reading.reader import read_manuscript
from jobs.analysis.report import ChapterReport, Figure, Finding, ReportBody, ReportSection
from jobs.analysis.sections import guides
from jobs.analysis.sections.characters import find_characters
from jobs.analysis.sections.frequency import frequent_words, overused_words
from jobs.analysis.sections.repetition import repeated_phrases
from jobs.analysis.sections.style import style_counts, style_findings
from jobs.analysis.sections.vocabulary import FEWEST_FOR_MTLD, WINDOW, mattr, mtld
from jobs.analysis.story.names import Names, find_names
from jobs.analysis.story.pace import Tally, chapter_report, summary, tally
from jobs.analysis.story.prose import SectionProse, read_prose
from jobs.analysis.structure.chapters import split

Progress = Callable[[str, float], None]
"""Told a stage in an author's words and a number from 0 to 1 that never falls."""

_READ, _SPLIT, _CHAPTERS, _COUNTED = 0.05, 0.12, 0.4, 0.65


def analyse(path: Path, filename: str, progress: Progress) -> ReportBody:
    """The report on the manuscript in the file.

    Raises Unreadable, UnsupportedFormat or TooLarge with a sentence for the author.
    """
    progress("Reading the file", 0.01)
    document = read_manuscript(path, filename)
    progress("Reading the file", _READ)
    return analyse_document(document, progress)


def analyse_document(document: Document, progress: Progress) -> ReportBody:
    """The report on a document that has been read."""
    progress("Finding chapters", _READ)
    manuscript = split(document)
    progress("Finding chapters", _SPLIT)
    count = len(manuscript.sections)
    prose = read_prose(
        manuscript.sections,
        lambda done: progress("Reading chapters", _SPLIT + (_CHAPTERS - _SPLIT) * done / count),
    )
    total, chapters = _count(prose, progress)
    report = ReportBody(
        summary=summary(manuscript, prose, total), chapters=chapters, sections=_sections(prose, total, progress)
    )
    progress("Writing the report", 0.99)
    return report if is_english(prose) else without_english(report)


def _count(prose: Sequence[SectionProse], progress: Progress) -> tuple[Tally, tuple[ChapterReport, ...]]:
    total = Tally()
    chapters: list[ChapterReport] = []
    for done, part in enumerate(prose, start=1):
        counted = tally(part.paragraphs)
        chapters.append(chapter_report(part, counted))
        total.add(counted)
        progress("Counting words", _CHAPTERS + (_COUNTED - _CHAPTERS) * done / len(prose))
    return total, tuple(chapters)


def _sections(prose: Sequence[SectionProse], total: Tally, progress: Progress) -> tuple[ReportSection, ...]:
    names = find_names(prose)
    progress("Comparing with ordinary English", 0.66)
    frequent = _frequent(prose, names)
    progress("Comparing with ordinary English", 0.72)
    overused = _overused(prose, names)
    progress("Looking for repeated phrases", 0.78)
    phrases = _phrases(prose, names)
    progress("Looking at the style", 0.88)
    style = _style(prose)
    progress("Listing the characters", 0.93)
    characters = _characters(prose, names)
    progress("Measuring the vocabulary", 0.96)
    return (
        _structure(total),
        *_readability(total),
        frequent,
        overused,
        phrases,
        style,
        characters,
        _vocabulary(prose),
    )


def _structure(total: Tally) -> ReportSection:
    return ReportSection(
        key="structure",
        title="Structure and pace",
        how_to_read=guides.STRUCTURE,
        figures=(
            Figure(label="Dialogue", value=total.dialogue_share, unit="share of words", meaning="spoken words"),
            Figure(label="Sentence length", value=total.mean_sentence_words, unit="words", meaning="mean"),
        ),
    )


def _readability(total: Tally) -> Iterator[ReportSection]:
    if not total.is_readable:
        return
    yield ReportSection(
        key="readability",
        title="Readability",
        how_to_read=guides.READABILITY,
        figures=(
            Figure(
                label="Flesch reading ease",
                value=total.reading_ease,
                unit="points",
                meaning="higher is easier",
            ),
            Figure(label="Flesch–Kincaid grade", value=total.grade, unit="years", meaning="of school"),
        ),
    )


def _frequent(prose: Sequence[SectionProse], names: Names) -> ReportSection:
    return ReportSection(
        key="frequent_words",
        title="Most frequent words",
        how_to_read=guides.FREQUENT,
        findings=frequent_words(prose, names),
    )


def _overused(prose: Sequence[SectionProse], names: Names) -> ReportSection:
    return ReportSection(
        key="overused_words",
        title="More than ordinary English",
        how_to_read=guides.OVERUSED,
        findings=overused_words(prose, names),
    )


def _phrases(prose: Sequence[SectionProse], names: Names) -> ReportSection:
    return ReportSection(
        key="repeated_phrases",
        title="Repeated phrases",
        how_to_read=guides.PHRASES,
        findings=repeated_phrases(prose, names),
    )


def _style(prose: Sequence[SectionProse]) -> ReportSection:
    counts = style_counts(prose)
    kinds = (
        ("Adverbs in -ly", "adverb", counts.adverbs),
        ("Filter words", "filter word", counts.filters),
        ("Passive voice", "passive", counts.passives),
    )
    words = counts.narration_words
    figures = tuple(
        Figure(
            label=label,
            value=round(len(uses) * 1000 / words, 2) if words else 0.0,
            unit="in 1,000 words of narration",
            meaning=f"{len(uses):,} in all",
        )
        for label, _, uses in kinds
    )
    findings: list[Finding] = []
    for _, note, uses in kinds:
        findings += style_findings(uses, prose, words, note)
    return ReportSection(
        key="style",
        title="Style in narration",
        how_to_read=guides.STYLE,
        figures=figures,
        findings=tuple(findings),
    )


def _characters(prose: Sequence[SectionProse], names: Names) -> ReportSection:
    return ReportSection(
        key="characters",
        title="Characters",
        how_to_read=guides.CHARACTERS,
        findings=find_characters(prose, names),
    )


def _vocabulary(prose: Sequence[SectionProse]) -> ReportSection:
    words = [word.form for part in prose for paragraph in part.paragraphs for word in paragraph.words]
    figures = [
        Figure(label="Different words", value=float(len(set(words))), unit="words", meaning="forms counted once")
    ]
    if len(words) >= FEWEST_FOR_MTLD:
        figures.append(Figure(label="MTLD", value=round(mtld(words), 1), unit="words", meaning="higher is more varied"))
    if len(words) >= WINDOW:
        meaning = f"in windows of {WINDOW} words"
        figures.append(Figure(label="MATTR", value=round(mattr(words), 4), unit="share", meaning=meaning))
    return ReportSection(key="vocabulary", title="Vocabulary", how_to_read=guides.VOCABULARY, figures=tuple(figures))
