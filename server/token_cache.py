"""Callers whose tokens were verified, until the tokens run out."""

import time
from collections.abc import Callable
from hashlib import sha256

from schema.context import Caller

# A caller takes half a kilobyte. Each author has one token at a time, and a new one every hour.
MAX_TOKENS = 4096


class TokenCache:
    """Verifying a token costs 60 to 200 µs, and a page sends the same one for an hour.

    Holds digests, never tokens. An answer is good for the key that verified the token, and for no other: a project that
    withdraws a key shuts its tokens out as soon as its keys are read again.
    """

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._known: dict[bytes, tuple[object, Caller]] = {}

    def caller(self, token: str, key: object, verified: Callable[[], Caller]) -> Caller:
        """Who the token speaks for. Raises what `verified` raises, which is called where that is not known."""
        digest = sha256(token.encode("utf-8", "surrogatepass")).digest()
        known_key, known = self._known.get(digest, (None, None))
        if known is not None and known_key == key and self._is_good(known):
            return known
        caller = verified()
        self._keep(digest, key, caller)
        return caller

    def _is_good(self, caller: Caller) -> bool:
        # PyJWT takes a token as expired from the whole second on.
        return self._now() < int(caller.expires_at.timestamp())

    def _keep(self, digest: bytes, key: object, caller: Caller) -> None:
        self._known.pop(digest, None)
        if len(self._known) >= MAX_TOKENS:
            del self._known[next(iter(self._known))]
        self._known[digest] = key, caller
