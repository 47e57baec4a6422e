"""The emotional arc: how glad or dark the words are from beginning to end, with the sentence at each turn."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from jobs.analysis.report import FindingKind
from jobs.analysis.sections.section import Measured
from jobs.analysis.sections.uses import Use, one_by_one
from jobs.analysis.story.prose import Paragraph, Span, Word, sentences_of
from jobs.analysis.story.story import Story
from jobs.analysis.words.moods import moods
from jobs.analysis.words.words import word_set

KEY = "arc"
TITLE = "Emotional arc"
GUIDE = (
    "The line shows how glad or dark the words are, from the first page to the last, smoothed over some pages. It "
    "knows words and not what happens: a funeral told with love may stand high, a wedding told with dread low. Look "
    "whether the turns stand where you meant them, and whether any stretch is flat that should not be."
)
SOURCE = "The words of VADER, valued by ten people each (C.J. Hutto and Eric Gilbert, 2014), a few of them by us."
KINDS: tuple[FindingKind, ...] = (
    FindingKind(
        key="high",
        title="High points",
        why="Here the words are gladder than around: what follows is felt against it.",
        leave="There is nothing to mend: see whether it is the scene that you expected.",
        precision=0.92,
        judged=74,
    ),
    FindingKind(
        key="low",
        title="Low points",
        why="Here the words are darker than around: it is where a reader is most afraid, or saddest.",
        leave="There is nothing to mend: see whether it is the scene that you expected.",
        precision=0.95,
        judged=78,
    ),
)
NEEDS_ENGLISH = True
NEEDS_PROSE = False
_POINTS = 100
_FEWEST_WORDS = 5_000
"""Of a story that has an arc; a guess."""
_WINDOW = 0.06
"""Of the story, on which each point rests: about the length of a chapter. A guess, so that turns are scenes."""
_TURN = 0.8
"""Standard deviations between a turn and the one before it. A guess, by reading the turns of The Great Gatsby."""
_NOT = word_set("not never no nor without hardly don't didn't wasn't weren't isn't couldn't wouldn't")
_SUPPOSED = _NOT | word_set("if would could might should wish may unless ain't cannot can't won't for")
_SUPPOSED_COSTS = 2.0
"""Words of what is wished, asked or not so, and of "for the love of God"; a guess, from the sentences they spoiled."""
_NEGATED = 3
"""Words behind "not" whose value it turns."""
_CARRIERS = 6
_CLEAR = 3.0
"""Sum of values at which a sentence is plainly glad or dark."""
_SHORT = 5
"""Words added to a sentence's length before its value is weighed by it, so that one word alone does not win."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sentence:
    paragraph: Paragraph
    span: Span
    at: int
    """Words of the story before it."""
    words: Sequence[Word]
    glad: float
    dark: float
    """Sums of the values of its words, neither below nought."""

    @property
    def value(self) -> float:
        """Above nought where it is more glad than dark."""
        return self.glad - self.dark


def measure(story: Story) -> Measured | None:
    """The line, and its turns; None for a text too short for an arc."""
    sentences = _sentences(story)
    total = sum(len(sentence.words) for sentence in sentences)
    if total < _FEWEST_WORDS:
        return None
    line = _line(sentences, total)
    findings = [one_by_one([use], kind)[0] for kind, use in _turns(sentences, total, line)]
    return Measured(curve=[round(value, 3) for value in line], findings=findings)


def found(story: Story) -> dict[str, list[Use]]:
    """The sentence at each turn."""
    sentences = _sentences(story)
    total = sum(len(sentence.words) for sentence in sentences)
    turns = list(_turns(sentences, total, _line(sentences, total)))
    return {sought: [use for kind, use in turns if kind == sought] for sought in ("high", "low")}


def _turns(sentences: Sequence[_Sentence], total: int, line: Sequence[float]) -> Iterator[tuple[str, Use]]:
    for point in turning_points(line):
        sign = _sign(line, point)
        if use := _use(sentences, total, point, sign):
            yield "high" if sign > 0 else "low", use


def turning_points(line: Sequence[float]) -> list[int]:
    """Where the line turns, by heights and depths that differ by most of a standard deviation from each other."""
    turns: list[int] = []
    best, direction = 0, 0
    for point, value in enumerate(line):
        if (direction >= 0 and value > line[best]) or (direction <= 0 and value < line[best]):
            best, direction = point, direction or (1 if value > line[0] else -1)
        elif direction and abs(value - line[best]) >= _TURN:
            turns.append(best)
            best, direction = point, -direction
    return [*turns, best] if direction else turns


