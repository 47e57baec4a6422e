"""Ordinary English: how frequent each word is (wordfreq's list), and which words carry grammar."""

from collections.abc import Mapping
from functools import cache

_FUNCTION_WORDS = 150
"""That many of the commonest words carry grammar, not subject. A guess, by reading the list."""


@cache
def ordinary_english() -> Mapping[str, float]:
    """The share of each word in ordinary English."""
    from wordfreq import get_frequency_dict  # a quarter of a second: only where it is needed

    frequencies: Mapping[str, float] = get_frequency_dict("en", wordlist="large")
    return frequencies


@cache
def function_words() -> frozenset[str]:
    """English's commonest words, which carry grammar."""
    ordinary = ordinary_english()
    return frozenset(sorted(ordinary, key=lambda form: -ordinary[form])[:_FUNCTION_WORDS])
