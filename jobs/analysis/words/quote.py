"""A few words of a text around a place, as a report shows it."""

import re

_SPACES = re.compile(r"\s+")
_ELLIPSIS = "…"
_LONGEST = 400
"""Characters; two words of a phrase may have a megabyte of dashes between them."""


def quoted(text: str, start: int, end: int, *, around: int = 40) -> str:
    """The words from start to end with some around them, on one line, an ellipsis where it was cut."""
    end = min(end, start + _LONGEST)
    left = max(0, start - around)
    right = min(len(text), end + around)
    while left > 0 and start - left < 2 * around and not text[left - 1].isspace():
        left -= 1
    while right < len(text) and right - end < 2 * around and not text[right].isspace():
        right += 1
    cut = _SPACES.sub(" ", text[left:right]).strip()
    return (_ELLIPSIS if left else "") + cut + (_ELLIPSIS if right < len(text) else "")
