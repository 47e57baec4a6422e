"""Scenes: how long each is, who is named in it, and where it plays."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from statistics import median
from typing import NamedTuple

from jobs.analysis.report import Figure, FigureUnit, Finding, FindingKind
from jobs.analysis.sections.section import Measured
from jobs.analysis.story.prose import Paragraph, SectionProse
from jobs.analysis.story.quotes import place
from jobs.analysis.story.story import Story

KEY = "scenes"
TITLE = "Scenes"
GUIDE = (
    "What stands between two breaks, or a whole chapter where none is marked: its words, how much of it is spoken, who "
    "is named in it most, and which place. Being named is not being there: two people may speak of a third. Look for "
    "scenes without anybody, for two in a row that do the same, and for one that is far longer than the rest."
)
SOURCE = "Counted, by the breaks that the manuscript marks and by the names of Characters and Places."
KINDS: tuple[FindingKind, ...] = (
    FindingKind(
        key="scene",
        title="Scene",
        why="A scene is the unit that a reader remembers: who was there, where, and what changed.",
        leave="Leave its length alone if it holds you when you read it aloud.",
    ),
)
NEEDS_ENGLISH = False
NEEDS_PROSE = False
_LISTED = 400
_NAMED = 4
_FEWEST_WORDS = 20
"""A motto or a date between breaks is no scene."""


class Scene(NamedTuple):
    """A scene with its place in the book."""

    part: SectionProse
    number: int
    paragraphs: Sequence[Paragraph]

    @property
    def key(self) -> tuple[int, int]:
        """Section and scene."""
        return self.part.section.number, self.paragraphs[0].scene

    @property
    def words(self) -> int:
        """Its length."""
        return sum(len(paragraph.words) for paragraph in self.paragraphs)


def measure(story: Story) -> Measured | None:
    """Each scene in its order; None for a text of one scene."""
    scenes = scenes_of(story)
    if len(scenes) < 2:
        return None
    people, places = named(story, are_places=False), named(story, are_places=True)
    lengths = [scene.words for scene in scenes]
    return Measured(
        figures=(
            Figure(label="Scenes", value=float(len(scenes)), measure=FigureUnit.COUNT, unit="count", meaning="in all"),
            Figure(
                label="Length of a scene",
                value=float(median(lengths)),
                measure=FigureUnit.WORDS,
                unit="words",
                meaning=f"in the middle; the longest has {max(lengths):,}, the shortest {min(lengths):,}",
            ),
        ),
        findings=[_finding(scene, people, places) for scene in scenes[:_LISTED]],
    )


def scenes_of(story: Story) -> list[Scene]:
    """All scenes in the order of the text."""
    return [scene for part in story.prose for scene in _in_section(part)]


def named(story: Story, *, are_places: bool) -> Mapping[tuple[int, int], Counter[str]]:
    """How often each person, or place, is named in each scene."""
    counts: dict[tuple[int, int], Counter[str]] = defaultdict(Counter)
    for figure in story.cast:
        if figure.is_place is are_places:
            for mention in figure.mentions:
                counts[mention.paragraph.section, mention.paragraph.scene][figure.label] += 1
    return counts


def _in_section(part: SectionProse) -> Iterator[Scene]:
    found = [scene for scene in part.scenes if sum(len(paragraph.words) for paragraph in scene) >= _FEWEST_WORDS]
    for number, paragraphs in enumerate(found, start=1):
        yield Scene(part, number if len(found) > 1 else 0, paragraphs)


def _finding(
    scene: Scene, people: Mapping[tuple[int, int], Counter[str]], places: Mapping[tuple[int, int], Counter[str]]
) -> Finding:
    first = scene.paragraphs[0]
    title = scene.part.section.title
    end = first.sentences[0][1] if first.sentences else len(first.text)
    return Finding(
        label=f"{title}, scene {scene.number}" if scene.number else title,
        count=scene.words,
        note=_note(scene, people[scene.key], places[scene.key]),
        kind="scene",
        places=(place(first, 0, end),),
    )


def _note(scene: Scene, people: Counter[str], places: Counter[str]) -> str:
    spoken = sum(word.in_speech for paragraph in scene.paragraphs for word in paragraph.words)
    who = [name for name, _ in _ranked(people)[:_NAMED]]
    where = [name for name, _ in _ranked(places)[:1]]
    return "; ".join(
        [
            f"named: {', '.join(who)}" if who else "nobody is named",
            *(f"place: {name}" for name in where),
            f"{spoken / max(1, scene.words):.0%} spoken",
        ]
    )


def _ranked(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))
