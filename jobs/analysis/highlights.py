"""The five findings that tell most about this book: those that lie farthest from published novels, or from its own
middle. No fixed list, no score that anybody sees, and no verdict.

How far something lies is counted in steps: one step is from the middle of the published novels to their upper, or
lower, quarter (`published.json`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from jobs.analysis.bands import Range, comparable, ranges
from jobs.analysis.highlight_texts import CHAPTER_DIALOGUE, CHAPTER_LENGTH, FIGURES, KINDS, Told
from jobs.analysis.report import ChapterReport, Figure, FindingKind, Highlight, ReportSection, TextPlace

_MOST = 5
_FEWEST_WORDS = 3_000
"""Of a story whose rates say something; a guess."""
_FEWEST_CHAPTERS = 4
_LEAST_STEP = 0.1
_LEAST_RATE = 0.3
"""Places in ten thousand words, where published novels have hardly any: three in a novel. Guesses."""
_FEWEST_PLACES = 3
"""Of a kind; fewer are chance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    steps: float
    highlight: Highlight


def highlights(
    sections: Sequence[ReportSection], chapters: Sequence[ChapterReport], *, is_english: bool
) -> tuple[Highlight, ...]:
    """At most five, the farthest first, and no two of one section."""
    if sum(chapter.words for chapter in chapters) < _FEWEST_WORDS:
        return ()
    found = [*_chapters(chapters, is_english=is_english), *_kinds(sections, chapters)]
    if is_english:
        found += _figures(sections, chapters)
    chosen: dict[str, Highlight] = {}
    for candidate in sorted(found, key=lambda each: -each.steps):
        if candidate.steps > 0:
            chosen.setdefault(candidate.highlight.section, candidate.highlight)
    return tuple(chosen.values())[:_MOST]


def kind_rates(sections: Sequence[ReportSection], words: int) -> Iterator[tuple[str, float]]:
    """The places of each kind in ten thousand words: what published novels are measured by as well."""
    return ((kind.key, kind.count * 10_000 / words) for section in sections for kind in section.kinds)


def chapter_rates(chapters: Sequence[ChapterReport]) -> Iterator[tuple[str, float]]:
    """How far the longest chapter, and the one that differs most in dialogue, are from the middle of all."""
    told = [chapter for chapter in chapters if chapter.sentences]
    if len(told) >= _FEWEST_CHAPTERS:
        length, share = _middles(told)
        yield "chapter.length", max(chapter.words for chapter in told) / length
        yield "chapter.dialogue", max(abs(chapter.dialogue_share - share) for chapter in told)


def _middles(told: Sequence[ChapterReport]) -> tuple[float, float]:
    return median(chapter.words for chapter in told), median(chapter.dialogue_share for chapter in told)


def _chapters(chapters: Sequence[ChapterReport], *, is_english: bool) -> Iterator[_Candidate]:
    told = [chapter for chapter in chapters if chapter.sentences]
    rates, known = dict(chapter_rates(chapters)), ranges()
    if not rates:
        return
    length, share = _middles(told)
    longest = max(told, key=lambda chapter: chapter.words)
    other = max(told, key=lambda chapter: abs(chapter.dialogue_share - share))
    numbers = {"words": longest.words, "times": longest.words / length}
    steps = _steps_above(rates["chapter.length"], known["chapter.length"], least=_LEAST_STEP)
    yield _chapter(longest, CHAPTER_LENGTH, numbers, steps)
    if is_english or share:
        numbers = {"share": other.dialogue_share, "middle": share}
        steps = _steps_above(rates["chapter.dialogue"], known["chapter.dialogue"], least=_LEAST_STEP)
        yield _chapter(other, CHAPTER_DIALOGUE, numbers, steps)


def _chapter(chapter: ChapterReport, told: Told, numbers: Mapping[str, float], steps: float) -> _Candidate:
    sentence = told.sentence.format(title=chapter.title, **numbers)
    place = TextPlace(chapter=chapter.number, paragraph=1, quote=chapter.opening)
    return _Candidate(steps=steps, highlight=_highlight("structure", told, sentence, chapter.title, place))


def _kinds(sections: Sequence[ReportSection], chapters: Sequence[ChapterReport]) -> Iterator[_Candidate]:
    words, known = sum(chapter.words for chapter in chapters), ranges()
    rates = dict(kind_rates(sections, words))
    for section in sections:
        for kind in section.kinds:
            if kind.key in KINDS and kind.count >= _FEWEST_PLACES and kind.key in known:
                yield _kind(section, kind, _steps_above(rates[kind.key], known[kind.key], least=_LEAST_RATE))


def _kind(section: ReportSection, kind: FindingKind, steps: float) -> _Candidate:
    """With the place of the form that comes most often."""
    finding = next(each for each in section.findings if each.kind == kind.key)
    label = finding.label.rpartition(": ")[2]
    sentence = KINDS[kind.key].format(count=kind.count, label=label, times=finding.count)
    told = Told(sentence="", why=kind.why, leave=kind.leave)
    highlight = _highlight(section.key, told, sentence, finding.label, finding.places[0], kind=kind.key)
    return _Candidate(steps=steps, highlight=highlight)


def _figures(sections: Sequence[ReportSection], chapters: Sequence[ChapterReport]) -> Iterator[_Candidate]:
    known = ranges()
    for key, figure in comparable(sections):
        if key in FIGURES and key in known:
            section = next(each for each in sections if each.key == key.partition(".")[0])
            yield _figure(section, key, figure, known[key], chapters)


def _figure(
    section: ReportSection, key: str, figure: Figure, known: Range, chapters: Sequence[ChapterReport]
) -> _Candidate:
    told = FIGURES[key]
    sentence = told.sentence.format(value=figure.value, low=known.low, high=known.high)
    place = _of_kind(section, told.kind) or _extreme(chapters, told.of_chapter, is_high=figure.value > known.middle)
    highlight = _highlight(section.key, told, sentence, figure.label, place, kind=told.kind)
    return _Candidate(steps=_steps(figure.value, known), highlight=highlight)


def _of_kind(section: ReportSection, kind: str) -> TextPlace | None:
    places = (finding.places[0] for finding in section.findings if finding.kind == kind and finding.places)
    return next(places, None) if kind else None


def _extreme(chapters: Sequence[ChapterReport], name: str, *, is_high: bool) -> TextPlace | None:
    """The beginning of the chapter in which the figure is most of what the book is."""
    told = [chapter for chapter in chapters if chapter.sentences]
    if not name or not told:
        return None
    chapter = (max if is_high else min)(told, key=lambda each: float(getattr(each, name)))
    return TextPlace(chapter=chapter.number, paragraph=1, quote=chapter.opening)


def _steps(value: float, known: Range) -> float:
    """How far it lies from the middle: 1 at the quarter of the published novels, on either side."""
    side = known.high - known.middle if value > known.middle else known.middle - known.low
    return abs(value - known.middle) / side if side else 0.0


def _steps_above(value: float, known: Range, *, least: float) -> float:
    """The same of what is a finding only where there is much of it; a step is `least` long at least."""
    return (value - known.middle) / max(known.high - known.middle, least)


def _highlight(
    section: str, told: Told, sentence: str, label: str, place: TextPlace | None, *, kind: str = ""
) -> Highlight:
    return Highlight(
        section=section, kind=kind, label=label, sentence=sentence, why=told.why, leave=told.leave, place=place
    )
