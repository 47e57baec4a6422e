"""A draft as comparing needs it: its chapters by their words, and what was found in them."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

_RUN = 5
"""Words in a run. Shorter ones are phrases of the language, which all books share."""
_WORD = re.compile(r"\w+")

Run = int
"""The hash of a run of words: a fifth of its memory."""
Span = tuple[int, int, int, str]
"""Paragraph, start, end and label of a finding, as the text is kept."""


@dataclass(frozen=True, kw_only=True)
class DraftChapter:
    """A section of one draft, by its `number` in the report. `paragraphs` are in order, the first is number 1."""

    number: int
    paragraphs: Sequence[str]

    @cached_property
    def text(self) -> str:
        """All of it; equal texts are equal chapters."""
        return "\n".join(self.paragraphs)

    @cached_property
    def words(self) -> Sequence[str]:
        """Its words in small letters, in order."""
        return _WORD.findall(self.text.casefold())

    @cached_property
    def runs(self) -> frozenset[Run]:
        """Each run of words that it holds; of a chapter shorter than one, the whole."""
        runs = zip(*(self.words[start:] for start in range(_RUN)), strict=False)
        return frozenset(map(hash, runs)) or frozenset({hash(tuple(self.words))})


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A draft as it was read. `marks`: by kind and chapter what was found; `words`: of the whole text."""

    chapters: Sequence[DraftChapter]
    marks: Mapping[str, Mapping[int, Sequence[Span]]]
    words: int


def by_chapter(passages: Iterable[tuple[int, int, str]]) -> list[DraftChapter]:
    """Chapters from passages in order: chapter, paragraph and text of each."""
    found: dict[int, dict[int, str]] = defaultdict(dict)
    for chapter, paragraph, text in passages:
        found[chapter][paragraph] = found[chapter].get(paragraph, "") + text
    return [DraftChapter(number=number, paragraphs=list(texts.values())) for number, texts in found.items()]
