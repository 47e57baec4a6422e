"""Markdown to blocks: its marks of emphasis, links, comments and leading settings are not prose."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from jobs.analysis.document import Block, Document, Role
from jobs.analysis.reading.format import Format
from jobs.analysis.reading.marks import without_marks
from jobs.analysis.reading.plain import NEWLINES, inspect_plain, read_text, text_of
from jobs.analysis.words.markers import is_scene_break

_UNDERLINE = re.compile(r"(=|-){3,}$")
_SETTINGS_END = ("---", "...")
_SETTING = re.compile(r"[A-Za-z_-]+:|[ \t]|$")
_ALL_MARKED = re.compile(r"(\*{1,3}|_{1,3})(?=\S)[^\n*_]{1,120}\1")
"""A line that is all in bold or italics: it may be a heading that somebody made by hand."""
_LONGEST_LINK = 500
_LINK = re.compile(rf"!?\[([^\[\]\n]{{0,{_LONGEST_LINK}}}+)\]\([^)\[\n]{{0,{_LONGEST_LINK}}}+\)")
_NO_BREAK_SPACE = re.compile(r"&nbsp;|&#160;")
_MARKS = re.compile(r"\\.|\*+|_+", re.DOTALL)
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+\-.!>~|])")
_MARK_CHARACTERS = "*_"


def read_markdown(text: str) -> Document:
    """A Markdown manuscript."""
    text = _without_settings(NEWLINES.sub("\n", text))
    text = _LINK.sub(r"\1", without_marks(_NO_BREAK_SPACE.sub("\u00a0", text)))
    document = read_text("\n".join(_hashed(text.split("\n"))))
    return Document(blocks=tuple(_plain(block) for block in document.blocks))


def without_emphasis(text: str) -> str:
    """Without the asterisks and underscores that stand in pairs around words; those inside a word stay."""
    runs = [_Run.at(match, text) for match in _MARKS.finditer(text) if match[0][0] in _MARK_CHARACTERS]
    _pair(runs)
    pieces: list[str] = []
    at = 0
    for run in runs:
        pieces.append(text[at : run.start])
        pieces.append(run.mark * run.left)
        at = run.end
    return "".join((*pieces, text[at:]))


@dataclass(slots=True)
class _Run:
    """A run of one mark, e.g. ***."""

    mark: str
    start: int
    end: int
    left: int
    """How many of them are no marks of emphasis."""
    may_open: bool
    may_close: bool

    @classmethod
    def at(cls, match: re.Match[str], text: str) -> "_Run":
        before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
        return cls(
            mark=match[0][0],
            start=match.start(),
            end=match.end(),
            left=len(match[0]),
            may_open=bool(after.strip()) and not _is_of_word(before),
            may_close=bool(before.strip()) and not _is_of_word(after),
        )


def _is_of_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _pair(runs: list[_Run]) -> None:
    """Takes off what pairs: each closing run with the nearest that is open, as CommonMark does.

    A run is looked at once as a closing one, and leaves the stack of its mark for good when it is used up or
    stands inside a pair of the other mark, so that the time grows with the number of runs alone.
    """
    opened: dict[str, list[_Run]] = {mark: [] for mark in _MARK_CHARACTERS}
    for run in runs:
        stack = opened[run.mark]
        while run.may_close and run.left and stack:
            _take_off(stack[-1], run)
            for other in opened.values():
                while other and other[-1].start > stack[-1].start:
                    other.pop()
            if not stack[-1].left:
                stack.pop()
        if run.may_open and run.left:
            stack.append(run)


def _take_off(opening: _Run, closing: _Run) -> None:
    pairs = min(opening.left, closing.left)
    opening.left -= pairs
    closing.left -= pairs


def _without_settings(text: str) -> str:
    """Without the block of "key: value" between two lines of --- at the very beginning."""
    if not text.startswith("---\n"):
        return text
    at = 4
    while at < len(text):
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        line = text[at:end]
        if line in _SETTINGS_END and at > 4:
            return text[end + 1 :]
        if not _SETTING.match(line):
            return text
        at = end + 1
    return text


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
    whole = _ALL_MARKED.fullmatch(block.text)
    text = _ESCAPE.sub(r"\1", without_emphasis(block.text)).replace("`", "")
    return replace(block, text=text, look=whole[1] if whole else block.look)


FORMAT = Format(
    label="Markdown",
    name="a text file",
    endings=(".md", ".markdown"),
    inspect=inspect_plain,
    read=lambda path: read_markdown(text_of(path)),
)
