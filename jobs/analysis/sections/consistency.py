"""Consistency: spellings of two countries, words with and without a hyphen, names spelled twice."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from jobs.analysis.report import Figure, FigureUnit, FindingKind
from jobs.analysis.sections.section import Measured
from jobs.analysis.sections.uses import Use, by_form
from jobs.analysis.sections.views import tense_uses, view_uses
from jobs.analysis.story.prose import Paragraph, Word
from jobs.analysis.story.story import Story
from jobs.analysis.words.alike import distance
from jobs.analysis.words.ordinary import ordinary
from jobs.analysis.words.spelling import spellings

KEY = "consistency"
TITLE = "Consistency"
GUIDE = (
    "What is written in two ways: British and American spelling, one word with and without a hyphen, a rare name that "
    "is one letter away from a frequent one; and where the narration leaves its tense or its point of view. The rarer "
    "way is listed with its places, since it is the one that is quicker to change."
)
SOURCE = "Our list of British and American spellings, the book's own words, and rules of ours for verbs and pronouns."
KINDS: tuple[FindingKind, ...] = (
    FindingKind(
        key="spelling",
        title="Spelling of the other country",
        why="A copy-editor settles on one; until then each change catches the eye.",
        leave="Leave it in letters, signs and quotations, and where a speaker's own spelling is meant.",
        precision=1.0,
        judged=14,
    ),
    FindingKind(
        key="hyphen",
        title="With and without a hyphen",
        why="One word in two spellings looks like an oversight.",
        leave="Leave it where they are two words: re-cover the chair, recover from a cold.",
        precision=0.98,
        judged=43,
    ),
    FindingKind(
        key="name",
        title="Names one letter apart",
        why="It may be a slip of the pen, and a reader would take it for somebody new.",
        leave="Leave it where they are two people, or where somebody gets the name wrong on purpose.",
    ),
    FindingKind(
        key="tense",
        title="Paragraphs in another tense",
        why="Where the narration leaves its tense, the reader wonders whether the time has changed.",
        leave="Leave it for what is true at all times, for letters and diaries, and for a narrator who looks back.",
        precision=0.94,
        judged=33,
    ),
    FindingKind(
        key="view",
        title="Scenes from another point of view",
        why="Whoever says I carries the book; where the I comes or goes, the reader has to find out who tells.",
        leave="Leave it for letters, diaries and tales within the tale.",
        precision=1.0,
        judged=11,
    ),
)
NEEDS_ENGLISH = True
NEEDS_PROSE = True
_RARE_NAME = 2
"""Mentions at most of a name that may be a slip."""
_FREQUENT_NAME = 10
_SHORTEST_NAME = 5
_COMPARED = 60
"""Names that a rare one is compared with: those of the cast."""
_KNOWN = 2e-6
"""Share in ordinary texts of both halves of a compound; "bles-sed" and "si-lence" are drawled. A guess."""


def measure(story: Story) -> Measured:
    """How many spellings are of which country, and whatever is written in two ways."""
    british, american = _by_country(story)
    words = sum(len(paragraph.words) for part in story.prose for paragraph in part.paragraphs)
    kinds = found(story).items()
    findings = [each for kind, uses in kinds for each in by_form(uses, story.prose, words, kind)]
    figures = [_count("British spellings", len(british)), _count("American spellings", len(american))]
    return Measured(figures=figures if british or american else (), findings=findings)


def _count(label: str, value: int) -> Figure:
    return Figure(label=label, value=float(value), measure=FigureUnit.COUNT, unit="count", meaning="in the whole book")


def found(story: Story) -> dict[str, list[Use]]:
    """The places of each kind."""
    return {
        "spelling": _spelling(story),
        "hyphen": _hyphens(story),
        "name": _names(story),
        "tense": tense_uses(story),
        "view": view_uses(story),
    }


def _by_country(story: Story) -> tuple[list[Use], list[Use]]:
    british, american = spellings()
    found: tuple[list[Use], list[Use]] = ([], [])
    for paragraph, word in _words(story):
        is_name = word.form in story.names or (word.is_capitalised and not word.begins_sentence)
        if is_name or (word.form not in british and word.form not in american):
            continue
        is_american = word.form in american
        other = american[word.form] if is_american else british[word.form]
        found[is_american].append(_use(paragraph, word, f"{word.form}, elsewhere {other}"))
    return found


def _spelling(story: Story) -> list[Use]:
    """Those of the country that is rarer here."""
    british, american = _by_country(story)
    rarer = min(british, american, key=len)
    country = "British" if rarer is british else "American"
    return [_noted(use, f"{country}: {use.label.partition(',')[0]}", "") for use in rarer]


def _noted(use: Use, label: str, note: str) -> Use:
    return Use(paragraph=use.paragraph, label=label, start=use.start, end=use.end, note=note)


def _words(story: Story) -> Iterator[tuple[Paragraph, Word]]:
    return ((paragraph, word) for part in story.prose for paragraph in part.paragraphs for word in paragraph.words)


def _use(paragraph: Paragraph, word: Word, label: str) -> Use:
    return Use(paragraph=paragraph, label=label, start=word.start, end=word.start + len(word.form))


def _hyphens(story: Story) -> list[Use]:
    """Compounds that stand with a hyphen in one place and closed in another: the rarer way of each."""
    usual = ordinary(story.language)
    hyphened: Mapping[str, list[Use]] = defaultdict(list)
    for part in story.prose:
        for paragraph in part.paragraphs:
            for first, second in _compounds(paragraph):
                if min(usual.get(first.form, 0), usual.get(second.form, 0)) >= _KNOWN:
                    end = second.start + len(second.form)
                    use = Use(paragraph=paragraph, label=f"{first.form}-{second.form}", start=first.start, end=end)
                    hyphened[first.form + second.form].append(use)
    closed: Mapping[str, list[Use]] = defaultdict(list)
    for paragraph, word in _words(story):
        if word.form in hyphened and (word.begins_sentence or not word.is_capitalised):
            closed[word.form].append(_use(paragraph, word, word.form))
    return [use for form in closed for use in _rarer(hyphened[form], closed[form])]


def _rarer(hyphened: Sequence[Use], closed: Sequence[Use]) -> list[Use]:
    rare, usual = (hyphened, closed) if len(hyphened) <= len(closed) else (closed, hyphened)
    note = f"{len(usual):,} times {usual[0].label}"
    return [_noted(use, use.label, note) for use in rare]


def _compounds(paragraph: Paragraph) -> Iterator[tuple[Word, Word]]:
    """Two words with one hyphen between, and none outside."""
    text = paragraph.text
    for first, second in pairwise(paragraph.words):
        end, stop = first.start + len(first.form), second.start + len(second.form)
        is_joined = second.start == end + 1 and text[end] in "-‐‑"
        if is_joined and "-" not in (text[first.start - 1 : first.start], text[stop : stop + 1]):
            yield first, second


def _names(story: Story) -> list[Use]:
    """Rare names one letter away from a frequent one."""
    names = (word.form.removesuffix("'s") for _, word in _words(story) if word.is_capitalised)
    counts = Counter(form for form in names if form in story.names)
    commonest = counts.most_common(_COMPARED)
    frequent = [form for form, count in commonest if count >= _FREQUENT_NAME and len(form) >= _SHORTEST_NAME]
    rare = {form: near for form, count in counts.items() if count <= _RARE_NAME and (near := _near(form, frequent))}
    return [
        Use(
            paragraph=paragraph,
            label=word.form.capitalize(),
            start=word.start,
            end=word.start + len(word.form),
            note=f"{counts[rare[word.form]]:,} times {rare[word.form].capitalize()}",
        )
        for paragraph, word in _words(story)
        if word.form in rare and word.is_capitalised
    ]


def _near(form: str, frequent: Sequence[str]) -> str:
    """The frequent name that it may be meant for; a plural or a possessive is none."""
    if len(form) < _SHORTEST_NAME or not form.isalpha():
        return ""
    close = [name for name in frequent if abs(len(name) - len(form)) <= 1 and form[0] == name[0]]
    return next((name for name in close if not _is_inflected(form, name) and distance(form, name) == 1), "")


def _is_inflected(form: str, name: str) -> bool:
    longer, shorter = (form, name) if len(form) > len(name) else (name, form)
    return longer.startswith(shorter) and longer[len(shorter) :] in {"s", "n", "e", "'", "i", "y"}
