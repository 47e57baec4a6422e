"""Word documents to blocks: paragraphs with their styles; what was deleted, hidden or is a contents list is known."""

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from jobs.analysis.document import Block, Document, Role
from jobs.analysis.reading.container import INSPECTED_BYTES, Container, Target, open_container
from jobs.analysis.reading.encoding import clean
from jobs.analysis.reading.format import ZIP, Format
from jobs.analysis.reading.pictures import without_pictures
from jobs.analysis.words.markers import is_ornament
from jobs.errors import Unreadable

FORMAT_NAME = "a Word document"
MAIN_PART = "word/document.xml"
"""Where nearly all programs put it; else the list of relations says where."""
_RELATIONS_PART = "_rels/.rels"
_MAIN_RELATION = "/relationships/officeDocument"
_STYLES_PART = "styles.xml"
_NAMESPACES = (
    "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}",
    "{http://purl.oclc.org/ooxml/wordprocessingml/main}",  # strict
)
_SKIPPED = frozenset({"del", "moveFrom", "Fallback", "instrText", "footnotePr", "rPrChange", "pPrChange", "rt"})
_GONE = frozenset({"del", "moveFrom"})
_CHARACTERS = {"tab": "\t", "cr": "\n", "noBreakHyphen": "\u2011", "softHyphen": ""}
_HEADING_NAME = re.compile(
    r"(?:heading|überschrift|titre|título|titulo|titolo|kop|rubrik|overskrift|otsikko|nagłówek|nadpis|naslov|címsor|"
    r"заголовок|başlık|επικεφαλίδα|标题|標題|見出し|제목)\s*([1-9])$",
    re.IGNORECASE,
)
"""Word itself keeps the English name whatever its menus say; programs that convert to its format do not."""
_CONTENTS_NAME = re.compile(r"(toc|table of contents|contents)\s*(\d|heading)?$", re.IGNORECASE)
_OFF = frozenset({"0", "false", "off"})
_PAGE = "\f"
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
        main_part = find_main_part(container)
        body = _Body(_read_styles(container, posixpath.join(posixpath.dirname(main_part), _STYLES_PART)))
        container.parse(main_part, body)
    return Document(blocks=tuple(without_pictures(body.blocks, body.pictures)))


def find_main_part(container: Container) -> str:
    """The path of the main text. Raises Unreadable when this is a ZIP file of another kind."""
    if MAIN_PART in container:
        return MAIN_PART
    relations = _Relations()
    if _RELATIONS_PART in container:
        container.parse(_RELATIONS_PART, relations)
    if relations.main_part in container and relations.main_part.endswith(".xml"):
        return relations.main_part
    raise Unreadable(
        "This file is not a Word document, although its name says so. "
        "Open it in your writing program, save it as .docx and upload the new file."
    )


def _read_styles(container: Container, part: str) -> Mapping[str, _Style]:
    if part not in container:
        return {}
    styles = _Styles()
    container.parse(part, styles)
    return styles.resolved()


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _value(attributes: Mapping[str, str], name: str = "val") -> str:
    return next((attributes[space + name] for space in _NAMESPACES if space + name in attributes), "")


def _level(value: str) -> int:
    """Outline levels count from 0; 9 is body text."""
    return int(value) + 1 if value.isdigit() and int(value) < 9 else 0


class _Relations(Target):
    """Which part of the container is the main one, where it bears another name: word/document2.xml."""

    def __init__(self) -> None:
        self.main_part = ""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if attributes.get("Type", "").endswith(_MAIN_RELATION) and "word" in attributes.get("Target", ""):
            self.main_part = self.main_part or attributes["Target"].lstrip("/")


@dataclass(slots=True)
class _StyleEntry:
    name: str = ""
    based_on: str = ""
    outline: str = ""

    def own_style(self) -> _Style | None:
        """What the entry itself says; None where the style that it is based on has the word."""
        if _CONTENTS_NAME.match(self.name):
            return _Style(Role.CONTENTS)
        if name := _HEADING_NAME.match(self.name):
            return _Style(Role.HEADING, int(name[1]))
        if self.outline:
            level = _level(self.outline)
            return _Style(Role.HEADING, level) if level else _PLAIN
        return None


class _Styles(Target):
    """Learns which styles are headings, by their English name or their outline level."""

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

    def resolved(self) -> dict[str, _Style]:
        resolved: dict[str, _Style] = {}
        for identifier in self._entries:
            self._resolve(identifier, resolved)
        return resolved

    def _resolve(self, identifier: str, resolved: dict[str, _Style]) -> None:
        """Goes up from a style to what says what it is; all on the way are that, so that none is passed twice."""
        passed: dict[str, None] = {}
        style: _Style | None = _PLAIN
        while identifier in self._entries and identifier not in passed:
            passed[identifier] = None
            entry = self._entries[identifier]
            style = resolved.get(identifier) or entry.own_style()
            if style is not None:
                break
            identifier = entry.based_on
        resolved |= dict.fromkeys(passed, style or _PLAIN)


@dataclass(slots=True)
class _Paragraph:
    pieces: list[str] = field(default_factory=list)
    style: _Style = _PLAIN
    runs_on: bool = False
    """Whether the next paragraph continues it: its mark was deleted, or it is a drop cap."""
    is_hidden: bool = False
    """Whether the run that is being read is."""
    has_words: bool = False
    ends_page: bool = False
    in_properties: bool = False
    style_id: str = ""
    alignment: str = ""
    is_bold: bool = False
    """Whether the run that is being read is."""
    plain: int = 0
    """Characters that are not bold."""
    picture: str = ""

    def look(self) -> str:
        """Style, alignment and whether all of it is bold."""
        return f"{self.style_id} {self.alignment}{' bold' if not self.plain else ''}".strip()


