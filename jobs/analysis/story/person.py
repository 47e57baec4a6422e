"""A person of a story, or a place, under all names that mean it."""

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

from jobs.analysis.story.prose import Paragraph
from jobs.analysis.words.words import word_set

_MALE = word_set("mr mister sir lord master uncle father king prince monsieur herr señor signor senhor don pan")
_FEMALE = word_set(
    """
    mrs ms miss lady madam madame mme mlle mademoiselle aunt mother queen princess frau fräulein señora señorita
    signora signorina senhora doña pani
    """
)
_RANKS = word_set(
    """
    dr doctor captain capt major colonel col general gen lieutenant lt sergeant sgt admiral professor prof inspector
    reverend rev count earl duke baron dame doktor hauptmann docteur capitaine coronel capitán dottor
    """
)
TITLES = _MALE | _FEMALE | _RANKS
_CLEAR = 3
"""Pronouns of one kind to each of the other, where they tell whether a name is a man's or a woman's. A guess."""
_PLACE = 0.25
"""Share of the mentions behind a word of place that makes a place: the villages and houses of Pride and Prejudice and
The War of the Worlds have 0.33 to 0.9, their people up to 0.1."""
_FEW = 0.08
"""Share of the mentions near a he or a she. Where so few are, "to" is a word of place as well. A guess."""
_SPOKEN = 0.03
"""Share of the mentions beside a verb of saying that makes a person whatever else there is."""


class Mention(NamedTuple):
    """A name at one place."""

    paragraph: Paragraph
    start: int
    end: int


@dataclass(slots=True)
class Figure:
    """One person, or one place, under all names that mean it."""

    names: Counter[str] = field(default_factory=Counter)
    mentions: list[Mention] = field(default_factory=list)
    male: int = 0
    female: int = 0
    placed: int = 0
    reached: int = 0
    spoken: int = 0

    @property
    def label(self) -> str:
        """The name that stands most often."""
        return self._ranked()[0]

    @property
    def others(self) -> list[str]:
        """The other names, the most frequent first."""
        return self._ranked()[1:]

    def _ranked(self) -> list[str]:
        return sorted(self.names, key=lambda name: (-self.names[name], -len(name), name))

    @property
    def is_place(self) -> bool:
        """By what stands around it."""
        count = len(self.mentions)
        titled = sum(times for name, times in self.names.items() if title_of(name))
        if titled > _SPOKEN * count or self.spoken > max(_SPOKEN * count, self.placed / 4):
            return False
        if self.placed >= _PLACE * count:
            return True
        nobody = self.male + self.female <= _FEW * count
        return nobody and self.placed >= 1 and self.placed + self.reached >= _PLACE * count

    @property
    def gender(self) -> str:
        """ "m", "f" or "" where the pronouns near it do not tell."""
        if self.male >= _CLEAR * max(1, self.female):
            return "m"
        return "f" if self.female >= _CLEAR * max(1, self.male) else ""

    def add(self, other: "Figure") -> None:
        """Takes over what is another name of the same."""
        self.names += other.names
        self.mentions += other.mentions
        other.mentions = []
        self.male += other.male
        self.female += other.female
        self.placed += other.placed
        self.reached += other.reached
        self.spoken += other.spoken


def title_of(name: str) -> str:
    """The title that it begins with, lower case; "" where it has none."""
    first = name.split()[0].rstrip(".").lower()
    return first if first in TITLES else ""


def given_name(name: str) -> str:
    """What stands between title and surname."""
    words = name.split()
    return " ".join(words[1 if title_of(name) else 0 : -1])


def gender_of(figure: Figure) -> str:
    """By a title, or else by the pronouns near it."""
    for title in map(title_of, figure.names):
        if title in _MALE or title in _FEMALE:
            return "m" if title in _MALE else "f"
    return figure.gender
