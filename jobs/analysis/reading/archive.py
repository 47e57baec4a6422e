"""ZIP files to blocks: a Scrivener project, or the files of one book in the order of their names."""

import posixpath
import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from jobs.analysis.document import Block, Document, Role
from jobs.analysis.reading.container import Container, open_container
from jobs.analysis.reading.encoding import clean
from jobs.analysis.reading.format import ZIP, Format
from jobs.analysis.reading.scrivener import find_binder, read_project
from jobs.analysis.words.markers import read_marker
from jobs.errors import TooLarge, Unreadable

NAME = "a zipped Scrivener project or a ZIP file with chapters"
_INSPECTED_BYTES = 512 * 1024
_MOST_FILES = 500
_FIRST = re.compile(r"prolog", re.I)
_LAST = re.compile(r"[eé]p[ií]log|afterword|acknowledg", re.I)
_NUMBER = re.compile(r"(\d+)")
_WRITTEN_NUMBER = 30
_DOCUMENTS = (("word/document.xml", "a Word document", ".docx"), ("META-INF/container.xml", "an EPUB", ".epub"))


def archive_format(formats: Sequence[Format]) -> Format:
    """The row of ZIP files, which hold files of the other formats."""
    by_ending = {ending: each for each in formats for ending in each.endings}

    def read(path: Path) -> Document:
        with open_container(path, format_name=NAME) as container:
            if binder := find_binder(container):
                return read_project(container, binder)
            return _joined([(name, _read(container, name, by_ending)) for name in _chapters(container, by_ending)])

    def inspect(path: Path) -> None:
        with open_container(path, format_name=NAME, max_bytes=_INSPECTED_BYTES) as container:
            if not find_binder(container):
                _chapters(container, by_ending)

    return Format(
        label="zipped Scrivener project or chapters",
        name=NAME,
        endings=(".zip", ".scriv"),
        begins=(ZIP,),
        inspect=inspect,
        read=read,
    )


def _chapters(container: Container, by_ending: dict[str, Format]) -> list[str]:
    """The files that are read, in order. Raises Unreadable where there is none, TooLarge where there are too many."""
    for part, name, ending in _DOCUMENTS:
        if part in container:
            raise Unreadable(f"This file is {name}. Give it a name that ends in {ending} and upload it again.")
    names = [name for name in container.names() if not _is_hidden(name) and _ending(name) in by_ending]
    if not names:
        listed = ", ".join(each.endings[0] for each in dict.fromkeys(by_ending.values()))
        raise Unreadable(f"This ZIP file holds no manuscript. Pack files of these kinds into it: {listed}.")
    if len(names) > _MOST_FILES:
        raise TooLarge(f"This ZIP file holds more than {_MOST_FILES} files. Upload one book alone.")
    return sorted(names, key=_order)


def _is_hidden(name: str) -> bool:
    return name.startswith("__MACOSX/") or any(part.startswith((".", "~$")) for part in name.split("/"))


def _ending(name: str) -> str:
    return posixpath.splitext(name)[1].lower()


def _order(name: str) -> tuple[object, ...]:
    """As a reader of names counts: 2 before 10, a prologue first, an epilogue last."""
    stem = _stem(name)
    rank = 0 if _FIRST.search(stem) else 2 if _LAST.search(stem) else 1
    pieces = _NUMBER.split(name.casefold())
    return rank, [(int(piece[:_WRITTEN_NUMBER]), "") if piece.isdecimal() else (-1, piece) for piece in pieces]


def _stem(name: str) -> str:
    return posixpath.splitext(posixpath.basename(name))[0]


def _read(container: Container, name: str, by_ending: dict[str, Format]) -> Document:
    with tempfile.TemporaryFile() as file:
        for chunk in container.chunks(name):
            file.write(chunk)
        file.flush()
        try:
            return by_ending[_ending(name)].read(Path(f"/dev/fd/{file.fileno()}"))
        except (Unreadable, TooLarge) as refusal:
            raise type(refusal)(f"In the file {posixpath.basename(name)[:80]}: {refusal.message}") from refusal


def _joined(documents: Sequence[tuple[str, Document]]) -> Document:
    """One document after the other, each below its name unless it begins with a heading of its own."""
    if len(documents) == 1:
        return documents[0][1]
    blocks = tuple(block for name, document in documents for block in _headed(name, document.blocks))
    left_out = tuple(title for _, document in documents for title in document.left_out)
    return Document(blocks=blocks, left_out=left_out)


def _headed(name: str, blocks: Sequence[Block]) -> Iterator[Block]:
    if not blocks:
        return
    if blocks[0].role is Role.HEADING or read_marker(blocks[0].text):
        yield replace(blocks[0], gap=max(3, blocks[0].gap))
        yield from blocks[1:]
        return
    title = clean(" ".join(_stem(name).replace("_", " ").split()))
    yield Block(text=title, role=Role.HEADING, level=1, gap=3, is_added=True)
    yield from blocks
