"""What the domain asks of the outside, a sentence a method."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

Row = Mapping[str, Any]


class Gateway(Protocol):
    """The database, as a caller of its functions."""

    async def call(self, function: str, /, **arguments: Any) -> list[Row]:
        """Calls `public.<function>` with named arguments and returns its rows.

        Raises the Refused or LeaseLost that the function's SQLSTATE names, Unavailable when the database
        does not answer.
        """
        ...


class Files(Protocol):
    """Where the bytes of manuscripts lie, by manuscript id."""

    async def save(self, manuscript_id: UUID, content: bytes) -> None:
        """Keeps the bytes; all of them or, on an error, none."""
        ...

    async def load(self, manuscript_id: UUID) -> bytes:
        """The bytes again. Raises NotFound."""
        ...

    async def delete(self, manuscript_ids: Sequence[UUID]) -> None:
        """Forgets the bytes; forgetting what is not there is no error."""
        ...


class Announcer(Protocol):
    """Tells the push hubs of all api processes that rows have changed. A lost announcement is healed by resync."""

    async def announce(self, owner_ids: Collection[UUID]) -> None:
        """Says whose rows have changed, after the commit. Waits for nothing and raises nothing."""
        ...

    async def finish(self) -> None:
        """Returns when all is said, or Redis was found away."""
        ...


class Doorbell(Protocol):
    """Wakes the workers. A lost ring is healed by the next look that each worker takes at the line by itself."""

    async def ring(self) -> None:
        """Says that there may be something in the line, after the commit. Waits for nothing and raises nothing."""
        ...

    async def finish(self) -> None:
        """Returns when all is said, or Redis was found away."""
        ...
