"""The drafts of a work as clients see them, and what moved between two."""

from collections.abc import Sequence
from typing import Annotated, cast

import strawberry

from jobs.analysis import report as written
from jobs.analysis.drafts.chapters import ChapterChangeKind
from jobs.analysis.drafts.compare import SAME_BOOK, Comparison
from jobs.analysis.drafts.places import ChangedPlace as FoundPlace
from jobs.drafts import Compared
from schema import enums as enums  # describes the enums before a type uses them
from schema.chapter import Behind, First
from schema.node import described
from schema.refusals import Refusal
from schema.report import AnalysisReport, ChapterReport, TextPlace
from schema.types import page_size


@strawberry.type(description="What became of a chapter, or of several that belong together, in the draft after.")
class ChapterChange:
    change: ChapterChangeKind = described("What became of it.")
    is_moved: bool = described("Whether it stands elsewhere among the chapters that stayed.")
    before: list[ChapterReport] = described("The chapters of the draft before; empty for a new one.")
    after: list[ChapterReport] = described("What they are in the draft after; empty for one that is gone.")


@strawberry.type(description="A word or habit that is rarer or more frequent in the draft after, by more than chance.")
class HabitChange:
    kind: str = described("The `key` of its kind of finding; `word` for a plain word.")
    label: str = described("What it is.")
    before: int = described("Times in the draft before.")
    after: int = described("Times in the draft after.")


@strawberry.type(description="A finding that only one of two drafts has, in a chapter that both have.")
class ChangedPlace:
    kind: str = described("The `key` of its kind of finding.")
    label: str = described("What was found.")
    place: TextPlace = described("Where.")


@strawberry.type(description="Some of the places, in the order of the text.")
class ChangedPlaces:
    total: int = described("How many there are.")
    places: list[ChangedPlace] = described("Those that were asked for.")

    @classmethod
    def of(cls, found: Sequence[FoundPlace], first: int | None, after: int | None) -> "ChangedPlaces":
        """The page behind the first `after`."""
        begin = max(0, after or 0)
        return cls(
            total=len(found), places=[cast(ChangedPlace, each) for each in found[begin : begin + page_size(first)]]
        )


@strawberry.type(
    description="What moved between two drafts. Chapters are known again by their text, never by number or title."
)
class DraftComparison:
    compared: strawberry.Private[Compared]

    @strawberry.field(description="The report on the draft before.")
    def before(self) -> AnalysisReport:
        return AnalysisReport.of(self.compared.before)

    @strawberry.field(description="The report on the draft after.")
    def after(self) -> AnalysisReport:
        return AnalysisReport.of(self.compared.after)

    @strawberry.field(
        description="Of the shorter text, the share of its runs of five words that the other has as well, from 0 to 1."
    )
    def shared(self) -> float:
        return self._found.shared

    @strawberry.field(
        description=f"Whether these are drafts of one book: `shared` is {SAME_BOOK} or more. Where they are "
        "not, ask the author before you show the rest."
    )
    def is_same_book(self) -> bool:
        return self._found.is_same_book

    @strawberry.field(description="Every chapter of both, in the order of the draft after.")
    def chapters(self) -> list[ChapterChange]:
        before, after = (
            {chapter.number: chapter for chapter in written.ReportBody.from_json(report.body).chapters}
            for report in (self.compared.before, self.compared.after)
        )
        return [
            ChapterChange(
                change=each.change,
                is_moved=each.is_moved,
                before=[cast(ChapterReport, before[number]) for number in each.before],
                after=[cast(ChapterReport, after[number]) for number in each.after],
            )
            for each in self._found.chapters
        ]

    @strawberry.field(description="Words and habits that changed by more than chance, those that changed most first.")
    def habits(self, first: First = 20) -> list[HabitChange]:
        return [cast(HabitChange, each) for each in self._found.habits[: page_size(first)]]

    @strawberry.field(
        description="Findings of the draft before that the draft after has no more. What went with its chapter is not "
        "among them, nor what only moved."
    )
    def mended(self, first: First = 20, after: Behind = 0) -> ChangedPlaces:
        return ChangedPlaces.of(self._found.mended, first, after)

    @strawberry.field(description="Findings that came in with the draft after, in chapters that both have.")
    def came_in(self, first: First = 20, after: Behind = 0) -> ChangedPlaces:
        return ChangedPlaces.of(self._found.came_in, first, after)

    @property
    def _found(self) -> Comparison:
        return self.compared.comparison


CompareDraftsResult = Annotated[
    DraftComparison | Refusal,
    strawberry.union("CompareDraftsResult", description="What moved, or why it cannot be said."),
]
