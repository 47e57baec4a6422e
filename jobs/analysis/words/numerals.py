"""Numbers as headings write them: 12, XII, Twelve, the Twelfth, 12th, Zwölftes."""

import re

from jobs.analysis.words.number_words import NUMBER_WORDS

_UNITS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
_TEENS = [
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_FIRST_ORDINALS = {"one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth"}
_FIRST_ORDINALS |= {"nine": "ninth", "twelve": "twelfth"}
_ROMAN_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
_ROMAN = re.compile(r"c{0,3}(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})")


def _ordinal(cardinal: str) -> str:
    head, _, last = cardinal.rpartition(" ")
    ordinal = _FIRST_ORDINALS.get(last) or (last[:-1] + "ieth" if last.endswith("y") else last + "th")
    return f"{head} {ordinal}".strip()


def _tens_and_units() -> list[str]:
    tens = [words for ten in _TENS for words in (ten, *(f"{ten} {unit}" for unit in _UNITS))]
    return [*_UNITS, *_TEENS, *tens]


_BELOW_HUNDRED = {name: value for value, name in enumerate(_tens_and_units(), start=1)}
_ENGLISH = {form: value for name, value in _BELOW_HUNDRED.items() for form in (name, _ordinal(name))}
_WORDS = NUMBER_WORDS | _ENGLISH
_HUNDREDS = re.compile(rf"(?:(a|{'|'.join(_UNITS)}) )?hundred(?:th|(?: and)? (.+))?")
_SPACE = r"[-‐‑\s]"
_ONE_WORD = "|".join(word.replace(" ", _SPACE) for word in sorted(_WORDS, key=len, reverse=True))
_SPELLED = (
    rf"(?:(?:(?:a|{'|'.join(_UNITS)}){_SPACE})?hundred(?:th|(?:{_SPACE}and)?{_SPACE}(?:{_ONE_WORD}))?|{_ONE_WORD})"
)
ANY_NUMBER = rf"(?:\d{{1,3}}(?:st|nd|rd|th)?\b|[IVXLC]{{1,9}}\b|{_SPELLED}\b)"
"""A pattern for a number in any form; to be compiled with re.IGNORECASE."""


def read_number(numeral: str) -> tuple[int | None, str]:
    """Its value and style ("roman", "arabic", "word"); (None, "") for what is no number, e.g. "last" or "IIX"."""
    text = re.sub(r"[-‐‑\s]+", " ", numeral.strip().casefold())
    if match := re.fullmatch(r"(\d{1,4})(?:st|nd|rd|th)?", text):
        return int(match[1]), "arabic"
    if value := _in_words(text):
        return value, "word"
    if text and _ROMAN.fullmatch(text):
        return _roman(text), "roman"
    return None, ""


_SHORTEST_FOREIGN = 4
"""Letters; a shorter word of another language may be one of English: due, sei, ten."""


def is_plain_number(numeral: str) -> bool:
    """Whether a number in words is one also where no keyword stands beside it."""
    text = re.sub(r"[-‐‑\s]+", " ", numeral.strip().casefold())
    return text in _ENGLISH or text.startswith(("a hundred", "one hundred")) or len(text) >= _SHORTEST_FOREIGN


def _in_words(text: str) -> int:
    """0 for what is no number."""
    if value := _WORDS.get(text):
        return value
    if match := _HUNDREDS.fullmatch(text):
        hundreds = _BELOW_HUNDRED.get(match[1] or "", 1)
        rest = _ENGLISH.get(match[2], 0) if match[2] else 0
        return 100 * hundreds + rest if rest or not match[2] else 0
    return 0


def _roman(text: str) -> int:
    values = [_ROMAN_VALUES[letter] for letter in text]
    return sum(-value if value < after else value for value, after in zip(values, [*values[1:], 0], strict=True))
