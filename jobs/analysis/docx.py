"""Word documents to blocks: paragraphs with their styles; what was deleted, hidden or is a contents list is known."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from jobs.analysis.container import Container, open_container
from jobs.analysis.document import Block, Document, Role
from jobs.analysis.encoding import clean
from jobs.analysis.headings import is_scene_break
from jobs.errors import Unreadable

FORMAT_NAME = "a Word document"
MAIN_PART = "word/document.xml"
_STYLES_PART = "word/styles.xml"
_NAMESPACES = (
    "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}",
    "{http://purl.oclc.org/ooxml/wordprocessingml/main}",  # strict
)
_SKIPPED = frozenset({"del", "moveFrom", "Fallback", "instrText", "footnotePr", "rPrChange", "pPrChange"})
_CHARACTERS = {"tab": "\t", "cr": "\n", "noBreakHyphen": "\u2011", "softHyphen": ""}
_HEADING_NAME = re.compile(r"heading\s*([1-9])$", re.IGNORECASE)
_CONTENTS_NAME = re.compile(r"(toc|table of contents|contents)\s*(\d|heading)?$", re.IGNORECASE)
_PAGE_GAP = 3
_LONGEST_HEADING = 300


@dataclass(frozen=True, slots=True)
class _Style:
    role: Role = Role.TEXT
    level: int = 0


_PLAIN = _Style()


def read_docx(path: Path) -> Document:
    """The main text of a Word document; notes, comments, headers and text boxes' fallbacks are not prose."""
    with open_container(path, format_name=FORMAT_NAME) as container:
        require_main_part(container)
        body = _Body(_read_styles(container))
        container.parse(MAIN_PART, body)
    return Document(blocks=tuple(body.blocks))


def require_main_part(container: Container) -> None:
    """Raises Unreadable when this is a ZIP file of another kind."""
    if MAIN_PART not in container:
        raise Unreadable(
            "This file is not a Word document, although its name says so. "
            "Open it in your writing program, save it as .docx and upload the new file."
        )


def _read_styles(container: Container) -> Mapping[str, _Style]:
    if _STYLES_PART not in container:
        return {}
    styles = _Styles()
    container.parse(_STYLES_PART, styles)
    return styles.resolved()


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _value(attributes: Mapping[str, str], name: str = "val") -> str:
    return next((attributes[space + name] for space in _NAMESPACES if space + name in attributes), "")


def _level(value: str) -> int:
    """Outline levels count from 0; 9 is body text."""
    return int(value) + 1 if value.isdigit() and int(value) < 9 else 0


@dataclass(slots=True)
class _StyleEntry:
    name: str = ""
    based_on: str = ""
    outline: str = ""


class _Styles:
    """An ElementTree target that learns which styles are headings, by their English name or their outline level."""

    def __init__(self) -> None:
        self._entries: dict[str, _StyleEntry] = {}
        self._current = _StyleEntry()

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        match _local(tag):
            case "style":
                self._current = self._entries[_value(attributes, "styleId")] = _StyleEntry()
            case "name":
                self._current.name = self._current.name or _value(attributes)
            case "basedOn":
                self._current.based_on = _value(attributes)
            case "outlineLvl":
                self._current.outline = _value(attributes)

    def end(self, tag: str) -> None:
        pass

    def data(self, text: str) -> None:
        pass

    def close(self) -> None:
        pass

    def resolved(self) -> dict[str, _Style]:
        return {identifier: self._resolve(identifier) for identifier in self._entries}

    def _resolve(self, identifier: str) -> _Style:
        seen: set[str] = set()
        while identifier in self._entries and identifier not in seen:
            seen.add(identifier)
            entry = self._entries[identifier]
            if _CONTENTS_NAME.match(entry.name):
                return _Style(Role.CONTENTS)
            if name := _HEADING_NAME.match(entry.name):
                return _Style(Role.HEADING, int(name[1]))
            if entry.outline:
                level = _level(entry.outline)
                return _Style(Role.HEADING, level) if level else _PLAIN
            identifier = entry.based_on
        return _PLAIN


@dataclass(slots=True)
class _Paragraph:
    pieces: list[str] = field(default_factory=list)
    style: _Style = _PLAIN
    has_rule: bool = False


class _Body:
    """An ElementTree target that collects the paragraphs of the main part."""

    def __init__(self, styles: Mapping[str, _Style]) -> None:
        self.blocks: list[Block] = []
        self._styles = styles
        self._open: list[_Paragraph] = []  # more than one where a text box stands inside a paragraph
        self._gap = 0
        self._skipping = 0
        self._in_text = False
        self._contents_depth = 0
        self._depth = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        name = _local(tag)
        self._depth += 1
        if self._skipping or name in _SKIPPED:
            self._skipping += 1
        elif name == "p":
            self._open.append(_Paragraph())
        elif name == "docPartGallery" and "contents" in _value(attributes).casefold():
            self._contents_depth = self._depth - 3  # sdt > sdtPr > docPartObj > docPartGallery
        elif self._open:
            self._start_inside(name, attributes, self._open[-1])

    def end(self, tag: str) -> None:
        name = _local(tag)
        self._depth -= 1
        if self._depth < self._contents_depth:
            self._contents_depth = 0
        if self._skipping:
            self._skipping -= 1
        elif name == "p" and self._open:
            self._finish(self._open.pop())
        elif name == "t":
            self._in_text = False

    def data(self, text: str) -> None:
        if self._in_text and not self._skipping and self._open:
            self._open[-1].pieces.append(text)

    def close(self) -> None:
        pass

    def _start_inside(self, name: str, attributes: Mapping[str, str], paragraph: _Paragraph) -> None:
        match name:
            case "t":
                self._in_text = True
            case "pStyle":
                paragraph.style = self._styles.get(_value(attributes)) or _by_identifier(_value(attributes))
            case "outlineLvl":
                level = _level(_value(attributes))
                paragraph.style = _Style(Role.HEADING, level) if level else _PLAIN
            case "br":
                self._break(_value(attributes, "type"), paragraph)
            case "pageBreakBefore":
                self._gap = max(self._gap, _PAGE_GAP)
            case "tab" | "cr" | "noBreakHyphen" | "softHyphen":
                if not attributes:  # with attributes it is a tab stop
                    paragraph.pieces.append(_CHARACTERS[name])

    def _break(self, kind: str, paragraph: _Paragraph) -> None:
        if kind == "page" and not "".join(paragraph.pieces).strip():
            self._gap = max(self._gap, _PAGE_GAP)
        paragraph.pieces.append("\n")

    def _finish(self, paragraph: _Paragraph) -> None:
        text = clean("".join(paragraph.pieces)).strip()
        if not text:
            self._gap += 1
            return
        role, level = self._role(paragraph, text)
        self.blocks.append(Block(text=text, role=role, level=level, gap=self._gap))
        self._gap = 0

    def _role(self, paragraph: _Paragraph, text: str) -> tuple[Role, int]:
        if self._contents_depth:
            return Role.CONTENTS, 0
        if is_scene_break(text):
            return Role.BREAK, 0
        if paragraph.style.role is Role.HEADING and len(text) > _LONGEST_HEADING:
            return Role.TEXT, 0  # prose in the wrong style
        return paragraph.style.role, paragraph.style.level


def _by_identifier(identifier: str) -> _Style:
    """Where the list of styles is missing, Word's own identifiers say it: Heading1."""
    if match := _HEADING_NAME.match(identifier):
        return _Style(Role.HEADING, int(match[1]))
    return _PLAIN
