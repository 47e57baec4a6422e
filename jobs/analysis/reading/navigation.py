"""An EPUB's own table of contents: titles and the places that they point to, for books whose text has no headings."""

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from defusedxml.common import DefusedXmlException

from jobs.analysis.document import OutlineEntry
from jobs.analysis.reading.container import Target, feed_xml, local_name
from jobs.analysis.reading.encoding import clean
from jobs.errors import Unreadable

MAX_ENTRIES = 5_000
"""A longer list is none of chapters; what comes after is not read."""
LONGEST_TITLE = 200
"""Characters; the rest of a title is cut off."""
OPS_TYPE = "{http://www.idpf.org/2007/ops}type"


@dataclass(slots=True, kw_only=True)
class NavEntry:
    """A line of the table of contents."""

    level: int
    """1 the highest."""
    href: str = ""
    """As it stands; "" for a line that only groups those below it."""
    title: str = ""

    def target(self, member: str) -> tuple[str, str]:
        """The file that it points to from the file `member`, as the container names it, and the fragment."""
        path, _, fragment = self.href.partition("#")
        joined = posixpath.join(posixpath.dirname(member), unquote(path))
        return posixpath.normpath(joined) if path else member, unquote(fragment)


def read_navigation(chunks: Iterator[bytes], member: str, *, format_name: str) -> list[NavEntry]:
    """The entries of a navigation document (EPUB 3) or of an .ncx file (EPUB 2), in order.

    None where the file is damaged: the book can be read without. Raises Unreadable for XML entities.
    """
    target = _Ncx() if member.lower().endswith(".ncx") else _Nav()
    try:
        feed_xml(chunks, target, format_name=format_name)
    except Unreadable as refusal:
        if isinstance(refusal.__cause__, DefusedXmlException):
            raise
        return []
    for entry in target.entries:
        entry.title = clean(" ".join(entry.title.split()))[:LONGEST_TITLE]
    return [entry for entry in target.entries if any(map(str.isalnum, entry.title))]


class Targets:
    """Where in the text each file and each anchor of a book begins."""

    def __init__(self) -> None:
        self._files: dict[str, int] = {}
        self._anchors: dict[tuple[str, str], int] = {}

    def add(self, member: str, start: int, anchors: Mapping[str, int]) -> None:
        """A file whose first block is `start`, and its anchors, counted from there."""
        self._files[member] = start
        self._anchors |= {(member, anchor): start + index for anchor, index in anchors.items()}

    def outline(self, entries: Sequence[NavEntry], member: str) -> list[OutlineEntry]:
        """The entries of the file `member` that point into the text, in its order.

        A title that only groups others begins where the first of them does.
        """
        outline: list[OutlineEntry] = []
        for entry, block in reversed(list(zip(entries, self._blocks(entries, member), strict=True))):
            if not entry.href and outline and outline[-1].level > entry.level:
                block = outline[-1].block
            if block is not None:
                outline.append(OutlineEntry(block=block, title=entry.title, level=entry.level))
        outline.reverse()
        return sorted(outline, key=lambda entry: entry.block)

    def _blocks(self, entries: Sequence[NavEntry], member: str) -> Iterator[int | None]:
        """Of each entry; None for one that points nowhere or where another of its level does.

        One whose anchor is missing begins with its file, if it is the first that points there.
        """
        seen: set[tuple[str, str, int] | str] = set()
        for entry in entries:
            file, fragment = entry.target(member)
            start = None if fragment and file in seen else self._files.get(file)
            again = not entry.href or (file, fragment, entry.level) in seen
            yield None if again else self._anchors.get((file, fragment), start)
            seen |= {file, (file, fragment, entry.level)}


class _Nav(Target):
    """Links and group titles inside the list that is marked as the table of contents."""

    def __init__(self) -> None:
        self.entries: list[NavEntry] = []
        self._is_contents = False
        self._level = 0
        self._entry: NavEntry | None = None
        self._depth = 0  # of links and spans in each other: a link may hold its number in a span

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        name = local_name(tag)
        if name == "nav":
            types = f"{attributes.get(OPS_TYPE, '')} {attributes.get('role', '')}".split()
            self._is_contents = "toc" in types or "doc-toc" in types
        elif self._is_contents and name == "ol":
            self._level += 1
        elif self._level and name in ("a", "span"):
            self._open(attributes.get("href", ""))

    def end(self, tag: str) -> None:
        name = local_name(tag)
        if name == "nav":
            self._is_contents = False
        elif self._level and name == "ol":
            self._level -= 1
        elif self._depth and name in ("a", "span"):
            self._depth -= 1

    def data(self, text: str) -> None:
        if self._depth and self._entry and len(self._entry.title) < LONGEST_TITLE:
            self._entry.title += text

    def _open(self, href: str) -> None:
        if not self._depth:
            self._entry = _added(self.entries, NavEntry(level=self._level))
        self._depth += 1
        if self._entry:
            self._entry.href = self._entry.href or href


class _Ncx(Target):
    """The points of the map of an .ncx file; its lists of pages and pictures are passed over."""

    def __init__(self) -> None:
        self.entries: list[NavEntry] = []
        self._open: list[NavEntry | None] = []
        self._in_label = False

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        match local_name(tag):
            case "navpoint":
                self._open.append(_added(self.entries, NavEntry(level=len(self._open) + 1)))
            case "navlabel":
                self._in_label = True
            case "content" if self._open and (entry := self._open[-1]):
                entry.href = attributes.get("src", "")

    def end(self, tag: str) -> None:
        match local_name(tag):
            case "navpoint" if self._open:
                self._open.pop()
            case "navlabel":
                self._in_label = False

    def data(self, text: str) -> None:
        if self._in_label and self._open and (entry := self._open[-1]) and len(entry.title) < LONGEST_TITLE:
            entry.title += text


def _added(entries: list[NavEntry], entry: NavEntry) -> NavEntry | None:
    """The entry, or None where there are too many."""
    if len(entries) >= MAX_ENTRIES:
        return None
    entries.append(entry)
    return entry
