"""Which words are names: written with a capital also where no sentence begins."""

from collections import Counter
from collections.abc import Iterator, Sequence

from jobs.analysis.story.prose import SectionProse
from jobs.analysis.words.words import word_set

_SHARE = 0.8
_FEWEST = 2
_MOST = 0.25
"""Share of the different words; novels have 0.05. Beyond it capitals tell nothing: German writes all nouns with one,
and some authors everything."""
_FEWEST_NOUNS = 5
_BEGINS = 0.12
_DETERMINED = 0.15
"""In a language that writes every noun with a capital: times that a name stands, the share of them that begin a
sentence, and the most that have a determiner before them. Nouns rarely begin a sentence bare. Measured on Die
Verwandlung: Gregor and Grete have 0.17 and 0.05 to 0.12, no noun comes near."""
_DETERMINERS = word_set(
    """
    der die das des dem den ein eine eines einem einen einer kein keine keinem keinen keiner mein meine meinem meinen
    meiner meines dein deine sein seine seinem seinen seiner seines ihr ihre ihrem ihren ihrer ihres unser unsere jeder
    jede jedes jedem jeden dieser diese dieses diesem diesen jener jene jenes jenem jenen welcher alle allen viele
    einige mehrere am im ins zum zur vom beim
    """
)
_HERR = frozenset({"herr", "herrn", "frau", "fräulein", "doktor", "dr"})
_MOST_NOUNS = 0.7
"""Share of the different words; German has about 0.4. Beyond it everything has a capital."""
_NEVER = frozenset({"i", "i'm", "i'll", "i'd", "i've", "o", "oh"})

Names = frozenset[str]


def find_names(prose: Sequence[SectionProse]) -> Names:
    """Words, lower case, that have a capital in four of five places within a sentence, and twice at least.

    Where that is true of a quarter of all words, as in German, only those that often begin a sentence and hardly
    ever stand behind an article, or that mostly stand behind "Herr" or "Frau".
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
    if len(names) <= _MOST * len(frequent):
        return frozenset(names)
    return frozenset(_among_nouns(prose, frozenset(names)) if len(names) <= _MOST_NOUNS * len(frequent) else ())


def _among_nouns(prose: Sequence[SectionProse], nouns: Names) -> Iterator[str]:
    times: Counter[str] = Counter()
    beginning: Counter[str] = Counter()
    determined: Counter[str] = Counter()
    titled: Counter[str] = Counter()
    for part in prose:
        for paragraph in part.paragraphs:
            before = ""
            for word in paragraph.words:
                if word.form in nouns:
                    times[word.form] += 1
                    beginning[word.form] += word.begins_sentence
                    determined[word.form] += before in _DETERMINERS
                    titled[word.form] += before in _HERR
                before = word.form
    for form, count in times.items():
        is_bare = beginning[form] >= _BEGINS * count and determined[form] <= _DETERMINED * count
        if form not in _HERR and count >= _FEWEST_NOUNS and (is_bare or 2 * titled[form] > count):
            yield form
