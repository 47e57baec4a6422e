"""EPUB books to blocks: the spine's documents in order, without what the book itself calls front and back matter."""

import posixpath
import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from html.entities import html5
from itertools import groupby
from pathlib import Path
from urllib.parse import unquote

from jobs.analysis.document import Block, Document, OutlineEntry, Role
from jobs.analysis.reading.container import (
    INSPECTED_BYTES,
    Container,
    Target,
    damaged,
    feed_xml,
    local_name,
    open_container,
)
from jobs.analysis.reading.encoding import clean
from jobs.analysis.reading.format import ZIP, Format
from jobs.analysis.reading.navigation import OPS_TYPE, Targets, read_navigation
from jobs.analysis.reading.pictures import illustrations, without_pictures
from jobs.analysis.words.markers import is_ornament
from jobs.analysis.words.words import word_set
from jobs.errors import Unreadable

FORMAT_NAME = "an EPUB"
CONTAINER_PART = "META-INF/container.xml"
_ENCRYPTION_PART = "META-INF/encryption.xml"
_APPARATUS = word_set(
    """
    frontmatter backmatter titlepage halftitlepage imprint copyright-page colophon toc landmarks loi lot index cover
    title-page copyright endnotes footnotes rearnotes glossary bibliography acknowledgments acknowledgements
    """
)
_STORY = frozenset(["prologue", "epilogue", "bodymatter", "part", "chapter"])
_INVISIBLE = word_set("head script style svg math nav audio video object iframe rt rp template")
_BLOCKS = word_set(
    """
    p div section article body blockquote li ul ol dl dt dd td th tr table figure figcaption header footer main
    aside pre address center hgroup
    """
)
_BOLD = frozenset({"b", "strong"})
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_NOT_READ = word_set(
    """
    noteref footnote footnotes endnote endnotes rearnote rearnotes backlink pagebreak
    """
)
_NOTE_CLASSES = word_set("noteref footnote-ref footnoteref footnote-back footnotes endnotes")
"""Of EPUB 2, which has no types, as pandoc and its kin write them."""
_NCX_TYPE = "application/x-dtbncx+xml"
_ENTITY = re.compile(rb"&([A-Za-z][A-Za-z0-9]{1,31});")
_XML_ENTITIES = frozenset({b"amp", b"lt", b"gt", b"quot", b"apos"})
_PAGE_GAP = 3
_MAX_ANCHORS = 20_000
_LONGEST_TITLE = 200
_LONGEST_HEADING = 300
"""Characters; what is longer is prose in the wrong element."""
_SPACES = re.compile(r"[ \t\r\n]+")
_FONT_SCRAMBLING = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")


def read_epub(path: Path) -> Document:
    """The story of an EPUB. `left_out` names its documents that are marked as front or back matter."""
    with open_container(path, format_name=FORMAT_NAME) as container:
        package_path = find_package(container)
        refuse_locked(container)
        package = _Package()
        container.parse(package_path, package)
        return _read_spine(container, package, posixpath.dirname(package_path))


def find_package(container: Container) -> str:
    """The path of the file that lists the book's documents. Raises Unreadable when this is no EPUB."""
    if CONTAINER_PART not in container:
        raise Unreadable(
            "This file is not an EPUB, although its name says so. Export the book as .epub and upload the new file."
        )
    roots = _Roots()
    container.parse(CONTAINER_PART, roots)
    if not roots.paths or roots.paths[0] not in container:
        raise Unreadable(damaged(FORMAT_NAME))
    return roots.paths[0]


def refuse_locked(container: Container) -> None:
    """Raises Unreadable for copy protection; scrambled fonts are no harm to the text."""
    if _ENCRYPTION_PART not in container:
        return
    encryption = _Encryption()
    container.parse(_ENCRYPTION_PART, encryption)
    if any(not algorithm.startswith(_FONT_SCRAMBLING) for algorithm in encryption.algorithms):
        raise Unreadable(
            "This EPUB is locked by a shop's copy protection and cannot be read. "
            "Upload the manuscript itself, as .docx, .epub, .md or .txt."
        )


