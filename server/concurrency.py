"""A limit on how many of one thing an author holds at once, and all authors together."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from jobs.errors import LimitReached


class Quota:
    """Counts what is held. Used from one event loop, not from threads."""

    def __init__(self, *, each: int, in_all: int | None = None) -> None:
        self._each = each
        self._in_all = in_all
        self._held: Counter[UUID] = Counter()

    def total(self) -> int:
        """How many are held now."""
        return self._held.total()

    @contextmanager
    def hold(self, owner_id: UUID, message: str) -> Iterator[None]:
        """Holds one for the block. Raises LimitReached with this message when there are enough."""
        full = self._in_all is not None and self.total() >= self._in_all
        if full or self._held[owner_id] >= self._each:
            raise LimitReached(message)
        self._held[owner_id] += 1
        try:
            yield
        finally:
            self._held[owner_id] -= 1
            if not self._held[owner_id]:
                del self._held[owner_id]
