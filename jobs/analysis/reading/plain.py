"""Plain text to blocks: where paragraphs end, which lines were only wrapped, what is a break."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles

from jobs.analysis.document import Block, Document, Role
from jobs.analysis.reading.encoding import decode
from jobs.analysis.reading.format import Format
from jobs.analysis.words.markers import is_ornament, is_scene_break, read_marker
from jobs.errors import TooLarge

NEWLINES = re.compile("\r\n?|[\u2028\u2029\x85\x0b]")
_PAGE = "\f"
_PAGE_GAP = 3
MAX_TEXT_BYTES = 64 * 1024 * 1024
"""Of a plain text; as much as a container may unpack to."""
_INSPECTED_BYTES = 4096
_CENTRED = 10
"""Spaces; no paragraph is indented so far. A guess."""
_WIDEST_WRAP = 100
_NARROWEST_WRAP = 35
_LONGEST_HEADING = 200
_LONGEST_PLAIN_HEADING = 60
HASHES = re.compile(r"(#{1,6})!?\s+(\S.*?)(?:\s+#+)?$")


@dataclass(frozen=True, slots=True)
class _Chunk:
    lines: list[str]
    gap: int


def read_text(text: str) -> Document:
    """A plain-text manuscript. Lines that begin with hashes are headings here too: many authors write them."""
    chunks = list(_chunks(NEWLINES.sub("\n", text)))
    if not _is_wrapped(chunks):
        chunks = list(_line_by_line(chunks))
    return Document(blocks=tuple(block for chunk in chunks for block in _blocks(chunk)))


def _chunks(text: str) -> Iterator[_Chunk]:
    """Runs of lines between blank ones. A form feed is a new page."""
    lines: list[str] = []
    gap = blank = 0
    for line in text.replace(_PAGE, f"\n{_PAGE}").split("\n"):
        if line.strip():
            if not lines:
                gap = max(blank, _PAGE_GAP) if _PAGE in line else blank
            lines.append(line.replace(_PAGE, "").rstrip())
            blank = 0
            continue
        if lines:
            yield _Chunk(lines, gap)
            lines = []
            blank = 0
        blank += _PAGE_GAP if _PAGE in line else 1
    if lines:
        yield _Chunk(lines, gap)


def _is_wrapped(chunks: list[_Chunk]) -> bool:
    """Whether lines were broken by a program at a fixed width, so that one line is not one paragraph."""
    inner = [len(line) for chunk in chunks for line in chunk.lines[:-1]]
    if len(inner) < 3:
        return False
    tenths = quantiles(inner, n=10)
    return tenths[8] <= _WIDEST_WRAP and tenths[4] >= _NARROWEST_WRAP and tenths[8] - tenths[4] <= 30


def _line_by_line(chunks: list[_Chunk]) -> Iterator[_Chunk]:
    for chunk in chunks:
        for position, line in enumerate(chunk.lines):
            yield _Chunk([line], 0 if position else chunk.gap)


def _blocks(chunk: _Chunk) -> Iterator[Block]:
    """The paragraphs of a chunk: headings and breaks stand by themselves, an indent begins a new paragraph."""
    paragraph: list[str] = []
    gap = chunk.gap
    for position, line in enumerate(chunk.lines):
        stands_alone = _stands_alone(line, first=position == 0)
        if paragraph and (stands_alone or _is_indented(line)):
            yield _paragraph(paragraph, gap)
            paragraph, gap = [], 0
        if stands_alone:
            yield _lone_block(line.strip(), gap)
            gap = 0
        else:
            paragraph.append(line)
    if paragraph:
        yield _paragraph(paragraph, gap)


def _paragraph(lines: list[str], gap: int) -> Block:
    text = "\n".join(line.strip() for line in lines)
    if len(lines) == 1 and is_ornament(text):
        return Block(text=text, role=Role.BREAK, gap=gap)
    indent = len(lines[0].expandtabs()) - len(lines[0].expandtabs().lstrip())
    return Block(text=text, gap=gap, look="far in" if indent >= _CENTRED else "")


def _stands_alone(line: str, *, first: bool) -> bool:
    text = line.strip()
    if len(text) > _LONGEST_HEADING:
        return False
    if is_scene_break(text) or HASHES.match(text):
        return True
    marker = read_marker(text) if first and len(text) <= _LONGEST_PLAIN_HEADING else None
    return marker is not None and marker.is_plain


def _is_indented(line: str) -> bool:
    return line.startswith(("\t", "  ", "\u3000", "\u00a0\u00a0", "\u2003"))


def _lone_block(text: str, gap: int) -> Block:
    if is_scene_break(text):
        return Block(text=text, role=Role.BREAK, gap=gap)
    if hashes := HASHES.match(text):
        return Block(text=hashes[2], role=Role.HEADING, level=len(hashes[1]), gap=gap)
    return Block(text=text, gap=gap)


def without(text: str, start_mark: str, end_mark: str, *, instead: str = "") -> str:
    """Without what stands between two marks, e.g. a note to self; one that is never closed stays."""
    pieces: list[str] = []
    at = 0
    while (start := text.find(start_mark, at)) >= 0:
        end = text.find(end_mark, start + len(start_mark))
        if end < 0:
            break
        pieces += (text[at:start], instead)
        at = end + len(end_mark)
    return "".join((*pieces, text[at:]))


def inspect_plain(path: Path) -> None:
    """Refuses what is no text, by its beginning."""
    with path.open("rb") as file:
        decode(file.read(_INSPECTED_BYTES))


def text_of(path: Path) -> str:
    """All of a text file. Raises Unreadable where it is no text, TooLarge where it is longer than any novel."""
    return decode(bytes_of(path))


def bytes_of(path: Path) -> bytes:
    """All bytes of a text file. Raises TooLarge where it is longer than any novel."""
    if path.stat().st_size > MAX_TEXT_BYTES:
        raise TooLarge("This text is longer than any novel. Upload the manuscript alone.")
    return path.read_bytes()


FORMAT = Format(
    label="plain text",
    name="a text file",
    endings=(".txt", ".text"),
    inspect=inspect_plain,
    read=lambda path: read_text(text_of(path)),
)
