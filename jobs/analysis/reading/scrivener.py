"""Zipped Scrivener projects to blocks: the documents of the draft folder, in the order of the binder."""

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from jobs.analysis.document import Block, Document, Role
from jobs.analysis.reading.container import Container, Target, damaged, local_name
from jobs.analysis.reading.encoding import clean
from jobs.analysis.reading.plain import without
from jobs.analysis.reading.rtf import read_rtf
from jobs.errors import TooLarge, Unreadable

NAME = "a Scrivener project"
_BINDER = ".scrivx"
_DRAFT = "DraftFolder"
_MOST_ITEMS = 20_000
_DEEPEST = 100
_DEEPEST_HEADING = 6
_LONGEST_TITLE = 200
_MARKS = (("<$Scr_", ">"), ("<!$Scr_", ">"), ("{\\Scrv_annot", "\\end_Scrv_annot}"), ("{\\Scrv_fn", "\\end_Scrv_fn}"))
"""Scrivener's own within a text: styles, notes to self and footnotes."""
_NAMELESS = frozenset({"", "untitled", "untitled document", "scene", "new document"})


def find_binder(container: Container) -> str | None:
    """The file that lists the project's documents; None where the archive holds no project."""
    names = [name for name in container.names() if name.lower().endswith(_BINDER) and "__MACOSX/" not in name]
    return min(names, key=len, default=None)


def read_project(container: Container, binder_path: str) -> Document:
    """The draft, with folders and documents as headings. What is not to be compiled is left out."""
    binder = _Binder()
    container.parse(binder_path, binder)
    if binder.draft is None:
        raise Unreadable(damaged(NAME))
    draft = _Draft(container, posixpath.dirname(binder_path))
    blocks = tuple(draft.blocks(binder.draft.children, 1))
    return Document(blocks=blocks, left_out=tuple(draft.left_out))


@dataclass(slots=True)
class _Item:
    """A folder or document of the binder."""

    identifiers: tuple[str, ...]
    kind: str
    title: str = ""
    is_compiled: bool = True
    children: list["_Item"] = field(default_factory=list)


class _Binder(Target):
    """The tree of items, of which the draft is one."""

    def __init__(self) -> None:
        self.draft: _Item | None = None
        self._open: list[_Item] = []
        self._count = 0
        self._element = ""
        self._text: list[str] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._element, self._text = local_name(tag), []
        if self._element != "binderitem":
            return
        self._count += 1
        if self._count > _MOST_ITEMS or len(self._open) >= _DEEPEST:
            raise TooLarge("This project holds more documents than a manuscript has. Compile it and upload the result.")
        identifiers = tuple(attributes[key] for key in ("UUID", "ID") if key in attributes)
        item = _Item(identifiers, attributes.get("Type", ""))
        if self._open:
            self._open[-1].children.append(item)
        if item.kind == _DRAFT and self.draft is None:
            self.draft = item
        self._open.append(item)

    def data(self, text: str) -> None:
        self._text.append(text)

    def end(self, tag: str) -> None:
        name = local_name(tag)
        if name == "binderitem" and self._open:
            self._open.pop()
        elif self._open and name == self._element:
            text = "".join(self._text).strip()
            if name == "title":
                self._open[-1].title = clean(" ".join(text.split()))[:_LONGEST_TITLE]
            elif name == "includeincompile":
                self._open[-1].is_compiled = text != "No"
        self._element = ""


class _Draft:
    """Reads the documents of the draft one by one."""

    def __init__(self, container: Container, folder: str) -> None:
        self.left_out: list[str] = []
        self._container = container
        self._folder = folder

    def blocks(self, items: list[_Item], level: int) -> Iterator[Block]:
        """The blocks of some items and of what they hold."""
        for item in items:
            if item.kind == "TrashFolder":
                continue
            if item.is_compiled:
                yield from _headed(item.title, min(level, _DEEPEST_HEADING), self._text(item))
            elif item.title:
                self.left_out.append(item.title)
            yield from self.blocks(item.children, level + 1)

    def _text(self, item: _Item) -> list[Block]:
        for identifier in item.identifiers:
            for path in (f"Files/Data/{identifier}/content.rtf", f"Files/Docs/{identifier}.rtf"):
                member = posixpath.join(self._folder, path)
                if member in self._container:
                    document = read_rtf(self._container.read(member))
                    return [block for block in map(_without_marks, document.blocks) if block.text]
        return []


def _headed(title: str, level: int, blocks: list[Block]) -> Iterator[Block]:
    """A document below its title; one without a title of its own begins a scene."""
    if title.casefold() in _NAMELESS:
        if blocks and blocks[0].role is not Role.HEADING:
            yield Block(text="* * *", role=Role.BREAK)
    elif blocks and " ".join(blocks[0].text.split()).casefold() == title.casefold():
        yield replace(blocks.pop(0), role=Role.HEADING, level=level, gap=1)
    else:
        yield Block(text=title, role=Role.HEADING, level=level, gap=1, is_added=True)
    yield from blocks


def _without_marks(block: Block) -> Block:
    text = block.text
    for start, end in _MARKS:
        text = without(text, start, end)
    return replace(block, text=text.strip())
