"""The cast together: who is named in the same scenes, who is out of sight for long, whose names look alike."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, pairwise

from jobs.analysis.report import Finding, FindingKind
from jobs.analysis.sections.scenes import named, scenes_of
from jobs.analysis.sections.section import Measured
from jobs.analysis.story.person import Figure, Mention
from jobs.analysis.story.quotes import place
from jobs.analysis.story.story import Story
from jobs.analysis.words.alike import distance

KEY = "meetings"
TITLE = "The cast together"
GUIDE = (
    "Who is named in the same scenes, and in how many; who of the main cast is out of sight for several chapters in a "
    "row; and which names look so alike that a reader may take one for the other. Chapters count as scenes where no "
    "breaks are marked. A pair that you expect and do not find here may not have met on the page."
)
SOURCE = "Counted from the names of Characters; alike is the same first letter and one or two letters changed."
KINDS: tuple[FindingKind, ...] = (
    FindingKind(
        key="pair",
        title="Together",
        why="The scenes that two people share are where what is between them can change.",
        leave="Being named together is not yet meeting: letters and gossip count too.",
    ),
    FindingKind(
        key="gap",
        title="Out of sight",
        why="A reader forgets in some chapters what somebody looked like, wanted, and knew.",
        leave="Leave it where the absence is felt: people wait for him, or speak of her.",
    ),
    FindingKind(
        key="similar_names",
        title="Names that look alike",
        why="Readers know a name by its first letter and its shape, and mix up those that share both.",
        leave="Leave it for families and doubles, where the likeness says something.",
    ),
)
NEEDS_ENGLISH = False
NEEDS_PROSE = False
_MAIN = 12
_PAIRS = 30
_FEWEST_SCENES = 2
_NAMED_TWICE = 2
"""Mentions in a scene: once may be in passing. A guess."""
_LEAST_GAP = 3
_GAP_SHARE = 0.1
"""Of the chapters: a gap is at least three, and a tenth of the book. A guess."""
_COMPARED = 25
_FEWEST_MENTIONS = 5
_SHORTEST = 4
"""People, their mentions, and the letters of a name: of whom it is worth telling that names look alike. Guesses."""


def measure(story: Story) -> Measured | None:
    """Pairs, gaps and names alike; None for a story without two people."""
    people = [figure for figure in story.cast if not figure.is_place and len(figure.mentions) >= _FEWEST_MENTIONS]
    if len(people) < 2:
        return None
    main = people[:_MAIN]
    return Measured(findings=[*_pairs(story, main), *_gaps(story, main), *_alike(people[:_COMPARED])])


def _pairs(story: Story, people: Sequence[Figure]) -> list[Finding]:
    counts = named(story, are_places=False)
    scenes = [scene.key for scene in scenes_of(story)]
    found = [
        _pair(story, first, second, together)
        for first, second in combinations(people, 2)
        if len(together := _together(counts, scenes, first, second)) >= _FEWEST_SCENES
    ]
    return sorted(found, key=lambda finding: -finding.count)[:_PAIRS]


def _together(
    counts: Mapping[tuple[int, int], Counter[str]], scenes: Sequence[tuple[int, int]], first: Figure, second: Figure
) -> list[tuple[int, int]]:
    return [key for key in scenes if min(counts[key][first.label], counts[key][second.label]) >= _NAMED_TWICE]


def _pair(story: Story, first: Figure, second: Figure, together: Sequence[tuple[int, int]]) -> Finding:
    sections, wanted = Counter(section for section, _ in together), set(together)
    starts = {scene_of(mention): mention for mention in reversed(second.mentions) if scene_of(mention) in wanted}
    where = [starts[key] for key in together]
    return Finding(
        label=f"{first.label} and {second.label}",
        count=len(together),
        note=f"named together in {len(together)} {'scenes' if story.has_breaks else story.unit}",
        kind="pair",
        by_chapter=tuple(sections[part.section.number] for part in story.prose),
        places=tuple(place(*mention) for mention in where),
    )


def scene_of(mention: Mention) -> tuple[int, int]:
    """Section and scene."""
    return mention.paragraph.section, mention.paragraph.scene


def _gaps(story: Story, people: Sequence[Figure]) -> list[Finding]:
    numbers = [part.section.number for part in story.told]
    least = max(_LEAST_GAP, round(_GAP_SHARE * len(numbers)))
    titles = {part.section.number: part.section.title for part in story.told}
    found = [finding for figure in people for finding in _gaps_of(figure, numbers, least, titles, story.unit)]
    return sorted(found, key=lambda finding: -finding.count)


def _gaps_of(
    figure: Figure, numbers: Sequence[int], least: int, titles: Mapping[int, str], unit: str
) -> Iterator[Finding]:
    """Each row of chapters between two in which the figure is named."""
    there = {mention.paragraph.section for mention in figure.mentions}
    seen = [position for position, number in enumerate(numbers) if number in there]
    for before, after in pairwise(seen):
        if (missing := after - before - 1) >= least:
            back = next(mention for mention in figure.mentions if mention.paragraph.section == numbers[after])
            yield Finding(
                label=figure.label,
                count=missing,
                note=f"not named in {missing} {unit}, between {titles[numbers[before]]} and {titles[numbers[after]]}",
                kind="gap",
                places=(place(*back),),
            )


def _alike(people: Sequence[Figure]) -> Iterator[Finding]:
    seen: set[str] = set()
    for first, second in combinations(people, 2):
        label = f"{_short(first.label)} and {_short(second.label)}"
        if label not in seen and _look_alike(_short(first.label), _short(second.label)):
            seen.add(label)
            yield Finding(
                label=label,
                count=min(len(first.mentions), len(second.mentions)),
                note=f"{first.label} {len(first.mentions):,} times, {second.label} {len(second.mentions):,} times",
                kind="similar_names",
                places=(place(*first.mentions[0]), place(*second.mentions[0])),
            )


def _short(label: str) -> str:
    """The name that a reader knows somebody by: the last word."""
    return label.split()[-1]


def _look_alike(one: str, other: str) -> bool:
    shorter = min(len(one), len(other))
    if one.rstrip("s") == other.rstrip("s") or shorter < _SHORTEST or one[0] != other[0]:
        return False
    return distance(one.lower(), other.lower()) <= (1 if shorter < 6 else 2)
