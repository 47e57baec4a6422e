"""Plain text and Markdown to blocks: where paragraphs end, which lines were only wrapped, what is a break."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import quantiles

from jobs.analysis.document import Block, Document, Role
from jobs.analysis.words.markers import is_scene_break, read_marker

_NEWLINES = re.compile("\r\n?|[\u2028\u2029\x85\x0b]")
_PAGE = "\f"
_PAGE_GAP = 3
_WIDEST_WRAP = 100
_NARROWEST_WRAP = 35
_LONGEST_HEADING = 200
_LONGEST_PLAIN_HEADING = 60
_HASHES = re.compile(r"(#{1,6})\s+(\S.*?)(?:\s+#+)?$")
_UNDERLINE = re.compile(r"(=|-){3,}$")
_FRONT_MATTER = re.compile(r"\A---\n(?:[A-Za-z_-]+:.*\n|[ \t]+.*\n|\n)+?(?:---|\.\.\.)\n")
_EMPHASIS = re.compile(r"(?<![\w*\\])(\*{1,3}|_{1,3})(?=\S)(.{1,400}?)(?<=[^\s\\])\1(?![\w*])", re.DOTALL)
_LINK = re.compile(r"!?\[([^\[\]\n]{0,500})\]\([^)\n]{0,500}\)")
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+\-.!>~|])")


@dataclass(frozen=True, slots=True)
class _Chunk:
    lines: list[str]
    gap: int


def read_text(text: str) -> Document:
    """A plain-text manuscript. Lines that begin with hashes are headings here too: many authors write them."""
    chunks = list(_chunks(_NEWLINES.sub("\n", text)))
    if not _is_wrapped(chunks):
        chunks = list(_line_by_line(chunks))
    return Document(blocks=tuple(block for chunk in chunks for block in _blocks(chunk)))


def read_markdown(text: str) -> Document:
    """A Markdown manuscript: its marks of emphasis, links, comments and leading settings are not prose."""
    text = _NEWLINES.sub("\n", text)
    text = _FRONT_MATTER.sub("", text)
    text = _LINK.sub(r"\1", _without_comments(text))
    document = read_text("\n".join(_hashed(text.split("\n"))))
    return Document(blocks=tuple(_without_marks(block) for block in document.blocks))


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
            yield Block(text="\n".join(paragraph), gap=gap)
            paragraph, gap = [], 0
        if stands_alone:
            yield _lone_block(line.strip(), gap)
            gap = 0
        else:
            paragraph.append(line.strip())
    if paragraph:
        yield Block(text="\n".join(paragraph), gap=gap)


def _stands_alone(line: str, *, first: bool) -> bool:
    text = line.strip()
    if len(text) > _LONGEST_HEADING:
        return False
    if is_scene_break(text) or _HASHES.match(text):
        return True
    marker = read_marker(text) if first and len(text) <= _LONGEST_PLAIN_HEADING else None
    return marker is not None and marker.is_plain


def _is_indented(line: str) -> bool:
    return line.startswith(("\t", "  ", "\u3000", "\u00a0\u00a0", "\u2003"))


def _lone_block(text: str, gap: int) -> Block:
    if is_scene_break(text):
        return Block(text=text, role=Role.BREAK, gap=gap)
    if hashes := _HASHES.match(text):
        return Block(text=hashes[2], role=Role.HEADING, level=len(hashes[1]), gap=gap)
    return Block(text=text, gap=gap)


def _hashed(lines: list[str]) -> Iterator[str]:
    """Headings that are underlined with === or --- are written with hashes; quotation marks of Markdown go."""
    above_blank = True
    for line, below in zip(lines, [*lines[1:], ""], strict=True):
        underline = _UNDERLINE.match(below.strip())
        if underline and line.strip() and above_blank and not is_scene_break(line.strip()):
            yield ("# " if underline[1] == "=" else "## ") + line.strip()
        elif _UNDERLINE.match(line.strip()) and not above_blank:
            yield ""
        else:
            yield re.sub(r"^\s{0,3}>\s?", "", line)
        above_blank = not line.strip()


def _without_comments(text: str) -> str:
    """Without notes to self in <!-- -->; one that is never closed stays."""
    pieces: list[str] = []
    at = 0
    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start + 4)) >= 0:
        pieces.append(text[at:start])
        at = end + 3
    return "".join((*pieces, text[at:]))


def _without_marks(block: Block) -> Block:
    if block.role is Role.BREAK:
        return block
    text = block.text
    for _ in range(2):  # bold within italics and the like
        text = _EMPHASIS.sub(r"\2", text)
    text = _ESCAPE.sub(r"\1", text).replace("`", "")
    return Block(text=text, role=block.role, level=block.level, gap=block.gap)
