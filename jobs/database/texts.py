"""The texts of manuscripts as their analyses kept them, read a chapter at a time. Decodes rows; decides nothing."""

from collections.abc import Collection, Sequence
from uuid import UUID

from jobs.analysis.drafts.draft import Draft, Span, by_chapter
from jobs.analysis.words.quote import quoted
from jobs.database.rows import read_uuid
from jobs.models import Marks, Occurrence, Outline, Passage
from jobs.ports import Gateway, Row


class TextStore:
    """Chapters in the database, each call scoped to the owner. Raises what Gateway.call raises."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def newest_reports(self, owner_id: UUID, manuscript_ids: Sequence[UUID]) -> dict[UUID, UUID]:
        """The id of the newest report of each manuscript that has one."""
        rows = await self._gateway.call("reports_newest", p_owner_id=owner_id, p_manuscript_ids=list(manuscript_ids))
        return {read_uuid(row["manuscript_id"]): read_uuid(row["report_id"]) for row in rows}

    async def outline(self, owner_id: UUID, report_id: UUID, chapter: int) -> Outline:
        """The chapter's passages without their text; none where there is no such text."""
        [row] = await self._gateway.call(
            "chapter_outline", p_owner_id=owner_id, p_report_id=report_id, p_chapter=chapter
        )
        return Outline(paragraphs=tuple(row["paragraphs"]), lengths=tuple(row["lengths"]), scenes=tuple(row["scenes"]))

    async def passages(self, owner_id: UUID, report_id: UUID, chapter: int, *, first: int, limit: int) -> list[Passage]:
        """Up to `limit` passages from position `first` on."""
        rows = await self._gateway.call(
            "chapter_passages",
            p_owner_id=owner_id,
            p_report_id=report_id,
            p_chapter=chapter,
            p_from=first,
            p_limit=limit,
        )
        return [_passage(row) for row in rows]

    async def marks(self, owner_id: UUID, report_id: UUID, chapter: int, kinds: Collection[str] | None) -> list[Marks]:
        """What is found in the chapter, of these kinds or of all."""
        rows = await self._gateway.call(
            "chapter_marks",
            p_owner_id=owner_id,
            p_report_id=report_id,
            p_chapter=chapter,
            p_kinds=None if kinds is None else list(kinds),
        )
        return [Marks(kind=row["kind"], places=tuple(map(tuple, row["marks"]))) for row in rows]

    async def places(
        self, owner_id: UUID, report_id: UUID, kind: str, label: str | None, *, after: int, limit: int
    ) -> list[Occurrence]:
        """Up to `limit` places of a kind of finding, or of one label of it, behind the first `after`."""
        rows = await self._gateway.call(
            "report_places",
            p_owner_id=owner_id,
            p_report_id=report_id,
            p_kind=kind,
            p_label=label,
            p_after=after,
            p_limit=limit,
        )
        return [_occurrence(row) for row in rows]

    async def draft(self, owner_id: UUID, report_id: UUID, *, words: int) -> Draft:
        """The whole text of a report, and all that is marked in it; `words` is what the report counts."""
        rows = await self._gateway.call("report_text", p_owner_id=owner_id, p_report_id=report_id)
        marks: dict[str, dict[int, list[Span]]] = {}
        for row in await self._gateway.call("report_marks_get", p_owner_id=owner_id, p_report_id=report_id):
            marks.setdefault(row["kind"], {})[row["chapter"]] = [(a, b, c, d) for a, b, c, d in row["marks"]]
        passages = ((row["chapter"], row["paragraph"], row["text"]) for row in rows)
        return Draft(chapters=by_chapter(passages), marks=marks, words=words)


def _passage(row: Row) -> Passage:
    return Passage(
        position=row["position"],
        paragraph=row["paragraph"],
        start=row["start"],
        after_break=row["after_break"],
        text=row["text"],
    )


def _occurrence(row: Row) -> Occurrence:
    start, end, offset = row["start"], row["ends"], row["passage_start"]
    return Occurrence(
        position=row["ordinal"],
        total=row["total"],
        label=row["label"],
        chapter=row["chapter"],
        paragraph=row["paragraph"],
        start=start,
        end=end,
        quote=quoted(row["passage"], start - offset, end - offset),
    )
