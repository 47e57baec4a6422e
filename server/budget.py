"""How much of answers an author may have made for her in a minute, told as the RateLimit headers say it.

https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/ (draft 10), in fields as `extensions.cost` counts
them.
"""

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from jobs.errors import LimitReached

# Fields an author, each minute: three seconds of the loop at a microsecond each. A dashboard asks for some thousands.
BUDGET = 3_000_000
WINDOW_SECONDS = 60
# Authors whose windows are kept; the one who has asked for nothing for longest is forgotten first.
_MOST_AUTHORS = 10_000


def fields_in(answer: bytes) -> int:
    """About how many fields an answer holds that were not counted: of a report, one has twenty bytes."""
    return 1 + len(answer) // 20


@dataclass(slots=True)
class _Window:
    ends_at: float
    spent: int = 0


class Budget:
    """What each author has spent in her present window. Used from one event loop, not from threads."""

    def __init__(self, *, budget: int = BUDGET, clock: Callable[[], float] = time.monotonic) -> None:
        self._budget = budget
        self._clock = clock
        self._windows: OrderedDict[UUID, _Window] = OrderedDict()

    def need(self, owner_id: UUID) -> None:
        """Raises LimitReached for who has spent what a window has."""
        window = self._window(owner_id)
        if window.spent >= self._budget:
            raise LimitReached(
                f"You have asked for {window.spent:,} fields within a minute, and {self._budget:,} are given. "
                f"Go on in {self._left(window)} seconds."
            )

    def spend(self, owner_id: UUID, cost: int) -> None:
        """Counts an answer."""
        self._window(owner_id).spent += cost

    def headers(self, owner_id: UUID) -> dict[str, str]:
        """What is given, and what is left of it for how long."""
        window = self._window(owner_id)
        return {
            "RateLimit-Policy": f'"fields";q={self._budget};w={WINDOW_SECONDS}',
            "RateLimit": f'"fields";r={max(self._budget - window.spent, 0)};t={self._left(window)}',
        }

    def _left(self, window: _Window) -> int:
        return max(math.ceil(window.ends_at - self._clock()), 1)

    def _window(self, owner_id: UUID) -> _Window:
        now = self._clock()
        window = self._windows.pop(owner_id, None)
        if window is None or window.ends_at <= now:
            window = _Window(now + WINDOW_SECONDS)
        self._windows[owner_id] = window
        if len(self._windows) > _MOST_AUTHORS:
            self._windows.popitem(last=False)
        return window
