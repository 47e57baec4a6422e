"""Ordinary texts of a language: how frequent each word is (wordfreq's lists), and which words carry grammar."""

from collections.abc import Mapping
from functools import cache

from jobs.analysis.words.languages import Language

_FUNCTION_WORDS = 150
"""That many of the commonest words carry grammar, not subject. A guess, by reading the lists."""


def ordinary(language: Language | None) -> Mapping[str, float]:
    """The share of each word in ordinary texts; empty for a language that we do not know."""
    return _frequencies(language.code) if language else {}


def function_words(language: Language | None) -> frozenset[str]:
    """The commonest words, which carry grammar."""
    return _commonest(language.code) if language else frozenset()


@cache
def _frequencies(code: str) -> Mapping[str, float]:
    from wordfreq import get_frequency_dict  # a quarter of a second: only where it is needed

    frequencies: Mapping[str, float] = get_frequency_dict(code, wordlist="best")
    return frequencies


@cache
def _commonest(code: str) -> frozenset[str]:
    frequencies = _frequencies(code)
    return frozenset(sorted(frequencies, key=lambda form: -frequencies[form])[:_FUNCTION_WORDS])
