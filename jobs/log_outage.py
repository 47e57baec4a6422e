"""Something that we stand on is away: said in the log when it goes, once a minute while it lasts, and at its end."""

import logging
import time

_SAY_AGAIN_SECONDS = 60.0


class Outage:
    """One thing that may be away, as the log tells it."""

    def __init__(self, log: logging.Logger, what: str) -> None:
        """`what` goes on before the colon, e.g. "the worker waits"."""
        self._log = log
        self._what = what
        self._since: float | None = None
        self._said = 0.0

    def lasts(self, error: BaseException) -> None:
        """It was found away, with this error."""
        now = time.monotonic()
        if self._since is None:
            self._since = now
        elif now - self._said < _SAY_AGAIN_SECONDS:
            return
        self._said = now
        self._log.warning("%s: %s", self._what, str(error) or type(error).__name__)

    def is_over(self) -> None:
        """It was found there."""
        if self._since is not None:
            self._log.warning("%s no longer, after %.1f s", self._what, time.monotonic() - self._since)
            self._since = None
