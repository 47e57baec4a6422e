"""Where the narration leaves its tense or its point of view."""

from itertools import pairwise
from statistics import median

from jobs.analysis.sections.scenes import Scene, scenes_of
from jobs.analysis.sections.uses import Use
from jobs.analysis.story.prose import Paragraph, Word
from jobs.analysis.story.story import Story
from jobs.analysis.words.words import word_set

_PAST = word_set(
    """
    was were had did said went came saw took knew thought felt looked turned stood sat began seemed heard asked found
    made gave told got left ran fell kept held brought became called cried replied answered walked spoke swam drew
    grew threw flew blew wore tore broke woke rose drove rode wrote ate drank sang rang sprang sank began won fought
    caught taught bought sought slept wept crept swept leapt met led fled sent spent lent built lost meant
    wasn't weren't hadn't didn't couldn't wouldn't could would might
    """
)
_PRESENT = word_set("is are am has does do isn't aren't hasn't doesn't don't i'm he's she's it's they're we're you're")
_ACTORS = word_set("i he she it we they you who which that and")
_QUOTES = frozenset("“„«»\"‘'‚")
"""A paragraph that opens with one and is not speech is a letter or a tale."""
_FEWEST = 3
"""Verbs of one tense, with none of the other, that say in which tense a paragraph is. A guess."""
_FEWEST_WORDS = 25
_MAIN = 3
"""Verbs of the main tense to each of the other, in a book that has one. The novels here have 6 and more."""
_I = word_set("i me my myself i'm i'd i'll i've")
_FIRST = 1.0
"""In a hundred words of narration, of I and me and my: a scene told in the first person has 2 to 8, one told in the
third 0 to 0.3, in the novels here."""
_THIRD = 0.15
_FEWEST_SCENE = 250
"""Words of narration; shorter scenes of a first person may well not name it."""


def tense_uses(story: Story) -> list[Use]:
    """Paragraphs of narration in the tense that is not the book's; none where the book has no main tense."""
    told = [(paragraph, *_tenses(paragraph)) for part in story.prose for paragraph in part.paragraphs]
    past, present = sum(each[1] for each in told), sum(each[2] for each in told)
    if past >= _MAIN * present:
        return [_tense(paragraph, "present") for paragraph, was, is_ in told if is_ >= _FEWEST and not was]
    if present >= _MAIN * past:
        return [_tense(paragraph, "past") for paragraph, was, is_ in told if was >= _FEWEST and not is_]
    return []


def _tenses(paragraph: Paragraph) -> tuple[int, int]:
    """Verbs of the past and of the present in its narration; none in a short one."""
    words = narrated(paragraph)
    if len(words) < _FEWEST_WORDS or paragraph.text[0] in _QUOTES:
        return 0, 0
    regular = sum(word.form.endswith("ed") and before.form in _ACTORS for before, word in pairwise(words))
    past = regular + sum(word.form in _PAST for word in words)
    return past, sum(word.form in _PRESENT for word in words)


def _tense(paragraph: Paragraph, name: str) -> Use:
    first = next(iter(paragraph.sentences), (0, len(paragraph.text)))
    return Use(paragraph=paragraph, label=f"in the {name}", start=first[0], end=first[1])


def narrated(paragraph: Paragraph) -> list[Word]:
    """The words that nobody speaks."""
    return [word for word in paragraph.words if not word.in_speech]


def view_uses(story: Story) -> list[Use]:
    """The first paragraph of each scene that is told in another person than most of the book."""
    rates = [(scene, rate) for scene in scenes_of(story) if (rate := _rate(scene)) is not None]
    if not rates:
        return []
    if median(rate for _, rate in rates) >= _FIRST:
        return [_view(scene, "told without an I") for scene, rate in rates if rate <= _THIRD]
    return [_view(scene, "told by an I") for scene, rate in rates if rate >= _FIRST and _is_told_so(scene)]


def _rate(scene: Scene) -> float | None:
    """Words of the first person in a hundred of narration; None for a scene of few words."""
    words = [word for paragraph in scene.paragraphs for word in narrated(paragraph)]
    if len(words) < _FEWEST_SCENE:
        return None
    return 100 * sum(word.form in _I for word in words) / len(words)


def _is_told_so(scene: Scene) -> bool:
    """Whether the I is the narrator's from the first paragraph on, and not that of a letter in the scene."""
    told = [words for paragraph in scene.paragraphs if len(words := narrated(paragraph)) >= _FEWEST_WORDS]
    with_i = [any(word.form in _I for word in words) for words in told]
    return bool(with_i) and with_i[0] and 2 * sum(with_i) >= len(with_i)


def _view(scene: Scene, label: str) -> Use:
    first = scene.paragraphs[0]
    end = first.sentences[0][1] if first.sentences else len(first.text)
    return Use(paragraph=first, label=label, start=0, end=end, note=_name(scene))


def _name(scene: Scene) -> str:
    title = scene.part.section.title
    return f"{title}, scene {scene.number}" if scene.number else title
