"""Which candidates are headings: by style first, by words next, by counting and by the space above them last."""

from bisect import bisect
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import assert_never

from jobs.analysis.document import Block, Role
from jobs.analysis.structure.candidates import Candidate, find_candidates
from jobs.analysis.structure.looks import set_alike, set_as
from jobs.analysis.structure.numbering import counted_rows
from jobs.analysis.words.markers import Marker, Place, SectionKind, is_capitalised, is_title, undecorated
from jobs.analysis.words.words import count_words

LONGEST_CHAPTER = 12_000
"""Words; a heading whose text is longer on average, with others below it, is a part's."""
_SHORTEST_CHAPTER = 80
_MAX_NAME_WORDS = 9
"""Words: below a heading of fewer words than the first stands no chapter, and a name of more is a sentence. Guesses,
held to the novels and small manuscripts of the tests."""
_NO_HEADINGS = frozenset({"the end", "end", "fin", "finis", "to be continued", "stop", "the beginning"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading that was chosen, over the blocks from `index` to `body_index`."""

    index: int
    body_index: int
    kind: SectionKind
    text: str
    name: str
    place: Place = Place.STORY
    scenes: tuple[int, ...] = ()
    """Indices of blocks below it that only head scenes."""
    level: int = 0
    """1 the highest; 0 where the file says none."""
    is_numbered: bool = False
    """Whether it is a part, a chapter or a letter by its words."""
    is_chapter: bool = False
    """Whether its words or its number make it a chapter, so that what is below it are scenes."""
    has_keyword: bool = False
    is_named: bool = False
    """Whether it is a prologue, an epilogue or the like."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The headings of a manuscript, and what only lists them."""

    headings: list[Heading]
    contents: frozenset[int]
    """Indices of the blocks of contents lists."""
    words_below: list[int]
    """Words between each heading and the next."""


def choose_headings(blocks: Sequence[Block], *, longest_chapter: int = LONGEST_CHAPTER) -> Chosen:
    """The headings of a manuscript in order, without contents lists and the book's own title.

    `longest_chapter` is in words: unnumbered headings over more than that, with twice as many below, head parts.
    """
    choice = _Choice(blocks, longest_chapter)
    headings = choice.headings()
    return Chosen(headings=headings, contents=choice.contents, words_below=choice.words_below(headings))


class _Choice:
    def __init__(self, blocks: Sequence[Block], longest_chapter: int) -> None:
        self._blocks = blocks
        self._longest_chapter = longest_chapter
        self._words_before = [0, *accumulate(count_words(block.text) for block in blocks)]
        self._candidates, self.contents = find_candidates(blocks)
        self._markers = {found.index: found.marker for found in self._candidates}
        self._styled = _without_book_title([found for found in self._candidates if found.is_styled])
        self._scenes: set[int] = set()
        self._numbered = {found.index: found for found in self._choose_numbered()}
        self._names = self._names_below()

    def headings(self) -> list[Heading]:
        """All headings, in order."""
        kinds = dict.fromkeys(self._named(), SectionKind.OTHER)
        kinds |= self._styled_kinds() | self._spaced_kinds()
        kinds |= {index: found.marker.kind for index, found in self._numbered.items() if found.marker}
        order, scenes = sorted(kinds), sorted(self._scenes - set(kinds))
        ends = [*order, len(self._blocks)][1:]
        return [
            self._heading(index, kinds[index], scenes[bisect(scenes, index) : bisect(scenes, end - 1)])
            for index, end in zip(order, ends, strict=True)
        ]

    def words_below(self, headings: Sequence[Heading]) -> list[int]:
        """Words between each heading and the next."""
        ends = [*(heading.index for heading in headings), len(self._blocks)][1:]
        return [
            self._words_before[end] - self._words_before[heading.body_index]
            for heading, end in zip(headings, ends, strict=True)
        ]

    def _heading(self, index: int, kind: SectionKind, scenes: Sequence[int]) -> Heading:
        block = self._blocks[index]
        marker = self._markers.get(index)
        text, name = _text_and_name(block.text, marker)
        below = self._names.get(index)
        return Heading(
            index=index,
            body_index=index + 1 if below is None else below + 1,
            kind=kind,
            text=text,
            name=name if below is None else _one_line(self._blocks[below].text),
            place=marker.place if marker else Place.STORY,
            scenes=tuple(scenes),
            level=block.level,
            is_numbered=index in self._numbered,
            is_chapter=index in self._numbered and kind is SectionKind.CHAPTER,
            has_keyword=marker is not None and bool(marker.keyword),
            is_named=marker is not None and marker.kind is SectionKind.OTHER,
        )

    def _choose_numbered(self) -> Iterable[Candidate]:
        """Parts, chapters and letters by style or keyword; where they have no chapters, bare numbers that count up."""
        worded = [
            found
            for found in self._candidates
            if found.is_numbered and (found.is_styled or (found.marker and not found.marker.is_bare))
        ]
        chapters = sum(found.is_chapter for found in worded)
        titled = sum(found.marker is None for found in self._styled)
        row = counted_rows(self._candidates, self._words_before) - {found.index for found in worded}
        if chapters < 2 and titled < 2:
            return worded + [found for found in self._candidates if found.index in row]
        self._scenes |= row
        return worded

    def _names_below(self) -> dict[int, int]:
        """Headings whose name stands in the next block, which is a heading as well or looks like a title.

        In plain text one such line may be a short first sentence; where most chapters have one, it is a name.
        """
        untitled = [found for found in self._numbered.values() if found.marker and not found.marker.title]
        below = {found.index: found.index + 1 for found in untitled if self._may_name(found.index + 1)}
        headed = {index: name for index, name in below.items() if self._blocks[name].role is Role.HEADING}
        scene_levels = self._levels_elsewhere(set(headed.values()))
        styled = {index: name for index, name in headed.items() if self._blocks[name].level not in scene_levels}
        typed = {index: name for index, name in below.items() if index not in headed}
        is_habit = len(typed) > 1 and len(typed) * 2 >= len(untitled) - len(styled)
        return styled | {index: name for index, name in typed.items() if is_habit or self._is_spaced_name(index, name)}

    def _levels_elsewhere(self, names: set[int]) -> set[int]:
        """Levels of headings without numbers that also stand where they name no chapter: they head scenes."""
        named = names | set(self._numbered)
        return {found.block.level for found in self._styled if found.index not in named}

    def _may_name(self, index: int) -> bool:
        if index + 1 >= len(self._blocks) or index in self._numbered:
            return False
        block = self._blocks[index]
        if block.role is Role.HEADING:
            return True
        return block.role is Role.TEXT and "\n" not in block.text and is_title(block.text) and _is_unquoted(block.text)

    def _is_spaced_name(self, index: int, name: int) -> bool:
        """Whether a lone name is set off: written as a title, in a manuscript that has just one such heading."""
        return len(self._numbered) == 1 and index + 1 == name and is_capitalised(self._blocks[name].text)

    def _named(self) -> Iterable[int]:
        """Prologues, epilogues and the like; prefaces only before, notes only after the numbered sections."""
        first = min(self._numbered, default=len(self._blocks))
        last = max(self._numbered, default=-1)
        taken = set(self._names.values())
        for found in self._candidates:
            if found.marker is None or found.is_numbered or found.index in taken:
                continue
            if _fits(found.marker.place, before=found.index < first, after=found.index > last):
                yield found.index

    def _styled_kinds(self) -> dict[int, SectionKind]:
        """The styled headings without a number: parts, chapters and scenes by their level."""
        taken = set(self._names.values())
        plain = [found for found in self._styled if found.marker is None and found.index not in taken]
        chapters = [found for found in self._numbered.values() if found.is_chapter]
        if len(chapters) > 1:
            level, same = _usual_level(chapters), SectionKind.OTHER
        else:
            level, same = self._chapter_level(plain), SectionKind.CHAPTER
        deeper = [found for found in plain if level and found.block.level > level]
        count = len(chapters) or len(plain) - len(deeper)
        if len(deeper) * 2 > count:
            scenes = {found.index for found in deeper}
            self._scenes |= scenes
            plain = [found for found in plain if found.index not in scenes]
        return {found.index: _kind_at(found.block.level, level, same) for found in plain}

    def _chapter_level(self, plain: Sequence[Candidate]) -> int:
        """The highest level with two headings or more, unless what it heads is far too long for chapters."""
        counts = Counter(found.block.level for found in plain)
        levels = sorted(level for level, count in counts.items() if count > 1) or sorted(counts)
        for level, next_level in pairwise(levels):
            long = self._words_before[-1] > counts[level] * self._longest_chapter
            if not (long and counts[next_level] >= 2 * counts[level]):
                return level
        return levels[-1] if levels else 0

    def _spaced_kinds(self) -> dict[int, SectionKind]:
        """Headings without style and number: capitalised lines with more space above them than paragraphs have."""
        if self._styled:
            return {}
        usual = Counter(block.gap for block in self._blocks).most_common(1)[0][0] if self._blocks else 0
        typed = [found for found in self._numbered.values() if not found.is_styled]
        taken = set(self._names.values()) | set(self._numbered) | set(self._named())
        if len(typed) > 1:
            gap = min(found.block.gap for found in typed)
            after = min(self._numbered)
            found = self._spaced(gap, after=after) if gap > max(usual, 1) else []
            found = [index for index in found if self._blocks[index].gap >= gap]
            found += [index for index in set_as(self._blocks, self._numbered) if index > after and index not in taken]
            return dict.fromkeys(found, SectionKind.OTHER)
        found = self._spaced(max(2, usual + 1), after=-1)
        alike = set_alike(self._blocks, self._words_before, taken)
        found = found if len(found) > len(alike) else alike
        return dict.fromkeys(found, SectionKind.CHAPTER) if len(found) > 1 else {}

    def _spaced(self, gap: int, *, after: int) -> list[int]:
        taken = set(self._names.values()) | set(self._numbered) | set(self._named())
        found = [
            index
            for index, block in enumerate(self._blocks)
            if index > after and index not in taken and _is_set_off(block, gap, is_first=not index)
        ]
        ends = [*found, len(self._blocks)][1:]
        return [
            index
            for index, end in zip(found, ends, strict=True)
            if self._words_before[end] - self._words_before[index] >= _SHORTEST_CHAPTER
        ]


def _without_book_title(styled: list[Candidate]) -> list[Candidate]:
    """Without the book's own title: the first heading, alone on its level, above all others."""
    if len(styled) < 2:
        return styled
    first, others = styled[0], styled[1:]
    is_title_of_all = first.marker is None and all(other.block.level > first.block.level for other in others)
    return others if is_title_of_all else styled


def _text_and_name(text: str, marker: Marker | None) -> tuple[str, str]:
    """A heading on one line, and the name in it; a name on a line of its own is taken off the heading."""
    if marker is None:
        return undecorated(_one_line(text)), undecorated(_one_line(text))
    first, _, rest = text.partition("\n")
    if rest and _one_line(rest) == marker.title:
        return undecorated(_one_line(first)), marker.title
    return undecorated(_one_line(text)), marker.title


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _is_unquoted(text: str) -> bool:
    return text[0] not in "“\"‘'«—–-" or is_capitalised(text)


def _fits(place: Place, *, before: bool, after: bool) -> bool:
    match place:
        case Place.STORY:
            return True
        case Place.FRONT:
            return before
        case Place.BACK:
            return after
        case Place.EITHER:
            return before or after
        case _:
            assert_never(place)


def _usual_level(chapters: Sequence[Candidate]) -> int:
    levels = Counter(found.block.level for found in chapters if found.is_styled)
    return levels.most_common(1)[0][0] if levels else 0


def _kind_at(level: int, chapter_level: int, same: SectionKind) -> SectionKind:
    return SectionKind.PART if level < chapter_level else same


def _is_set_off(block: Block, gap: int, *, is_first: bool) -> bool:
    """Whether a block has that much space above it, or is in capitals, and reads as a title."""
    text = block.text
    if block.role is not Role.TEXT or "\n" in text or text.casefold().strip(" .!*") in _NO_HEADINGS:
        return False
    if len(text.split()) > _MAX_NAME_WORDS or not is_title(text) or text[0] in "“\"‘'«([":
        return False
    if not (is_capitalised(text) or any(map(str.isdigit, text))):  # "Lundi 3 juin"
        return False
    return is_first or block.gap >= gap or (text.isupper() and len(text) > 3 and block.gap > 0)
