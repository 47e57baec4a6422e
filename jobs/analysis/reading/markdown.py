"""Markdown to blocks: its marks of emphasis, links, comments and leading settings are not prose."""

import re
from collections.abc import Iterator
from dataclasses import replace

from jobs.analysis.document import Block, Document, Role
from jobs.analysis.reading.format import Format
from jobs.analysis.reading.marks import without_marks
from jobs.analysis.reading.plain import NEWLINES, inspect_plain, read_text, text_of
from jobs.analysis.words.markers import is_scene_break

_UNDERLINE = re.compile(r"(=|-){3,}$")
_FRONT_MATTER = re.compile(r"\A---\n(?:[A-Za-z_-]+:.*\n|[ \t]+.*\n|\n)+?(?:---|\.\.\.)\n")
_EMPHASIS = re.compile(r"(?<![\w*\\])(\*{1,3}|_{1,3})(?=\S)(.{1,400}?)(?<=[^\s\\])\1(?![\w*])", re.DOTALL)
_ALL_MARKED = re.compile(r"(\*{1,3}|_{1,3})(?=\S)[^\n*_]{1,120}\1")
"""A line that is all in bold or italics: it may be a heading that somebody made by hand."""
_LINK = re.compile(r"!?\[([^\[\]\n]{0,500})\]\([^)\n]{0,500}\)")
_NO_BREAK_SPACE = re.compile(r"&nbsp;|&#160;")
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+\-.!>~|])")


def read_markdown(text: str) -> Document:
    """A Markdown manuscript: its marks of emphasis, links, comments and leading settings are not prose."""
    text = NEWLINES.sub("\n", text)
    text = _FRONT_MATTER.sub("", text)
    text = _LINK.sub(r"\1", without_marks(_NO_BREAK_SPACE.sub("\u00a0", text)))
    document = read_text("\n".join(_hashed(text.split("\n"))))
    return Document(blocks=tuple(_plain(block) for block in document.blocks))


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


def _plain(block: Block) -> Block:
    if block.role is Role.BREAK:
        return block
    text, look = block.text, block.look
    if whole := _ALL_MARKED.fullmatch(text):
        look = whole[1]
    for _ in range(2):  # bold within italics and the like
        text = _EMPHASIS.sub(r"\2", text)
    text = _ESCAPE.sub(r"\1", text).replace("`", "")
    return replace(block, text=text, look=look)


FORMAT = Format(
    label="Markdown",
    name="a text file",
    endings=(".md", ".markdown"),
    inspect=inspect_plain,
    read=lambda path: read_markdown(text_of(path)),
)
