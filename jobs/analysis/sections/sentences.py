"""The sentences of the narration that ask most of a reader: the hardest, and those made of small words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from jobs.analysis.report import Figure, FigureUnit, FindingKind
from jobs.analysis.sections.section import Measured
from jobs.analysis.sections.uses import Use, one_by_one
from jobs.analysis.story.prose import Paragraph, Span, Word, sentences_of
from jobs.analysis.story.story import Story
from jobs.analysis.words.ordinary import function_words
from jobs.analysis.words.readability import count_syllables

KEY = "sentences"
TITLE = "Sentences that hold a reader up"
GUIDE = (
    "The fifteen hardest sentences of the narration, by their length and their long words, and the fifteen that are "
    "made of small words most (the, of, that, had been), which editors call sticky. Every book has its fifteen: read "
    "each aloud, and change it only if you lose your breath or the thread."
)
SOURCE = "Hard is Flesch–Kincaid, sentence by sentence; sticky is the share of the 150 commonest words of English."
KINDS: tuple[FindingKind, ...] = (
    FindingKind(
        key="hard",
        title="Hardest sentences",
        why="A reader has to keep the beginning in mind until the end.",
        leave="Leave it where the length is the point: a crowd, a flood, a mind that cannot stop.",
    ),
    FindingKind(
        key="sticky",
        title="Sticky sentences",
        why="Small words carry no picture; where they are many, the sentence is longer than what it says.",
        leave="Leave it where it is said simply on purpose, or where a voice talks so.",
    ),
)
NEEDS_ENGLISH = True
NEEDS_PROSE = True
_LISTED = 15
_FEWEST_HARD = 20
"""Words; shorter sentences are hard by one long word only."""
_FEWEST_STICKY = 14
_LEAST_STICKY = 0.7
"""Share of small words. Half of all sentences of the novels here have less than 0.57, one in fifty more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sentence:
    paragraph: Paragraph
    start: int
    end: int
    words: int
    grade: float
    small: float
    """Share of words that carry grammar."""


def measure(story: Story) -> Measured | None:
    """The hardest and the stickiest; None where nothing is narrated."""
    sentences = _sentences(story)
    if not sentences:
        return None
    small = median(sentence.small for sentence in sentences)
    figure = Figure(
        label="Small words",
        value=round(small, 4),
        measure=FigureUnit.SHARE,
        unit="share",
        meaning="of a sentence of narration, in the middle of all",
    )
    kinds = _kinds(sentences)
    return Measured(figures=(figure,), findings=[each for kind in kinds for each in one_by_one(kinds[kind], kind)])


def found(story: Story) -> dict[str, list[Use]]:
    """The sentences of each kind."""
    return _kinds(_sentences(story))


def _kinds(sentences: Sequence[_Sentence]) -> dict[str, list[Use]]:
    hard = sorted((each for each in sentences if each.words >= _FEWEST_HARD), key=lambda each: -each.grade)
    sticky = [each for each in sentences if each.words >= _FEWEST_STICKY and each.small >= _LEAST_STICKY]
    sticky.sort(key=lambda each: (-each.small, -each.words))
    return {
        "hard": [_use(each, f"{each.words} words, grade {each.grade:.0f}") for each in hard[:_LISTED]],
        "sticky": [_use(each, f"{each.small:.0%} small words") for each in sticky[:_LISTED]],
    }


def _use(sentence: _Sentence, note: str) -> Use:
    opening = sentence.paragraph.text[sentence.start : sentence.end][:60].rsplit(" ", 1)[0]
    return Use(paragraph=sentence.paragraph, label=f"{opening} …", start=sentence.start, end=sentence.end, note=note)


def _sentences(story: Story) -> list[_Sentence]:
    small = function_words(story.language)
    paragraphs = (paragraph for part in story.prose for paragraph in part.paragraphs)
    return [sentence for paragraph in paragraphs for sentence in _told(paragraph, small)]


def _told(paragraph: Paragraph, small: frozenset[str]) -> Iterator[_Sentence]:
    """Those without a spoken word."""
    for span, words in sentences_of(paragraph):
        if words and not any(word.in_speech for word in words):
            yield _weighed(paragraph, span, words, small)


def _weighed(paragraph: Paragraph, span: Span, words: Sequence[Word], small: frozenset[str]) -> _Sentence:
    count = len(words)
    syllables = sum(count_syllables(word.form) for word in words)
    return _Sentence(
        paragraph=paragraph,
        start=span[0],
        end=span[1],
        words=count,
        grade=0.39 * count + 11.8 * syllables / count - 15.59,
        small=sum(word.form in small for word in words) / count,
    )
