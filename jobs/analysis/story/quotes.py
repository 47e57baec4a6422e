"""Where in a manuscript words and passages stand."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence

from jobs.analysis.report import TextPlace
from jobs.analysis.story.prose import Paragraph, SectionProse


class Places:
    """Finds the places of words."""

    def __init__(self, prose: Sequence[SectionProse]) -> None:
        self._prose = prose
        self._words = sum(len(paragraph.words) for part in prose for paragraph in part.paragraphs)

    def per_10000(self, count: int) -> float:
        """Times in ten thousand words."""
        return round(count * 10_000 / self._words, 2) if self._words else 0.0

    def of_words(self, wanted: Collection[str]) -> dict[str, tuple[TextPlace, ...]]:
        """All places of each word."""
        found: dict[str, list[TextPlace]] = defaultdict(list)
        for part in self._prose:
            for paragraph in part.paragraphs:
                for word in paragraph.words:
                    if word.form in wanted:
                        found[word.form].append(place(paragraph, word.start, word.start + len(word.form)))
        return {form: tuple(found[form]) for form in wanted}


def place(paragraph: Paragraph, start: int, end: int) -> TextPlace:
    """A place in the text. Its quote is added where the report shows it: a novel has tens of thousands."""
    return TextPlace(chapter=paragraph.section, paragraph=paragraph.number, start=start, end=end)


def by_section(prose: Sequence[SectionProse], wanted: Collection[str]) -> dict[str, tuple[int, ...]]:
    """How often each word stands in each section, in order."""
    counts = [
        Counter(word.form for paragraph in part.paragraphs for word in paragraph.words if word.form in wanted)
        for part in prose
    ]
    return {form: tuple(count[form] for count in counts) for form in wanted}
