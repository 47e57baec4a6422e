"""The blocks of a document that may be headings, and those of them that only list headings: the contents list."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from jobs.analysis.document import Block, Role
from jobs.analysis.structure.rows import repeated_markers
from jobs.analysis.words.markers import CONTENTS_NAMES, Marker, SectionKind, read_marker
from jobs.analysis.words.words import count_words

_ENTRY_WORDS = 12
_BETWEEN_WORDS = 15
_SHORTEST_LIST = 3
_FEWEST_CHAPTERS = 2
"""Where so many are known by a keyword or a style with a number, no other word makes a row."""

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


def find_candidates(blocks: Sequence[Block]) -> tuple[list[Candidate], frozenset[int]]:
    """All blocks that may be headings, in order, without those of contents lists; and the blocks of those lists."""
    candidates = list(_candidates(blocks, {}))
    if sum(candidate.is_chapter for candidate in candidates) < _FEWEST_CHAPTERS:
        candidates = list(_candidates(blocks, repeated_markers(blocks)))
    candidates = _without_paragraphs(candidates)
    listed, contents = _listed(candidates, blocks)
    return [candidate for candidate in candidates if candidate.index not in listed], contents


def _candidates(blocks: Sequence[Block], repeated: Mapping[int, Marker]) -> Iterator[Candidate]:
    for index, block in enumerate(blocks):
        marker = read_marker(block.text) or repeated.get(index) if block.role in (Role.TEXT, Role.HEADING) else None
        if marker is not None and block.role is Role.TEXT and _goes_on(blocks, index):
            marker = None
        if marker is not None or block.role is Role.HEADING:
            yield Candidate(index=index, block=block, marker=marker)


def _without_paragraphs(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Without the long ones that neither a style nor the number before or after makes headings."""
    kept: list[Candidate] = []
    last: dict[str, int | None] = {}
    following = _following(candidates)
    for found in candidates:
        marker = found.marker
        if marker is None or marker.number is None:
            kept.append(found)
            continue
        neighbours = (last.get(marker.keyword, marker.number - 1), following.get(found.index, 0))
        if marker.is_long and not found.is_styled and neighbours[0] != marker.number - 1 != neighbours[1] - 2:
            continue
        last[marker.keyword] = marker.number
        kept.append(found)
    return kept


def _following(candidates: Sequence[Candidate]) -> dict[int, int]:
    """The number of the next candidate with the same keyword, by the index of each."""
    following: dict[int, int] = {}
    coming: dict[str, int] = {}
    for found in reversed(candidates):
        if found.marker and found.marker.number is not None:
            following[found.index] = coming.get(found.marker.keyword, 0)
            coming[found.marker.keyword] = found.marker.number
    return following


def _goes_on(blocks: Sequence[Block], index: int) -> bool:
    """Whether the paragraph below goes on with the sentence: "Chapter 5", "was where I stopped reading"."""
    below = blocks[index + 1] if index + 1 < len(blocks) else None
    if below is None or below.role is not Role.TEXT:
        return False
    return below.text[:1].islower() and count_words(below.text) > _ENTRY_WORDS


def _listed(candidates: list[Candidate], blocks: Sequence[Block]) -> tuple[set[int], frozenset[int]]:
    """Indices of candidates that only list headings: a row without prose between; and all blocks of these rows."""
    contents: set[int] = set()
    keys = _keys(candidates)
    times = Counter(keys.values())
    listed: set[int] = set()
    for run in _runs(candidates, blocks, keys):
        again = [candidate for candidate in run if times[keys[candidate.index]] > 1]
        announced = _is_announcement(run[0]) and len(run) > 1
        if announced or (
            len(run) >= _SHORTEST_LIST
            and (len(again) * 2 >= len(run) or (_lists(run) and run[-1] is not candidates[-1]))
        ):
            kept = times[keys[run[-1].index]] == 1
            listed.update(candidate.index for candidate in (run[:-1] if kept else run))
            contents.update(range(run[0].index, run[-1].index + (not kept)))
        for candidate in run:
            times[keys[candidate.index]] -= 1
    return listed, frozenset(contents)


def _lists(run: Sequence[Candidate]) -> bool:
    """Whether a run holds three of one kind: an opening has one of each, "Book One, Part One, Chapter One"."""
    kinds = Counter((found.marker.kind, found.marker.keyword) for found in run if found.marker and found.is_numbered)
    return max(kinds.values(), default=0) >= _SHORTEST_LIST


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