def _read_spine(container: Container, package: "_Package", folder: str) -> Document:
    blocks: list[Block] = []
    left_out: list[str] = []
    targets = Targets()
    pictures: dict[int, str] = {}
    for href in package.spine():
        member = _member(folder, href)
        page = _read_page(container, member)
        if page.is_apparatus or href in package.apparatus:
            left_out.append(page.title.strip() or posixpath.basename(href))
        else:
            targets.add(member, len(blocks), page.anchors)
            pictures |= {len(blocks) + index: name for index, name in page.pictures.items()}
            blocks.extend(page.blocks)
    outline = _outline(container, package, folder, targets)
    gone = illustrations(pictures)
    return Document(
        blocks=tuple(without_pictures(blocks, pictures)),
        left_out=tuple(left_out),
        outline=tuple(replace(entry, block=entry.block - bisect_left(gone, entry.block)) for entry in outline),
    )


def _member(folder: str, href: str) -> str:
    return posixpath.normpath(posixpath.join(folder, unquote(href)))


def _outline(container: Container, package: "_Package", folder: str, targets: Targets) -> list[OutlineEntry]:
    """The table of contents of the first navigation file that says anything, in the order of the text."""
    for member in (_member(folder, href) for href in package.navigation()):
        if member in container:
            chunks = _with_characters(container.read(member))
            entries = read_navigation(chunks, member, format_name=FORMAT_NAME)
            if outline := targets.outline(entries, member):
                return outline
    return []


def _read_page(container: Container, member: str) -> "Page":
    page = Page()
    feed_xml(_with_characters(container.read(member)), page, format_name=FORMAT_NAME)
    return page


def _with_characters(data: bytes) -> Iterator[bytes]:
    """HTML's named characters are spelled out: XML knows five names only, and we load nobody's list of more."""
    yield _ENTITY.sub(_character, data)


def _character(match: re.Match[bytes]) -> bytes:
    if match[1] in _XML_ENTITIES:
        return match[0]
    character = html5.get(match[1].decode("ascii") + ";", "")
    return "".join(f"&#{ord(letter)};" for letter in character).encode("ascii") or match[0]


class _Roots(Target):
    def __init__(self) -> None:
        self.paths: list[str] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if local_name(tag) == "rootfile" and "full-path" in attributes:
            self.paths.append(attributes["full-path"])


class _Encryption(Target):
    def __init__(self) -> None:
        self.algorithms: list[str] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if local_name(tag) == "encryptionmethod":
            self.algorithms.append(attributes.get("Algorithm", ""))


class _Package(Target):
    """Manifest, spine and guide of a book."""

    def __init__(self) -> None:
        self.apparatus: set[str] = set()
        self._hrefs: dict[str, str] = {}
        self._order: list[str] = []
        self._nav: list[str] = []
        self._ncx: list[str] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        match local_name(tag):
            case "item" if attributes.get("media-type") == _NCX_TYPE:
                self._ncx.append(attributes.get("href", ""))
            case "item" if "html" in attributes.get("media-type", "xhtml"):
                self._add(attributes.get("id", ""), attributes.get("href", ""), attributes.get("properties", ""))
            case "itemref" if attributes.get("linear", "yes") != "no":
                self._order.append(attributes.get("idref", ""))
            case "reference" if attributes.get("type", "") in _APPARATUS:
                self.apparatus.add(attributes.get("href", "").partition("#")[0])

    def spine(self) -> list[str]:
        return [self._hrefs[identifier] for identifier in dict.fromkeys(self._order) if identifier in self._hrefs]

    def navigation(self) -> list[str]:
        """Files that hold a table of contents for programs: EPUB 3's first, EPUB 2's after it."""
        return self._nav[:1] + self._ncx[:1]

    def _add(self, identifier: str, href: str, properties: str) -> None:
        self._hrefs[identifier] = href
        if "nav" in properties.split():
            self.apparatus.add(href)
            self._nav.append(href)


@dataclass(slots=True)
class _Flow:
    """Text that runs on until the next block element."""

    pieces: list[str] = field(default_factory=list)
    level: int = 0
    look: str = ""
    plain: int = 0
    """Characters that are not bold."""
    picture: str = ""

    def paragraphs(self) -> Iterator[str]:
        """Two line breaks or more in a row end a paragraph, not a heading."""
        lines = (_SPACES.sub(" ", line).strip() for line in clean("".join(self.pieces)).split("\v"))
        for has_words, paragraph in groupby(filter(None, lines) if self.level else lines, key=bool):
            if has_words:
                yield "\n".join(paragraph)


