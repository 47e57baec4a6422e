"""Who is in the story, and in which chapters: names of one word or more, counted by section."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from jobs.analysis.report import Finding, TextPlace
from jobs.analysis.sections.section import Measured
from jobs.analysis.story.names import Names
from jobs.analysis.story.prose import Paragraph
from jobs.analysis.story.quotes import Places, place
from jobs.analysis.story.story import Story
from jobs.analysis.words.words import word_set

KEY = "characters"
TITLE = "Characters"
NEEDS_ENGLISH = False
GUIDE = (
    "How often each name stands in each chapter. A gap shows where a character is out of sight. We find names by "
    "their capital letters, so a place may slip in, and a nickname gets its own row."
)
_LISTED = 25
_FEWEST = 5
_SHOWN_PLACES = 5
_LONGEST_TITLE = 40
_TITLES = word_set(
    """
    mr mrs ms miss dr doctor captain sir lady lord madame monsieur mme uncle aunt father mother king queen prince
    princess colonel professor old
    """
)
_NO_PEOPLE = word_set(
    """
    monday tuesday wednesday thursday friday saturday sunday january february march april may june july august
    september october november december god christmas english french german american england france london paris
    chapter heaven
    """
)


def measure(story: Story) -> Measured:
    """The names that stand most often."""
    return Measured(findings=find_characters(story))


def find_characters(story: Story) -> tuple[Finding, ...]:
    """The names that stand most often, with titles kept ("Mr. Lorry"), and their count in each section."""
    counts: dict[str, Counter[int]] = defaultdict(Counter)
    quotes: dict[str, list[TextPlace]] = defaultdict(list)
    for part in story.prose:
        for paragraph in part.paragraphs:
            for label, start, end in _names_in(paragraph, story.names):
                counts[label][paragraph.section] += 1
                if len(quotes[label]) < _SHOWN_PLACES:
                    quotes[label].append(place(paragraph, start, end))
    places = Places(story.prose)
    ranked = sorted(counts, key=lambda label: -counts[label].total())[:_LISTED]
    return tuple(
        Finding(
            label=label,
            count=counts[label].total(),
            per_10000=places.per_10000(counts[label].total()),
            by_chapter=tuple(counts[label][part.section.number] for part in story.prose),
            places=tuple(quotes[label]),
            note=_presence(counts[label], story),
        )
        for label in ranked
        if counts[label].total() >= _FEWEST
    )


def _names_in(paragraph: Paragraph, names: Names) -> Iterator[tuple[str, int, int]]:
    """Runs of capitalised names, as they are written, without a possessive ending."""
    run: list[tuple[int, int]] = []
    for word in paragraph.words:
        start, end = word.start, word.start + len(word.form)
        is_name = word.is_capitalised and word.form.removesuffix("'s") in names | _TITLES
        if is_name and run and paragraph.text[run[-1][1] : start].strip(" .") == "" and start - run[-1][1] <= 2:
            run.append((start, end))
            continue
        if run:
            yield from _label(paragraph, run, names)
        run = [(start, end)] if is_name else []
    if run:
        yield from _label(paragraph, run, names)


def _label(paragraph: Paragraph, run: Sequence[tuple[int, int]], names: Names) -> Iterator[tuple[str, int, int]]:
    start, end = run[0][0], run[-1][1]
    text = " ".join(paragraph.text[start:end].split())
    for ending in ("’s", "'s", "’", "'"):
        text = text.removesuffix(ending)
    last = text.rpartition(" ")[2].lower()
    if last in names and last not in _NO_PEOPLE and last not in _TITLES:
        yield text, start, end


def _presence(counts: Counter[int], story: Story) -> str:
    """In how many chapters, and in which first and last, by their names."""
    there = [part.section.title for part in story.told if counts[part.section.number]]
    if len(story.told) < 2:
        return ""
    first, last = _short(there[0]), _short(there[-1])
    where = f"only in {first}" if len(there) == 1 else f"from {first} to {last}"
    return f"in {len(there)} of {len(story.told)} {story.unit}, {where}"


def _short(title: str) -> str:
    return title if len(title) <= _LONGEST_TITLE else title[: _LONGEST_TITLE - 1].rstrip() + "…"
