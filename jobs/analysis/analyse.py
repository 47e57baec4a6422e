"""A manuscript file to its report, telling on the way what is being done and how far it is."""

from collections.abc import Callable, Iterator
from pathlib import Path

from jobs.analysis.document import Document
from jobs.analysis.reading.reader import read_manuscript
from jobs.analysis.report import ReportBody, ReportSection
from jobs.analysis.sections.all import SECTIONS
from jobs.analysis.sections.section import Section
from jobs.analysis.story.story import Story, read_story
from jobs.analysis.structure.chapters import split
from jobs.analysis.summary import chapter_reports, summary

Progress = Callable[[str, float], None]
"""Told a stage in an author's words and a number from 0 to 1 that never falls."""

_READ, _SPLIT, _COUNTED, _MEASURED = 0.05, 0.12, 0.65, 0.99


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
    story = read_story(manuscript, lambda done: progress("Reading chapters", _SPLIT + (_COUNTED - _SPLIT) * done))
    report = ReportBody(
        summary=summary(story), chapters=chapter_reports(story), sections=tuple(_sections(story, progress))
    )
    progress("Writing the report", _MEASURED)
    return report


def _sections(story: Story, progress: Progress) -> Iterator[ReportSection]:
    wanted = [section for section in SECTIONS if _is_wanted(section, story)]
    for done, section in enumerate(wanted):
        progress(f"Measuring: {section.TITLE}", _COUNTED + (_MEASURED - _COUNTED) * done / len(wanted))
        if (measured := section.measure(story)) is not None:
            yield ReportSection(
                key=section.KEY,
                title=section.TITLE,
                how_to_read=section.GUIDE,
                figures=tuple(measured.figures),
                findings=tuple(measured.findings),
            )


def _is_wanted(section: Section, story: Story) -> bool:
    return (story.is_english or not section.NEEDS_ENGLISH) and not (story.is_script and section.NEEDS_PROSE)
