from typing import Literal, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import ChapterChangeKind
from .fragments import (
    ChangedPlacesFields,
    DraftChapterFields,
    DraftFigures,
    RefusalFields,
)


class CompareDrafts(BaseModel):
    compare_drafts: Union[
        "CompareDraftsCompareDraftsDraftComparison", "CompareDraftsCompareDraftsRefusal"
    ] = Field(alias="compareDrafts", discriminator="typename__")


class CompareDraftsCompareDraftsDraftComparison(BaseModel):
    typename__: Literal["DraftComparison"] = Field(alias="__typename")
    shared: float
    is_same_book: bool = Field(alias="isSameBook")
    before: "CompareDraftsCompareDraftsDraftComparisonBefore"
    after: "CompareDraftsCompareDraftsDraftComparisonAfter"
    chapters: list["CompareDraftsCompareDraftsDraftComparisonChapters"]
    habits: list["CompareDraftsCompareDraftsDraftComparisonHabits"]
    mended: "CompareDraftsCompareDraftsDraftComparisonMended"
    came_in: "CompareDraftsCompareDraftsDraftComparisonCameIn" = Field(alias="cameIn")


CompareDraftsCompareDraftsDraftComparisonBefore = DraftFigures
CompareDraftsCompareDraftsDraftComparisonAfter = DraftFigures


class CompareDraftsCompareDraftsDraftComparisonChapters(BaseModel):
    change: ChapterChangeKind
    is_moved: bool = Field(alias="isMoved")
    before: list["CompareDraftsCompareDraftsDraftComparisonChaptersBefore"]
    after: list["CompareDraftsCompareDraftsDraftComparisonChaptersAfter"]


CompareDraftsCompareDraftsDraftComparisonChaptersBefore = DraftChapterFields
CompareDraftsCompareDraftsDraftComparisonChaptersAfter = DraftChapterFields


class CompareDraftsCompareDraftsDraftComparisonHabits(BaseModel):
    kind: str
    label: str
    before: int
    after: int


CompareDraftsCompareDraftsDraftComparisonMended = ChangedPlacesFields
CompareDraftsCompareDraftsDraftComparisonCameIn = ChangedPlacesFields


class CompareDraftsCompareDraftsRefusal(RefusalFields):
    typename__: Literal["Refusal"] = Field(alias="__typename")


CompareDrafts.model_rebuild()
CompareDraftsCompareDraftsDraftComparison.model_rebuild()
CompareDraftsCompareDraftsDraftComparisonChapters.model_rebuild()
