"""Which language a manuscript is written in, by the commonest words of each."""

from collections.abc import Sequence
from itertools import islice

from jobs.analysis.story.prose import SectionProse
from jobs.analysis.words.languages import ENGLISH, LANGUAGES, Language

_LEAST = 0.1
"""Share of a language's commonest words in a text of it. Measured: six novels in English have 0.30 to 0.33, Die
Verwandlung 0.27, pages in eight more languages 0.22 to 0.37; of another language's words novels have 0.07 and less."""
_FEWEST = 50
"""Words; fewer tell nothing, and count as English. A guess."""
_SAMPLE = 20_000
"""Words; more of a novel says no more about its language."""


def find_language(prose: Sequence[SectionProse]) -> Language | None:
    """The language whose commonest words are commonest in it, by its first words; None for one that we do not know."""
    words = (word.form for part in prose for paragraph in part.paragraphs for word in paragraph.words)
    sample = [form for form in islice(words, _SAMPLE) if not form[0].isdigit()]
    if len(sample) < _FEWEST:
        return ENGLISH
    shares = {language: sum(form in language.common for form in sample) for language in LANGUAGES}
    best = max(LANGUAGES, key=lambda language: shares[language])
    return best if shares[best] >= _LEAST * len(sample) else None