class _Body(Target):
    """Collects the paragraphs of the main part."""

    def __init__(self, styles: Mapping[str, _Style]) -> None:
        self.blocks: list[Block] = []
        self.pictures: dict[int, str] = {}
        """Which picture stands alone in a paragraph, by the index of its block."""
        self._styles = styles
        self._open: list[_Paragraph] = []  # more than one where a text box stands inside a paragraph
        self._gap = 0
        self._carried: list[str] = []
        self._skipping = 0
        self._in_text = False
        self._contents_depth = 0
        self._depth = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        name = _local(tag)
        self._depth += 1
        if name in _GONE and self._open and self._open[-1].in_properties:
            self._open[-1].runs_on = True
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
        elif name == "pPr" and self._open:
            self._open[-1].in_properties = False

    def data(self, text: str) -> None:
        if self._in_text and not self._skipping and self._open and not self._open[-1].is_hidden:
            self._open[-1].pieces.append(text)
            self._open[-1].plain += 0 if self._open[-1].is_bold else len(text.strip())
            self._open[-1].has_words = self._open[-1].has_words or not text.isspace()

    def close(self) -> None:
        self._finish(_Paragraph())  # for what was to run on

    def _start_inside(self, name: str, attributes: Mapping[str, str], paragraph: _Paragraph) -> None:
        match name:
            case "t":
                self._in_text = True
            case "pStyle":
                paragraph.style_id = _value(attributes)
                paragraph.style = self._styles.get(_value(attributes)) or _by_identifier(_value(attributes))
            case "outlineLvl":
                level = _level(_value(attributes))
                paragraph.style = _Style(Role.HEADING, level) if level else _PLAIN
            case "pPr":
                paragraph.in_properties = True
            case "r":
                paragraph.is_hidden = paragraph.is_bold = False
            case "b" if not paragraph.in_properties:
                paragraph.is_bold = _value(attributes) not in _OFF
            case "jc":
                paragraph.alignment = _value(attributes)
            case "blip":
                paragraph.picture = next((value for key, value in attributes.items() if key.endswith("}embed")), "")
            case "vanish":
                paragraph.is_hidden = _value(attributes) not in _OFF
            case "framePr":
                paragraph.runs_on = _value(attributes, "dropCap") in ("drop", "margin")
            case "sectPr":
                paragraph.ends_page = True
            case "type" if _value(attributes) == "continuous":  # of a section
                paragraph.ends_page = False
            case "br":
                self._break(_value(attributes, "type"), paragraph)
            case "pageBreakBefore":
                self._gap = max(self._gap, _PAGE_GAP)
            case "tab" | "cr" | "noBreakHyphen" | "softHyphen":
                if not attributes:  # with attributes it is a tab stop
                    paragraph.pieces.append(_CHARACTERS[name])

    def _break(self, kind: str, paragraph: _Paragraph) -> None:
        if kind == "page" and not paragraph.has_words:
            self._gap = max(self._gap, _PAGE_GAP)
        paragraph.pieces.append(_PAGE if kind == "page" else "\n")

    def _finish(self, paragraph: _Paragraph) -> None:
        self._carried += paragraph.pieces
        if paragraph.runs_on:
            return
        raw, self._carried = "".join(self._carried), []
        text = clean(raw).strip()
        if text:
            role, level = self._role(paragraph, text)
            text, look = text.replace(_PAGE, "\n"), paragraph.look()
            self.blocks.append(Block(text=text, role=role, level=level, gap=self._gap, look=look))
        elif paragraph.picture:
            self.pictures[len(self.blocks)] = paragraph.picture
            self.blocks.append(Block(text="", role=Role.BREAK, gap=self._gap, is_added=True))
        self._gap = 0 if text or paragraph.picture else self._gap + 1
        if paragraph.ends_page or _PAGE in raw[len(raw.rstrip()) :]:
            self._gap = max(self._gap, _PAGE_GAP)

    def _role(self, paragraph: _Paragraph, text: str) -> tuple[Role, int]:
        if self._contents_depth:
            return Role.CONTENTS, 0
        if paragraph.style.role is Role.HEADING and len(text) > _LONGEST_HEADING:
            return Role.TEXT, 0  # prose in the wrong style
        if paragraph.style.role is not Role.HEADING and is_ornament(text):
            return Role.BREAK, 0
        return paragraph.style.role, paragraph.style.level


def _by_identifier(identifier: str) -> _Style:
    """Where the list of styles is missing, Word's own identifiers say it: Heading1."""
    if match := _HEADING_NAME.match(identifier):
        return _Style(Role.HEADING, int(match[1]))
    return _PLAIN


def _inspect(path: Path) -> None:
    with open_container(path, format_name=FORMAT_NAME, max_bytes=INSPECTED_BYTES) as container:
        find_main_part(container)


FORMAT = Format(
    label="Word",
    name=FORMAT_NAME,
    endings=(".docx",),
    begins=(ZIP,),
    holds=(b"word/",),
    inspect=_inspect,
    read=read_docx,
)
