"""Pictures that stand alone between paragraphs: one that comes again is an ornament between scenes."""

from collections import Counter
from collections.abc import Mapping, Sequence

from jobs.analysis.document import Block

_FEWEST = 2


def without_pictures(blocks: Sequence[Block], pictures: Mapping[int, str]) -> list[Block]:
    """The blocks without those that only stand for a picture, but for ornaments, which stay as breaks.

    `pictures` names the picture of each such block, by its index.
    """
    dropped = set(illustrations(pictures))
    return [block for index, block in enumerate(blocks) if index not in dropped]


def illustrations(pictures: Mapping[int, str]) -> list[int]:
    """Indices of the blocks whose picture comes only once, in order: a plate, a map, the opening of a chapter."""
    times = Counter(pictures.values())
    return [index for index, name in sorted(pictures.items()) if times[name] < _FEWEST]
