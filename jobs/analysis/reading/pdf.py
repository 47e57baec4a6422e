"""PDF to blocks: lines become paragraphs again, without running heads, page numbers and hyphens at line ends."""

import json
import os
import re
import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any, NoReturn

from jobs.analysis.document import Block, Document, OutlineEntry, Role
from jobs.analysis.reading.encoding import clean
from jobs.analysis.reading.format import Format
from jobs.analysis.words.markers import is_ornament
from jobs.analysis.words.numerals import read_number
from jobs.errors import TooLarge, Unreadable
from novelfoundry import module_command

NAME = "a PDF"
BEGINS = b"%PDF"
_PROGRAM = "jobs.analysis.reading.pdf_lines"
_TAIL = 4096
_EDGE = 2
"""Lines at the top of a page, and at its bottom, that may be running heads."""
_FEWEST_ALIKE = 3
_WIDER = 1.3
"""Times the usual distance of lines: more is space between paragraphs. Typesetters stretch lines by less."""
_INDENT = 0.6
"""Of the size of the letters; a first line is set in by one or two."""
_LARGER = 1.15
"""Times the size of the text: letters of headings."""
_LONGEST_HEADING = 300
_LONGEST_TITLE = 200
_LEAST_ON_A_PAGE = 30
"""Characters, on average: a scanned page holds none, or its number alone."""
_PAGE_GAP = 3
_MOST_GAP = 9
_LOW = 2.5
"""Times the usual distance of lines: a first line that is lower, or a last one that is higher, than on other pages."""
_NUMBER = re.compile(r"\d{1,4}|\b[ivxlc]{1,8}\b", re.I)
_HYPHENS = ("-", "\u2010", "\u00ad", "\x02", "\ufffe")
"""At a line's end; the last two are the library's own."""
_FIRST_WORD = re.compile(r"\w+")
_UNREADABLE_CHARACTERS = re.compile("[\ufffd\ue000-\uf8ff]")
_MOST_UNREADABLE = 0.1
_ELSE = "Upload the file that it was made from, as .docx, .odt or .txt."


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a page, in points from the page's lower left corner."""

    text: str
    left: float
    right: float
    base: float
    size: float

    @property
    def letter(self) -> float:
        """The mean width of its letters."""
        return max(0.1, (self.right - self.left) / len(self.text))


@dataclass(frozen=True, slots=True)
class _Page:
    """The lines of a page, and where most of them begin and the longest ends."""

    lines: Sequence[_Line]
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class _Book:
    """What is usual in it."""

    size: float
    distance: float
    top: float
    bottom: float


def read_pdf(path: Path) -> Document:
    """The text of a PDF. Raises Unreadable for one that is scanned, locked or damaged."""
    pages, outline = _pages_of(path)
    raw = [[_Line(*line) for line in lines] for lines in pages]
    _check(raw)
    numbered = [(number, _measured(lines)) for number, lines in enumerate(_without_running_heads(raw)) if lines]
    blocks, starts = _Assembly([page for _, page in numbered]).blocks()
    first_blocks = {number: start for (number, _), start in zip(numbered, starts, strict=True)}
    return Document(blocks=tuple(blocks), outline=tuple(_outline(outline, first_blocks)))


