"""How often a finding of style is one, by labels that a person gave to 100 places of each kind in three novels.

The labels name book, chapter, paragraph and character, never wording. Nine of ten are right, or the kind is not shown.
"""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from jobs.analysis.reading.reader import read_manuscript
from jobs.analysis.sections.style import StyleCounts, style_counts
from jobs.analysis.sections.uses import Use
from jobs.analysis.story.prose import read_prose
from jobs.analysis.structure.chapters import split

SHARED = Path(__file__).parents[5] / "shared"
BOOKS = {path.name: path for room in ("novels", "manuscripts") for path in (SHARED / room).glob("*.txt")}
LABELS: dict[str, dict[str, list[tuple[int, int, int, bool]]]] = json.loads(
    (Path(__file__).parent / "style_labels.json").read_text(encoding="utf-8")
)
_LEAST = 0.9
_KEPT = 0.75
"""Of the right places; a rule that finds nothing is always right."""

pytestmark = pytest.mark.skipif(not BOOKS, reason="the novels are not here: ../shared/novels and ../shared/manuscripts")


@pytest.fixture(scope="module")
def counted() -> dict[str, StyleCounts]:
    """What is found in each book that has labels."""
    books = {book for labels in LABELS.values() for book in labels}
    return {
        book: style_counts(read_prose(split(read_manuscript(BOOKS[book], book)).sections, lambda done: None))
        for book in books
    }


def places(uses: Sequence[Use]) -> set[tuple[int, int, int]]:
    return {(use.paragraph.section, use.paragraph.number, use.start) for use in uses}


@pytest.mark.parametrize("kind", LABELS)
def test_nine_of_ten_findings_are_what_they_say(kind: str, counted: dict[str, StyleCounts]) -> None:
    labelled = [(book, tuple(place), right) for book, rows in LABELS[kind].items() for *place, right in rows]
    found = {book: places(getattr(counts, kind)) for book, counts in counted.items()}
    judged = [right for book, place, right in labelled if place in found[book]]
    right = sum(right for _, _, right in labelled)

    assert len(labelled) == 100
    assert sum(judged) >= _LEAST * len(judged)
    assert sum(judged) >= _KEPT * right
