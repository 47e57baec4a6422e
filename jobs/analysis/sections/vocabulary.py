"""How varied the vocabulary is, by measures that do not depend on the length of the text."""

from collections import Counter
from collections.abc import Sequence
from statistics import fmean

from jobs.analysis.report import Figure, FigureUnit, FindingKind
from jobs.analysis.sections.section import Measured
from jobs.analysis.story.story import Story

KEY = "vocabulary"
TITLE = "Vocabulary"
SOURCE = "MTLD: Philip McCarthy and Scott Jarvis (2010). MATTR: Michael Covington and Joe McFall (2010)."
KINDS: tuple[FindingKind, ...] = ()
NEEDS_ENGLISH = False
NEEDS_PROSE = False
GUIDE = (
    "How many words pass, on average, before the text begins to repeat itself: the classics that we tried lie between "
    "75 and 110. And how many of any 500 words in a row are different. Both are fair to texts of any length; linguists "
    "call them MTLD and MATTR. A plain vocabulary is a choice, not a fault."
)
_THRESHOLD = 0.72
WINDOW = 500
"""As their authors have them: the share of different words at which MTLD begins anew, and the words of a window of
MATTR."""
REPEATS_AFTER = "Words until it repeats itself"
VARIED = f"Different in any {WINDOW} words"
FEWEST_FOR_MTLD = 100
"""Words; in fewer it says more about the length than about the vocabulary."""


def measure(story: Story) -> Measured:
    """Different words, MTLD and MATTR, each where the text is long enough."""
    words = [word.form for part in story.prose for paragraph in part.paragraphs for word in paragraph.words]
    figures = [_words("Different words", len(set(words)), "each form counts: saw and seen are two")]
    if len(words) >= FEWEST_FOR_MTLD:
        figures.append(_words(REPEATS_AFTER, round(mtld(words), 1), "on average (MTLD)"))
    if len(words) >= WINDOW:
        share, meaning = round(mattr(words), 4), "of them, on average (MATTR)"
        figures.append(Figure(label=VARIED, value=share, measure=FigureUnit.SHARE, unit="share", meaning=meaning))
    return Measured(figures=figures)


def _words(label: str, value: float, meaning: str) -> Figure:
    return Figure(label=label, value=float(value), measure=FigureUnit.WORDS, unit="words", meaning=meaning)


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
