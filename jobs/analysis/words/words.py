"""What a word is here, and how many there are."""

import re
from collections.abc import Iterable

from jobs.analysis.document import Block

_MARKS = (
    r"\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670"
    r"\u06d6-\u06dc\u0900-\u0963\u0966-\u0dff\u200c\u200d"
)
"""Accents, vowel signs and joiners that stand within a word of Greek, Hebrew, Arabic, Hindi and their kin."""
WORD = re.compile(rf"[\w'’{_MARKS}]+")
"""Runs of letters, digits and apostrophes: what a rule about words looks at. "mother-in-law" is three."""
_COUNTED = re.compile(r"[^\W_][^\s—–―]*")
"""A word as Word counts it, since agents and prizes count so: what stands between spaces or long dashes and holds a
letter or a digit. "3,000", "e.g." and "mother-in-law" are one each; so is "word--word", typed with hyphens."""


_UNSPACED = re.compile(
    r"[\u0e00-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
"""Letters of Thai, Lao, Tibetan, Burmese, Khmer, Japanese and Chinese, which put no spaces between words."""


def word_set(text: str) -> frozenset[str]:
    """The words of a list that is written with spaces."""
    return frozenset(text.split())


def count_words(text: str) -> int:
    """How many words the text holds, as Word counts them."""
    return len(_COUNTED.findall(text))


def words_of(blocks: Iterable[Block]) -> int:
    """How many words the blocks hold together, headings included."""
    return sum(count_words(block.text) for block in blocks if not block.is_added)


def has_spaced_words(blocks: Iterable[Block]) -> bool:
    """Whether words can be told apart: at most half of the text is in a script without spaces between them."""
    total = unspaced = 0
    for block in blocks:
        total += len(block.text)
        unspaced += 0 if block.text.isascii() else len(_UNSPACED.findall(block.text))
    return unspaced * 2 <= total
