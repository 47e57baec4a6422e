"""What adds up over paragraphs: words, speech, syllables, sentences; and what follows from the sums."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import fmean, pstdev

from jobs.analysis.story.prose import Paragraph
from jobs.analysis.words.readability import count_syllables, grade, is_measurable, reading_ease
from jobs.analysis.words.words import count_words


@dataclass(slots=True)
class Tally:
    """What adds up over paragraphs."""

    words: int = 0
    spoken: int = 0
    syllables: int = 0
    paragraphs: int = 0
    sentence_words: list[int] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        """Adds another tally to this one."""
        self.words += other.words
        self.spoken += other.spoken
        self.syllables += other.syllables
        self.paragraphs += other.paragraphs
        self.sentence_words += other.sentence_words

    @property
    def dialogue_share(self) -> float:
        """Of the words, those that are spoken."""
        return round(self.spoken / self.words, 4) if self.words else 0.0

    @property
    def mean_sentence_words(self) -> float:
        """Words in a sentence."""
        return round(fmean(self.sentence_words), 2) if self.sentence_words else 0.0

    @property
    def sentence_spread(self) -> float:
        """Standard deviation of the words in a sentence: low is even, high is varied."""
        return round(pstdev(self.sentence_words), 2) if self.sentence_words else 0.0

    @property
    def is_readable(self) -> bool:
        """Whether it is long enough, and has sentences enough, for Flesch's formulas."""
        return is_measurable(self.words, len(self.sentence_words))

    @property
    def reading_ease(self) -> float:
        """Flesch."""
        return round(reading_ease(self.words, len(self.sentence_words), self.syllables), 1)

    @property
    def grade(self) -> float:
        """Flesch–Kincaid."""
        return round(grade(self.words, len(self.sentence_words), self.syllables), 1)


def tally(paragraphs: Iterable[Paragraph]) -> Tally:
    """The tally of some paragraphs."""
    total = Tally()
    for paragraph in paragraphs:
        total.add(_of_paragraph(paragraph))
    return total


def _of_paragraph(paragraph: Paragraph) -> Tally:
    return Tally(
        words=len(paragraph.words),
        spoken=sum(word.in_speech for word in paragraph.words),
        syllables=sum(count_syllables(word.form) for word in paragraph.words),
        paragraphs=1,
        sentence_words=[count_words(paragraph.text[start:end]) for start, end in paragraph.sentences],
    )
