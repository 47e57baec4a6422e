"""A manuscript file to its report, telling on the way what is being done and how far it is."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from jobs.analysis.bands import bands
from jobs.analysis.document import Document
from jobs.analysis.highlights import highlights
from jobs.analysis.reading.reader import read_manuscript
from jobs.analysis.report import FindingKind, ReportBody, ReportSection
from jobs.analysis.sections.all import SECTIONS
from jobs.analysis.sections.section import Measured, Section
from jobs.analysis.story.story import Story, read_story
from jobs.analysis.structure.chapters import split
from jobs.analysis.summary import chapter_reports, summary
from jobs.analysis.text import KeptText, Marks, keep_text, shown

Progress = Callable[[str, float], None]
"""Told a stage in an author's words and a number from 0 to 1 that never falls."""

_READ, _SPLIT, _COUNTED, _MEASURED = 0.05, 0.12, 0.65, 0.99


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """What is kept of an analysis."""

    report: ReportBody
    text: KeptText | None
    """None where it is too long to be kept."""


def analyse(path: Path, filename: str, progress: Progress) -> Analysis:
    """The report on the manuscript in the file, and its text.

    Raises Unreadable, UnsupportedFormat or TooLarge with a sentence for the author.
    """
    progress("Reading the file", 0.01)
    document = read_manuscript(path, filename)
    progress("Reading the file", _READ)
    return analyse_document(document, progress)


def analyse_document(document: Document, progress: Progress) -> Analysis:
    """The report on a document that has been read, and its text."""
    progress("Finding chapters", _READ)
    manuscript = split(document)
    progress("Finding chapters", _SPLIT)
    story = read_story(manuscript, lambda done: progress("Reading chapters", _SPLIT + (_COUNTED - _SPLIT) * done))
    marks = Marks()
    sections = tuple(_sections(story, marks, progress))
    text = keep_text(story.prose, marks)
    chapters = chapter_reports(story)
    report = ReportBody(
        summary=summary(story),
        chapters=chapters,
        sections=sections,
        highlights=highlights(sections, chapters, is_english=story.is_english),
        bands=bands(sections) if story.is_english else (),
        has_text=text is not None,
    )
    progress("Writing the report", _MEASURED)
    return Analysis(report=report, text=text)


def _sections(story: Story, marks: Marks, progress: Progress) -> Iterator[ReportSection]:
    wanted = [section for section in SECTIONS if _is_wanted(section, story)]
    for done, section in enumerate(wanted):
        progress(f"Measuring: {section.TITLE}", _COUNTED + (_MEASURED - _COUNTED) * done / len(wanted))
        if (measured := section.measure(story)) is not None:
            kinds = marks.add(section, measured, len(story.prose))
            yield shown(_reported(section, measured, kinds), story.prose)


def _reported(section: Section, measured: Measured, kinds: tuple[FindingKind, ...]) -> ReportSection:
    return ReportSection(
        key=section.KEY,
        title=section.TITLE,
        how_to_read=section.GUIDE,
        figures=tuple(measured.figures),
        findings=tuple(measured.findings),
        kinds=kinds,
        source=section.SOURCE,
        curve=tuple(measured.curve),
    )


def _is_wanted(section: Section, story: Story) -> bool:
    return (story.is_english or not section.NEEDS_ENGLISH) and not (story.is_script and section.NEEDS_PROSE)
