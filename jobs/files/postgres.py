"""The bytes of manuscripts, kept in PostgreSQL."""

from collections.abc import Sequence
from uuid import UUID

from jobs.errors import NotFound
from jobs.ports import Gateway


class PostgresFiles:
    """Files in the table manuscript_files. See Files."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def save(self, manuscript_id: UUID, content: bytes) -> None:
        """See Files.save."""
        await self._gateway.call("manuscript_file_save", p_manuscript_id=manuscript_id, p_content=content)

    async def load(self, manuscript_id: UUID) -> bytes:
        """See Files.load."""
        rows = await self._gateway.call("manuscript_file_load", p_manuscript_id=manuscript_id)
        if not rows:
            raise NotFound("The file of this manuscript is gone.")
        return bytes(rows[0]["content"])

    async def delete(self, manuscript_ids: Sequence[UUID]) -> None:
        """See Files.delete."""
        await self._gateway.call("manuscript_files_delete", p_manuscript_ids=list(manuscript_ids))
