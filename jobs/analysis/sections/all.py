"""The sections of the report, a row each, in the order in which it shows them."""

from jobs.analysis.sections import (
    arc,
    characters,
    consistency,
    dialogue_tags,
    echoes,
    frequent_words,
    meetings,
    openers,
    places,
    readability,
    repeated_phrases,
    scenes,
    sentences,
    stock_phrases,
    structure,
    style,
    vocabulary,
)
from jobs.analysis.sections.section import Section

SECTIONS: tuple[Section, ...] = (
    structure,
    scenes,
    arc,
    characters,
    meetings,
    places,
    frequent_words,
    echoes,
    repeated_phrases,
    stock_phrases,
    style,
    dialogue_tags,
    openers,
    sentences,
    consistency,
    readability,
    vocabulary,
)
