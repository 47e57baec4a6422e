"""Which manuscripts are drafts of one work, in the database. Decodes rows; decides nothing."""

from collections.abc import Sequence
from uuid import UUID

from jobs.database.rows import read_manuscript, read_uuid
from jobs.models import Manuscript, Work
from jobs.ports import Gateway


class DraftStore:
    """Works and their drafts, each call scoped to the owner. Raises what Gateway.call raises."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def set(self, owner_id: UUID, manuscript_id: UUID, *, draft_of: UUID | None, max_drafts: int) -> Manuscript:
        """Puts the manuscript beside another, or by itself. Raises NotFound, NotAllowedNow, LimitReached."""
        [row] = await self._gateway.call(
            "draft_set",
            p_owner_id=owner_id,
            p_manuscript_id=manuscript_id,
            p_draft_of=draft_of,
            p_max_drafts=max_drafts,
        )
        return read_manuscript(row)

    async def works(self, owner_id: UUID, manuscript_ids: Sequence[UUID]) -> dict[UUID, Work]:
        """The work of each of the owner's manuscripts among these."""
        rows = await self._gateway.call("drafts_of", p_owner_id=owner_id, p_manuscript_ids=list(manuscript_ids))
        found: dict[UUID, Work] = {}
        for row in rows:
            asked, draft = read_uuid(row["asked_id"]), read_manuscript(row["draft"])
            drafts = found[asked].drafts if asked in found else ()
            found[asked] = Work(id=read_uuid(row["work_id"]), drafts=(*drafts, draft))
        return found
