"""Headings made by hand: short lines that are set alike, unlike the text, each above prose."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence

from jobs.analysis.document import Block, Role
from jobs.analysis.words.words import count_words

_MOST_WORDS = 12
_FEWEST = 2
_PROSE_BELOW = 80
"""Words, on average, below each; `_LEAST_BELOW` below any but the first, which may be the book's title. Guesses."""
_LEAST_BELOW = 30
"""Words. A guess: a motto or a letter's head has fewer."""
_SPEECH = "“”„«»‘\"'—–-(["


def usual_look(blocks: Sequence[Block]) -> str:
    """How most of the text is set."""
    words: Counter[str] = Counter()
    for block in blocks:
        if block.role is Role.TEXT:
            words[block.look] += len(block.text)
    return words.most_common(1)[0][0] if words else ""


def set_alike(blocks: Sequence[Block], words_before: Sequence[int], taken: Collection[int]) -> list[int]:
    """Indices of the lines of the best such row; with more space above first, then the longer one."""
    rows = [row for row in _rows(blocks, taken).values() if _is_row(row, words_before)]
    return max(rows, key=lambda row: (_space(blocks, row), len(row)), default=[])


def set_as(blocks: Sequence[Block], headings: Collection[int]) -> list[int]:
    """Indices of the lines that are set as most of the headings are, where those are set unlike the text."""
    looks = Counter(blocks[index].look for index in headings)
    look, count = looks.most_common(1)[0] if looks else ("", 0)
    if look == usual_look(blocks) or 2 * count <= len(headings):
        return []
    return [index for index, block in enumerate(blocks) if block.look == look and _may_head(block)]


def _rows(blocks: Sequence[Block], taken: Collection[int]) -> dict[str, list[int]]:
    usual = usual_look(blocks)
    rows: dict[str, list[int]] = defaultdict(list)
    for index, block in enumerate(blocks):
        if block.look != usual and index not in taken and _may_head(block):
            rows[block.look].append(index)
    return rows


def _may_head(block: Block) -> bool:
    text = block.text
    if block.role is not Role.TEXT or "\n" in text or text[:1] in _SPEECH or text.endswith((".", ",", ";", ":")):
        return False
    return 0 < count_words(text) <= _MOST_WORDS


def _is_row(row: Sequence[int], words_before: Sequence[int]) -> bool:
    below = list(_below(row, words_before))
    if len(row) < _FEWEST or min(below[1:]) < _LEAST_BELOW:
        return False
    return sum(below) >= _PROSE_BELOW * len(below)


def _below(row: Sequence[int], words_before: Sequence[int]) -> Iterator[int]:
    for index, after in zip(row, [*row[1:], len(words_before) - 1], strict=True):
        yield words_before[after] - words_before[index + 1]


def _space(blocks: Sequence[Block], row: Sequence[int]) -> float:
    return sum(blocks[index].gap for index in row) / len(row)