def _sentences(story: Story) -> list[_Sentence]:
    values, at = moods(), 0
    found: list[_Sentence] = []
    for part in story.prose:
        for paragraph in part.paragraphs:
            for span, words in sentences_of(paragraph):
                found.append(
                    _Sentence(paragraph=paragraph, span=span, at=at, words=words, **_felt(words, values, story))
                )
                at += len(words)
    return found


def _felt(words: Sequence[Word], values: Mapping[str, float], story: Story) -> dict[str, float]:
    """How glad and how dark its words are; a "not" before a word turns it, and names say nothing."""
    sums, negated = {"glad": 0.0, "dark": 0.0}, 0
    for word in words:
        negated = _NEGATED if word.form in _NOT else negated - 1
        value = values.get(word.form, 0.0)
        if value and word.form not in story.names:
            felt = -value / 2 if negated > 0 else value
            sums["glad" if felt > 0 else "dark"] += abs(felt)
    return sums


def _line(sentences: Sequence[_Sentence], total: int) -> list[float]:
    """The mean value of the words around each point, in standard deviations from the mean of all."""
    starts = [sentence.at for sentence in sentences]
    sums = [0.0, *accumulate(sentence.value for sentence in sentences)]
    raw = []
    for point in range(_POINTS):
        first, last = _window(starts, total, point)
        words = (starts[last] if last < len(starts) else total) - starts[first]
        raw.append((sums[last] - sums[first]) / max(1, words))
    mean = sum(raw) / len(raw)
    spread = (sum((value - mean) ** 2 for value in raw) / len(raw)) ** 0.5
    return [(value - mean) / spread if spread else 0.0 for value in raw]


def _window(starts: Sequence[int], total: int, point: int) -> tuple[int, int]:
    """First sentence, and the one behind the last, of the stretch around a point."""
    middle, half = (point + 0.5) * total / _POINTS, _WINDOW * total / 2
    first = min(bisect_left(starts, middle - half), len(starts) - 1)
    return first, max(first + 1, bisect_left(starts, middle + half))


def _sign(line: Sequence[float], point: int) -> int:
    around = [line[max(0, point - 3)], line[min(len(line) - 1, point + 3)]]
    return 1 if line[point] >= sum(around) / 2 else -1


def _use(sentences: Sequence[_Sentence], total: int, point: int, sign: int) -> Use | None:
    """The sentence of the stretch whose words say most plainly what the stretch says; None where none does."""
    first, last = _window([sentence.at for sentence in sentences], total, point)
    stretch = sentences[first:last]
    best = max(stretch, key=lambda sentence: _plainness(sentence, sign))
    if sign * best.value < _CLEAR:
        return None
    where = f"{round(100 * best.at / total)} % of the way"
    note = f"{where}; carried by {', '.join(_carriers(stretch, sign))}"
    return Use(paragraph=best.paragraph, label=_label(best, sign), start=best.span[0], end=best.span[1], note=note)


def _plainness(sentence: _Sentence, sign: int) -> float:
    """How plainly it says so; what is asked, wished or supposed says it least."""
    forms = {word.form for word in sentence.words}
    ending = sentence.paragraph.text[max(sentence.span[0], sentence.span[1] - 4) : sentence.span[1]]
    is_said = "?" not in ending and forms.isdisjoint(_SUPPOSED)
    clear = sign * sentence.value - (sentence.dark if sign > 0 else sentence.glad)
    plain: float = clear / (len(sentence.words) + _SHORT) ** 0.6
    return plain if is_said else plain - _SUPPOSED_COSTS


def _label(sentence: _Sentence, sign: int) -> str:
    opening = sentence.paragraph.text[sentence.span[0] : sentence.span[1]][:60].rsplit(" ", 1)[0]
    return f"{'High' if sign > 0 else 'Low'}: {opening} …"


def _carriers(stretch: Sequence[_Sentence], sign: int) -> list[str]:
    values = moods()
    words = (word.form for sentence in stretch for word in sentence.words)
    counts = Counter(form for form in words if sign * values.get(form, 0) > 0)
    ranked = sorted(counts, key=lambda form: (-counts[form] * abs(values[form]), form))
    return ranked[:_CARRIERS]
