"""Whether a manuscript is written in English."""

from collections.abc import Sequence
from itertools import islice

from jobs.analysis.story.prose import SectionProse
from jobs.analysis.words.english import function_words

_LEAST = 0.3
"""Share of English's commonest words: novels in English have about 0.55, other languages up to 0.16 (measured on
twelve novels in seven languages)."""
_FEWEST = 50
"""Words; fewer tell nothing, and count as English. A guess."""
_SAMPLE = 20_000
"""Words; more of a novel says no more about its language."""


def is_english(prose: Sequence[SectionProse]) -> bool:
    """Whether the commonest words of English are common in it, by its first words."""
    words = (word.form for part in prose for paragraph in part.paragraphs for word in paragraph.words)
    sample = [form for form in islice(words, _SAMPLE) if not form[0].isdigit()]
    common = function_words()
    return len(sample) < _FEWEST or sum(form in common for form in sample) >= _LEAST * len(sample)
