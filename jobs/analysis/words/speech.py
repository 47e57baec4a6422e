"""Which words are spoken: what stands in quotation marks or after a dash, as this author marks speech."""

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import assert_never

from jobs.analysis.words.dashes import dash_habit, dash_spans, opens_with_dash
from jobs.analysis.words.words import count_words, word_set

Span = tuple[int, int]

_DOUBLE = re.compile('[“”„«»"]')
_BEFORE = r"(?:^|[\s(\[—–-])"
_OPENS_DOUBLE = re.compile(rf"{_BEFORE}(?:[“„\"”»](?=[\w‘'…—¿¡])|«(?=\S|\s\w))")
_OPENS_SINGLE = re.compile(rf"{_BEFORE}[‘'‚](?=\w)")
_SINGLE = re.compile(
    r"(?P<opens>(?:^|(?<=[\s(\[—–-]))[‘'‚](?=[’']?[\w“…—¿¡]))|(?<=[.,!?…—–\-”\")])[’'‘](?!\w)|(?<=\w)‘(?!\w)"
)
_MAY_CLOSE_SINGLE = re.compile(r"[’'‘](?!\w)")
_ELIDED = re.compile(r"[‘'](?:tis|twas|twere|twill|twould|em|til|till|cause|bout|cos|round|neath|n)\b", re.IGNORECASE)
_CLOSES = {"“": '”»"', "„": '“”»"', "«": '”»"', "»": "«»", "”": '”"', '"': '”»"'}
"""German marks close with what opens in English; in German books »such« point inwards, in Swedish ones ”all alike”."""
_MOST_QUOTED = 4
"""Words; a longer quotation is speech even without a comma. A guess."""
_GOES_ON = re.compile(r"\s+\w")
_GOES_ON_SMALL = re.compile(r"\s+[^\W\dA-Z]")
_LAST_WORD = re.compile(r"(\w+)\s*\Z")
_LONGEST_VERB = 30
"""Characters that are looked at for a verb."""
_SAID = word_set(
    """
    say says said cry cried ask asked answer answered reply replied shout shouted whisper whispered murmured muttered
    think thinks thought dice dijo decía gritó respondió contestó preguntó pensó dit disait demanda répondit cria
    murmura pensa disse diceva
    gridò rispose chiese perguntou respondeu gritou sagte sagt rief fragte antwortete flüsterte zei zegt vroeg riep
    sa sade frågade svarade ropade sagde spurgte svarede powiedział powiedziała zapytał zapytała odparł odparła
    сказал сказала спросил спросила ответил ответила крикнул крикнула είπε ρώτησε απάντησε φώναξε
    """
)
"""In the languages whose dialogue is known: after one of them a word without a comma is speech as well."""
_MANY_TOLD = 3
_LONG_TOLD = 300
_LONG_SPEECH = 600
"""Words without one of the narrator's: in so many paragraphs, and in fewer. In Pride and Prejudice letters of several
paragraphs have 357 and more; the longest speech, Mr. Collins's proposal, has 492 in one."""
_CLOSES_LATER = frozenset("“„«»\"‘'‚”")
_CLOSERS = frozenset("”»“\"’'«")
_RARE = 0.5
"""Quoted paragraphs to those that begin with a dash, where dashes are the author's marks."""


class SpeechMarks(StrEnum):
    """The marks that an author puts around speech."""

    DOUBLE = "double"
    SINGLE = "single"
    DASH = "dash"
    """Speech begins with a dash, and dashes set off what the narrator puts in: Spanish, Polish, Joyce."""
    DASH_AND_STOP = "dash and stop"
    """As DASH, but only a dash behind a comma or a stop does so, any other is the speaker's own: Russian."""


def find_marks(texts: Iterable[str]) -> SpeechMarks:
    """The marks of the book as a whole.

    Single marks only where they open speech more often than double ones do: else they quote within speech.
    Dashes only where they open paragraphs often, and at least twice as many as are quoted; guillemets do not
    speak against them, as French conversations open with « and go on with dashes.
    """
    paragraphs = list(texts)
    marks = _find_quotes(paragraphs)
    habit = dash_habit(paragraphs)
    if habit is None or _quoted(paragraphs, marks) > _RARE * habit.paragraphs:
        return marks
    return SpeechMarks.DASH_AND_STOP if habit.only_after_stops else SpeechMarks.DASH


