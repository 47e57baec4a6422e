"""Phrases that come again and again, each with its places; the longest form of each, not its pieces."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from jobs.analysis.report import Finding, FindingKind
from jobs.analysis.sections.section import Measured
from jobs.analysis.story.names import Names
from jobs.analysis.story.prose import Paragraph, SectionProse
from jobs.analysis.story.quotes import Places, place
from jobs.analysis.story.story import Story
from jobs.analysis.words.words import word_set

KEY = "repeated_phrases"
TITLE = "Repeated phrases"
SOURCE = "Counted; phrases of small words alone are passed over."
KINDS: tuple[FindingKind, ...] = (
    FindingKind(
        key="repeated_phrases",
        title="Repeated phrases",
        why="A phrase that comes back is heard: as a refrain, or as a tic.",
        leave="Leave it in dialogue, where people repeat themselves, and where you want it heard.",
    ),
)
NEEDS_ENGLISH = False
NEEDS_PROSE = False
GUIDE = (
    "Phrases of three words or more that come back at least three times, each with its places. A refrain is a "
    "device; a gesture that every character makes is a tic. Dialogue repeats because people do: leave it alone. "
    "Only the longest form of a phrase is listed."
)
_SHORTEST = 3
_LONGEST = 40
_FEWEST = 3
_LISTED = 40
_CONSIDERED = 400
_OVERLAP = 0.6
"""Words and times from which a phrase is one, rows that an author reads, and the share of a phrase that repeats one
before it. Guesses, by reading the phrases of Pride and Prejudice and The Great Gatsby."""
_BOUNDARY = -1
_WEAK = word_set(
    """
    a an the and but or of to in on at by for with from as it that this he she i you they we his her my your their
    our him me them us was is were be been had have has not so if no there are do did would could should will can
    may might must which who what when into out up than then one all am its said upon some any it's i'm don't didn't
    it'd i'd he'd she'd i've that's about more very
    """
)

Gram = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Token:
    paragraph: Paragraph
    word: int


def measure(story: Story) -> Measured:
    """Phrases that come back at least three times."""
    return Measured(findings=repeated_phrases(story.prose, story.names))


def repeated_phrases(prose: Sequence[SectionProse], names: Names) -> tuple[Finding, ...]:
    """Phrases of three words or more within one sentence that stand in the story at least three times.

    Those of small words only ("out of the") and those that hold a full name and little else are left out.
    """
    forms, tokens, codes = _tokens(prose)
    counts = _repeated(codes)
    weights = {gram: _weight(gram, counts[gram], forms, names) for gram in _maximal(counts)}
    ranked = sorted((gram for gram in weights if weights[gram] > 0), key=lambda gram: -weights[gram])[:_CONSIDERED]
    starts = _starts(ranked, codes)
    return _findings(prose, _apart(ranked, starts), starts, forms, tokens)


def _tokens(prose: Sequence[SectionProse]) -> tuple[list[str], list[_Token], list[int]]:
    """All words in order, as numbers; a boundary stands wherever a sentence begins."""
    numbers: dict[str, int] = {}
    tokens: list[_Token] = []
    codes: list[int] = []
    for part in prose:
        for paragraph in part.paragraphs:
            for position, word in enumerate(paragraph.words):
                if word.begins_sentence or not position:
                    codes.append(_BOUNDARY)
                    tokens.append(_Token(paragraph=paragraph, word=-1))
                codes.append(numbers.setdefault(word.form, len(numbers)))
                tokens.append(_Token(paragraph=paragraph, word=position))
    return list(numbers), tokens, codes


def _repeated(codes: Sequence[int]) -> dict[Gram, int]:
    """Phrases of every length with their counts. A longer one is counted only where its beginning was frequent.

    A phrase is known by the number of its beginning and its last word, so that long ones cost no more than short.
    """
    found: dict[Gram, int] = {}
    beginnings = {start: code for start, code in enumerate(codes) if code != _BOUNDARY}
    for length in range(2, _LONGEST + 1):
        numbers: dict[tuple[int, int], int] = {}
        longer = {
            start: numbers.setdefault((beginning, codes[start + length - 1]), start)
            for start, beginning in beginnings.items()
            if start + length <= len(codes) and codes[start + length - 1] != _BOUNDARY
        }
        counts = Counter(longer.values())
        beginnings = {start: number for start, number in longer.items() if counts[number] >= _FEWEST}
        if length >= _SHORTEST:
            frequent = ((start, count) for start, count in counts.items() if count >= _FEWEST)
            found |= {tuple(codes[start : start + length]): count for start, count in frequent}
    return found


def _maximal(counts: dict[Gram, int]) -> Iterator[Gram]:
    """Phrases that are not a piece of one that is as frequent, or nearly so."""
    covered: Counter[Gram] = Counter()
    for gram, count in counts.items():
        for piece in (gram[1:], gram[:-1]):
            covered[piece] = max(covered[piece], count)
    return (gram for gram, count in counts.items() if covered[gram] * 4 < count * 3)


def _weight(gram: Gram, count: int, forms: Sequence[str], names: Names) -> float:
    """Long, frequent phrases with words of substance first; 0 for those that say nothing about style."""
    words = [forms[code] for code in gram]
    strong = [word for word in words if word not in _WEAK and word not in names]
    if not strong or (len(words) == _SHORTEST and len(strong) < 2 and count < 2 * _FEWEST):
        return 0.0
    return (count - 1) * (len(strong) + 0.25 * len(words)) * (1.0 if len(strong) > 1 else 0.3)


def _apart(ranked: Sequence[Gram], starts: dict[Gram, list[int]]) -> list[Gram]:
    """The first phrases that do not, at most of their places, only repeat a good part of one before them."""
    kept: list[Gram] = []
    covered: set[int] = set()
    for gram in ranked:
        extents = [range(start, start + len(gram)) for start in starts[gram]]
        enough = _OVERLAP * len(gram) if len(gram) < _LONGEST else 1  # the longest are windows on one long passage
        repeated = sum(len(covered.intersection(extent)) >= enough for extent in extents)
        if 2 * repeated < len(extents):
            kept.append(gram)
            covered.update(*extents)
        if len(kept) == _LISTED:
            break
    return kept


def _findings(
    prose: Sequence[SectionProse],
    grams: Sequence[Gram],
    starts: dict[Gram, list[int]],
    forms: Sequence[str],
    tokens: Sequence[_Token],
) -> tuple[Finding, ...]:
    places = Places(prose)
    return tuple(
        Finding(
            label=" ".join(forms[code] for code in gram),
            count=len(starts[gram]),
            per_10000=places.per_10000(len(starts[gram])),
            by_chapter=_by_section(prose, [tokens[start] for start in starts[gram]]),
            places=tuple(place(*_extent(tokens[start], len(gram))) for start in starts[gram]),
        )
        for gram in grams
    )


def _starts(grams: Sequence[Gram], codes: Sequence[int]) -> dict[Gram, list[int]]:
    """Where each phrase begins. Only the places of its first two words are looked at."""
    pairs: dict[tuple[int, int], list[int]] = {(gram[0], gram[1]): [] for gram in grams}
    for start, pair in enumerate(pairwise(codes)):
        if pair in pairs:
            pairs[pair].append(start)
    return {
        gram: [start for start in pairs[gram[0], gram[1]] if tuple(codes[start : start + len(gram)]) == gram]
        for gram in grams
    }


def _extent(token: _Token, length: int) -> tuple[Paragraph, int, int]:
    words = token.paragraph.words
    last = words[token.word + length - 1]
    return token.paragraph, words[token.word].start, last.start + len(last.form)


def _by_section(prose: Sequence[SectionProse], tokens: Sequence[_Token]) -> tuple[int, ...]:
    counts = Counter(token.paragraph.section for token in tokens)
    return tuple(counts[part.section.number] for part in prose)
