"""Something that we stand on is away: said in the log with each new cause, once a minute, and when it is over."""

import logging
import random
import time

from jobs.errors import NovelFoundryError, Unavailable

_SAY_AGAIN_SECONDS = 60.0
# Different sentences within one outage: after so many, another one says nothing new.
_MOST_CAUSES = 10
# Pauses between tries: short at first, since most outages are, and never so long that its end is noticed late.
_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 2.0


class Outage:
    """One thing that may be away, as the log tells it, and how long to wait before it is tried again."""

    def __init__(self, log: logging.Logger, what: str) -> None:
        """`what` goes on before the colon, e.g. "the worker waits"."""
        self._log = log
        self._what = what
        self._since: float | None = None
        self._said = 0.0
        self._causes: set[str] = set()
        self._pause = _FIRST_PAUSE

    def lasts(self, error: BaseException) -> float:
        """It was found away, with this error; returns the seconds to pause, growing with each call."""
        now, cause = time.monotonic(), _told(error)
        if self._since is None:
            self._since, self._pause = now, _FIRST_PAUSE
            self._causes.clear()
        # A lost connection is often the first that is seen of something else.
        is_new = cause not in self._causes and len(self._causes) < _MOST_CAUSES
        if is_new or now - self._said >= _SAY_AGAIN_SECONDS:
            self._causes.add(cause)
            self._say(now, cause)
        pause, self._pause = self._pause, min(self._pause * 2, _LONGEST_PAUSE)
        # Spread out: what failed for many at once must not come back from all of them at once.
        return pause * random.uniform(0.75, 1.25)  # noqa: S311 - no secret

    @property
    def is_on(self) -> bool:
        """Whether it was found away last."""
        return self._since is not None

    def is_over(self) -> None:
        """It was found there."""
        if self._since is not None:
            self._log.warning("%s no longer, after %.1f s", self._what, time.monotonic() - self._since)
            self._since = None

    def _say(self, now: float, cause: str) -> None:
        self._said = now
        self._log.warning("%s: %s", self._what, cause)


def _told(error: BaseException) -> str:
    """Its sentence and, where there is one, what the other end said itself."""
    detail = error.detail if isinstance(error, Unavailable) else ""
    said = str(error) if isinstance(error, NovelFoundryError) else f"{type(error).__name__}: {error}".rstrip(": ")
    return f"{said} ({detail})" if detail else said
