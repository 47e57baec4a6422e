"""Echoes: a word that comes back, in this form or another, before the reader has forgotten it."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from jobs.analysis.report import Figure, FigureUnit, Finding, FindingKind
from jobs.analysis.sections.section import Measured
from jobs.analysis.sections.uses import Use, as_finding
from jobs.analysis.story.prose import Paragraph, SectionProse, Word
from jobs.analysis.story.story import Story
from jobs.analysis.words.ordinary import function_words, ordinary
from jobs.analysis.words.saying import VERBS
from jobs.analysis.words.stems import stemmer
from jobs.analysis.words.words import word_set

KEY = "echoes"
TITLE = "Echoes"
GUIDE = (
    "A word that stands twice within a page, in one form or in two (gaze, gazed). Only words that ordinary texts use "
    "seldom, in narration, and none that is a subject of its chapter. The rarer a word is, the longer a reader hears "
    "it, so that a rare word counts over a page and a common one over a line or two."
)
SOURCE = "Stems by Snowball's rules; how seldom a word is, by wordfreq. The distances are ours."
KINDS: tuple[FindingKind, ...] = (
    FindingKind(
        key="echo",
        title="Echo",
        why="A reader hears the second one, and for a moment sees the words instead of the scene.",
        leave="Leave it where you want it heard: a refrain, a list, an answer to what was just said.",
        precision=0.98,
        judged=100,
    ),
)
NEEDS_ENGLISH = False
NEEDS_PROSE = True
PAGE = 250
"""Words on a page of a manuscript, as editors count."""
_CHANCE = 0.0015
"""Times that ordinary texts would have the word within the distance. A guess, by reading what it finds in The Great
Gatsby: at 0.004 half of the pairs are words that no reader hears."""
_SUBJECT = 0.1
"""Times that its own chapter has it in that distance: beyond, it is what the chapter is about. A guess."""
_SHORTEST = 4
_NEAREST = 3
"""Words: nearer stand "face to face", "another and another", which are one expression."""
_SMALL = word_set(
    """
    upon whether another half either neither among amongst toward towards against within without along across behind
    beneath beside besides beyond during except since though although unless until till whose whom whatever whoever
    wherever whenever however therefore nobody somebody anybody everybody nothing something anything everything
    shall himself herself itself myself yourself themselves ourselves sometimes often once twice
    several less least rather almost already again always never ever else instead quite perhaps certainly
    """
)
"""Words that carry grammar and are rarer than the commonest; no reader hears them."""
_THE = frozenset({"the", "this", "that", "these", "those"})
"""Before a word that is named again, because it is the same thing: a boat, the boat."""
_LISTED = 40
"""Rows that an author reads; the rest is marked in the text. A guess."""


class _Seen(NamedTuple):
    at: int
    paragraph: Paragraph
    word: Word


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rarity:
    """How far a reader hears each form, and what its stem is."""

    stems: Mapping[str, str]
    reach: Mapping[str, float]
    """Words, by stem."""


def measure(story: Story) -> Measured | None:
    """The words that echo most, each with its places; None in a language whose ordinary words we do not know."""
    if story.language is None:
        return None
    uses = found(story)["echo"]
    words = sum(len(paragraph.words) for part in story.prose for paragraph in part.paragraphs)
    rate = round(len(uses) * 1000 / words, 2) if words else 0.0
    figure = Figure(
        label="Echoes",
        value=rate,
        measure=FigureUnit.PER_1000_WORDS,
        unit="in 1,000 words",
        meaning=f"of the story; {len(uses):,} in all",
    )
    found_words = list(_findings(story, uses, words))
    return Measured(figures=(figure,), findings=found_words[:_LISTED], unlisted=found_words[_LISTED:])


def found(story: Story) -> dict[str, list[Use]]:
    """All echoes, by the stem of the word."""
    rarity = _rarity(story)
    return {"echo": [use for part in story.prose for use in _in_section(part, rarity)]}


def _rarity(story: Story) -> _Rarity:
    usual, grammar, stem = ordinary(story.language), function_words(story.language), stemmer(story.language)
    forms = {word.form for part in story.prose for paragraph in part.paragraphs for word in paragraph.words}
    wanted = {form for form in forms if len(form) >= _SHORTEST and form.isalpha() and form in usual}
    stems = {form: stem(form) for form in wanted - grammar - story.names - VERBS - _SMALL}
    shares: dict[str, float] = defaultdict(float)
    for form, root in stems.items():
        shares[root] = max(shares[root], usual[form], usual.get(root, 0.0))
    return _Rarity(stems=stems, reach={root: min(PAGE, _CHANCE / share) for root, share in shares.items()})


def _in_section(part: SectionProse, rarity: _Rarity) -> Iterator[Use]:
    words = [(paragraph, word) for paragraph in part.paragraphs for word in paragraph.words]
    counts = Counter(root for _, word in words if (root := rarity.stems.get(word.form)))
    seen: dict[str, _Seen] = {}
    for at, (paragraph, word) in enumerate(words):
        root = rarity.stems.get(word.form)
        if root is None or word.in_speech or (word.is_capitalised and not word.begins_sentence):
            continue
        usual = len(words) / counts[root] if counts[root] > 2 else PAGE / _SUBJECT
        reach = min(rarity.reach[root], _SUBJECT * usual)
        before = seen.get(root)
        is_named_again = at > 0 and words[at - 1][1].form in _THE
        if before is not None and not is_named_again and _NEAREST <= at - before.at <= reach:
            yield _use(root, before, paragraph, word)
        seen[root] = _Seen(at, paragraph, word)


def _use(root: str, before: _Seen, paragraph: Paragraph, word: Word) -> Use:
    note = f"{before.word.form} … {word.form}" if before.word.form != word.form else word.form
    return Use(paragraph=paragraph, label=root, start=word.start, end=word.start + len(word.form), note=note)


def _findings(story: Story, uses: Sequence[Use], words: int) -> Iterator[Finding]:
    """One for each stem, the most frequent first; its label is the pair of forms that echoes most."""
    roots: dict[str, list[Use]] = defaultdict(list)
    for use in uses:
        roots[use.label].append(use)
    for same in sorted(roots.values(), key=lambda same: -len(same)):
        label = Counter(use.note for use in same).most_common(1)[0][0]
        yield as_finding(label, same, story.prose, words, "echo", note="stands shortly before, too")
