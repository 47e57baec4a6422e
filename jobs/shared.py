"""One reading shared by many: by all who ask while it is under way, and by those who ask while it is fresh."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Shared(Generic[T]):
    """What `read` gives, read once for many.

    A value is fresh for `fresh_for` seconds from the start of its reading; a failure is told to whoever asks within
    `failed_for` seconds from its end. `last` is the newest value that was ever read, None before the first.
    Nobody's leaving ends a reading: it goes on for whoever still waits.
    """

    def __init__(
        self, read: Callable[[], Coroutine[Any, Any, T]], *, fresh_for: float, failed_for: float = 0.0
    ) -> None:
        self.last: T | None = None
        self._read = read
        self.fresh_for = fresh_for
        self._failed_for = failed_for
        self._reading: asyncio.Task[T] | None = None
        self._started_at = self._ended_at = float("-inf")

    async def value(self, *, within: float | None = None) -> T:
        """The value. Raises what the reading raised, and TimeoutError when it takes longer than `within` seconds."""
        reading = self._shareable() or self._begun()
        await asyncio.wait({reading}, timeout=within)
        if not reading.done():
            raise TimeoutError(f"The reading takes longer than {within:g} seconds.")
        return reading.result()

    def fresh(self) -> T | None:
        """The value, where it is there already and fresh."""
        reading = self._shareable()
        return self.last if reading is not None and _succeeded(reading) else None

    def _shareable(self) -> asyncio.Task[T] | None:
        if self._reading is None or not self._reading.done():
            return self._reading
        if _succeeded(self._reading):
            is_good = time.monotonic() - self._started_at < self.fresh_for
        else:
            is_good = time.monotonic() - self._ended_at < self._failed_for
        return self._reading if is_good else None

    def _begun(self) -> asyncio.Task[T]:
        self._started_at = time.monotonic()
        self._reading = asyncio.create_task(self._read())
        self._reading.add_done_callback(self._note_end)
        return self._reading

    def _note_end(self, reading: asyncio.Task[T]) -> None:
        self._ended_at = time.monotonic()
        # Asked for its exception, a failure that nobody waited for is no error of the loop's.
        if _succeeded(reading):
            self.last = reading.result()


def _succeeded(reading: "asyncio.Task[Any]") -> bool:
    return reading.done() and not reading.cancelled() and reading.exception() is None