def _inspect(path: Path) -> None:
    """A PDF ends with a mark of its end: one that is cut off has none."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _TAIL))
        if b"%%EOF" not in file.read():
            raise Unreadable(f"This file ends too early to be a whole PDF. Export it again, or: {_ELSE}")


def _pages_of(path: Path) -> tuple[list[list[Any]], list[Any]]:
    """The lines of each page and the entries of the outline, as the other process says them."""
    pages: list[list[Any]] = []
    with (
        path.open("rb") as file,
        subprocess.Popen(  # noqa: S603 - our own program
            module_command(_PROGRAM, f"/dev/fd/{file.fileno()}", str(os.getpid())),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            pass_fds=[file.fileno()],
        ) as process,
    ):
        assert process.stdout is not None  # noqa: S101 - a pipe
        try:
            for line in process.stdout:
                match json.loads(line):
                    case {"page": list() as lines}:
                        pages.append(lines)
                    case {"outline": list() as outline}:
                        return pages, outline
                    case {"refused": str() as reason}:
                        _refuse(reason)
        finally:
            with suppress(OSError):
                process.kill()
    return _refuse("damaged")


def _refuse(reason: str) -> NoReturn:
    match reason:
        case "password":
            raise Unreadable("This PDF is protected with a password. Save it without one and upload the new file.")
        case "pages":
            raise TooLarge("This PDF has more pages than any novel. Upload each book by itself.")
        case _:
            raise Unreadable(f"This PDF is damaged and cannot be read. {_ELSE}")


def _check(pages: Sequence[Sequence[_Line]]) -> None:
    characters = sum(len(line.text) for lines in pages for line in lines)
    if characters < _LEAST_ON_A_PAGE * len(pages):
        raise Unreadable(f"This PDF holds pictures of pages, not text: it was scanned. {_ELSE}")
    unknown = sum(len(_UNREADABLE_CHARACTERS.findall(line.text)) for lines in pages for line in lines)
    if unknown > _MOST_UNREADABLE * characters:
        raise Unreadable(f"This PDF does not say which letters it shows, so that it cannot be read. {_ELSE}")


def _without_running_heads(pages: Sequence[Sequence[_Line]]) -> Iterator[list[_Line]]:
    """The lines of each page without those at its edges that say the same at the same height on others.

    A number in them counts with the pages: a chapter's number does not.
    """
    edges = [_edges(lines) for lines in pages]
    alike = Counter(key for number, lines in enumerate(edges) for line in lines for key in _keys(line, number))
    for number, lines in enumerate(pages):
        running = {line for line in edges[number] if any(alike[key] >= _FEWEST_ALIKE for key in _keys(line, number))}
        yield [line for line in lines if line not in running]


def _edges(lines: Sequence[_Line]) -> set[_Line]:
    by_height = sorted(lines, key=lambda line: line.base)
    return {*by_height[:_EDGE], *by_height[-_EDGE:]}


def _keys(line: _Line, page: int) -> set[tuple[Any, ...]]:
    """What a running head has in common with others: its words, or its words and how far its number is ahead."""
    height = round(line.base / 6)
    if len(line.text) > _LONGEST_TITLE:
        return set()
    keys: set[tuple[Any, ...]] = {(height, line.text.casefold())}
    for match in _NUMBER.finditer(line.text):
        value, _ = read_number(match[0])
        if value is not None:
            others = line.text[: match.start()] + "\0" + line.text[match.end() :]
            keys.add((height, others.casefold(), value - page))
    return keys


def _measured(lines: Sequence[_Line]) -> _Page:
    lefts = Counter(round(line.left / 4) for line in lines)
    most, _ = max(lefts.items(), key=lambda item: (item[1], -item[0]))
    left = min(line.left for line in lines if round(line.left / 4) == most)
    return _Page(lines=lines, left=left, right=max(line.right for line in lines))


class _Assembly:
    """Puts the lines of all pages together to blocks."""

    def __init__(self, pages: Sequence[_Page]) -> None:
        self._pages = pages
        self._book = _usual(pages)
        self._hyphens = _Hyphens(line.text for page in pages for line in page.lines)
        self._blocks: list[Block] = []
        self._open: list[_Line] = []
        self._gap = 0

    def blocks(self) -> tuple[list[Block], list[int]]:
        """The blocks, and the index of the one in which each page begins."""
        starts: list[int] = []
        before: tuple[_Page, _Line] | None = None
        for page in self._pages:
            for number, line in enumerate(page.lines):
                gap = self._gap_above(before, page, line, begins_page=number == 0)
                if before and (gap or self._begins_paragraph(before, page, line)):
                    self._finish()
                    self._gap = gap
                if number == 0:
                    starts.append(len(self._blocks))
                self._open.append(line)
                before = page, line
        self._finish()
        return self._blocks, starts

    def _gap_above(self, before: tuple[_Page, _Line] | None, page: _Page, line: _Line, *, begins_page: bool) -> int:
        """Blank lines above a line, as a typewriter would count them."""
        if before is None:
            return 0
        book, (_, last) = self._book, before
        if begins_page:
            low = book.top - line.base > _LOW * book.distance
            return _PAGE_GAP if low or last.base - book.bottom > _LOW * book.distance else 0
        distance = last.base - line.base
        return min(_MOST_GAP, max(1, round(distance / book.distance) - 1)) if distance > _WIDER * book.distance else 0

    def _begins_paragraph(self, before: tuple[_Page, _Line], page: _Page, line: _Line) -> bool:
        last_page, last = before
        if _differs(last.size, line.size):
            return True
        indent = line.left - page.left
        if indent > _INDENT * line.size and indent > last.left - last_page.left + 1:
            return True
        first_word = len(line.text.split(maxsplit=1)[0])
        room = last_page.right - last.right
        return room > (first_word + 2) * last.letter and not _cut_word(last.text)

    def _finish(self) -> None:
        lines, self._open = self._open, []
        text = clean(self._hyphens.joined([line.text for line in lines])).strip() if lines else ""
        if not text:
            return
        level = self._level(lines) if len(text) <= _LONGEST_HEADING else 0
        if level:
            self._blocks.append(Block(text=text, role=Role.HEADING, level=level, gap=self._gap))
        else:
            role = Role.BREAK if is_ornament(text) else Role.TEXT
            look = f"{lines[0].size:.0f}"
            self._blocks.append(Block(text=text, role=role, gap=self._gap, look=look))

    def _level(self, lines: Sequence[_Line]) -> int:
        """1 for letters twice as large as the text's, 2 for a half more, 3 for a little; 0 for the text's own."""
        times = min(line.size for line in lines) / self._book.size
        return 0 if times < _LARGER else 1 if times >= 2 else 2 if times >= 1.5 else 3


def _usual(pages: Sequence[_Page]) -> _Book:
    sizes: Counter[float] = Counter()
    distances: Counter[float] = Counter()
    for page in pages:
        for line in page.lines:
            sizes[line.size] += len(line.text)
        distances.update(
            round(above.base - below.base, 1) for above, below in pairwise(page.lines) if above.base > below.base
        )
    return _Book(
        size=max(0.1, sizes.most_common(1)[0][0]) if sizes else 1.0,
        distance=max(1.0, distances.most_common(1)[0][0]) if distances else 1000.0,
        top=median([page.lines[0].base for page in pages]) if pages else 0.0,
        bottom=median([page.lines[-1].base for page in pages]) if pages else 0.0,
    )


def _differs(first: float, second: float) -> bool:
    return max(first, second) > _LARGER * max(0.1, min(first, second))


def _cut_word(line: str) -> str:
    """The beginning of a word that a hyphen cuts at the line's end; "" where none does."""
    if not line.endswith(_HYPHENS):
        return ""
    start = end = len(line) - 1
    while start and line[start - 1].isalnum():
        start -= 1
    return line[start:end]


