"""Breaks between scenes that only their surroundings show: more space than elsewhere, a mark that is also a number."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate

from jobs.analysis.document import Block, Role
from jobs.analysis.words.words import count_words

_USUAL = 0.6
_UNIFORM = 0.95
"""Shares of the paragraphs that have the usual space above them, and that have it or one other. Where fewer do, space
says nothing: verses and letters have many. Guesses; the novels here have 0.97 and 0.99, or no usual space at all."""
_FEWEST = 4
"""Paragraphs; in fewer nothing is usual."""
_FEWEST_WORDS = 12
"""Of a scene: space around less is that of a motto, a date or "The End". A guess."""
_MARKS = frozenset({"XXX", "OOO"})
"""Typed as breaks as well as for numbers: those that head no chapter are breaks."""


def usual_space(bodies: Sequence[Sequence[Block]]) -> int | None:
    """Blank lines above most paragraphs of the chapters; None where no space is usual."""
    gaps = Counter(block.gap for body in bodies for block in body[1:] if block.role is Role.TEXT)
    if gaps.total() < _FEWEST:
        return None
    (gap, count), *others = gaps.most_common(2)
    two = count + sum(other for _, other in others)
    return gap if count >= _USUAL * gaps.total() and two >= _UNIFORM * gaps.total() else None


def with_breaks(body: Sequence[Block], usual: int | None) -> tuple[Block, ...]:
    """The blocks below a heading with all breaks between its paragraphs; `usual` is the space above most of them."""
    return tuple(_spaced([_marked(block) for block in body], usual))


def _marked(block: Block) -> Block:
    return replace(block, role=Role.BREAK) if block.role is Role.TEXT and block.text in _MARKS else block


def _spaced(body: Sequence[Block], usual: int | None) -> Iterator[Block]:
    if usual is None:
        yield from body
        return
    before = [0, *accumulate(count_words(block.text) for block in body)]
    for position, block in enumerate(body):
        between = min(before[position], before[-1] - before[position]) >= _FEWEST_WORDS
        after_text = position > 0 and body[position - 1].role is Role.TEXT
        if block.role is Role.TEXT and block.gap > usual and after_text and between:
            yield Block(text="", role=Role.BREAK, is_added=True)
        yield block
