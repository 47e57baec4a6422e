"""The blocks of a document that may be headings, and those of them that only list headings: the contents list."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from jobs.analysis.document import Block, Role
from jobs.analysis.words.markers import CONTENTS_NAMES, Marker, SectionKind, read_marker
from jobs.analysis.words.words import count_words

_ENTRY_WORDS = 12
_BETWEEN_WORDS = 15
_SHORTEST_LIST = 3

Key = tuple[str | int | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A block that may be a heading."""

    index: int
    block: Block
    marker: Marker | None
    """None for a heading by style or tag alone."""

    @property
    def is_styled(self) -> bool:
        """Whether the file itself calls it a heading."""
        return self.block.role is Role.HEADING

    @property
    def is_numbered(self) -> bool:
        """Whether it is a part, chapter or letter by its words."""
        return self.marker is not None and self.marker.kind is not SectionKind.OTHER

    @property
    def is_chapter(self) -> bool:
        """Whether its words call it a chapter, or it has a style and a number."""
        return (
            self.marker is not None
            and self.marker.kind is SectionKind.CHAPTER
            and (self.is_styled or not self.marker.is_bare)
        )


def find_candidates(blocks: Sequence[Block]) -> list[Candidate]:
    """All blocks that may be headings, in order, without those of contents lists."""
    candidates = list(_candidates(blocks))
    listed = _listed(candidates, blocks)
    return [candidate for candidate in candidates if candidate.index not in listed]


def _candidates(blocks: Sequence[Block]) -> Iterator[Candidate]:
    for index, block in enumerate(blocks):
        marker = read_marker(block.text) if block.role in (Role.TEXT, Role.HEADING) else None
        if marker is not None or block.role is Role.HEADING:
            yield Candidate(index=index, block=block, marker=marker)


def _listed(candidates: list[Candidate], blocks: Sequence[Block]) -> set[int]:
    """Indices of candidates that stand in a contents list: a row of headings that come again later."""
    keys = _keys(candidates)
    times = Counter(keys.values())
    listed: set[int] = set()
    for run in _runs(candidates, blocks, keys):
        again = [candidate for candidate in run if times[keys[candidate.index]] > 1]
        announced = _is_announcement(run[0]) and len(run) > 1
        if announced or (len(run) >= _SHORTEST_LIST and len(again) * 2 >= len(run)):
            listed.update(candidate.index for candidate in run[:-1])
            if times[keys[run[-1].index]] > 1:
                listed.add(run[-1].index)
        for candidate in run:
            times[keys[candidate.index]] -= 1
    return listed


def _is_announcement(candidate: Candidate) -> bool:
    return candidate.marker is not None and candidate.marker.keyword in CONTENTS_NAMES


def _keys(candidates: list[Candidate]) -> dict[int, Key]:
    """What each candidate names, with the part that it belongs to: numbering may start again in each."""
    keys: dict[int, Key] = {}
    part: Key = ()
    for candidate in candidates:
        marker = candidate.marker
        if marker is None:
            keys[candidate.index] = (candidate.block.text.casefold(),)
        elif marker.kind is SectionKind.PART:
            part = keys[candidate.index] = marker.key
        else:
            keys[candidate.index] = (*part, *marker.key)
    return keys


def _runs(candidates: list[Candidate], blocks: Sequence[Block], keys: dict[int, Key]) -> Iterator[list[Candidate]]:
    """Candidates with nothing but short lines between them. What is named a second time begins a new run."""
    run: list[Candidate] = []
    named: set[Key] = set()
    for candidate in candidates:
        key = keys[candidate.index]
        if run and (key in named or not _is_near(run[-1], candidate, blocks)):
            yield run
            run, named = [], set()
        run.append(candidate)
        named.add(key)
    if run:
        yield run


def _is_near(first: Candidate, second: Candidate, blocks: Sequence[Block]) -> bool:
    if second.index - first.index > 4:
        return False
    between = [count_words(block.text) for block in blocks[first.index + 1 : second.index]]
    return sum(between) <= _BETWEEN_WORDS and all(words <= _ENTRY_WORDS for words in between)
