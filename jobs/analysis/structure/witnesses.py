"""What the file says of its headings beside their words: styles, and the table of contents that it carries."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from jobs.analysis.document import Block, Document, OutlineEntry, Role
from jobs.analysis.words.markers import is_letterless, read_marker
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
"""Words; a page with no more is no chapter. A guess: the shortest chapter of the novels here has 82."""
_REACH = 4
"""Blocks: an entry points to a picture, an ornament or a part's name above its heading. A guess."""
_RUNNING = 3
"""Headings of one level that all say the same: the book's title on every page, no chapters."""
_LETTERS = re.compile(r"\w")

Blocks = Sequence[Block]


def witnessed(document: Document, limits: tuple[int, int]) -> tuple[Blocks, Blocks, Blocks]:
    """What stands before the story, the story with its headings, and what stands after it.

    The table of contents is one more witness. A paragraph that it names is a heading; where it names a place that
    the text does not head, its title is added above; cover, copyright page, notes and their kin are no story.
    """
    blocks, (start, end) = _with_lettered_headings(document.blocks), limits
    entries = [entry for entry in document.outline if start <= entry.block < end]
    blocks = _without_running_titles(blocks, entries)
    story = [entry for entry in entries if not _APPARATUS.fullmatch(entry.title)]
    while len(story) > 1 and _is_title_page(story[0], story[1], blocks):
        del story[0]
    if story and entries[0] is not story[0]:
        start = story[0].block
    if story and entries[-1] is not story[-1]:
        end = entries[entries.index(story[-1]) + 1].block
    return blocks[:start], tuple(_headed(blocks, story, start, end)), blocks[end:]


def _with_lettered_headings(blocks: Blocks) -> Blocks:
    """A heading without letters is one where others of its level have some; else it is an ornament."""
    lettered = {block.level for block in blocks if block.role is Role.HEADING and not is_letterless(block.text)}
    return tuple(
        replace(block, role=Role.BREAK, level=0)
        if block.role is Role.HEADING and block.level not in lettered and is_letterless(block.text)
        else block
        for block in blocks
    )


def _without_running_titles(blocks: Blocks, entries: Sequence[OutlineEntry]) -> Blocks:
    """Headings that all say the same are none where the table of contents, or lower ones, tell the chapters apart."""
    headings = [block for block in blocks if block.role is Role.HEADING]
    running = {level for level in {block.level for block in headings} if _is_running(level, headings, entries)}
    return (
        tuple(
            replace(block, role=Role.TEXT, level=0) if block.role is Role.HEADING and block.level in running else block
            for block in blocks
        )
        if running
        else blocks
    )


def _is_running(level: int, headings: Blocks, entries: Sequence[OutlineEntry]) -> bool:
    same = [_letters(block.text) for block in headings if block.level == level]
    if len(same) < _RUNNING or len(set(same)) > 1:
        return False
    others = {_letters(entry.title) for entry in entries} - set(same)
    return len(others) > 1 or sum(block.level > level for block in headings) >= len(same)


def _is_title_page(entry: OutlineEntry, after: OutlineEntry, blocks: Blocks) -> bool:
    """Whether the first entry is no chapter but the book's title: nothing numbered, hardly a word, nothing nested."""
    return (
        after.level <= entry.level
        and read_marker(entry.title) is None
        and words_of(blocks[entry.block : after.block]) <= _TITLE_PAGE
    )


def _headed(blocks: Blocks, entries: Sequence[OutlineEntry], start: int, end: int) -> Iterator[Block]:
    """The blocks of the story, with paragraphs made headings and headings added as the entries say."""
    groups = [(block, _nested(list(same))) for block, same in groupby(entries, key=lambda entry: entry.block)]
    ends = [*(block for block, _ in groups), end][1:]
    found = [_found(blocks, same, at, limit) for (at, same), limit in zip(groups, ends, strict=True)]
    levels = _levels(blocks, found)
    named = {index: entry for each in found for index, entry in each.items() if index >= 0}
    missing: dict[int, list[OutlineEntry]] = {}
    for (at, same), each in zip(groups, found, strict=True):
        missing[at] = [entry for entry in same if entry not in each.values()]
    for index in range(start, end):
        for entry in missing.get(index, ()):
            level = levels.get(entry.level, entry.level)
            yield Block(text=entry.title, role=Role.HEADING, level=level, is_added=True)
        block, said = blocks[index], named.get(index)
        if said is not None and block.role is not Role.HEADING:
            block = replace(block, role=Role.HEADING, level=levels.get(said.level, said.level))
        yield block


def _found(blocks: Blocks, entries: Sequence[OutlineEntry], at: int, limit: int) -> dict[int, OutlineEntry]:
    """Which block near the place heads which entry: one that says its title, else a heading that none claims."""
    near = range(at, min(at + _REACH, limit, len(blocks)))
    found: dict[int, OutlineEntry] = {}
    for entry in entries:
        said = [index for index in near if index not in found and _says(blocks[index], entry.title)]
        said.sort(
            key=lambda index: (_letters(blocks[index].text) != _letters(entry.title), not _is_heading(blocks[index]))
        )
        if said:
            found[said[0]] = entry
    open_headings = [index for index in near if index not in found and _is_heading(blocks[index])]
    unclaimed = [entry for entry in entries if entry not in found.values()]
    if len(open_headings) >= len(unclaimed):
        found |= dict(zip(open_headings, unclaimed, strict=False))
    return found


def _is_heading(block: Block) -> bool:
    """By its style, or by a keyword with a number."""
    if block.role is not Role.TEXT:
        return block.role is Role.HEADING
    marker = read_marker(block.text)
    return marker is not None and bool(marker.keyword) and marker.number is not None


def _levels(blocks: Blocks, found: Sequence[Mapping[int, OutlineEntry]]) -> Mapping[int, int]:
    """Which level of headings each level of the table of contents has in the text."""
    votes: dict[int, Counter[int]] = {}
    for each in found:
        for index, entry in each.items():
            if blocks[index].role is Role.HEADING:
                votes.setdefault(entry.level, Counter())[blocks[index].level] += 1
    return {level: counts.most_common(1)[0][0] for level, counts in votes.items()}


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
    """Whether the block is the title, or the title without its number or without its name."""
    if block.role not in (Role.TEXT, Role.HEADING) or len(block.text) > 2 * len(title) + 40:
        return False
    marker = read_marker(title)
    said = _letters(block.text)
    if said in {_letters(title), _letters(marker.title if marker else "") or None}:
        return True
    heading = read_marker(block.text) if marker else None
    return (
        heading is not None
        and marker is not None
        and (heading.keyword, heading.number) == (marker.keyword, marker.number)
        and heading.title in ("", marker.title)
    )


def _letters(text: str) -> str:
    return "".join(_LETTERS.findall(text)).casefold()
