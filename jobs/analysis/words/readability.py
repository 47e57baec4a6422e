"""How easy prose is to read: Flesch's reading ease and the Flesch–Kincaid grade, with a syllable counter of our own.

Sources: R. Flesch, "A new readability yardstick", Journal of Applied Psychology 32 (1948);
J. P. Kincaid et al., "Derivation of new readability formulas …", Naval Technical Training, Report 8-75 (1975).
"""

import re
from functools import lru_cache

_LONGEST = 40  # letters; what is longer is no word, and a pattern may take its time over it
"""Letters that are looked at: no English word has more."""
_VOWELS = re.compile(r"[aeiouyàáâãäåæèéêëìíîïòóôõöøœùúûüýÿ]+")
_SILENT_END = re.compile(r"(?:[^laeiouy]|[aeiouy]l)es?$")
_SILENT_ED = re.compile(r"[^tdaeiouy]ed$")
_SOUNDED_ES = re.compile(r"(?:[sxz]|ch|sh|[cg])es$")
_SILENT_INSIDE = re.compile(r"[aeiouy].*[^aeiouyl]e(?:ly|ments?|ful|less|ness|thing|times?|some|ty|where)$")
_TWO_VOWELS = re.compile(
    r"(?:ia(?!l$|n$|ge)|ie(?:t|nc|nt)|io(?!n|us)|iu|ua|uou|eo(?!n|p)|(?:id|ar)ea|[^cstg]ious|creat|being|ying$)"
)
_NO_VOWEL_PAIR = re.compile(r"qua|gua|[aeiou]sm$|thm$")


FEWEST_WORDS = 100
"""Flesch measured samples of a hundred words; less says nothing."""
LONGEST_MEAN = 100
"""Words in a sentence, on average: beyond, a text has no full stops, and the formulas were made for texts with them."""


def is_measurable(words: int, sentences: int) -> bool:
    """Whether the formulas say anything about a text of that length."""
    return words >= FEWEST_WORDS and words <= LONGEST_MEAN * sentences


@lru_cache(maxsize=65_536)
def count_syllables(word: str) -> int:
    """Syllables of an English word, by its letters; at least 1. Right for about nine words in ten."""
    word = word[:_LONGEST].lower().replace("’", "'").split("'")[0]
    count = len(_VOWELS.findall(word)) + len(_TWO_VOWELS.findall(word))
    if _NO_VOWEL_PAIR.search(word):
        count += 1 if word.endswith(("sm", "thm")) else -1
    if (_SILENT_END.search(word) and not _SOUNDED_ES.search(word)) or _SILENT_ED.search(word):
        count -= 1
    if _SILENT_INSIDE.search(word):
        count -= 1
    return max(count, 1)


def reading_ease(words: int, sentences: int, syllables: int) -> float:
    """Flesch: 90 is read by a child of eleven, 60 is plain English, 30 is a scientific paper.

    0 where it says nothing.
    """
    if not is_measurable(words, sentences):
        return 0.0
    return 206.835 - 1.015 * words / sentences - 84.6 * syllables / words


def grade(words: int, sentences: int, syllables: int) -> float:
    """Flesch–Kincaid: years of school that a reader in the United States needs.

    0 where it says nothing.
    """
    if not is_measurable(words, sentences):
        return 0.0
    return 0.39 * words / sentences + 11.8 * syllables / words - 15.59
