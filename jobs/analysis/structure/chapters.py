"""A document to its sections: parts, chapters, letters and the rest, each block in exactly one place."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from jobs.analysis.document import Block, Document, Role
from jobs.analysis.structure.breaks import usual_space, with_breaks
from jobs.analysis.structure.headings import LONGEST_CHAPTER, Chosen, Heading, choose_headings
from jobs.analysis.structure.ranks import ranked
from jobs.analysis.structure.witnesses import witnessed
from jobs.analysis.words.markers import Place, SectionKind
from jobs.analysis.words.words import count_words, words_of

WHOLE_TEXT = "Whole text"
OPENING = "Opening"
MAX_SECTIONS = 2_000
"""A text with more lines that look like headings has none: it is a table or a script."""
_OPENING_WORDS = 600
"""Text above the first heading that is longer is no title page but the story's beginning."""
_SHORTEST_PARAGRAPH = 12
"""Words; what is shorter may be an entry of a list. A guess."""
_NESTED_CHAPTER = 0
"""Words: a table of contents lists parts with their chapters, hardly ever chapters with their scenes."""
_START = "START OF TH"
_END = "END OF TH"
_END_LINES = ("End of the Project Gutenberg", "End of Project Gutenberg")


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading with the text below it."""

    number: int
    """1 for the first section, then up; parts count as well."""
    kind: SectionKind
    heading: str
    """As it stands in the manuscript, on one line and without ornaments; "" where there is none."""
    name: str
    """Without number and keyword, from the heading or the line below it; may be ""."""
    heading_blocks: tuple[Block, ...]
    body: tuple[Block, ...]

    @property
    def title(self) -> str:
        """What to call the section: "I — Introduction", also where number and name stand on two lines."""
        if not self.heading or self.name in self.heading:
            return self.heading or self.name
        return f"{self.heading} — {self.name}"

    @property
    def words(self) -> int:
        """Of heading and text."""
        return words_of(self.heading_blocks) + words_of(self.body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manuscript:
    """A document in order: what stands before the story, the story in sections, what stands after it."""

    front: tuple[Block, ...]
    sections: tuple[Section, ...]
    back: tuple[Block, ...]
    left_out: tuple[str, ...] = ()


def split(document: Document) -> Manuscript:
    """The sections of a document. One without headings becomes a single section that holds all of it."""
    before, story, after = witnessed(document, _story_limits(document.blocks))
    longest = _NESTED_CHAPTER if document.outline else LONGEST_CHAPTER
    return _split(document, before, story, after, choose_headings(story, longest_chapter=longest))


def _split(
    document: Document,
    before: Sequence[Block],
    story: Sequence[Block],
    after: Sequence[Block],
    chosen: Chosen,
) -> Manuscript:
    headings = ranked(chosen.headings, chosen.words_below) if len(chosen.headings) <= MAX_SECTIONS else []
    first, last = _story_headings(headings)
    if first == last:
        return _manuscript(document, before, (_whole(story),), after)
    story_start = headings[first].index
    story_end = headings[last].index if last < len(headings) else len(story)
    front = story[:story_start]
    opening = [_opening(front)] if _told(front, chosen.contents) > _OPENING_WORDS else []
    sections = tuple(opening + _sections(story[:story_end], headings[first:last], len(opening) + 1))
    above = () if opening else front
    return _manuscript(document, (*before, *above), sections, (*story[story_end:], *after))


def _told(front: Sequence[Block], contents: Collection[int]) -> int:
    """Words of its paragraphs, without the entries of lists."""
    counts = (count_words(block.text) for index, block in enumerate(front) if index not in contents)
    return sum(words for words in counts if words >= _SHORTEST_PARAGRAPH)


def _manuscript(
    document: Document, front: Sequence[Block], sections: tuple[Section, ...], back: Sequence[Block]
) -> Manuscript:
    return Manuscript(front=tuple(front), sections=sections, back=tuple(back), left_out=document.left_out)


def _story_limits(blocks: Sequence[Block]) -> tuple[int, int]:
    """Where a library's own notice ends and begins again: "*** START OF THE PROJECT … ***"."""
    start, end = 0, len(blocks)
    for index, block in enumerate(blocks):
        if block.text.startswith("***") and _START in block.text[:30]:
            start = index + 1
        elif index > start and _ends_book(block.text):
            end = min(end, index)
    return (start, end) if start < end else (0, len(blocks))


def _ends_book(text: str) -> bool:
    return (text.startswith("***") and _END in text[:30]) or text.startswith(_END_LINES)


def _story_headings(headings: Sequence[Heading]) -> tuple[int, int]:
    """The headings between front and back matter, as a range."""
    story = [position for position, heading in enumerate(headings) if heading.place is Place.STORY]
    if not story:
        return 0, 0
    first, last = story[0], story[-1] + 1
    while last < len(headings) and headings[last].place is Place.FRONT:
        last += 1  # "Introduction" after the last chapter is no front matter
    return first, last


def _whole(blocks: Sequence[Block]) -> Section:
    body = with_breaks(blocks, usual_space([blocks]))
    return Section(number=1, kind=SectionKind.OTHER, heading="", name=WHOLE_TEXT, heading_blocks=(), body=body)


def _opening(blocks: Sequence[Block]) -> Section:
    return Section(number=1, kind=SectionKind.OTHER, heading="", name=OPENING, heading_blocks=(), body=tuple(blocks))


def _sections(blocks: Sequence[Block], headings: Sequence[Heading], number: int) -> list[Section]:
    ends = [heading.index for heading in headings[1:]] + [len(blocks)]
    bodies = [
        _with_scenes(blocks[heading.body_index : end], heading) for heading, end in zip(headings, ends, strict=True)
    ]
    usual = usual_space(bodies)
    return [
        Section(
            number=number + position,
            kind=heading.kind,
            heading=heading.text,
            name=heading.name,
            heading_blocks=tuple(blocks[heading.index : heading.body_index]),
            body=with_breaks(body, usual),
        )
        for position, (heading, body) in enumerate(zip(headings, bodies, strict=True))
    ]


def _with_scenes(blocks: Sequence[Block], heading: Heading) -> tuple[Block, ...]:
    """Headings of scenes within a chapter count as breaks between them."""
    scenes = {index - heading.body_index for index in heading.scenes}
    return tuple(
        replace(block, role=Role.BREAK, level=0) if position in scenes else block
        for position, block in enumerate(blocks)
    )
