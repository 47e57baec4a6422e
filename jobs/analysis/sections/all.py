"""The sections of the report, a row each, in the order in which it shows them."""

from jobs.analysis.sections import (
    characters,
    frequent_words,
    overused_words,
    places,
    readability,
    repeated_phrases,
    structure,
    style,
    vocabulary,
)
from jobs.analysis.sections.section import Section

SECTIONS: tuple[Section, ...] = (
    structure,
    readability,
    frequent_words,
    overused_words,
    repeated_phrases,
    style,
    characters,
    places,
    vocabulary,
)
