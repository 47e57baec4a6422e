"""What writing programs put into Markdown beside the prose: comments, tags, links, callouts, code, tracked changes.

Obsidian's, novelWriter's and CriticMarkup's marks. Each pattern looks at one line or is bounded, so that time grows
with the text.
"""

import re
from collections.abc import Iterable, Iterator

from jobs.analysis.reading.plain import without

_PAIRED = (("<!--", "-->"), ("%%", "%%"), ("{>>", "<<}"), ("{--", "--}"))
"""What stands between them is a note to self, or was deleted."""
_GONE = "\0"
"""In place of what is left out; no text that was read holds one."""
_FENCE = re.compile(r"\s{0,3}(`{3,})")
_CALLOUT = re.compile(r"\s{0,3}>\s*\[![\w-]+\]")
_QUOTED = re.compile(r"\s{0,3}>")
_NOTE = re.compile(r"\[\^[^\]\s]{1,40}\]:")
_LINE = re.compile(
    r"""
    (?:\#[^\W\d][\w/-]*\s*)+$                                  # Obsidian's tags, alone on a line
    | @(?:pov|char|focus|plot|time|location|object|entity|custom|mention|tag|story):  # novelWriter's
    | %(?:~|\s|synopsis\b|short\b|note\b)                      # novelWriter's comments
    | \[(?:newpage|new\ page|vspace(?::\d+)?)\]$
    | \[//\]:\s\#
    | \[[^\]^]{1,80}\]:\s+\S+                                  # where a link leads to
    """,
    re.VERBOSE | re.IGNORECASE,
)
_ALIGNED = re.compile(r"^\s{0,3}>{1,2}\s?(.{0,500}?)\s?<{1,2}$")
"""As novelWriter centres a line."""
_EMBEDDED = re.compile(r"!\[\[[^\[\]\n]{1,200}\]\]")
_WIKI_LINK = re.compile(r"\[\[(?:[^\[\]|\n]{1,200}\|)?([^\[\]|\n]{1,200})\]\]")
_NOTE_MARK = re.compile(r"\[\^[^\]\s]{1,40}\]")
_MARKED = re.compile(r"(==|~~)(?=\S)([^=~\n]{1,2000})\1")
_BLOCK_NAME = re.compile(r"[ \t]\^[\w-]{1,40}[ \t]*$", re.MULTILINE)
_TAG = re.compile(r"</?[A-Za-z][^<>\n]{0,200}>")


def without_marks(text: str) -> str:
    """The text without what is no prose; what a mark only highlights, adds or links stays."""
    for opening, closing in _PAIRED:
        text = without(text, opening, closing, instead=_GONE)
    text = "\n".join(_closed_up(_prose_lines(text.split("\n"))))
    text = _WIKI_LINK.sub(r"\1", _EMBEDDED.sub("", text)) if "[[" in text else text
    text = _NOTE_MARK.sub("", text) if "[^" in text else text
    text = _changed(_changed(_changed(text, "{~~", "~~}"), "{++", "++}"), "{==", "==}")
    text = _MARKED.sub(r"\2", text)
    text = _BLOCK_NAME.sub("", text) if "^" in text else text
    return _TAG.sub("", text) if "<" in text else text


def _changed(text: str, opening: str, closing: str) -> str:
    """With what was added, or put in the place of something (after "~>"), and without the marks around it."""
    if opening not in text:
        return text
    pieces: list[str] = []
    at = 0
    while (start := text.find(opening, at)) >= 0 and (end := text.find(closing, start + len(opening))) >= 0:
        inside = text[start + len(opening) : end]
        pieces += (text[at:start], inside.partition("~>")[2] if opening == "{~~" else inside)
        at = end + len(closing)
    return "".join((*pieces, text[at:]))


def _prose_lines(lines: list[str]) -> Iterator[str]:
    """Without code, callouts, notes at the foot and lines that only a program reads."""
    fence = ""
    in_callout = in_note = False
    fences = _closed_fences(lines)
    for number, line in enumerate(lines):
        in_callout = bool(_CALLOUT.match(line)) or (in_callout and bool(_QUOTED.match(line)))
        in_note = bool(_NOTE.match(line)) or (in_note and line[:1] in (" ", "\t"))
        if number in fences:
            fence = "" if fence else "`"
            yield _GONE
        elif fence or in_callout or in_note or _LINE.match(line.strip()):
            yield _GONE
        else:
            yield _ALIGNED.sub(r"\1", line) if line[-1:] == "<" else line


def _closed_up(lines: Iterable[str]) -> Iterator[str]:
    """Without the lines of which nothing is left, and without the space around them: it would part scenes."""
    blank = closing = True
    for line in lines:
        left = line.replace(_GONE, "")
        if left.strip():
            yield left
            blank = closing = False
        elif _GONE in line:
            closing = True
        elif not (blank and closing):
            yield left
            blank = True


def _closed_fences(lines: list[str]) -> set[int]:
    """The lines that open and close code; one that is never closed is none."""
    fences = [number for number, line in enumerate(lines) if _FENCE.match(line)]
    return set(fences[: len(fences) // 2 * 2])
