"""Where sentences begin and end, by rules for English prose with dialogue that fit most of its neighbours."""

import re

from jobs.analysis.words.words import word_set

_MARKS = ".!?…؟۔।"
_GREEK = r"\u0370-\u03ff\u1f00-\u1fff"
_END = re.compile(
    # A plain character first, and what it must not follow after it: so it is looked for at a tenth of the cost.
    rf"[{_MARKS};](?<![{_MARKS}].)(?:(?<!;)[{_MARKS}]*+|(?<=[{_GREEK}];))"  # ";" asks in Greek
    r"[”’“‘\"'»«)\]_*]*+(?:\s»(?=\s|\Z))?+"  # French sets a space before its closing mark
    r"(?:(?=\s[\s“„‘‚”\"'«»(\[_*—–―¿¡-]*+(?P<next>[^\Wa-z_]))|\s*+\Z)"  # what follows begins with a capital
)
_ABBREVIATIONS = word_set(
    """
    mr mrs ms dr prof rev hon st mt capt col gen lt sgt maj cpl pvt adm cmdr insp supt messrs mme mlle
    vs viz cf nos vol fig jan feb apr jun jul aug sept oct nov ave rd bros e.g i.e ph.d
    """
)
"""Those that hardly ever end a sentence: "etc.", "p.m." and "Jr." often do."""
_ENDS_WITH_WORD = re.compile(r"([\w.]+)\.[”’\"')\]]*\Z")

Span = tuple[int, int]


def sentence_spans(text: str) -> tuple[Span, ...]:
    """Start and end of each sentence of a paragraph, spaces between them in none. A verse line ends none."""
    spans: list[Span] = []
    start = 0
    for match in _END.finditer(text):
        if match["next"] and (match["next"].islower() or _is_abbreviation(text, start, match.end())):
            continue
        _add(spans, text, start, match.end())
        start = match.end()
    _add(spans, text, start, len(text))
    return tuple(spans)


def _is_abbreviation(text: str, start: int, end: int) -> bool:
    """Whether the full stop before `end` belongs to "Mr." or to an initial."""
    found = _ENDS_WITH_WORD.search(text, max(start, end - 20), end)
    if found is None:
        return False
    word = found[1].lower()
    if len(word) == 1 and word != "i" and found[1].isupper():
        return True
    return word in _ABBREVIATIONS


def _add(spans: list[Span], text: str, start: int, end: int) -> None:
    """Adds what lies between, unless there is no letter or number in it."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if any(character.isalnum() for character in text[start:end]):
        spans.append((start, end))
