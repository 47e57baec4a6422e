"""Numbers as headings write them: 12, XII, Twelve, the Twelfth, 12th."""

import re

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


def _cardinals() -> list[str]:
    tens = [words for ten in _TENS for words in (ten, *(f"{ten} {unit}" for unit in _UNITS))]
    return [*_UNITS, *_TEENS, *tens, "one hundred"]


_WORDS = {form: value for value, name in enumerate(_cardinals(), start=1) for form in (name, _ordinal(name))}
_SPELLED = "|".join(word.replace(" ", r"[-‐‑\s]") for word in sorted(_WORDS, key=len, reverse=True))
ANY_NUMBER = rf"(?:\d{{1,3}}(?:st|nd|rd|th)?\b|[IVXLC]{{1,9}}\b|(?:{_SPELLED})\b)"
"""A pattern for a number in any form; to be compiled with re.IGNORECASE."""


def read_number(numeral: str) -> tuple[int | None, str]:
    """Its value and style ("roman", "arabic", "word"); (None, "") for what is no number, e.g. "last" or "IIX"."""
    text = re.sub(r"[-‐‑\s]+", " ", numeral.strip().casefold())
    if match := re.fullmatch(r"(\d{1,4})(?:st|nd|rd|th)?", text):
        return int(match[1]), "arabic"
    if text in _WORDS:
        return _WORDS[text], "word"
    if text and _ROMAN.fullmatch(text):
        return _roman(text), "roman"
    return None, ""


def _roman(text: str) -> int:
    values = [_ROMAN_VALUES[letter] for letter in text]
    return sum(-value if value < after else value for value, after in zip(values, [*values[1:], 0], strict=True))
