"""A chapter as clients read it: the text that the analysis kept, page by page, with what was found marked in it."""

from typing import Annotated
from uuid import UUID

import strawberry

from jobs import models
from jobs.errors import InvalidInput
from jobs.service import MAX_PAGE
from schema.context import Asked
from schema.node import described

_PAGE = 20
_MOST_KINDS = 100
_LONGEST_LABEL = 1000
_LARGEST = 2**31 - 1
First = Annotated[int | None, strawberry.argument(description="How many: 1 to 100.")]
From = Annotated[int | None, strawberry.argument(description="The position of the first; 1 is the chapter's first.")]
Kinds = Annotated[
    list[str] | None, strawberry.argument(description="The `key` of each kind to show; null: all of them.")
]


@strawberry.type(description="A paragraph of a chapter, or a piece of a long one.")
class Passage:
    position: int = described("1 for the first of the chapter.")
    paragraph: int = described("The paragraph: 1 for the first below the heading; scene breaks are not counted.")
    start: int = described("Characters of the paragraph before this piece; 0 but for the later pieces of a long one.")
    after_break: bool = described("Whether a scene break stands above it.")
    text: str = described("The author's own words, on one line; at most 6,000 characters.")


@strawberry.type(
    description="The findings of one kind in one chapter, in the order of the text, as series of numbers of one "
    "length. Positions count characters (Unicode code points, not UTF-16 units) of the paragraph."
)
class ChapterMarks:
    kind: str = described("The `key` of the kind.")
    labels: list[str] = described("What was found, each label once.")
    label: list[int] = described("Of each finding the index in `labels`.")
    paragraph: list[int] = described("The paragraph in which it stands.")
    start: list[int] = described("Characters of the paragraph before it.")
    end: list[int] = described("Characters of the paragraph up to its end.")

    @classmethod
    def of(cls, marks: models.Marks) -> "ChapterMarks":
        """The marks as clients see them."""
        index = {label: place for place, label in enumerate(dict.fromkeys(mark[3] for mark in marks.places))}
        return cls(
            kind=marks.kind,
            labels=list(index),
            label=[index[mark[3]] for mark in marks.places],
            paragraph=[mark[0] for mark in marks.places],
            start=[mark[1] for mark in marks.places],
            end=[mark[2] for mark in marks.places],
        )


@strawberry.type(
    description="What a chapter is made of, as series, so that a client can lay it out before it has the text."
)
class ChapterOutline:
    paragraphs: list[int] = described("Of each passage its paragraph; empty where there is no text.")
    lengths: list[int] = described("Of each passage its length in characters.")
    scenes: list[int] = described("Positions of the passages with which a further scene begins.")


@strawberry.type(
    description="The text of one section of the manuscript. A chapter that is not there, or whose text was not kept, "
    "has no passages: `AnalysisReport.hasText` says which."
)
class Chapter:
    number: int = described("The `number` of the section in `AnalysisReport.chapters`.")
    report_id: strawberry.Private[UUID]

    @strawberry.field(description="Its passages without their text.")
    async def outline(self, info: Asked) -> ChapterOutline:
        outline = await info.context.service.texts.outline(info.context.owner_id, self.report_id, self.number)
        return ChapterOutline(
            paragraphs=list(outline.paragraphs), lengths=list(outline.lengths), scenes=list(outline.scenes)
        )

    @strawberry.field(description="Its text, some passages at a time.")
    async def passages(self, info: Asked, first: First = _PAGE, start_at: From = 1) -> list[Passage]:
        limit, position = _within(first, "first", MAX_PAGE, _PAGE), _within(start_at, "startAt", _LARGEST, 1)
        found = await info.context.service.texts.passages(
            info.context.owner_id, self.report_id, self.number, first=position, limit=limit
        )
        return [_passage(passage) for passage in found]

    @strawberry.field(description="What was found in it, by kind.")
    async def marks(self, info: Asked, kinds: Kinds = None) -> list[ChapterMarks]:
        if kinds is not None and len(kinds) > _MOST_KINDS:
            raise InvalidInput(f"`kinds` may name {_MOST_KINDS} kinds, not {len(kinds)}.")
        found = await info.context.service.texts.marks(info.context.owner_id, self.report_id, self.number, kinds)
        return [ChapterMarks.of(marks) for marks in found]


def chapter_of(report_id: UUID, number: int) -> Chapter:
    """The chapter of this number. Raises InvalidInput for a number that no chapter can have."""
    return Chapter(number=_within(number, "number", _LARGEST, 1), report_id=report_id)


@strawberry.type(description="A finding at one place of the text.")
class Occurrence:
    position: int = described("1 for the first in the text; `after` goes on from it.")
    label: str = described("What was found.")
    chapter: int = described("The `number` of the section.")
    paragraph: int = described("1 for the first paragraph below the heading; scene breaks are not counted.")
    start: int = described("Characters of the paragraph before it.")
    end: int = described("Characters of the paragraph up to its end.")
    quote: str = described("A few words around it, as they stand.")


@strawberry.type(description="Some places of a kind of finding, in the order of the text.")
class OccurrencePage:
    total: int = described("How many places there are in all.")
    occurrences: list[Occurrence] = described("Those of this page.")


Number = Annotated[int, strawberry.argument(description="The `number` of the section; 1 is the first.")]
Label = Annotated[str | None, strawberry.argument(description="Only findings of this label; null: all of the kind.")]
Kind = Annotated[str, strawberry.argument(description="The `key` of the kind.")]
Behind = Annotated[int | None, strawberry.argument(description="The `position` to go on from; 0 begins.")]


async def occurrences(
    info: Asked, report_id: UUID, kind: str, label: str | None, first: int | None, after: int | None
) -> OccurrencePage:
    """A page of the places of a kind of finding."""
    limit = _within(first, "first", MAX_PAGE, _PAGE)
    behind = 0 if not after else _within(after, "after", _LARGEST, 1)
    if max(len(kind), len(label or "")) > _LONGEST_LABEL:
        raise InvalidInput(f"`kind` and `label` may have {_LONGEST_LABEL} characters.")
    found = await info.context.service.texts.places(
        info.context.owner_id, report_id, kind, label, after=behind, limit=limit
    )
    return OccurrencePage(total=found[0].total if found else 0, occurrences=[_occurrence(each) for each in found])


def _within(value: int | None, name: str, most: int, usual: int) -> int:
    if value is None:
        return usual
    if not 1 <= value <= most:
        raise InvalidInput(f"`{name}` must be from 1 to {most}, not {value}.")
    return value


def _passage(passage: models.Passage) -> Passage:
    return Passage(
        position=passage.position,
        paragraph=passage.paragraph,
        start=passage.start,
        after_break=passage.after_break,
        text=passage.text,
    )


def _occurrence(found: models.Occurrence) -> Occurrence:
    return Occurrence(
        position=found.position,
        label=found.label,
        chapter=found.chapter,
        paragraph=found.paragraph,
        start=found.start,
        end=found.end,
        quote=found.quote,
    )
