"""Whether a manuscript is written in English, and what of a report holds when it is not."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from jobs.analysis.report import ReportBody, ReportSection
from jobs.analysis.sections import guides
from jobs.analysis.sections.frequency import function_words
from jobs.analysis.story.prose import SectionProse

_LEAST = 0.3
"""Share of English's commonest words: novels in English have about 0.55, other languages up to 0.16."""
_FEWEST = 50
"""Words; fewer tell nothing, and count as English."""
_SAMPLE = 20_000
_OF_ENGLISH = frozenset({"readability", "frequent_words", "overused_words", "style"})


def is_english(prose: Sequence[SectionProse]) -> bool:
    """Whether the commonest words of English are common in it, by its first words."""
    words = (word.form for part in prose for paragraph in part.paragraphs for word in paragraph.words)
    sample = [form for form in islice(words, _SAMPLE) if not form[0].isdigit()]
    common = function_words()
    return len(sample) < _FEWEST or sum(form in common for form in sample) >= _LEAST * len(sample)


def without_english(report: ReportBody) -> ReportBody:
    """The report without what is measured against English, which says so where it is read first."""
    first, *others = (section for section in report.sections if section.key not in _OF_ENGLISH)
    return replace(
        report,
        summary=replace(report.summary, reading_ease=0.0, grade=0.0),
        chapters=tuple(replace(chapter, reading_ease=0.0, grade=0.0) for chapter in report.chapters),
        sections=(_noted(first), *others),
    )


def _noted(section: ReportSection) -> ReportSection:
    return replace(section, how_to_read=f"{section.how_to_read}\n\n{guides.NOT_ENGLISH}")
