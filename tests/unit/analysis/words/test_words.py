"""Words are counted as Word counts them."""

import pytest

from jobs.analysis.words.words import count_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("3,000 men, e.g. my mother-in-law’s and/or N.A.T.O.", 7),
        ("This — is not a word – nor this—or that.", 9),
        ("word--word", 1),
        ("Wait… what?! “No,” she said. ‘Yes.’", 6),
        ("* * * … — - _", 0),
        ("l’homme qu’il rock ’n’ roll", 5),
        ("Γειά σου, κόσμε! Привет. नमस्ते दुनिया", 6),
        ("", 0),
    ],
)
def test_a_word_stands_between_spaces_or_dashes(text: str, words: int) -> None:
    assert count_words(text) == words
