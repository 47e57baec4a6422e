"""Which words are names: written with a capital also where no sentence begins."""

from collections import Counter
from collections.abc import Sequence

from jobs.analysis.story.prose import SectionProse

_SHARE = 0.8
_FEWEST = 2
_MOST = 0.25
"""Share of the different words; novels have 0.05. Beyond it capitals tell nothing: German writes all nouns with one,
and some authors everything."""
_NEVER = frozenset({"i", "i'm", "i'll", "i'd", "i've", "o", "oh"})

Names = frozenset[str]


def find_names(prose: Sequence[SectionProse]) -> Names:
    """Words, lower case, that have a capital in four of five places within a sentence, and twice at least.

    None where that is true of a quarter of all words.
    """
    inside: Counter[str] = Counter()
    capitalised: Counter[str] = Counter()
    for part in prose:
        for paragraph in part.paragraphs:
            for word in paragraph.words:
                if not word.begins_sentence and word.form not in _NEVER:
                    inside[word.form] += 1
                    capitalised[word.form] += word.is_capitalised
    frequent = [form for form, count in inside.items() if count >= _FEWEST]
    names = [form for form in frequent if capitalised[form] >= max(_FEWEST, _SHARE * inside[form])]
    return frozenset(names if len(names) <= _MOST * len(frequent) else ())
