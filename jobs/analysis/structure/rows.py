"""Headings in languages without a list: lines that repeat one word with another number, each above prose."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, pairwise

from jobs.analysis.document import Block, Role
from jobs.analysis.words.markers import Marker, SectionKind, read_marker
from jobs.analysis.words.numerals import read_number
from jobs.analysis.words.words import count_words

_MOST_WORDS = 4
_SHORTEST_WORD = 3
_FEWEST = 3
"""Lines of one row. Two may be chance."""
_SHORTEST_UNKNOWN = 4
"""Letters of a word beside which no number can be read: "The" repeats as well."""
_PROSE_BELOW = 60
"""Words, on average, below the lines of a row, as between bare numbers. A guess."""
_ENDS = re.compile(r"[,;:!?…”’»\"'—–-]$")
_DATED = re.compile(r"\d")
_EDGES = ".:)(°º#"

_Line = tuple[int, str]
"""The index of a block and what stands beside the word that repeats."""


def repeated_markers(blocks: Sequence[Block]) -> Mapping[int, Marker]:
    """Markers for the lines of the longest such row, by the index of their blocks; none where it is no row.

    "1. fejezet, 2. fejezet": numbers must count up. "Kapitulli i parë, Kapitulli i dytë": all must differ.
    """
    families = _families(blocks)
    before = [0, *accumulate(count_words(block.text) for block in blocks)]
    rows = [(word, lines) for word, lines in families.items() if _is_row(word, lines, before)]
    word, lines = max(rows, key=lambda row: len(row[1]), default=("", []))
    dated = _dated(blocks, before)
    if len(dated) > len(lines):
        return {index: _dated_marker(text) for index, text in dated}
    return {
        index: Marker(kind=SectionKind.CHAPTER, keyword=word, number=_number(rest), style="word")
        for index, rest in lines
    }


def _dated_marker(text: str) -> Marker:
    return Marker(kind=SectionKind.CHAPTER, keyword="dated", style="date", title=text)


def _dated(blocks: Sequence[Block], words_before: Sequence[int]) -> list[_Line]:
    """The longest row of lines of one form that hold a number: "3 March 1912", "Lundi 3 juin", "Day 14"."""
    forms: dict[str, list[_Line]] = defaultdict(list)
    for index, block in enumerate(blocks):
        text = block.text
        if block.role is Role.TEXT and _may_head(text) and read_marker(text) is None:
            forms[_form(text)].append((index, text))
    rows = [lines for lines in forms.values() if len(lines) >= _FEWEST and _stands_above_prose(lines, words_before)]
    return max(rows, key=len, default=[])


def _form(text: str) -> str:
    return " ".join("9" if word[0].isdigit() else "a" for word in text.replace(",", " ").split())


def _stands_above_prose(lines: Sequence[_Line], words_before: Sequence[int]) -> bool:
    indices = [index for index, _ in lines]
    pairs = zip(indices, [*indices[1:], len(words_before) - 1], strict=True)
    different = len({text for _, text in lines}) == len(lines)
    return different and all(words_before[end] - words_before[start + 1] >= _PROSE_BELOW for start, end in pairs)


def _may_head(text: str) -> bool:
    if len(text) > 60 or "\n" in text or not _DATED.search(text):
        return False
    return 2 <= len(text.split()) <= _MOST_WORDS + 1 and not _ENDS.search(text) and not text.endswith(".")


def _families(blocks: Sequence[Block]) -> dict[str, list[_Line]]:
    families: dict[str, list[_Line]] = defaultdict(list)
    for index, block in enumerate(blocks):
        if block.role is Role.TEXT and len(block.text) <= 60 and "\n" not in block.text:
            for word, rest in _readings(block.text):
                families[word].append((index, rest))
    return families


def _readings(text: str) -> Iterator[tuple[str, str]]:
    """The first and the last word of a line that may be a heading, each with the rest."""
    words = text.split()
    if not 2 <= len(words) <= _MOST_WORDS or _ENDS.search(text) or not (text[0].isupper() or text[0].isdigit()):
        return
    if read_marker(text) is not None:
        return
    for word, rest in ((words[0], words[1:]), (words[-1], words[:-1])):
        if len(word) >= _SHORTEST_WORD and word.isalpha():
            yield word.casefold(), " ".join(rest)


def _is_row(word: str, lines: Sequence[_Line], words_before: Sequence[int]) -> bool:
    if len(lines) < _FEWEST:
        return False
    indices = [index for index, _ in lines]
    below = [
        words_before[end] - words_before[start + 1] for start, end in zip(indices, [*indices[1:], -1], strict=True)
    ]
    numbers = [_number(rest) for _, rest in lines]
    if any(number is not None for number in numbers):
        return _counts_up(numbers) and min(below) > 0 and sum(below) >= _PROSE_BELOW * len(below)
    return len(word) >= _SHORTEST_UNKNOWN and _are_ordinals(lines) and min(below) >= _PROSE_BELOW


def _counts_up(numbers: Sequence[int | None]) -> bool:
    known = [number for number in numbers if number is not None]
    return len(known) == len(numbers) and all(after == 1 or after > before for before, after in pairwise(known))


def _are_ordinals(lines: Sequence[_Line]) -> bool:
    """Whether what stands beside the word differs everywhere and is written small, as numbers are and names are not."""
    rests = [rest for _, rest in lines]
    return len(set(rests)) == len(rests) and (all(map(_is_small, rests)) or all(map(str.isupper, rests)))


def _is_small(text: str) -> bool:
    return text.replace(" ", "").isalpha() and text.islower()


def _number(text: str) -> int | None:
    return read_number(text.strip(_EDGES + " "))[0]
