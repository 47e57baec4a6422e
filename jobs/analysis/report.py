"""The report of an analysis: what was counted and found, each finding with its places in the text.

`to_json` and `from_json` are the stored form. Keys are stable; a report stored before a key was added
reads with that key's default.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """What every part of a report can do: be made of stored JSON, also of older and newer kinds."""

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Keys that this version does not know are passed over."""
        known = {field.name for field in fields(cls)}
        return cls(**{key: value for key, value in stored.items() if key in known})


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary(_Part):
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
    """Of the words, from 0 to 1, those inside quotation marks."""
    mean_sentence_words: float = 0.0
    reading_ease: float = 0.0
    """Flesch, about 0 to 100; higher is easier."""
    grade: float = 0.0
    """Flesch–Kincaid, years of school in the United States."""
    scene_breaks: int = 0
    front_words: int = 0
    """Before the first section: title page, contents list, dedication. Counted in `words`, measured nowhere."""
    back_words: int = 0
    """After the last section: acknowledgements and the like. Counted in `words`, measured nowhere."""
    left_out: tuple[str, ...] = ()
    """Parts of the file that it marks as no part of the story, by title; not counted at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChapterReport(_Part):
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
    scene_breaks: int = 0
    opening: str = ""
    """Its first words, to know it by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextPlace(_Part):
    """Where in the manuscript something stands."""

    chapter: int = 0
    """The `number` of the section."""
    paragraph: int = 0
    """1 for the first below the heading; scene breaks are not counted."""
    quote: str = ""
    """A few words around it, as they stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure(_Part):
    """One measured number with its meaning."""

    label: str = ""
    value: float = 0.0
    unit: str = ""
    meaning: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding(_Part):
    """A word, phrase, name or habit that was found, how often, and where."""

    label: str = ""
    count: int = 0
    per_10000: float = 0.0
    """Times in ten thousand words of the story."""
    ratio: float | None = None
    """How many times as often as in ordinary English; None where that is not compared."""
    note: str = ""
    by_chapter: tuple[int, ...] = ()
    """Times in each section, in order; empty where it is not counted so."""
    places: tuple[TextPlace, ...] = ()
    """The first few, or all where they are few."""

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """With its places."""
        places = tuple(TextPlace.from_json(place) for place in stored.get("places", ()))
        by_chapter = tuple(stored.get("by_chapter", ()))
        # super() does not work in a class that dataclass makes anew for its slots
        return _Part.from_json.__func__(cls, {**stored, "places": places, "by_chapter": by_chapter})  # type: ignore[attr-defined, no-any-return]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSection(_Part):
    """One subject of the report, with the text that says how to read it."""

    key: str = ""
    """Stable, for programs: "readability", "frequent_words"."""
    title: str = ""
    how_to_read: str = ""
    figures: tuple[Figure, ...] = ()
    findings: tuple[Finding, ...] = ()

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """With its figures and findings."""
        return cls(
            key=stored.get("key", ""),
            title=stored.get("title", ""),
            how_to_read=stored.get("how_to_read", ""),
            figures=tuple(Figure.from_json(figure) for figure in stored.get("figures", ())),
            findings=tuple(Finding.from_json(finding) for finding in stored.get("findings", ())),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportBody:
    """All that an analysis says about a manuscript."""

    summary: Summary
    chapters: tuple[ChapterReport, ...] = ()
    sections: tuple[ReportSection, ...] = ()
    version: int = VERSION

    def to_json(self) -> dict[str, Any]:
        """A dictionary that the json module takes as it is."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """The report that `to_json` gave, of this version, an older or a newer one."""
        return cls(
            summary=_summary(stored.get("summary", {})),
            chapters=tuple(ChapterReport.from_json(chapter) for chapter in stored.get("chapters", ())),
            sections=tuple(ReportSection.from_json(section) for section in stored.get("sections", ())),
            version=stored.get("version", VERSION),
        )


def _summary(stored: Mapping[str, Any]) -> Summary:
    return Summary.from_json({**stored, "left_out": tuple(stored.get("left_out", ()))})
