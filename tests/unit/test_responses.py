"""An answer's JSON says what its data say, whatever writes it."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from server.responses import encoded

texts = st.text(st.characters(codec=None))
plain = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts
values = st.recursive(plain, lambda inner: st.lists(inner) | st.dictionaries(texts, inner), max_leaves=10)


@given(values)
@example("\ud800 half")
@example(["\udfff", {"\ud800": 2**70}, 1e16, -0.0, 5e-324])
@settings(max_examples=200, derandomize=True, deadline=None)
def test_what_is_written_is_read_back_as_it_was(value: Any) -> None:
    written = encoded(value)

    assert json.loads(written) == value
    assert json.loads(written) == json.loads(json.dumps(value))


@given(values)
@settings(max_examples=100, derandomize=True, deadline=None)
def test_but_for_numbers_with_an_exponent_it_is_what_json_writes(value: Any) -> None:
    written = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)

    if "e" not in written:
        assert encoded(value) == written.encode("utf-8", "backslashreplace")


def test_what_is_no_number_is_null_as_json_has_no_word_for_it() -> None:
    assert encoded([float("nan"), float("inf")]) == b"[null,null]"


@dataclass
class Thing:
    name: str


@pytest.mark.parametrize("value", [datetime(2026, 1, 1, tzinfo=UTC), Thing("a"), object(), {1}])
def test_what_is_no_json_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        encoded({"value": value})
