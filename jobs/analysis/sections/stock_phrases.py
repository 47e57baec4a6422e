"""Clichés and redundancies: phrases that every reader has met, and words that say again what another has said."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise, product

from jobs.analysis.report import FindingKind
from jobs.analysis.sections.section import Measured
from jobs.analysis.sections.uses import Use, by_form
from jobs.analysis.story.prose import Paragraph, Word
from jobs.analysis.story.story import Story
from jobs.analysis.words.phrases import CLICHES, REDUNDANCIES, Pattern

KEY = "stock_phrases"
TITLE = "Clichés and redundancies"
GUIDE = (
    "Phrases that readers have met so often that they no longer see a picture in them, and pairs of words of which one "
    "would do: nodded his head. Counted in narration only, since people speak in clichés. Not finding one here does "
    "not mean that there is none: the lists hold the commonest."
)
SOURCE = "Two lists of ours, held to places that a person judged in novels."
KINDS: tuple[FindingKind, ...] = (
    FindingKind(
        key="cliché",
        title="Clichés",
        why="A phrase that has been read a thousand times shows the reader nothing.",
        leave="Leave it where a character thinks so, or where you turn it against itself.",
        precision=0.97,
        judged=86,
    ),
    FindingKind(
        key="redundancy",
        title="Redundancies",
        why="One of the words already says it, and the other only takes time.",
        leave="Leave it where the stress is wanted, or the rhythm.",
        precision=0.91,
        judged=172,
    ),
)
NEEDS_ENGLISH = True
NEEDS_PROSE = True
_LONGEST = 12
"""Words of the longest phrase of the lists."""


def measure(story: Story) -> Measured:
    """The phrases of both lists that stand in the narration."""
    words = sum(len(paragraph.words) for part in story.prose for paragraph in part.paragraphs)
    kinds = found(story).items()
    return Measured(findings=[each for kind, uses in kinds for each in by_form(uses, story.prose, words, kind)])


def found(story: Story) -> dict[str, list[Use]]:
    """The places of each kind."""
    paragraphs = [paragraph for part in story.prose for paragraph in part.paragraphs]
    return {
        "cliché": [use for paragraph in paragraphs for use in _in(paragraph, _by_beginning(CLICHES))],
        "redundancy": [use for paragraph in paragraphs for use in _in(paragraph, _by_beginning(REDUNDANCIES))],
    }


@cache
def _by_beginning(patterns: Sequence[Pattern]) -> Mapping[tuple[str, str], Sequence[Pattern]]:
    """By each pair of words that one may begin with."""
    pairs: Mapping[tuple[str, str], list[Pattern]] = defaultdict(list)
    for pattern in patterns:
        for pair in product(pattern[0], pattern[1]):
            pairs[pair].append(pattern)
    return dict(pairs)


def _in(paragraph: Paragraph, patterns: Mapping[tuple[str, str], Sequence[Pattern]]) -> Iterator[Use]:
    words, end = paragraph.words, 0
    for position, (first, second) in enumerate(pairwise(words)):
        if (first.form, second.form) not in patterns or first.in_speech or first.start < end:
            continue
        ahead = words[position : position + _LONGEST]
        lengths = [len(each) for each in patterns[first.form, second.form] if _matches(paragraph, ahead, each)]
        if lengths:
            phrase = ahead[: max(lengths)]
            end = phrase[-1].start + len(phrase[-1].form)
            yield Use(paragraph=paragraph, label=" ".join(each.form for each in phrase), start=first.start, end=end)


def _matches(paragraph: Paragraph, words: Sequence[Word], pattern: Pattern) -> bool:
    """Whether each word is one of those that may stand there, with nothing but spaces between."""
    if len(words) < len(pattern) or any(word.form not in each for word, each in zip(words, pattern, strict=False)):
        return False
    between = paragraph.text[words[0].start : words[len(pattern) - 1].start]
    return not any(mark in between for mark in ',;:.!?—–()“”"')