def speech_spans(text: str, marks: SpeechMarks) -> tuple[Span, ...]:
    """Start and end of each piece of speech in a paragraph, marks included.

    Speech that is not closed goes on to the end of the paragraph, as it does when the next one continues it.
    """
    match marks:
        case SpeechMarks.DOUBLE:
            return _double_spans(text)
        case SpeechMarks.SINGLE:
            return _single_spans(text)
        case SpeechMarks.DASH | SpeechMarks.DASH_AND_STOP if opens_with_dash(text):
            return dash_spans(text, only_after_stops=marks is SpeechMarks.DASH_AND_STOP)
        case SpeechMarks.DASH | SpeechMarks.DASH_AND_STOP:
            return _double_spans(text)
        case _:
            assert_never(marks)


def told_at_length(texts: Sequence[str], speech: Sequence[Sequence[Span]]) -> set[int]:
    """Which paragraphs, of those of a chapter, are a letter or a tale inside quotation marks and no speech.

    They open with a mark and close only at the end of the last, with nothing of the narrator's between.
    """
    told: set[int] = set()
    run: list[int] = []
    for position, (text, spans) in enumerate(zip(texts, speech, strict=True)):
        is_whole = len(spans) == 1 and spans[0] == (0, len(text)) and text[:1] in _CLOSES_LATER
        if is_whole:
            run.append(position)
        if not is_whole or text[-1:] in _CLOSERS:
            told |= _if_long(run, texts)
            run = []
    return told | _if_long(run, texts)


def _if_long(run: Sequence[int], texts: Sequence[str]) -> set[int]:
    words = sum(count_words(texts[position]) for position in run)
    least = _LONG_TOLD if len(run) >= _MANY_TOLD else _LONG_SPEECH
    return set(run) if words >= least else set()


def _find_quotes(texts: Sequence[str]) -> SpeechMarks:
    double = single = 0
    for text in texts:
        double += len(_OPENS_DOUBLE.findall(text))
        single += len(_OPENS_SINGLE.findall(text))
    return SpeechMarks.SINGLE if single > 2 * double else SpeechMarks.DOUBLE


def _quoted(texts: Iterable[str], marks: SpeechMarks) -> int:
    """Paragraphs without a dash before them that hold speech in quotation marks other than guillemets."""
    spans = ((text, speech_spans(text, marks)) for text in texts if not opens_with_dash(text))
    return sum(any(text[start] not in "«»" for start, _ in found) for text, found in spans)


def _single_spans(text: str) -> tuple[Span, ...]:
    """What is closed, and what opens the paragraph and nothing closes.

    Else an apostrophe at the beginning of a word looks like an opening mark.
    """
    spans: list[Span] = []
    opened: int | None = None
    for match in _SINGLE.finditer(text):
        if match["opens"]:
            opened = match.start() if opened is None or match[0] != "'" else opened
        elif opened is not None and (match[0] != "‘" or text[opened] == "‚"):
            spans.append((opened, match.end()))
            opened = None
    if opened == 0 and not _ELIDED.match(text) and not _MAY_CLOSE_SINGLE.search(text, 1):
        spans.append((0, len(text)))
    return tuple(spans)


def _double_spans(text: str) -> tuple[Span, ...]:
    spans: list[Span] = []
    opened: int | None = None
    for match in _DOUBLE.finditer(text):
        if opened is not None and match[0] in _CLOSES[text[opened]]:
            if not _is_scare_quote(text, opened, match.end()):
                spans.append((opened, match.end()))
            opened = None
        elif opened is None and _opens(text, match.start()):
            opened = match.start()
    if opened is not None:
        spans.append((opened, len(text)))
    return tuple(spans)


def _is_scare_quote(text: str, start: int, end: int) -> bool:
    """Whether a few words are only named: within a sentence, and no stop or comma ends them as it ends speech."""
    inside = text[start + 1 : end - 1].strip()
    if not inside[-1:].isalnum() or len(inside.split()) > _MOST_QUOTED or not _GOES_ON.match(text, end):
        return False
    if not (inside[0].islower() or _GOES_ON_SMALL.match(text, end)):
        return False
    before = _LAST_WORD.search(text, max(0, start - _LONGEST_VERB), start)
    return before is not None and before[1].casefold() not in _SAID


def _opens(text: str, at: int) -> bool:
    """Whether a mark opens speech by where it stands: a stray closing one, or an inch, would swallow the rest."""
    before, after = text[at - 1 : at] if at else " ", text[at + 1 : at + 2]
    match text[at]:
        case "“" | "„":
            return True
        case "«":
            return not before.isalnum() and before not in ".,!?…"
        case '"':
            return at == 0 or (not before.isalnum() and after not in " \n\t")
        case _:
            return (before.isspace() or before in "([—–-") and (after.isalnum() or after in "‘'…—¿¡") and after != ""
