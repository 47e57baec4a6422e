"""The report of an analysis: what was counted and found, each finding with its places in the text.

`to_json` and `from_json` are the stored form. Keys are stable; a report stored before a key was added
reads with that key's default.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum
from typing import Any, Self, TypeVar

VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The manuscript at a glance."""

    words: int = 0
    """Of the whole manuscript: title page, headings and what stands after the story included."""
    sentences: int = 0
    paragraphs: int = 0
    chapters: int = 0
    """Chapters proper: no parts, letters, prologues or epilogues."""
    sections: int = 0
    reading_minutes: float = 0.0
    words_per_minute: int = 0
    """The reading speed that `reading_minutes` assumes."""
    dialogue_share: float = 0.0
    """Of the words, from 0 to 1, those inside quotation marks, or behind a dash where the book opens speech so."""
    mean_sentence_words: float = 0.0
    reading_ease: float = 0.0
    """Flesch, about 0 to 100; higher is easier. 0 where it is not measured: a text of few words or not in English."""
    grade: float = 0.0
    """Flesch–Kincaid, years of school in the United States. 0 where it is not measured."""
    scene_breaks: int | None = 0
    """None where the manuscript marks none, so that their number cannot be known."""
    divisions: str = ""
    """What is divided into, in words: "24 chapters, 4 letters and 1 more section". Parts only hold them."""
    notes: tuple[str, ...] = ()
    """What to know before anything else is read: what is left out, and why."""
    front_words: int = 0
    """Before the first section: title page, contents list, dedication. Counted in `words`, measured nowhere."""
    back_words: int = 0
    """After the last section: acknowledgements and the like. Counted in `words`, measured nowhere."""
    unmeasured: tuple[str, ...] | None = None
    """Figures by name that are 0 because nothing was measured; None in older reports, see `measured`."""
    left_out: tuple[str, ...] = ()
    """Parts of the file that it marks as no part of the story, by title; not counted at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChapterReport:
    """One section: a part, chapter, letter or other. The words of all, with front and back, add up to the whole."""

    number: int = 0
    """1 for the first section of any kind, then up."""
    kind: str = "chapter"
    """part, chapter, letter or other."""
    title: str = ""
    """What to call it: heading and name together."""
    heading: str = ""
    """As it stands in the manuscript; "" where there is none."""
    name: str = ""
    """Without keyword and number; may be ""."""
    words: int = 0
    sentences: int = 0
    paragraphs: int = 0
    reading_minutes: float = 0.0
    dialogue_share: float = 0.0
    mean_sentence_words: float = 0.0
    sentence_spread: float = 0.0
    """Standard deviation of the words in a sentence: low is even, high is varied."""
    longest_sentence_words: int = 0
    reading_ease: float = 0.0
    grade: float = 0.0
    scene_breaks: int | None = 0
    """None where the whole manuscript marks none."""
    opening: str = ""
    """Its first words, to know it by."""
    unmeasured: tuple[str, ...] | None = None
    """As in Summary."""


# Of these an older report says 0 where it measured nothing; what was measured is hardly ever exactly 0.
_SELDOM_ZERO = ("reading_ease", "grade", "mean_sentence_words", "sentence_spread")


def measured(part: Summary | ChapterReport, name: str) -> float | None:
    """The figure of this name, None where nothing was measured: 0 is a value of its own."""
    value: float = getattr(part, name)
    if part.unmeasured is None:
        return (value or None) if name in _SELDOM_ZERO else value
    return None if name in part.unmeasured else value


@dataclass(frozen=True, slots=True, kw_only=True)
class TextPlace:
    """Where in the manuscript something stands."""

    chapter: int = 0
    """The `number` of the section."""
    paragraph: int = 0
    """1 for the first below the heading; scene breaks are not counted."""
    quote: str = ""
    """A few words around it, as they stand. text.py adds it to the places that the report shows."""
    start: int = 0
    end: int = 0
    """Characters (code points) of the paragraph's text with its spaces made single; 0 and 0 in older reports."""


