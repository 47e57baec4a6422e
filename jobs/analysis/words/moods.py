"""How glad or sad English words are, from -4 to 4: the lexicon of VADER (words/moods.txt)."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from jobs.analysis.words.words import word_set

_NEUTRAL = word_set(
    """
    like well pretty kind please yes no matter sir stuck hand hands cut share god number interest struck miss alone
    party parties free diamond certain certainly devil pleasure perfectly respectable jewel fire cried cry natural
    helps care assure rich accept best heart sure surely gracious intelligence favour
    """
)
_SWAYED = {
    **dict.fromkeys(_NEUTRAL, 0.0),
    "fine": 0.5,
    "dear": 0.5,
    "great": 1.0,
    "good": 0.8,
    "grave": -0.5,
    "heavy": -0.3,
}
"""Ours, where prose uses a word otherwise than the messages that the lexicon was made for, by reading novels."""


@cache
def moods() -> Mapping[str, float]:
    """The value of each word that has one."""
    lines = files(__package__).joinpath("moods.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.split() for line in lines if not line.startswith("#"))
    return {word: float(value) for word, value in pairs} | _SWAYED
