"""HTML to blocks: whatever a browser would show of it, read tag by tag and never twice."""

import re
from collections import Counter
from html import unescape
from pathlib import Path

from jobs.analysis.document import Document
from jobs.analysis.reading.container import Target
from jobs.analysis.reading.encoding import decode
from jobs.analysis.reading.epub import Page
from jobs.analysis.reading.format import Format
from jobs.analysis.reading.pictures import without_pictures
from jobs.analysis.reading.plain import bytes_of, inspect_plain
from jobs.analysis.words.words import word_set

_TAG = re.compile(
    r"<(?P<end>/?)(?P<name>[A-Za-z][^\s/<>]*+)(?P<rest>(?:[^<>\"']|\"[^\"]{0,4000}+\"|'[^']{0,4000}+')*+)>"
)
_ATTRIBUTE = re.compile(r"([^\s=/\"']++)(?:\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s\"']++)))?+")
_DECLARED = re.compile(
    rb"<meta[^>]{0,200}?charset\s{0,9}=\s{0,9}[\"']?((?:iso-8859|windows|koi8|mac)[\w-]{0,12})", re.I
)
_VOID = word_set("area base br col embed hr img input link meta param source track wbr")
_RAW = {name: re.compile(f"(?=</{name})", re.I) for name in ("script", "style")}
"""What holds no text of the page, and where it ends."""
_COMMENT_END = re.compile("-->")
_TAG_END = re.compile(">")
_CLOSED_BY_ITS_LIKE = word_set("p li dt dd td th tr option")
_CLOSE_A_PARAGRAPH = word_set(
    "p div section article blockquote ul ol dl table h1 h2 h3 h4 h5 h6 hr pre li header footer"
)
_HEAD = 4096


def read_html(text: str) -> Document:
    """The prose of a page: no scripts, no navigation, nothing hidden."""
    page = Page()
    _Feeder(text, page).feed()
    page.close()
    return Document(blocks=tuple(without_pictures(page.blocks, page.pictures)))


def _read(path: Path) -> Document:
    data = bytes_of(path)
    declared = _DECLARED.search(data[:_HEAD])
    return read_html(decode(data, otherwise=declared[1].decode("ascii") if declared else None))


class _Feeder:
    """Cuts a page into tags and text, and tells a target of each; every element that is opened is closed."""

    def __init__(self, text: str, target: Target) -> None:
        self._text = text
        self._target = target
        self._open: list[str] = []
        self._count: Counter[str] = Counter()
        self._never: set[re.Pattern[str]] = set()
        """Marks that stand nowhere below: they are not looked for again."""

    def feed(self) -> None:
        """Goes through the page once."""
        at = 0
        while (mark := self._text.find("<", at)) >= 0:
            self._data(at, mark)
            at = self._tag(mark) or self._aside(mark) or self._stray(mark)
        self._data(at, len(self._text))
        while self._open:
            self._close()

    def _data(self, start: int, end: int) -> None:
        if start < end:
            self._target.data(unescape(self._text[start:end]))

    def _tag(self, at: int) -> int:
        """Where the text goes on behind the tag that begins here; 0 where none does."""
        match = _TAG.match(self._text, at)
        if match is None:
            return 0
        name = match["name"].lower()
        if match["end"]:
            self._end(name)
            return match.end()
        self._start(name, match["rest"])
        return self._behind(_RAW[name], match.end()) if name in _RAW else match.end()

    def _aside(self, at: int) -> int:
        """The same for a comment, a declaration or an instruction."""
        if self._text.startswith("<!--", at):
            return self._behind(_COMMENT_END, at + 4)
        return self._behind(_TAG_END, at + 2) if self._text.startswith(("<!", "<?"), at) else 0

    def _stray(self, at: int) -> int:
        self._target.data("<")
        return at + 1

    def _behind(self, mark: re.Pattern[str], at: int) -> int:
        """Behind the next such mark; right here where there is none, so that nothing is lost."""
        found = None if mark in self._never else mark.search(self._text, at)
        if found is None:
            self._never.add(mark)
            return at
        return found.end()

    def _start(self, name: str, rest: str) -> None:
        if self._open and (
            self._open[-1] == name in _CLOSED_BY_ITS_LIKE or (self._open[-1] == "p" and name in _CLOSE_A_PARAGRAPH)
        ):
            self._close()
        self._target.start(name, {match[1].lower(): _value(match) for match in _ATTRIBUTE.finditer(rest)})
        self._open.append(name)
        self._count[name] += 1
        if name in _VOID or rest.endswith("/"):
            self._close()

    def _end(self, name: str) -> None:
        while self._count[name]:
            if self._close() == name:
                return

    def _close(self) -> str:
        name = self._open.pop()
        self._count[name] -= 1
        self._target.end(name)
        return name


def _value(attribute: re.Match[str]) -> str:
    return unescape(attribute[2] or attribute[3] or attribute[4] or "")


FORMAT = Format(
    label="HTML",
    name="an HTML file",
    endings=(".html", ".htm", ".xhtml"),
    inspect=inspect_plain,
    read=_read,
)
