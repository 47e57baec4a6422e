"""Which words are names: written with a capital also where no sentence begins."""

from collections import Counter
from collections.abc import Sequence

from jobs.analysis.prose import SectionProse

_SHARE = 0.8
_FEWEST = 2
_NEVER = frozenset({"i", "i'm", "i'll", "i'd", "i've", "o", "oh"})

Names = frozenset[str]


def find_names(prose: Sequence[SectionProse]) -> Names:
    """Words, lower case, that have a capital in four of five places within a sentence, and twice at least."""
    inside: Counter[str] = Counter()
    capitalised: Counter[str] = Counter()
    for part in prose:
        for paragraph in part.paragraphs:
            for word in paragraph.words:
                if not word.begins_sentence:
                    inside[word.form] += 1
                    capitalised[word.form] += word.is_capitalised
    return frozenset(
        form
        for form, count in capitalised.items()
        if count >= _FEWEST and count >= _SHARE * inside[form] and form not in _NEVER
    )
