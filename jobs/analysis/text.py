"""The text of a manuscript as it is kept beside the report, with every finding marked in it.

A long paragraph is kept in several passages, so that whoever reads a chapter can ask for a page of it and knows how
much that can be. `start` and `end` of a mark count characters (code points) in the paragraph.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from jobs.analysis.document import Role
from jobs.analysis.report import Finding, FindingKind, ReportSection
from jobs.analysis.sections.section import Measured, Section
from jobs.analysis.story.prose import SectionProse

MOST_CHARACTERS = 12_000_000
"""Two million words, twice the longest novel there is. What is longer is measured and not kept."""
LONGEST_PASSAGE = 6_000
"""Characters, a thousand words: few paragraphs of novels are as long."""
MOST_MARKS = 50_000
"""Of a kind: the names and frequent words of a book of a million words."""
_SHOWN_PLACES = 8
_NOT_STORABLE = re.compile("[\\x00\\ud800-\\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A paragraph, or a piece of a long one."""

    chapter: int
    position: int
    """1 for the first of the chapter."""
    paragraph: int
    start: int
    """Characters of its paragraph before it; 0 but for later pieces."""
    after_break: bool
    """Whether a scene break stands right above it."""
    text: str


@dataclass(slots=True, kw_only=True)
class Marks:
    """The places of all findings, as they are gathered from the sections of the report."""

    of: dict[str, dict[int, list[tuple[int, int, int, str]]]] = field(default_factory=dict)
    """By kind and chapter: paragraph, start, end and label of each place, in the order of the text."""

    def add(self, section: Section, measured: Measured, chapters: int) -> tuple[FindingKind, ...]:
        """Takes the places of a section's findings; returns the kinds that it found, counted."""
        every = (*measured.findings, *measured.unlisted)
        kinds = section.KINDS or (FindingKind(key=section.KEY, title=section.TITLE),) if every else ()
        counted = (self._counted(kind, section, every, chapters) for kind in kinds)
        return tuple(kind for kind in counted if kind.count)

    def _counted(self, kind: FindingKind, section: Section, findings: Iterable[Finding], chapters: int) -> FindingKind:
        found = _by_chapter(each for each in findings if (each.kind or section.KEY) == kind.key)
        if found:
            self.of[kind.key] = found
        by_chapter = tuple(len(found.get(number, ())) for number in range(1, chapters + 1))
        return replace(kind, count=sum(by_chapter), by_chapter=by_chapter)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptText:
    """What is stored beside a report."""

    passages: Sequence[Passage]
    marks: Mapping[str, Mapping[int, Sequence[tuple[int, int, int, str]]]]

    def to_json(self) -> dict[str, Any]:
        """A dictionary that the json module takes as it is: rows as SQL's job_complete reads them."""
        return {
            "passages": [
                [each.chapter, each.position, each.paragraph, each.start, each.after_break, _storable(each.text)]
                for each in self.passages
            ],
            "marks": [
                [chapter, kind, [(*mark[:3], _storable(mark[3])) for mark in marks]]
                for kind, rows in self.marks.items()
                for chapter, marks in rows.items()
            ],
        }


def keep_text(prose: Sequence[SectionProse], marks: Marks) -> KeptText | None:
    """The text with its marks; None for one that is too long to be kept."""
    if sum(len(paragraph.text) for part in prose for paragraph in part.paragraphs) > MOST_CHARACTERS:
        return None
    return KeptText(passages=[passage for part in prose for passage in _passages(part)], marks=marks.of)


def shown(section: ReportSection, prose: Sequence[SectionProse]) -> ReportSection:
    """The section as a report holds it: its findings with their first places, quoted."""
    return replace(section, findings=tuple(_shown(finding, section.key, prose) for finding in section.findings))


def _storable(text: str) -> str:
    """The text without the characters that PostgreSQL takes in no text, each with one in its place."""
    return _NOT_STORABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def _shown(finding: Finding, section: str, prose: Sequence[SectionProse]) -> Finding:
    places = tuple(
        replace(place, quote=prose[place.chapter - 1].paragraphs[place.paragraph - 1].quote(place.start, place.end))
        for place in finding.places[:_SHOWN_PLACES]
    )
    return replace(finding, kind=finding.kind or section, places=places, spans=())


def _passages(part: SectionProse) -> Iterator[Passage]:
    position = 0
    breaks = _below_breaks(part)
    for paragraph in part.paragraphs:
        for start, text in _pieces(paragraph.text):
            position += 1
            yield Passage(
                chapter=part.section.number,
                position=position,
                paragraph=paragraph.number,
                start=start,
                after_break=start == 0 and paragraph.number in breaks,
                text=text,
            )


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    """The text cut behind spaces, or anywhere where there are none."""
    start = 0
    while len(text) - start > LONGEST_PASSAGE:
        end = text.rfind(" ", start, start + LONGEST_PASSAGE) + 1 or start + LONGEST_PASSAGE
        yield start, text[start:end]
        start = end
    yield start, text[start:]


def _below_breaks(part: SectionProse) -> set[int]:
    """Numbers of the paragraphs that follow a scene break."""
    number = 0
    found: set[int] = set()
    for above, block in zip((None, *part.section.body), part.section.body, strict=False):
        number += block.role is not Role.BREAK
        if above is not None and above.role is Role.BREAK and block.role is not Role.BREAK and number > 1:
            found.add(number)
    return found


def _spans(finding: Finding) -> Iterable[tuple[int, int, int, int]]:
    places = ((place.chapter, place.paragraph, place.start, place.end) for place in finding.places)
    return finding.spans or (span for span in places if span[3] > span[2])


def _by_chapter(findings: Iterable[Finding]) -> dict[int, list[tuple[int, int, int, str]]]:
    places = sorted((*span, finding.label) for finding in findings for span in _spans(finding))
    by_chapter: dict[int, list[tuple[int, int, int, str]]] = defaultdict(list)
    for chapter, paragraph, start, end, label in places[:MOST_MARKS]:
        by_chapter[chapter].append((paragraph, start, end, label))
    return dict(by_chapter)