class Page(Target):
    """One document of a book: its blocks, and whether the book calls it front or back matter."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.anchors: dict[str, int] = {}
        """Index of the block in which, or before which, each anchor stands."""
        self.pictures: dict[int, str] = {}
        """Which picture stands alone in a paragraph, by the index of its block."""
        self.title = ""
        self.is_apparatus = False
        self._flow = _Flow()
        self._gap = _PAGE_GAP
        self._invisible = 0
        self._just_opened = ""
        self._in_title = False
        self._bold = 0
        self._paragraph = 0  # where the blocks of the paragraph that is open begin

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        name = local_name(tag)
        self._in_title = name == "title"
        types = frozenset(attributes.get(OPS_TYPE, "").split())
        if name in ("body", "section"):
            self._judge(types)
        if self._invisible or self._is_unread(name, types, attributes):
            self._invisible += 1
        elif name == "br":
            self._flow.pieces.append("\v")
        elif name == "hr":
            self._finish()
            self.blocks.append(Block(text="* * *", role=Role.BREAK))
        elif name in _BLOCKS or name in _HEADINGS:
            self._finish()
            self._flow.level = _HEADINGS.get(name, 0)
            self._flow.look = f"{name} {attributes.get('class', '')}".strip()
            self._paragraph = len(self.blocks)
        elif name == "img":
            self._flow.picture = posixpath.basename(attributes.get("src", ""))
        elif name in _BOLD:
            self._bold += 1
        if len(self.anchors) < _MAX_ANCHORS and (anchor := _anchor(name, attributes)):
            self.anchors.setdefault(anchor, len(self.blocks))
        self._just_opened = name

    def end(self, tag: str) -> None:
        name = local_name(tag)
        self._in_title = False
        self._just_opened = ""
        if self._invisible:
            self._invisible -= 1
        elif name in _BLOCKS or name in _HEADINGS:
            self._finish()
            if name == "p" and self._paragraph == len(self.blocks):
                self._gap += 1  # an empty paragraph is space that somebody wanted
        elif name in _BOLD:
            self._bold -= 1

    def data(self, text: str) -> None:
        if self._in_title and not self.blocks:
            self.title = (self.title + clean(text)).lstrip()[:_LONGEST_TITLE]
        elif not self._invisible:
            self._flow.pieces.append(text)
            self._flow.plain += 0 if self._bold else len(text.strip())
            self._just_opened = self._just_opened if text.isspace() else ""

    def _judge(self, types: frozenset[str]) -> None:
        """Notes below a chapter do not make the chapter's page one of notes."""
        if types & _STORY:
            self.is_apparatus = False
        elif types & _APPARATUS and not self.blocks:
            self.is_apparatus = True

    def _is_unread(self, name: str, types: frozenset[str], attributes: Mapping[str, str]) -> bool:
        """Whether an element and all in it is no prose: a raised number that links to a note is none, either."""
        is_note_mark = (self._just_opened, name) in (("a", "sup"), ("sup", "a"))
        is_note = bool(types & _NOT_READ) or not _NOTE_CLASSES.isdisjoint(attributes.get("class", "").split())
        return name in _INVISIBLE or is_note or is_note_mark or "hidden" in attributes

    def _finish(self) -> None:
        flow, self._flow = self._flow, _Flow()
        look = flow.look if flow.plain else f"{flow.look} bold"
        before = len(self.blocks)
        for text in flow.paragraphs():
            role = _role(text, flow.level)
            level = flow.level if role is Role.HEADING else 0
            self.blocks.append(Block(text=text, role=role, level=level, gap=self._gap, look=look))
            self._gap = 0
        if flow.picture and before == len(self.blocks):
            self.pictures[before] = flow.picture
            self.blocks.append(Block(text="", role=Role.BREAK, gap=self._gap, is_added=True))
            self._gap = 0


def _anchor(name: str, attributes: Mapping[str, str]) -> str:
    return attributes.get("id", "") or (attributes.get("name", "") if name == "a" else "")


def _role(text: str, level: int) -> Role:
    if level and len(text) <= _LONGEST_HEADING:
        return Role.HEADING
    return Role.BREAK if is_ornament(text) else Role.TEXT


def _inspect(path: Path) -> None:
    with open_container(path, format_name=FORMAT_NAME, max_bytes=INSPECTED_BYTES) as container:
        find_package(container)
        refuse_locked(container)


FORMAT = Format(
    label="EPUB",
    name=FORMAT_NAME,
    endings=(".epub",),
    begins=(ZIP,),
    holds=(b"application/epub+zip", b"META-INF/container.xml"),
    inspect=_inspect,
    read=read_epub,
)
