"""OpenDocument texts (.odt, .fodt) to blocks: paragraphs by style, without notes, comments and what was deleted."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from jobs.analysis.document import Block, Document, Role
from jobs.analysis.reading.container import MAX_UNPACKED_BYTES, Container, Target, feed_xml, local_name, open_container
from jobs.analysis.reading.encoding import clean
from jobs.analysis.reading.format import ZIP, Format
from jobs.analysis.words.markers import is_ornament
from jobs.analysis.words.words import word_set
from jobs.errors import TooLarge, Unreadable

NAME = "an OpenDocument text"
CONTENT_PART = "content.xml"
_STYLES_PART = "styles.xml"
_MANIFEST_PART = "META-INF/manifest.xml"
_MIMETYPE_PART = "mimetype"
_MIMETYPES = (b"application/vnd.oasis.opendocument.text",)
_INSPECTED_BYTES = 512 * 1024
_SKIPPED = word_set(
    """
    note annotation tracked-changes forms ruby-text binary-data hidden-text hidden-paragraph meta settings
    master-styles font-face-decls scripts index-title-template bibliography-mark object-ole
    """
)
_OF_PICTURES = frozenset({"title", "desc"})
_CONTENTS = word_set("table-of-content table-index illustration-index alphabetical-index bibliography object-index")
_PARAGRAPHS = frozenset({"p", "h"})
_HEADING_STYLE = "heading "
_RULE_STYLE = "horizontal line"
_SPACES = re.compile(r"[ \r\n]+")
_PAGE_GAP = 3
_LONGEST_HEADING = 300


def read_odt(path: Path) -> Document:
    """The text of a packed OpenDocument file."""
    with open_container(path, format_name=NAME) as container:
        _check_parts(container)
        body = _Body()
        if _STYLES_PART in container:
            container.parse(_STYLES_PART, body)
        container.parse(CONTENT_PART, body)
    return Document(blocks=tuple(body.blocks))


def read_fodt(path: Path) -> Document:
    """The text of an OpenDocument file that is one XML file."""
    if path.stat().st_size > MAX_UNPACKED_BYTES:
        raise TooLarge("This file is larger than any novel. Save the manuscript without pictures and upload that.")
    body = _Body()
    with path.open("rb") as file:
        feed_xml(iter(lambda: file.read(1024 * 1024), b""), body, format_name=NAME)
    if not body.is_text:
        raise Unreadable(_NO_TEXT)
    return Document(blocks=tuple(body.blocks))


def _inspect_odt(path: Path) -> None:
    with open_container(path, format_name=NAME, max_bytes=_INSPECTED_BYTES) as container:
        _check_parts(container)


def _inspect_fodt(path: Path) -> None:
    with path.open("rb") as file:
        if b"opendocument" not in file.read(4096):
            raise Unreadable(_NO_TEXT)


_NO_TEXT = (
    "This file is not an OpenDocument text, although its name says so. "
    "Open it in your writing program, save it as .odt or .docx and upload the new file."
)


def _check_parts(container: Container) -> None:
    if CONTENT_PART not in container:
        raise Unreadable(_NO_TEXT)
    if _MIMETYPE_PART in container and not container.read(_MIMETYPE_PART).startswith(_MIMETYPES):
        raise Unreadable(_NO_TEXT)
    manifest = _Manifest()
    if _MANIFEST_PART in container:
        container.parse(_MANIFEST_PART, manifest)
    if manifest.is_locked:
        raise Unreadable(
            "This OpenDocument text is protected with a password. Save it without one and upload the new file."
        )


def _is_unread(tag: str, name: str, values: Mapping[str, str]) -> bool:
    """A hidden section, or what is said of a picture for those who do not see it."""
    return (name == "section" and values.get("display") == "none") or (name in _OF_PICTURES and "svg" in tag)


class _Manifest(Target):
    def __init__(self) -> None:
        self.is_locked = False

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self.is_locked = self.is_locked or local_name(tag) == "encryption-data"


@dataclass(slots=True)
class _Style:
    name: str = ""
    parent: str = ""
    level: int = 0
    begins_page: bool = False
    is_hidden: bool = False

    def is_named(self, start: str) -> bool:
        """Whether its name begins so: LibreOffice keeps the English names in every language."""
        return self.name.replace("_20_", " ").lower().startswith(start)


@dataclass(slots=True)
class _Paragraph:
    level: int = 0
    gap: int = 0
    is_hidden: bool = False
    is_rule: bool = False
    look: str = ""
    pieces: list[str] = field(default_factory=list)


class _Body(Target):
    """Learns the styles and collects the paragraphs; styles come first in every such file."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.is_text = False
        self._styles: dict[str, _Style] = {}
        self._style = _Style()
        self._open: list[_Paragraph] = []  # more than one where a text box stands inside a paragraph
        self._hidden_spans: list[bool] = []
        self._gap = 0
        self._skipping = 0
        self._contents = 0
        self._in_text = False

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        name = local_name(tag)
        values = {local_name(key): value for key, value in attributes.items()}
        if self._skipping or name in _SKIPPED or _is_unread(tag, name, values):
            self._skipping += 1
        elif name in _CONTENTS:
            self._contents += 1
        elif name == "text" and tag.endswith("office:1.0}text"):
            self._in_text = self.is_text = True
        elif self._in_text:
            self._start_text(name, values)
        else:
            self._start_style(name, values)

    def end(self, tag: str) -> None:
        name = local_name(tag)
        if self._skipping:
            self._skipping -= 1
        elif name in _CONTENTS:
            self._contents -= 1
        elif name in _PARAGRAPHS and self._open:
            self._finish(self._open.pop())
        elif name == "span" and self._hidden_spans:
            self._hidden_spans.pop()

    def data(self, text: str) -> None:
        if self._open and not self._skipping and not any(self._hidden_spans[-1:]) and not self._open[-1].is_hidden:
            self._open[-1].pieces.append(_SPACES.sub(" ", text))

    def _start_style(self, name: str, values: Mapping[str, str]) -> None:
        match name:
            case "style" if "name" in values:
                self._style = self._styles[values["name"]] = _Style(
                    name=values.get("display-name", values["name"]),
                    parent=values.get("parent-style-name", ""),
                    level=_level(values.get("default-outline-level", "")),
                )
            case "paragraph-properties":
                self._style.begins_page = values.get("break-before") == "page"
            case "text-properties":
                self._style.is_hidden = values.get("display") == "none"

    def _start_text(self, name: str, values: Mapping[str, str]) -> None:
        match name:
            case "p" | "h":
                self._open.append(self._paragraph(name, values))
            case "span":
                is_hidden = self._styles.get(values.get("style-name", ""), _Style()).is_hidden
                self._hidden_spans.append(is_hidden or any(self._hidden_spans[-1:]))
            case "s":
                self.data(" ")
            case "tab":
                self.data("\t")
            case "line-break" if self._open:
                self._open[-1].pieces.append("\v")

    def _paragraph(self, name: str, values: Mapping[str, str]) -> _Paragraph:
        style = self._styles.get(values.get("style-name", ""), _Style())
        level = _level(values.get("outline-level", "1")) if name == "h" else self._level_of(style)
        gap = _PAGE_GAP if style.begins_page else 0
        return _Paragraph(
            level=level,
            gap=gap,
            is_hidden=style.is_hidden,
            is_rule=style.is_named(_RULE_STYLE),
            look=values.get("style-name", ""),
        )

    def _level_of(self, style: _Style) -> int:
        """Of the style, or of the one that an automatic style is based on: "Heading 2"."""
        for each in (style, self._styles.get(style.parent, _Style())):
            if each.level:
                return each.level
            if each.is_named(_HEADING_STYLE):
                return _level(each.name[-1])
        return 0

    def _finish(self, paragraph: _Paragraph) -> None:
        text = "\n".join(line.strip() for line in clean("".join(paragraph.pieces)).split("\v"))
        text = text.strip() or ("* * *" if paragraph.is_rule else "")
        gap = max(self._gap, paragraph.gap)
        if text:
            role, level = self._role(paragraph, text)
            self.blocks.append(Block(text=text, role=role, level=level, gap=gap, look=paragraph.look))
        self._gap = 0 if text else gap + 1

    def _role(self, paragraph: _Paragraph, text: str) -> tuple[Role, int]:
        if self._contents:
            return Role.CONTENTS, 0
        if paragraph.level and len(text) <= _LONGEST_HEADING:
            return Role.HEADING, paragraph.level
        return (Role.BREAK if is_ornament(text) else Role.TEXT), 0


def _level(value: str) -> int:
    return int(value) if value.isdecimal() and len(value) < 3 and int(value) < 10 else 0


ODT = Format(
    label="OpenDocument",
    name=NAME,
    endings=(".odt",),
    begins=(ZIP,),
    holds=(b"opendocument.text",),
    inspect=_inspect_odt,
    read=read_odt,
)
FODT = Format(label="flat OpenDocument", name=NAME, endings=(".fodt",), inspect=_inspect_fodt, read=read_fodt)
