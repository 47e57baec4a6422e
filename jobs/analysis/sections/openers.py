"""How sentences begin, and their rhythm: in narration only."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean, pstdev

from jobs.analysis.report import Figure, FigureUnit, FindingKind
from jobs.analysis.sections.section import Measured
from jobs.analysis.sections.uses import Use, by_form, one_by_one
from jobs.analysis.story.prose import Paragraph, Word, sentences_of
from jobs.analysis.story.story import Story

KEY = "openers"
TITLE = "Openings and rhythm of sentences"
GUIDE = (
    "The words that sentences of the narration begin with, and the places where three or more in a row begin with the "
    "same one, or where five or more in a row are nearly of one length. Sameness has a beat, which may be what the "
    "moment wants; where you did not mean it, turn one sentence around, join two, or cut one short."
)
SOURCE = "Counted. A row is three of one beginning, or five within two words of one length: our choice."
KINDS: tuple[FindingKind, ...] = (
    FindingKind(
        key="run",
        title="Beginnings in a row",
        why="Three sentences that begin alike sound like a list, and the third one is heard as such.",
        leave="Leave it where you build up to something: repetition at the beginning is as old as speech.",
    ),
    FindingKind(
        key="even",
        title="Sentences of one length in a row",
        why="Sentences of one length lull the reader, whatever they say.",
        leave="Leave it where calm or monotony is what you tell.",
    ),
    FindingKind(
        key="opener",
        title="Words that sentences begin with",
        why="Where one word opens a great many sentences, one actor or one pattern carries the page.",
        leave="Leave pronouns mostly alone: readers pass over them, and somebody has to act.",
    ),
)
NEEDS_ENGLISH = False
NEEDS_PROSE = True
_RUN = 3
_EVEN = 5
_CLOSE = 2
"""Words between the shortest and the longest of an even row."""
_SHORTEST = 4
"""Words; below, a row of short ones is a beat of its own."""
_LISTED_OPENERS = 12
_LISTED_RUNS = 40
"""Rows that an author reads. Guesses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sentence:
    paragraph: Paragraph
    start: int
    end: int
    words: Sequence[Word]

    @property
    def opener(self) -> str:
        return self.words[0].form


def measure(story: Story) -> Measured | None:
    """The most frequent openings, the rows, and how much lengths vary; None where nothing is narrated."""
    told = [row for part in story.prose for paragraph in part.paragraphs for row in _rows(paragraph)]
    sentences = [sentence for row in told for sentence in row]
    if not sentences:
        return None
    kinds = _kinds(told)
    openers = by_form(kinds["opener"], story.prose, len(sentences), "opener")[:_LISTED_OPENERS]
    runs = sorted(kinds["run"], key=lambda use: -(use.end - use.start))[:_LISTED_RUNS]
    evens = sorted(kinds["even"], key=lambda use: -(use.end - use.start))[:_LISTED_RUNS]
    return Measured(
        figures=_figures(sentences), findings=[*one_by_one(runs, "run"), *one_by_one(evens, "even"), *openers]
    )


def found(story: Story) -> dict[str, list[Use]]:
    """The places of each kind."""
    return _kinds([row for part in story.prose for paragraph in part.paragraphs for row in _rows(paragraph)])


def _figures(sentences: Sequence[_Sentence]) -> tuple[Figure, ...]:
    lengths = [len(sentence.words) for sentence in sentences]
    commonest, count = Counter(sentence.opener for sentence in sentences).most_common(1)[0]
    spread = pstdev(lengths) / fmean(lengths)
    return (
        Figure(
            label=f"Begin with “{commonest}”",
            value=round(count / len(sentences), 4),
            measure=FigureUnit.SHARE,
            unit="share",
            meaning=f"of {len(sentences):,} sentences of narration: more than with any other word",
        ),
        Figure(
            label="Variety of length",
            value=round(spread, 4),
            measure=FigureUnit.SHARE,
            unit="share",
            meaning="how far sentences lie from their mean length: low is even, high is varied",
        ),
    )


def _rows(paragraph: Paragraph) -> Iterator[list[_Sentence]]:
    """Sentences of narration without speech between them."""
    row: list[_Sentence] = []
    for (start, end), words in sentences_of(paragraph):
        if words and not any(word.in_speech for word in words):
            row.append(_Sentence(paragraph=paragraph, start=start, end=end, words=words))
        elif row:
            yield row
            row = []
    if row:
        yield row


def _kinds(rows: Sequence[Sequence[_Sentence]]) -> dict[str, list[Use]]:
    return {
        "run": [use for row in rows for use in _runs(row)],
        "even": [use for row in rows for use in _evens(row)],
        "opener": [_opener(sentence) for row in rows for sentence in row],
    }


def _opener(sentence: _Sentence) -> Use:
    word = sentence.words[0]
    end = word.start + len(word.form)
    return Use(paragraph=sentence.paragraph, label=word.form, start=word.start, end=end)


def _runs(row: Sequence[_Sentence]) -> Iterator[Use]:
    first = 0
    for at in range(1, len(row) + 1):
        if at == len(row) or row[at].opener != row[first].opener:
            if at - first >= _RUN:
                note = f"{at - first} sentences in a row begin so"
                yield _whole(row[first:at], f"{row[first].opener.capitalize()} …", note)
            first = at


def _evens(row: Sequence[_Sentence]) -> Iterator[Use]:
    first, low, high = 0, 0, 0
    for at in range(len(row) + 1):
        length = len(row[at].words) if at < len(row) else 0
        if at > first and length >= _SHORTEST and max(high, length) - min(low, length) <= _CLOSE:
            low, high = min(low, length), max(high, length)
            continue
        if at - first >= _EVEN:
            note = f"{at - first} sentences in a row of {low} to {high} words"
            yield _whole(row[first:at], f"{at - first} × {low} to {high} words", note)
        first, low, high = (at, length, length) if length >= _SHORTEST else (at + 1, 0, 0)


def _whole(row: Sequence[_Sentence], label: str, note: str) -> Use:
    return Use(paragraph=row[0].paragraph, label=label, start=row[0].start, end=row[-1].end, note=note)
