"""The drafts of a work: which manuscripts they are, and what moved between two of them."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from jobs.analysis.drafts.compare import Comparison, compare
from jobs.analysis.report import ReportBody
from jobs.database.store import JobStore
from jobs.errors import NotAllowedNow, NotFound, TooLarge
from jobs.models import Manuscript, Report, Work

MAX_DRAFTS = 50
_KEPT = 8
_MOST_WORDS = 1_000_000
"""Of both together: a second or two, reckoned from 0.3 s for 240,000 words. What memory it takes is a guess."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Two reports, and what moved between their texts."""

    before: Report
    after: Report
    comparison: Comparison


class Drafts:
    """Every method is scoped to the owner it is given."""

    def __init__(self, store: JobStore) -> None:
        self._store = store
        # A report never changes, so what two of them come to never does.
        self._compared: OrderedDict[tuple[UUID, UUID], Comparison] = OrderedDict()
        # One at a time: it keeps a processor busy, and nobody else's answer may wait for several.
        self._turn = asyncio.Lock()

    async def set(self, owner_id: UUID, manuscript_id: UUID, *, draft_of: UUID | None) -> Manuscript:
        """Puts the manuscript beside another, or by itself. Raises NotFound, NotAllowedNow, LimitReached."""
        return await self._store.drafts.set(owner_id, manuscript_id, draft_of=draft_of, max_drafts=MAX_DRAFTS)

    async def works(self, owner_id: UUID, manuscript_ids: Sequence[UUID]) -> dict[UUID, Work]:
        """The work of each of the owner's manuscripts among these."""
        return await self._store.drafts.works(owner_id, manuscript_ids)

    async def compare(self, owner_id: UUID, before: UUID, after: UUID) -> Compared:
        """What moved between the newest reports of two manuscripts, which need be no drafts of one work.

        Raises NotFound; NotAllowedNow where there is no report yet, or no text beside it; TooLarge.
        """
        old, new = await self._reports(owner_id, before, after)
        reports = (old.id, new.id)
        if (comparison := self._compared.get(reports)) is None:
            async with self._turn:
                # Whoever asked for the same meanwhile has it compared by now.
                if (comparison := self._compared.get(reports)) is None:
                    comparison = await self._compare(owner_id, old, new)
                    self._keep(reports, comparison)
        return Compared(before=old, after=new, comparison=comparison)

    async def _reports(self, owner_id: UUID, before: UUID, after: UUID) -> tuple[Report, Report]:
        named = {each.id: each for each in await self._store.manuscripts(owner_id, [before, after])}
        found = {each.manuscript_id: each for each in await self._store.reports_of_manuscripts(owner_id, [*named])}
        for id in (before, after):
            if id not in named:
                raise NotFound("There is no such manuscript.")
            if id not in found:
                raise NotAllowedNow(f"\u201c{named[id].title}\u201d has no report yet. Analyse it first.")
            if not found[id].body.get("has_text"):
                raise NotAllowedNow(
                    f"The report on \u201c{named[id].title}\u201d was made before texts were kept. Analyse it again."
                )
        return found[before], found[after]

    async def _compare(self, owner_id: UUID, old: Report, new: Report) -> Comparison:
        bodies = ReportBody.from_json(old.body), ReportBody.from_json(new.body)
        if sum(body.summary.words for body in bodies) > _MOST_WORDS:
            raise TooLarge(f"Two drafts of {_MOST_WORDS:,} words together can be compared; these have more.")
        before, after = [
            await self._store.texts.draft(owner_id, report.id, words=body.summary.words)
            for report, body in zip((old, new), bodies, strict=True)
        ]
        # A name is no fault: a kind that may be mended says why it may matter.
        kinds = {kind.key for body in bodies for section in body.sections for kind in section.kinds if kind.why}
        return await asyncio.to_thread(compare, before, after, kinds=sorted(kinds))

    def _keep(self, reports: tuple[UUID, UUID], comparison: Comparison) -> None:
        self._compared[reports] = comparison
        if len(self._compared) > _KEPT:
            self._compared.popitem(last=False)
