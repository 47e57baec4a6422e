"""The table of contents that a file carries, as headings in a text that has none."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from jobs.analysis.document import Block, Document, OutlineEntry, Role
from jobs.analysis.words.markers import read_marker
from jobs.analysis.words.words import words_of

_APPARATUS = re.compile(
    r"""
    (front\s|back\s|inside\s)?cover(\s(page|image))? | (half[\s-]?)?title(\s?page)? | (table\sof\s)?contents
    | (un)?copyright(\s.*)? | imprint | colophon | dedication | epigraph | frontispiece | maps? | also\sby\s.*
    | (other\s)?books\sby\s.* | (advance\s)?praise(\sfor\s.*)? | about\sthe\s(author|publisher|book|translator)s?
    | acknowledge?ments? | (list\sof\s)?(illustrations|maps|characters|figures) | (end|foot)?notes | glossary | index
    | bibliography | newsletter(\s.*)? | (start|begin)(\sreading)? | (the\sfull\s)?project\sgutenberg.*
    | transcriber.s\snotes? | couverture | page\sde\stitre | sommaire | table\sdes\smatières | titelseite | impressum
    | inhalt(sverzeichnis)? | portada | cubierta | créditos | índice | copertina | frontespizio | indice
    | okładka | strona\stytułowa | spis\streści | обложка
    | титул(ьный\sлист)? | содержание | оглавление
    """,
    re.IGNORECASE | re.VERBOSE,
)
_TITLE_PAGE = 80
_LETTERS = re.compile(r"\w")

Blocks = Sequence[Block]


def outlined(document: Document, limits: tuple[int, int]) -> tuple[Blocks, Blocks, Blocks]:
    """What stands before the story, the story with its headings, and what stands after it, as the outline says.

    Cover, copyright page, notes and their kin are no story. A heading whose words stand in the text is that
    paragraph; any other is added above the paragraph that the outline points to.
    """
    blocks, (start, end) = document.blocks, limits
    entries = [entry for entry in document.outline if start <= entry.block < end]
    story = [entry for entry in entries if not _APPARATUS.fullmatch(entry.title)]
    while len(story) > 1 and _is_title_page(story[0], story[1], blocks):
        del story[0]
    if story and entries[0] is not story[0]:
        start = story[0].block
    if story and entries[-1] is not story[-1]:
        end = entries[entries.index(story[-1]) + 1].block
    return blocks[:start], tuple(_headed(blocks, story, start, end)), blocks[end:]


def _is_title_page(entry: OutlineEntry, after: OutlineEntry, blocks: Blocks) -> bool:
    """Whether the first entry is no chapter but the book's title: nothing numbered, hardly a word, nothing nested."""
    return (
        after.level <= entry.level
        and read_marker(entry.title) is None
        and words_of(blocks[entry.block : after.block]) <= _TITLE_PAGE
    )


def _headed(blocks: Blocks, entries: Sequence[OutlineEntry], start: int, end: int) -> Iterator[Block]:
    titles = {index: _nested(list(same)) for index, same in groupby(entries, key=lambda entry: entry.block)}
    for index in range(start, end):
        block, named = blocks[index], titles.get(index, [])
        below = Block(text=block.text, gap=block.gap) if block.role is Role.HEADING else block
        for entry in named:
            if entry is named[-1] and _says(block, entry.title):
                below = Block(text=block.text, role=Role.HEADING, level=entry.level, gap=block.gap)
            else:
                yield Block(text=entry.title, role=Role.HEADING, level=entry.level, is_added=True)
        yield below


def _nested(entries: Sequence[OutlineEntry]) -> list[OutlineEntry]:
    """Of several entries at one place a part and its first chapter; two of one level stand there where the first
    points to a page without words."""
    nested: list[OutlineEntry] = []
    for entry in entries:
        while nested and nested[-1].level >= entry.level:
            nested.pop()
        nested.append(entry)
    return nested


def _says(block: Block, title: str) -> bool:
    """Whether the paragraph is the title, or the title without its number."""
    marker = read_marker(title)
    return _letters(block.text) in {_letters(title), _letters(marker.title if marker else "") or None}


def _letters(text: str) -> str:
    return "".join(_LETTERS.findall(text)).casefold()
