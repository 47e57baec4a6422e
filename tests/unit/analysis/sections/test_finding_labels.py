"""How often a finding is what it says, by labels that a person gave to places in novels: see `finding_labels.json`.

The labels name book, chapter, paragraph and character, never wording. The books of a kind are others than those that
its rule was made on, but for the lists (`stock_phrases`) and the arc, whose words were changed after a first look; of
the redundancies that nobody had looked at before the last change, 68 of 72 were right. Where a dozen novels hold fewer
than a hundred places of a kind, all of them are labelled.
"""

import json
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path

import pytest

from jobs.analysis.reading.reader import read_manuscript
from jobs.analysis.report import FindingKind
from jobs.analysis.sections.uses import Use
from jobs.analysis.story.story import Story, read_story
from jobs.analysis.structure.chapters import split

SHARED = Path(__file__).parents[5] / "shared"
BOOKS = {path.name: path for room in ("novels", "manuscripts") for path in (SHARED / room).glob("*.*")}
Labels = Mapping[str, Mapping[str, Sequence[tuple[int, int, int, bool]]]]
LABELS: Mapping[str, Labels] = json.loads((Path(__file__).parent / "finding_labels.json").read_text(encoding="utf-8"))
KINDS = [(section, kind) for section, kinds in LABELS.items() for kind in kinds]
_LEAST = 0.9
_KEPT = 0.75
"""Of the right places; a rule that finds nothing is always right."""

pytestmark = pytest.mark.skipif(not BOOKS, reason="the novels are not here: ../shared/novels and ../shared/manuscripts")


@pytest.fixture(scope="module")
def stories() -> dict[str, Story]:
    """The novels that have been read, as they are asked for."""
    return {}


def story_of(book: str, stories: dict[str, Story]) -> Story:
    if book not in stories:
        stories[book] = read_story(split(read_manuscript(BOOKS[book], book)), lambda share: None)
    return stories[book]


def places(uses: Sequence[Use]) -> set[tuple[int, int, int]]:
    return {(use.paragraph.section, use.paragraph.number, use.start) for use in uses}


@pytest.mark.parametrize(("section", "kind"), KINDS)
def test_nine_of_ten_findings_are_what_they_say(section: str, kind: str, stories: dict[str, Story]) -> None:
    module = import_module(f"jobs.analysis.sections.{section}")
    judged, right = [], 0
    for book, rows in LABELS[section][kind].items():
        found = places(module.found(story_of(book, stories))[kind])
        judged += [is_right for *place, is_right in rows if tuple(place) in found]
        right += sum(is_right for *_, is_right in rows)

    assert sum(judged) >= _LEAST * len(judged)
    assert sum(judged) >= _KEPT * right


@pytest.mark.parametrize(("section", "kind"), KINDS)
def test_the_precision_that_is_shown_is_that_of_the_labels(section: str, kind: str) -> None:
    rights = [is_right for book in LABELS[section][kind].values() for *_, is_right in book]
    kinds: Sequence[FindingKind] = import_module(f"jobs.analysis.sections.{section}").KINDS
    shown = next(each for each in kinds if each.key == kind)

    assert (shown.precision, shown.judged) == (round(sum(rights) / len(rights), 2), len(rights))
    assert sum(rights) >= _LEAST * len(rights)
