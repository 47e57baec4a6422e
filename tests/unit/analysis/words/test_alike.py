"""How alike two words are."""

import pytest

from jobs.analysis.words.alike import distance


@pytest.mark.parametrize(
    ("one", "other", "letters"),
    [("anna", "anna", 0), ("anna", "anne", 1), ("anna", "ana", 1), ("kitten", "sitting", 3), ("", "abc", 3)],
)
def test_the_distance_is_the_letters_to_be_changed(one: str, other: str, letters: int) -> None:
    assert distance(one, other) == distance(other, one) == letters
