"""Fountain screenplays to blocks: scenes are headings, what a character says knows who says it."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from jobs.analysis.document import Block, Document, Role
from jobs.analysis.reading.format import Format
from jobs.analysis.reading.markdown import without_emphasis
from jobs.analysis.reading.plain import NEWLINES, inspect_plain, text_of, without

_TITLE_KEY = re.compile(
    r"(?:title|credit|authors?|source|notes|draft date|date|contact|copyright|revision|format|font)\s?:", re.I
)
_SCENE = re.compile(r"(?:int\.?/ext|ext\.?/int|i/e|int|ext|est)[. ]", re.I)
_SCENE_NUMBER = re.compile(r"#[\w.-]{1,20}#$")
_SECTION = re.compile(r"(#{1,6})[ \t]*+(?=[^#])")
_PAGE = re.compile(r"={3,}$")
_EXTENSION = re.compile(r"\s*\([^()]{0,80}\)\s*\^?$|\s*\^$")
_LONGEST_LINE = 200
"""Characters; a longer line is action, whatever it begins with."""
_LONGEST_CUE = 60
_PAGE_GAP = 3


def read_fountain(text: str) -> Document:
    """A screenplay: without its title page, transitions, synopses and notes."""
    text = without(without(NEWLINES.sub("\n", text), "/*", "*/"), "[[", "]]")
    groups = [list(lines) for has_words, lines in groupby(text.split("\n"), key=_has_words) if has_words]
    has_title_page = bool(groups) and _TITLE_KEY.match(groups[0][0]) is not None
    story = groups[1:] if has_title_page else groups
    deepest = max((len(match[1]) for lines in story if (match := _section(lines[0]))), default=0)
    blocks = tuple(block for lines in story for block in _blocks(lines, deepest + 1))
    return Document(blocks=blocks, left_out=("Title page",) if has_title_page else ())


def _has_words(line: str) -> bool:
    """Two spaces stand for an empty line within a speech."""
    return bool(line.strip()) or line == "  "


def _blocks(lines: Sequence[str], scene_level: int) -> Iterator[Block]:
    """What stands between two empty lines: headings by themselves, then a speech or action."""
    at = 0
    while at < len(lines) and (heading := _heading(lines[at].strip(), scene_level)):
        yield heading
        at += 1
    rest = lines[at:]
    if not rest:
        return
    speaker = _cue(rest[0].strip()) if len(rest) > 1 else ""
    text = _speech(rest[1:]) if speaker else _action(rest)
    if text:
        yield Block(text=text, speaker=speaker)


def _heading(line: str, scene_level: int) -> Block | None:
    if section := _section(line):
        return Block(text=line[section.end() :].strip(), role=Role.HEADING, level=len(section[1]), gap=1)
    if _is_forced_scene(line) or (len(line) <= _LONGEST_LINE and _SCENE.match(line)):
        text = _SCENE_NUMBER.sub("", line.removeprefix(".")).strip()
        return Block(text=text, role=Role.HEADING, level=scene_level, gap=1) if text else None
    return None


def _section(line: str) -> re.Match[str] | None:
    return _SECTION.match(line) if len(line) <= _LONGEST_LINE else None


def _is_forced_scene(line: str) -> bool:
    return line.startswith(".") and line[1:2].isalnum() and len(line) <= _LONGEST_LINE


def _cue(line: str) -> str:
    """The name of who speaks, where a line is a cue: in capitals, or marked as one; else ""."""
    if len(line) > _LONGEST_CUE:
        return ""
    is_forced = line.startswith("@")
    name = _EXTENSION.sub("", line.removeprefix("@")).strip()
    is_cue = is_forced or (name.isupper() and not name.endswith((":", ".", "!", "?")) and line[0] not in "!>~=")
    return name if is_cue else ""


def _speech(lines: Sequence[str]) -> str:
    """What is said, without how it is said."""
    said = (line.strip().removeprefix("~").strip() for line in lines)
    return _plain(line for line in said if not (line.startswith("(") and line.endswith(")")))


def _action(lines: Sequence[str]) -> str:
    return _plain(_action_line(line.strip()) for line in lines)


def _action_line(line: str) -> str:
    """A line of action; "" for a transition, a synopsis or a new page."""
    if line.startswith(">"):
        return line[1:-1].strip() if line.endswith("<") else ""
    if line.startswith("=") or (line.isupper() and (line.endswith("TO:") or line.startswith("FADE "))):
        return ""
    return line.removeprefix("!")


def _plain(lines: Iterator[str] | Sequence[str]) -> str:
    return without_emphasis("\n".join(filter(None, lines))).replace("\\*", "*").replace("\\_", "_")


FORMAT = Format(
    label="Fountain",
    name="a Fountain screenplay",
    endings=(".fountain", ".spmd"),
    inspect=inspect_plain,
    read=lambda path: read_fountain(text_of(path)),
)
