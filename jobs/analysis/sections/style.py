"""Habits of style in narration: adverbs, filter words, the passive voice. Dialogue is never counted."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from jobs.analysis.report import Figure, FigureUnit, Finding, TextPlace
from jobs.analysis.sections.section import Measured
from jobs.analysis.story.prose import Paragraph, SectionProse, Word
from jobs.analysis.story.quotes import place
from jobs.analysis.story.story import Story
from jobs.analysis.words.words import word_set

KEY = "style"
TITLE = "Style in narration"
NEEDS_ENGLISH = True
GUIDE = (
    "Counted in narration only, never inside dialogue. Adverbs in -ly, filter words (saw, felt, noticed: they put "
    "the character between reader and scene) and the passive voice each have their uses. Look at the places "
    "where many stand close together; the rest can stay."
)
_LISTED = 20
_SHOWN_PLACES = 8
_NO_ADVERBS = word_set(
    """
    only early family reply holy ugly lonely lovely friendly lively silly belly jelly fly rely apply supply ally
    rally bully folly jolly july italy lily elderly daily weekly monthly yearly likely unlikely deadly cowardly
    heavenly melancholy assembly anomaly butterfly imply multiply comply curly chilly hilly kindly-faced lordly
    manly womanly motherly fatherly brotherly orderly timely woolly oily wily sly ply bodily earthly worldly ghastly
    ghostly stately sickly burly surly gully tally dolly molly sally billy willy polly nelly emily wooly beastly
    costly homely leisurely saintly scholarly shapely sprightly unruly unsightly
    """
)
_FILTERS = word_set(
    """
    saw heard felt noticed realized realised wondered thought knew watched seemed looked decided remembered smelled
    smelt tasted sensed observed perceived spotted recognized recognised considered believed imagined listened
    appeared
    """
)
_BE = frozenset({"was", "were", "been", "being", "be", "is", "are", "am"})
_BETWEEN = word_set("not never always often also then still now soon once already just")
_PARTICIPLES = word_set(
    """
    given taken seen known done made told found left held kept brought caught taught bought thought sent spent built
    lost won shot hit cut put set hurt broken spoken stolen chosen frozen woken beaten eaten bitten hidden ridden
    written driven forgiven forgotten shown thrown blown drawn grown torn worn sworn borne born shaken mistaken
    fallen swept struck stuck flung hung heard led fed read said paid laid sold bound ground wound understood
    withdrawn
    """
)
_NO_PARTICIPLES = word_set("tired pleased interested excited worried red naked wicked sacred")
_SUBSTANTIVES = word_set("bed shed hundred kindred hatred indeed need seed speed breed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A habit at one place."""

    paragraph: Paragraph
    label: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StyleCounts:
    """All uses of each habit, and the words of narration that they were counted in."""

    narration_words: int
    adverbs: tuple[Use, ...]
    filters: tuple[Use, ...]
    passives: tuple[Use, ...]


def measure(story: Story) -> Measured:
    """The share of each habit in narration, and its most frequent forms."""
    counts = style_counts(story.prose)
    kinds = (
        ("Adverbs in -ly", "adverb", counts.adverbs),
        ("Filter words", "filter word", counts.filters),
        ("Passive voice", "passive", counts.passives),
    )
    words = counts.narration_words
    figures = tuple(
        Figure(
            label=label,
            value=round(len(uses) * 1000 / words, 2) if words else 0.0,
            measure=FigureUnit.PER_1000_WORDS,
            unit="in 1,000 words of narration",
            meaning=f"of narration; {len(uses):,} in all",
        )
        for label, _, uses in kinds
    )
    findings: list[Finding] = []
    for _, note, uses in kinds:
        findings += style_findings(uses, story.prose, words, note)
    return Measured(figures=figures, findings=findings)


def style_counts(prose: Sequence[SectionProse]) -> StyleCounts:
    """The habits of the whole manuscript."""
    adverbs: list[Use] = []
    filters: list[Use] = []
    passives: list[Use] = []
    narration = 0
    for part in prose:
        for paragraph in part.paragraphs:
            words = [word for word in paragraph.words if not word.in_speech]
            narration += len(words)
            adverbs += (_use(paragraph, word, word) for word in words if _is_adverb(word))
            filters += (_use(paragraph, word, word) for word in words if word.form in _FILTERS)
            passives += _passives(paragraph, words)
    return StyleCounts(
        narration_words=narration, adverbs=tuple(adverbs), filters=tuple(filters), passives=tuple(passives)
    )


def style_findings(
    uses: Sequence[Use], prose: Sequence[SectionProse], narration_words: int, note: str
) -> tuple[Finding, ...]:
    """The most frequent forms of a habit, each with its places."""
    forms = Counter(use.label for use in uses).most_common(_LISTED)
    return tuple(
        Finding(
            label=label,
            count=count,
            per_10000=round(count * 10_000 / narration_words, 2) if narration_words else 0.0,
            note=note,
            by_chapter=_by_section(prose, uses, label),
            places=tuple(_places(uses, label)),
        )
        for label, count in forms
    )


def _is_adverb(word: Word) -> bool:
    form = word.form
    is_name = word.is_capitalised and not word.begins_sentence
    return form.endswith("ly") and len(form) > 4 and form not in _NO_ADVERBS and not is_name


def _passives(paragraph: Paragraph, words: Sequence[Word]) -> Iterator[Use]:
    """A form of "be" with a participle after it, at most an adverb or "not" between."""
    for position, word in enumerate(words):
        if word.form not in _BE:
            continue
        after = words[position + 1 : position + 3]
        if after and _is_between(after[0]):
            after = after[1:]
        if after and _is_participle(after[0].form):
            yield _use(paragraph, word, after[0])


def _is_between(word: Word) -> bool:
    return word.form in _BETWEEN or (word.form.endswith("ly") and word.form not in _NO_ADVERBS)


def _is_participle(form: str) -> bool:
    if form in _PARTICIPLES:
        return True
    return form.endswith("ed") and len(form) > 4 and form not in _NO_PARTICIPLES | _SUBSTANTIVES


def _use(paragraph: Paragraph, first: Word, last: Word) -> Use:
    end = last.start + len(last.form)
    label = first.form if first is last else " ".join(paragraph.text[first.start : end].lower().split())
    return Use(paragraph=paragraph, label=label, start=first.start, end=end)


def _by_section(prose: Sequence[SectionProse], uses: Sequence[Use], label: str) -> tuple[int, ...]:
    counts = Counter(use.paragraph.section for use in uses if use.label == label)
    return tuple(counts[part.section.number] for part in prose)


def _places(uses: Sequence[Use], label: str) -> Iterator[TextPlace]:
    same = [use for use in uses if use.label == label]
    return (place(use.paragraph, use.start, use.end) for use in same[:_SHOWN_PLACES])
