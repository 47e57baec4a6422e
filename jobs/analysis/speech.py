"""Which words are spoken: what stands in quotation marks, in the marks that this author uses for speech."""

import re
from collections.abc import Iterable
from enum import StrEnum

Span = tuple[int, int]

_DOUBLE = re.compile('[“”„«»"]')
_OPENS_DOUBLE = re.compile(r"(?:^|[\s(\[—–-])[“„«\"](?=\w|[‘'…—])")
_OPENS_SINGLE = re.compile(r"(?:^|[\s(\[—–-])[‘'](?=\w)")
_SINGLE = re.compile(r"(?:^|(?<=[\s(\[—–-]))[‘'](?=[\w“…—])|(?<=[.,!?…—–-])(?P<closes>[’'])(?!\w)")
_OPENING = '“„«"'


class SpeechMarks(StrEnum):
    """The marks that an author puts around speech."""

    DOUBLE = "double"
    SINGLE = "single"


def find_marks(texts: Iterable[str]) -> SpeechMarks:
    """Single marks only where they open speech more often than double ones do: else they quote within speech."""
    double = single = 0
    for text in texts:
        double += len(_OPENS_DOUBLE.findall(text))
        single += len(_OPENS_SINGLE.findall(text))
    return SpeechMarks.SINGLE if single > 2 * double else SpeechMarks.DOUBLE


def speech_spans(text: str, marks: SpeechMarks) -> tuple[Span, ...]:
    """Start and end of each piece of speech in a paragraph, marks included.

    Speech that is not closed goes on to the end of the paragraph, as it does when the next one continues it.
    """
    if marks is SpeechMarks.SINGLE:
        return _single_spans(text)
    return _double_spans(text)


def _single_spans(text: str) -> tuple[Span, ...]:
    """Only what is closed: an apostrophe at the beginning of a word looks like an opening mark."""
    spans: list[Span] = []
    opened: int | None = None
    for match in _SINGLE.finditer(text):
        if match["closes"] is None:
            opened = match.start() if opened is None or match[0] == "‘" else opened
        elif opened is not None:
            spans.append((opened, match.end()))
            opened = None
    return tuple(spans)


def _double_spans(text: str) -> tuple[Span, ...]:
    spans: list[Span] = []
    opened: int | None = None
    for match in _DOUBLE.finditer(text):
        if opened is not None and _closes(match[0], text[opened]):
            spans.append((opened, match.end()))
            opened = None
        elif opened is None and match[0] in _OPENING:
            opened = match.start()
    if opened is not None:
        spans.append((opened, len(text)))
    return tuple(spans)


def _closes(mark: str, opening: str) -> bool:
    """German marks close with what opens in English."""
    return mark in '”»"' or (mark == "“" and opening == "„")
