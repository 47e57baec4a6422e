"""Bytes of a text file to text: Unicode in its forms, else the likeliest one-byte code."""

import codecs
import re
import unicodedata

from jobs.errors import Unreadable

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16: its mark begins with theirs
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 65_536
_FEW_ERRORS = 0.02
_NO_TEXT = "This file is not text, although its name says so. Export it again as plain text and upload the new file."
_TYPICAL = re.compile(r"[A-Za-z][à-öø-ÿß]|[à-öø-ÿß][a-z]|\b[À-ÖØ-Þ][a-z]|[‘’“”–—…«»£€°§©]")
_INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff\x00-\x08\x0e-\x1b\x7f]")
_MARK_RUN = re.compile(r"[^\x00-\u02ff\w\s]{31,}")
_MOST_MARKS = 30
"""On one letter, as Unicode's Stream-Safe Text Format has it (UAX #15): to order more of them takes quadratic time."""
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f]")


def decode(data: bytes, *, otherwise: str | None = None) -> str:
    """The text of a plain-text file. Raises Unreadable when it is no text in any code that we know.

    `otherwise` names the code that the file itself says, for one that is not Unicode.
    """
    text = _decode(data, otherwise)
    if looks_binary(text[:_SAMPLE]):
        raise Unreadable(_NO_TEXT)
    return clean(text)


def clean(text: str) -> str:
    """Without the invisible characters (soft hyphens, joiners, byte order marks) that would cut words in two.

    A stray control character goes as well: a database takes no NUL.

    Letters and their accents are one character each: Macs write two. What is piled on a letter beyond any
    alphabet goes.
    """
    return unicodedata.normalize("NFC", _MARK_RUN.sub(_without_pile, _INVISIBLE.sub("", text)))


def _without_pile(run: re.Match[str]) -> str:
    kept: list[str] = []
    marks = 0
    for character in run[0]:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks <= _MOST_MARKS:
            kept.append(character)
    return "".join(kept)


def looks_binary(text: str) -> bool:
    """Whether more than one character in a hundred is a control character, or any is NUL."""
    controls = len(_CONTROL.findall(text))
    return "\x00" in text or controls * 100 > len(text)


def _decode(data: bytes, otherwise: str | None) -> str:
    for bom, name in _BOMS:
        if data.startswith(bom):
            return data.decode(name, errors="replace")
    try:
        return data.decode("utf-8") if b"\x00" not in data[:_SAMPLE] else _utf16(data)
    except UnicodeDecodeError:
        return _damaged_utf8(data) or _declared(data, otherwise) or _one_byte(data)


def _utf16(data: bytes) -> str:
    """Without a byte order mark: in text of our alphabets every other byte is NUL, and only every other."""
    sample = data[: min(_SAMPLE, len(data) // 2 * 2)]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    name = "utf-16-le" if odd > even else "utf-16-be"
    if max(even, odd) * 10 < len(sample) or min(even, odd) * 10 > max(even, odd):
        raise Unreadable(_NO_TEXT)
    return data.decode(name, errors="replace")


def _damaged_utf8(data: bytes) -> str | None:
    """UTF-8 in which a few bytes went wrong, e.g. cut off in the middle of a character; None when it is not that."""
    text = data.decode("utf-8", errors="replace")
    special = sum(not character.isascii() for character in text)
    return text if text.count("\ufffd") < max(2, special * _FEW_ERRORS) and special > 2 else None


def _declared(data: bytes, name: str | None) -> str | None:
    try:
        return data.decode(name, errors="replace") if name else None
    except LookupError:
        return None


def _one_byte(data: bytes) -> str:
    """Windows' Western code, Mac's, or what charset-normalizer finds likeliest."""
    sample = data[:_SAMPLE]
    high = sum(byte > 127 for byte in sample) or 1
    name, typical = max(
        ((name, _typical(sample, name)) for name in ("cp1252", "mac_roman")), key=lambda guess: guess[1]
    )
    if typical * 2 < high:
        name = _guess(data) or name
    return data.decode(name, errors="replace")


def _typical(sample: bytes, name: str) -> int:
    return len(_TYPICAL.findall(sample.decode(name, errors="replace")))


def _guess(data: bytes) -> str | None:
    from charset_normalizer import (
        from_bytes,  # only for the rare file: the import costs more than the reading
    )

    best = from_bytes(data[:_SAMPLE]).best()
    return None if best is None else best.encoding
