"""Dialogue tags: the verbs that say who speaks, and the adverbs beside them."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from jobs.analysis.report import Figure, FigureUnit, FindingKind
from jobs.analysis.sections.section import Measured
from jobs.analysis.sections.style import is_adverb
from jobs.analysis.sections.uses import Use, by_form
from jobs.analysis.story.prose import Paragraph, Word
from jobs.analysis.story.story import Story
from jobs.analysis.words.saying import PLAIN, VERBS
from jobs.analysis.words.words import word_set

KEY = "dialogue_tags"
TITLE = "Dialogue tags"
GUIDE = (
    "A tag says who speaks: he said, asked Anna. Readers hardly see “said” and “asked”, which is their strength; "
    "another verb is seen, and so is an adverb beside it. Many speeches need no tag. "
    "Look at what comes often, and at what comes twice on a page."
)
SOURCE = "Rules of our own for what stands beside quotation marks, held to places that a person judged."
KINDS: tuple[FindingKind, ...] = (
    FindingKind(
        key="tag",
        title="Verbs other than said and asked",
        why="The reader sees the verb, and hears the author tell how the words were spoken.",
        leave="Leave it where the words alone cannot say it: whispered, shouted, lied.",
        precision=1.0,
        judged=100,
    ),
    FindingKind(
        key="tag_adverb",
        title="Adverbs in tags",
        why="The adverb tells what the words, or a gesture, could show.",
        leave="Leave it where it goes against the words: “How kind,” she said coldly.",
        precision=0.96,
        judged=100,
    ),
)
NEEDS_ENGLISH = True
NEEDS_PROSE = True
_LISTED = 20
"""Rows that an author reads; the rest is marked in the text. A guess."""
_PRONOUNS = word_set("i he she they we it you who somebody nobody everyone both another one")
_DETERMINERS = word_set("the my his her their our your a an this that")
_STOP = re.compile(r"[.;:!?—–(]|,(?!\s\w+ly\b)")
_CLOSES = "”\"’'»"
_TAGGED = re.compile(r"[,!?—–…\-]\s*[”\"’'»]\s*\Z")
"""How speech ends before a tag; after a full stop a new sentence begins."""
_MOST = 7
"""Words from the end of the speech to the verb and back; longer clauses tell something else."""
_NO_MANNER = word_set("only really")
_GOES_ON = word_set("as with in to at from for while when after before because until by on without")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A verb of saying beside speech."""

    paragraph: Paragraph
    verb: Word
    clause: Sequence[Word]
    """The words of the narrator's clause that holds it."""


def measure(story: Story) -> Measured | None:
    """The share of plain tags, of untagged speeches, of adverbs; None where nobody speaks."""
    speeches = sum(len(paragraph.speech) for part in story.prose for paragraph in part.paragraphs)
    found_tags = tags(story)
    if not found_tags:
        return None
    kinds = _kinds(found_tags)
    plain = sum(tag.verb.form in PLAIN for tag in found_tags) / len(found_tags)
    words = sum(len(paragraph.words) for part in story.prose for paragraph in part.paragraphs)
    figures = (
        _share("Said or asked", plain, f"of {len(found_tags):,} tags"),
        _share("Speeches with a tag", len(found_tags) / max(1, speeches), f"of {speeches:,} pieces of speech"),
        _share("Tags with an adverb", len(kinds["tag_adverb"]) / len(found_tags), "of all tags"),
    )
    found_forms = [by_form(uses, story.prose, words, kind) for kind, uses in kinds.items()]
    return Measured(
        figures=figures,
        findings=[finding for forms in found_forms for finding in forms[:_LISTED]],
        unlisted=[finding for forms in found_forms for finding in forms[_LISTED:]],
    )


def _share(label: str, value: float, meaning: str) -> Figure:
    return Figure(label=label, value=round(min(1.0, value), 4), measure=FigureUnit.SHARE, unit="share", meaning=meaning)


