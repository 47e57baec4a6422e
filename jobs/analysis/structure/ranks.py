"""What each heading is: a chapter is where prose is, a part holds chapters, a title page is neither."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from jobs.analysis.structure.headings import Heading
from jobs.analysis.words.markers import Place, SectionKind

_PROSE = 80
"""Words below a heading that make it more than a title, a motto or a dedication. The shortest chapter of the novels
that this was tried on has 82."""

_LINE_OR_TWO = 30
"""Words of a title page below its heading. A guess."""


class _Tree:
    """The headings with their depth and the words that stand directly below each."""

    def __init__(self, headings: Sequence[Heading], words: Sequence[int]) -> None:
        self.headings = headings
        self.words = words
        self._ends = self._find_ends()

    def _find_ends(self) -> list[int]:
        """Where the headings below each end; read backwards, since each skips over those below it."""
        ends = [0] * len(self.headings)
        for position in reversed(range(len(self.headings))):
            end = position + 1
            while end < len(self.headings) and self.depth(end) > self.depth(position):
                end = ends[end]
            ends[position] = end
        return ends

    def depth(self, position: int) -> float:
        """Larger is deeper. A part without a style stands above whatever has none."""
        heading = self.headings[position]
        return heading.level or (1 if heading.kind is SectionKind.PART else 2)

    def below(self, position: int) -> range:
        """The headings that a heading holds."""
        return range(position + 1, self._ends[position])

    def has_prose(self, position: int) -> bool:
        return self.words[position] > _PROSE

    def holds_prose(self, position: int) -> bool:
        return any(map(self.has_prose, self.below(position)))


def ranked(headings: Sequence[Heading], words: Sequence[int]) -> list[Heading]:
    """The headings without title pages and scenes, each with its kind. `words` are those directly below each."""
    tree = _Tree(headings, words)
    first = _first_of_story(tree)
    tree = _Tree(headings[first:], words[first:])
    tree = _undivided(tree)
    return [_kinded(tree, position) for position in range(len(tree.headings))]


def _first_of_story(tree: _Tree) -> int:
    """Leading headings over a line or two are a title page: the title, "Author: …", a motto."""
    position = 0
    first_prose = next(filter(tree.has_prose, range(len(tree.headings))), 0)
    while position < first_prose and _is_title_page(tree, position):
        position += 1
    return position


def _is_title_page(tree: _Tree, position: int) -> bool:
    heading = tree.headings[position]
    if heading.is_numbered or heading.place is not Place.STORY or tree.words[position] > _LINE_OR_TWO:
        return False
    if heading.is_named and not tree.below(position):
        return False
    peers = (
        other
        for other in range(position + 1, len(tree.headings))
        if tree.depth(other) == tree.depth(position) and not tree.headings[other].is_numbered
    )
    return not (
        tree.holds_prose(position)
        and (heading.is_named or any(tree.has_prose(peer) or tree.holds_prose(peer) for peer in peers))
    )


def _undivided(tree: _Tree) -> _Tree:
    """Stories of which one is divided are chapters all the same; what divides it are its scenes."""
    stories = [position for position in range(len(tree.headings)) if not tree.headings[position].is_numbered]
    for depth in sorted({tree.depth(position) for position in stories}):
        level = [position for position in stories if tree.depth(position) == depth]
        divided = [position for position in level if tree.holds_prose(position)]
        whole = [position for position in level if tree.has_prose(position) and position not in divided]
        pieces = [below for position in divided for below in tree.below(position)]
        if pieces and len(whole) >= len(pieces):
            return _joined(tree, divided)
    return tree


def _joined(tree: _Tree, divided: Sequence[int]) -> _Tree:
    headings = list(tree.headings)
    words = list(tree.words)
    gone: set[int] = set()
    for position in divided:
        below = tree.below(position)
        scenes = (*headings[position].scenes, *_scenes(headings, below))
        headings[position] = replace(headings[position], kind=SectionKind.CHAPTER, scenes=tuple(sorted(scenes)))
        words[position] += sum(words[each] for each in below)
        gone.update(below)
    kept = [position for position in range(len(headings)) if position not in gone]
    return _Tree([headings[position] for position in kept], [words[position] for position in kept])


def _scenes(headings: Sequence[Heading], below: range) -> Iterator[int]:
    for position in below:
        yield headings[position].index
        yield from headings[position].scenes


def _kinded(tree: _Tree, position: int) -> Heading:
    heading = tree.headings[position]
    if tree.holds_prose(position) and not tree.has_prose(position) and not _is_divided_chapter(tree, position):
        return replace(heading, kind=SectionKind.PART)
    if heading.kind is SectionKind.PART and not tree.holds_prose(position) and tree.has_prose(position):
        return replace(heading, kind=SectionKind.CHAPTER)
    return heading


def _is_divided_chapter(tree: _Tree, position: int) -> bool:
    """Whether a chapter by its keyword holds its scenes, or one by its number holds some without numbers."""
    heading = tree.headings[position]
    numbered = any(tree.headings[below].is_numbered for below in tree.below(position))
    return heading.is_chapter and (heading.has_keyword or not numbered)
