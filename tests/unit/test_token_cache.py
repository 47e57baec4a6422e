"""A token that was verified is not verified again, and is never taken longer than it was good for."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from jobs.errors import Unauthenticated
from schema.context import Caller
from server import token_cache
from server.token_cache import TokenCache


class Verifier:
    """Counts how often it is asked, and refuses when it is told to."""

    def __init__(self, expires: float) -> None:
        self.asked = 0
        self.refuses = False
        self._expires = expires

    def __call__(self) -> Caller:
        self.asked += 1
        if self.refuses:
            raise Unauthenticated("no")
        expires_at = datetime.fromtimestamp(self._expires, UTC)
        return Caller(owner_id=uuid4(), subject="ann", email=None, expires_at=expires_at)


def test_a_token_is_verified_once() -> None:
    cache, verify = TokenCache(now=lambda: 1000.0), Verifier(2000.5)

    first = cache.caller("token", "key", verify)

    assert cache.caller("token", "key", verify) is first
    assert verify.asked == 1


@pytest.mark.parametrize("now", [2000.0, 2000.4, 2001.0])
def test_a_token_is_asked_after_again_from_the_second_on_in_which_it_runs_out(now: float) -> None:
    clock = [1000.0]
    cache, verify = TokenCache(now=lambda: clock[0]), Verifier(2000.5)
    cache.caller("token", "key", verify)
    verify.refuses, clock[0] = True, now

    with pytest.raises(Unauthenticated):
        cache.caller("token", "key", verify)


def test_a_token_whose_key_was_withdrawn_is_asked_after_again() -> None:
    cache, verify = TokenCache(now=lambda: 1000.0), Verifier(2000.5)
    cache.caller("token", object(), verify)
    verify.refuses = True

    with pytest.raises(Unauthenticated):
        cache.caller("token", object(), verify)


def test_a_refusal_is_not_kept() -> None:
    cache, verify = TokenCache(now=lambda: 1000.0), Verifier(2000.5)
    verify.refuses = True
    with pytest.raises(Unauthenticated):
        cache.caller("token", "key", verify)
    verify.refuses = False

    assert cache.caller("token", "key", verify).subject == "ann"


def test_tokens_without_end_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(token_cache, "MAX_TOKENS", 3)
    cache, verify = TokenCache(now=lambda: 1000.0), Verifier(2000.5)
    for number in range(10):
        cache.caller(f"token {number} \ud800", "key", verify)

    cache.caller("token 9 \ud800", "key", verify)
    assert verify.asked == 10
    cache.caller("token 0 \ud800", "key", verify)
    assert verify.asked == 11