def found(story: Story) -> dict[str, list[Use]]:
    """The places of each kind."""
    return _kinds(tags(story))


def tags(story: Story) -> list[Tag]:
    """All tags, in the order of the text."""
    return [
        tag for part in story.prose for paragraph in part.paragraphs if paragraph.speech for tag in _tags(paragraph)
    ]


def _kinds(found_tags: Sequence[Tag]) -> dict[str, list[Use]]:
    return {
        "tag": [_use(tag.paragraph, tag.verb) for tag in found_tags if tag.verb.form not in PLAIN],
        "tag_adverb": [_use(tag.paragraph, adverb) for tag in found_tags for adverb in _adverbs(tag)],
    }


def _use(paragraph: Paragraph, word: Word) -> Use:
    return Use(paragraph=paragraph, label=word.form, start=word.start, end=word.start + len(word.form))


def _adverbs(tag: Tag) -> Iterator[Word]:
    """Those that say how it is spoken: beside verb and speaker, before the clause goes on to something else."""
    for position, word in enumerate(tag.clause):
        if word.form in _GOES_ON:
            return
        after = tag.clause[position + 1].form if position + 1 < len(tag.clause) else ""
        is_other = after.endswith(("ing", "ed")) and after != tag.verb.form
        if is_adverb(word) and word.form not in _NO_MANNER and not is_other:
            yield word


def _tags(paragraph: Paragraph) -> Iterator[Tag]:
    """At most one for each piece of speech: behind it, or else before it."""
    taken: set[int] = set()
    for number, (start, end) in enumerate(paragraph.speech):
        until = paragraph.speech[number + 1][0] if number + 1 < len(paragraph.speech) else len(paragraph.text)
        since = paragraph.speech[number - 1][1] if number else 0
        tag = _behind(paragraph, start, end, until) or _before(paragraph, since, start)
        if tag is not None and tag.verb.start not in taken:
            taken.add(tag.verb.start)
            yield tag


def _behind(paragraph: Paragraph, start: int, end: int, until: int) -> Tag | None:
    text = paragraph.text
    if text[end - 1] in _CLOSES and not _TAGGED.search(text, max(start, end - 4), end):
        return None
    stop = _STOP.search(text, end, until)
    clause = _words(paragraph, end, stop.start() if stop else until)
    verb = _verb(clause)
    return Tag(paragraph=paragraph, verb=verb, clause=clause[: _MOST + 3]) if verb else None


def _before(paragraph: Paragraph, since: int, start: int) -> Tag | None:
    """She said, “…”; the clause begins behind the last stop."""
    gap = paragraph.text[since:start].rstrip()
    if not gap or gap[-1] not in ",:":
        return None
    begin = max((match.end() for match in re.finditer(r"[.;:!?—–,]", gap[:-1])), default=0)
    clause = _words(paragraph, since + begin, start)
    verb = _verb(clause) if len(clause) <= _MOST else None
    return Tag(paragraph=paragraph, verb=verb, clause=clause) if verb else None


def _words(paragraph: Paragraph, start: int, end: int) -> list[Word]:
    """The first words of the narrator's from start to end."""
    words = paragraph.words
    first = bisect_left(words, start, key=lambda word: word.start)
    last = bisect_left(words, end, first, key=lambda word: word.start)
    return [word for word in words[first : min(last, first + 2 * _MOST)] if not word.in_speech]


def _verb(clause: Sequence[Word]) -> Word | None:
    """The verb of saying with whoever speaks beside it: said Tom, he said, the old man said, he quietly said."""
    for position, word in enumerate(clause[:_MOST]):
        if word.form in VERBS:
            is_first = position == 0 and len(clause) > 1 and _is_subject(clause[1])
            return word if is_first or (position and _is_subject(clause[0])) else None
    return None


def _is_subject(word: Word) -> bool:
    return word.form in _PRONOUNS or word.form in _DETERMINERS or word.is_capitalised
