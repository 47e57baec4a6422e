"""What a word is here, and how many there are."""

import re
from collections.abc import Iterable

from jobs.analysis.document import Block

WORD = re.compile(r"[\w'’]+")
"""Runs of letters, digits and apostrophes. Word processors split at spaces and differ by a few per cent.

A single closing mark behind a full stop is such a run, so that speech in single marks counts a little high.
"""


def word_set(text: str) -> frozenset[str]:
    """The words of a list that is written with spaces."""
    return frozenset(text.split())


def count_words(text: str) -> int:
    """How many words the text holds."""
    return len(WORD.findall(text))


def words_of(blocks: Iterable[Block]) -> int:
    """How many words the blocks hold together, headings included."""
    return sum(count_words(block.text) for block in blocks if not block.is_added)
