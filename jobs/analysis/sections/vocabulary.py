"""How varied the vocabulary is, by measures that do not depend on the length of the text."""

from collections import Counter
from collections.abc import Sequence
from statistics import fmean

_THRESHOLD = 0.72
WINDOW = 500
FEWEST_FOR_MTLD = 100
"""Words; in fewer it says more about the length than about the vocabulary."""


def mtld(words: Sequence[str]) -> float:
    """The mean length of runs of words whose share of different words stays above 0.72, read both ways.

    P. M. McCarthy and S. Jarvis, "MTLD, vocd-D, and HD-D", Behavior Research Methods 42 (2010). 0 for no words.
    """
    if not words:
        return 0.0
    return fmean((_one_way(words), _one_way(words[::-1])))


def mattr(words: Sequence[str], window: int = WINDOW) -> float:
    """The mean share of different words in all windows of that many words; of the whole where it is shorter.

    M. A. Covington and J. D. McFall, "Cutting the Gordian knot", Journal of Quantitative Linguistics 17 (2010).
    """
    if not words:
        return 0.0
    size = min(window, len(words))
    counts = Counter(words[:size])
    different = [len(counts)]
    for leaving, coming in zip(words, words[size:], strict=False):
        counts[coming] += 1
        counts[leaving] -= 1
        if not counts[leaving]:
            del counts[leaving]
        different.append(len(counts))
    return fmean(different) / size


def _one_way(words: Sequence[str]) -> float:
    factors = 0.0
    seen: set[str] = set()
    count = 0
    for word in words:
        count += 1
        seen.add(word)
        if len(seen) / count <= _THRESHOLD:
            factors += 1
            seen, count = set(), 0
    if count:
        factors += (1 - len(seen) / count) / (1 - _THRESHOLD)
    return len(words) / factors if factors else float(len(words))
