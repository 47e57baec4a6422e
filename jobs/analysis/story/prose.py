"""The running text of a manuscript as measures want it: paragraphs with their sentences, speech and words."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from jobs.analysis.document import Role
from jobs.analysis.structure.chapters import Section
from jobs.analysis.words.quote import quoted
from jobs.analysis.words.sentences import sentence_spans
from jobs.analysis.words.speech import SpeechMarks, find_marks, speech_spans, told_at_length
from jobs.analysis.words.words import WORD

Span = tuple[int, int]
_LONGEST_FORM = 60
"""Characters; the longest words of German novels have half as many."""


class Word(NamedTuple):
    """A word where it stands. A tuple, because a novel has a hundred thousand of them."""

    form: str
    """Lower case, with straight apostrophes and without marks around it; at most 60 characters."""
    start: int
    is_capitalised: bool
    begins_sentence: bool
    in_speech: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A paragraph of a section."""

    section: int
    number: int
    scene: int
    """1 for the first of its section; a break begins the next."""
    speaker: str
    """Who says it, where the file itself says so; else ""."""
    text: str
    """On one line, with single spaces: no rule sees where lines end."""
    sentences: tuple[Span, ...]
    speech: tuple[Span, ...]
    words: tuple[Word, ...]

    def quote(self, start: int, end: int, *, around: int = 40) -> str:
        """See `quoted`."""
        return quoted(self.text, start, end, around=around)


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionProse:
    """The paragraphs of a section."""

    section: Section
    paragraphs: tuple[Paragraph, ...]
    scene_breaks: int

    @property
    def scenes(self) -> list[list[Paragraph]]:
        """The paragraphs between breaks."""
        return [list(scene) for _, scene in groupby(self.paragraphs, key=lambda paragraph: paragraph.scene)]


def read_prose(sections: Sequence[Section], on_section: Callable[[int], None]) -> list[SectionProse]:
    """The prose of all sections; tells after each how many are done."""
    texts = [" ".join(block.text.split()) for section in sections for block in section.body if block.role is Role.TEXT]
    marks = find_marks(texts)
    prose = []
    for done, section in enumerate(sections, start=1):
        prose.append(_section_prose(section, marks))
        on_section(done)
    return prose


def _section_prose(section: Section, marks: SpeechMarks) -> SectionProse:
    grouped = groupby(section.body, key=lambda block: block.role is not Role.BREAK)
    runs = [list(run) for is_text, run in grouped if is_text]
    blocks = [(block, scene) for scene, run in enumerate(runs, start=1) for block in run]
    texts = [" ".join(block.text.split()) for block, _ in blocks]
    speech = [
        ((0, len(text)),) if block.speaker else speech_spans(text, marks)
        for (block, _), text in zip(blocks, texts, strict=True)
    ]
    told = told_at_length(texts, speech)
    paragraphs = tuple(
        _paragraph(
            (section.number, position + 1, scene, block.speaker),
            texts[position],
            () if position in told else speech[position],
        )
        for position, (block, scene) in enumerate(blocks)
    )
    return SectionProse(section=section, paragraphs=paragraphs, scene_breaks=max(0, len(runs) - 1))


def _paragraph(at: tuple[int, int, int, str], text: str, speech: tuple[Span, ...]) -> Paragraph:
    section, number, scene, speaker = at
    sentences = sentence_spans(text)
    return Paragraph(
        section=section,
        number=number,
        scene=scene,
        speaker=speaker,
        text=text,
        sentences=sentences,
        speech=speech,
        words=_words(text, sentences, speech),
    )


def sentences_of(paragraph: Paragraph) -> Iterator[tuple[Span, Sequence[Word]]]:
    """Each sentence with its words."""
    words, first = paragraph.words, 0
    for start, end in paragraph.sentences:
        while first < len(words) and words[first].start < start:
            first += 1
        last = first
        while last < len(words) and words[last].start < end:
            last += 1
        yield (start, end), words[first:last]
        first = last


def _words(text: str, sentences: Sequence[Span], speech: Sequence[Span]) -> tuple[Word, ...]:
    words: list[Word] = []
    starts = [start for start, _ in sentences]
    sentence = spoken = 0
    begins = False
    for match in WORD.finditer(text):
        start = match.start()
        while sentence < len(starts) and starts[sentence] <= start:
            sentence += 1
            begins = True
        while spoken < len(speech) and speech[spoken][1] <= start:
            spoken += 1
        in_speech = spoken < len(speech) and speech[spoken][0] <= start
        opens_speech = in_speech and start - speech[spoken][0] <= 2
        form = match[0].strip("_'’")
        if form:
            words.append(
                Word(
                    form=form[:_LONGEST_FORM].lower().replace("’", "'"),
                    start=start,
                    is_capitalised=form[0].isupper(),
                    begins_sentence=begins or opens_speech,
                    in_speech=in_speech,
                )
            )
            begins = False
    return tuple(words)