class _Hyphens:
    """Knows of a word that was cut at a line's end whether the book writes it with a hyphen elsewhere."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._words: set[str] = set()
        for line in lines:
            self._words.update(re.findall(r"\w+(?:-\w+)*+", line.casefold()))

    def joined(self, lines: Sequence[str]) -> str:
        """The lines as one paragraph."""
        pieces: list[str] = []
        for line, below in pairwise([*lines, ""]):
            word = _cut_word(line) if below else ""
            if not word:
                pieces += (line, " ")
            elif self._is_one_word(word, below):
                pieces.append(line[:-1])
            else:
                pieces.append(line[:-1] + "-")
        return "".join(pieces)

    def _is_one_word(self, start: str, below: str) -> bool:
        rest = _FIRST_WORD.match(below)
        if rest is None or rest[0][0].isupper() or start.isdecimal():
            return False
        return f"{start}{rest[0]}".casefold() in self._words or f"{start}-{rest[0]}".casefold() not in self._words


def _outline(entries: Sequence[Any], first_blocks: dict[int, int]) -> Iterator[OutlineEntry]:
    for page, level, title in entries:
        text = clean(" ".join(str(title).split()))[:_LONGEST_TITLE]
        if page in first_blocks and any(map(str.isalnum, text)):
            yield OutlineEntry(block=first_blocks[page], title=text, level=level)


FORMAT = Format(label="PDF", name=NAME, endings=(".pdf",), begins=(BEGINS,), inspect=_inspect, read=read_pdf)
