"""Whose jobs fall due when, the soonest first: what is asked for costs the same however many are watched."""

import heapq
from collections.abc import Iterator
from uuid import UUID

# Entries that were overtaken stay in the heap; past this many beside twice those that count, it is built anew.
_SPARE = 64


class Deadlines:
    """One deadline for each owner: the earliest of her jobs. Times are seconds of `time.monotonic`."""

    def __init__(self) -> None:
        self._due: dict[UUID, float] = {}
        self._heap: list[tuple[float, UUID]] = []

    def set(self, owner_id: UUID, due: float | None) -> None:
        """The owner's deadline from now on; None when nothing of hers falls due."""
        if due is None:
            self._due.pop(owner_id, None)
        elif self._due.get(owner_id) != due:
            self._due[owner_id] = due
            heapq.heappush(self._heap, (due, owner_id))
            self._tidy()

    def first(self) -> float:
        """When the next one falls due; infinite when none does."""
        while self._heap and self._is_overtaken(self._heap[0]):
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else float("inf")

    def passed(self, now: float) -> Iterator[UUID]:
        """Takes out the owners whose deadlines are not after `now`."""
        while self.first() <= now:
            _, owner_id = heapq.heappop(self._heap)
            del self._due[owner_id]
            yield owner_id

    def _is_overtaken(self, entry: tuple[float, UUID]) -> bool:
        due, owner_id = entry
        return self._due.get(owner_id) != due

    def _tidy(self) -> None:
        if len(self._heap) > 2 * len(self._due) + _SPARE:
            self._heap = [(due, owner_id) for owner_id, due in self._due.items()]
            heapq.heapify(self._heap)
