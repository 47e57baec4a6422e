"""Speech that a dash opens: where a book has that habit, and what in such a paragraph is the narrator's."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

Span = tuple[int, int]

_OPENING = re.compile(r"\s*(?:[—–―]{1,2}|-{1,2})\s?(?=[\w¿¡…“«\"'‘(*_])")
_LONG = re.compile(r"(?<!\w)[—–―]{1,2}|[—–―]{1,2}(?!\w)")
_SHORT = re.compile(r"(?<!\w)-{1,2}|-{1,2}(?!\w)")
_STOPS = ',.!?…;:»”"'
_FEWEST = 3
_SHARE = 0.02
_PUNCTUATED = 3
"""Insertions behind a stop for each without one, where stops are the habit: Russian writes "Это — дом", too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Dash:
    at: int
    follows_stop: bool
    may_insert: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DashHabit:
    """How a book opens speech with dashes."""

    paragraphs: int
    """That begin with a dash."""
    only_after_stops: bool
    """Whether the narrator's insertions begin behind a comma or a stop, so that other dashes are the speaker's."""


def opens_with_dash(text: str) -> bool:
    """Whether a paragraph begins with a dash and words; typewriters' hyphens count."""
    return _OPENING.match(text) is not None


def dash_habit(texts: Sequence[str]) -> DashHabit | None:
    """The habit of a book in which three paragraphs, and one in fifty, begin with a dash; else None."""
    spoken = [text for text in texts if opens_with_dash(text)]
    if len(spoken) < max(_FEWEST, _SHARE * len(texts)):
        return None
    insertions = [dash.follows_stop for text in spoken for dash in _inner(text) if dash.may_insert]
    after_stops = sum(insertions)
    bare = len(insertions) - after_stops
    return DashHabit(paragraphs=len(spoken), only_after_stops=after_stops > _PUNCTUATED * bare)


def dash_spans(text: str, *, only_after_stops: bool) -> tuple[Span, ...]:
    """What is spoken in a paragraph that begins with a dash.

    A dash before a small letter, or set directly before a word, begins what the narrator puts in; the next dash or
    the paragraph's end ends it: "—No —he said—, no." Where no dash sets it off ("—No, he said, no.") the whole
    paragraph counts as spoken.
    """
    spans: list[Span] = []
    start: int | None = 0
    for dash in _inner(text):
        if only_after_stops and not dash.follows_stop:
            continue
        if start is None:
            start = dash.at
        elif dash.may_insert:
            spans.append((start, dash.at))
            start = None
    if start is not None:
        spans.append((start, len(text)))
    return tuple(spans)


def _inner(text: str) -> Iterator[_Dash]:
    """Each dash after the first."""
    opening = _OPENING.match(text)
    if opening is None:
        return
    dash = _SHORT if "-" in opening[0] else _LONG
    for match in dash.finditer(text, opening.end()):
        before = text[match.start() - 2 : match.start()]
        after = text[match.end() : match.end() + 2]
        yield _Dash(
            at=match.start(),
            follows_stop=before.strip()[-1:] in _STOPS,
            may_insert=after.strip()[:1].islower() or (before[-1:].isspace() and after[:1].isalpha()),
        )