class FigureUnit(StrEnum):
    """In what a figure is measured."""

    COUNT = "count"
    SHARE = "share"
    """From 0 to 1."""
    WORDS = "words"
    POINTS = "points"
    YEARS = "years"
    PER_1000_WORDS = "per 1,000 words"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured number with its meaning."""

    label: str = ""
    value: float = 0.0
    measure: FigureUnit = FigureUnit.COUNT
    unit: str = ""
    """The unit in words: "share of words". Older reports have nothing else."""
    meaning: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A word, phrase, name or habit that was found, how often, and where."""

    label: str = ""
    count: int = 0
    per_10000: float = 0.0
    """Times in ten thousand words of the story."""
    ratio: float | None = None
    """How many times as often as in ordinary texts of its language; None where that is not compared."""
    note: str = ""
    by_chapter: tuple[int, ...] = ()
    """Times in each section, in order; empty where it is not counted so."""
    places: tuple[TextPlace, ...] = ()
    """The first few, or all where they are few. A section gives all of them: text.py keeps them beside the text."""
    kind: str = ""
    """The `key` of the section's kind of finding: kind and label together name it in every report. "" in older ones."""
    spans: tuple[tuple[int, int, int, int], ...] = ()
    """All places: chapter, paragraph, start and end of each. A section may give these and only the first `places`;
    no stored report has them, for text.py keeps them beside the text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingKind:
    """One kind of finding of a section: an adverb, an echo, a change of tense."""

    key: str = ""
    """Stable, for programs."""
    title: str = ""
    why: str = ""
    """Why it may matter."""
    leave: str = ""
    """When to leave it."""
    precision: float | None = None
    """Share of places that a person judged right; None where nothing is judged, as with a count."""
    judged: int = 0
    """Places that were judged."""
    count: int = 0
    """Its places in the text; counted by text.py, as is the next. 0 in older reports."""
    by_chapter: tuple[int, ...] = ()
    """Its places in each section of the manuscript, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSection:
    """One subject of the report, with the text that says how to read it."""

    key: str = ""
    """Stable, for programs: "readability", "frequent_words"."""
    title: str = ""
    how_to_read: str = ""
    figures: tuple[Figure, ...] = ()
    findings: tuple[Finding, ...] = ()
    source: str = ""
    """Where its rules come from, in a sentence."""
    kinds: tuple[FindingKind, ...] = ()
    curve: tuple[float, ...] = ()
    """A line over the whole manuscript, from its first word to its last in equal steps; empty where it has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Highlight:
    """One of the few findings that tell most about this book."""

    section: str = ""
    """The `key` of the section that has it."""
    kind: str = ""
    label: str = ""
    """Of the finding, or of the figure."""
    sentence: str = ""
    """What was found, for an author."""
    why: str = ""
    leave: str = ""
    place: TextPlace | None = None
    """Where to look first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Where the published novels of some decades lie."""

    name: str = ""
    books: tuple[str, ...] = ()
    low: float = 0.0
    middle: float = 0.0
    high: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A figure of this manuscript beside published novels."""

    key: str = ""
    """Stable, for programs: "dialogue_share"."""
    label: str = ""
    value: float = 0.0
    measure: FigureUnit = FigureUnit.COUNT
    periods: tuple[Period, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportBody:
    """All that an analysis says about a manuscript."""

    summary: Summary
    chapters: tuple[ChapterReport, ...] = ()
    sections: tuple[ReportSection, ...] = ()
    highlights: tuple[Highlight, ...] = ()
    """The five that tell most, the most telling first; empty in older reports."""
    bands: tuple[Band, ...] = ()
    """Empty in older reports."""
    has_text: bool = False
    """Whether the text is kept beside the report: older reports have none."""
    version: int = VERSION

    def to_json(self) -> dict[str, Any]:
        """A dictionary that the json module takes as it is."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """The report that `to_json` gave, of this version, an older or a newer one."""
        return cls(
            summary=_summary(stored.get("summary", {})),
            chapters=tuple(_chapter(chapter) for chapter in _tuple(stored, "chapters")),
            sections=tuple(_section(section) for section in _tuple(stored, "sections")),
            highlights=tuple(_highlight(each) for each in _tuple(stored, "highlights")),
            bands=tuple(_band(band) for band in _tuple(stored, "bands")),
            has_text=bool(stored.get("has_text")),
            version=stored.get("version", VERSION),
        )


_P = TypeVar(
    "_P", Summary, ChapterReport, TextPlace, Figure, Finding, FindingKind, ReportSection, Highlight, Period, Band
)


def _part(kind: type[_P], stored: Mapping[str, Any], **parts: Any) -> _P:
    """A part of a report; keys that this version does not know are passed over."""
    known = {field.name for field in fields(kind)}
    return kind(**{key: value for key, value in {**stored, **parts}.items() if key in known})


def _summary(stored: Mapping[str, Any]) -> Summary:
    parts = {"left_out": _tuple(stored, "left_out"), "notes": _tuple(stored, "notes")}
    return _part(Summary, stored, unmeasured=_maybe_tuple(stored, "unmeasured"), **parts)


def _chapter(stored: Mapping[str, Any]) -> ChapterReport:
    return _part(ChapterReport, stored, unmeasured=_maybe_tuple(stored, "unmeasured"))


def _maybe_tuple(stored: Mapping[str, Any], key: str) -> tuple[Any, ...] | None:
    return None if stored.get(key) is None else tuple(stored[key])


def _tuple(stored: Mapping[str, Any], key: str) -> tuple[Any, ...]:
    return tuple(stored.get(key, ()))


def _section(stored: Mapping[str, Any]) -> ReportSection:
    figures = tuple(_figure(figure) for figure in _tuple(stored, "figures"))
    findings = tuple(_finding(finding) for finding in _tuple(stored, "findings"))
    kinds = tuple(_part(FindingKind, kind, by_chapter=_tuple(kind, "by_chapter")) for kind in _tuple(stored, "kinds"))
    curve = _tuple(stored, "curve")
    return _part(ReportSection, stored, figures=figures, findings=findings, kinds=kinds, curve=curve)


def _finding(stored: Mapping[str, Any]) -> Finding:
    places = tuple(_part(TextPlace, place) for place in _tuple(stored, "places"))
    return _part(Finding, stored, places=places, by_chapter=_tuple(stored, "by_chapter"), spans=())


def _highlight(stored: Mapping[str, Any]) -> Highlight:
    place = stored.get("place")
    return _part(Highlight, stored, place=None if place is None else _part(TextPlace, place))


def _band(stored: Mapping[str, Any]) -> Band:
    periods = tuple(_part(Period, each, books=_tuple(each, "books")) for each in _tuple(stored, "periods"))
    return _part(Band, stored, periods=periods, measure=_unit(stored))


def _figure(stored: Mapping[str, Any]) -> Figure:
    """Older reports say the unit in words only, newer ones may know more units."""
    return replace(_part(Figure, stored), measure=_unit(stored))


def _unit(stored: Mapping[str, Any]) -> FigureUnit:
    unit = stored.get("measure") or stored.get("unit", "").partition(" ")[0]
    return FigureUnit(unit) if unit in set(FigureUnit) else FigureUnit.COUNT
