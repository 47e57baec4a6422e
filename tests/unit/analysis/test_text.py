"""The text that is kept beside a report is the author's own, and every finding is marked where it stands."""

import json
from collections import Counter
from pathlib import Path

import pytest

from jobs.analysis import text as kept
from jobs.analysis.analyse import Analysis, analyse
from jobs.analysis.report import FindingKind
from tests.unit.analysis.files import SAMPLE, chaptered


def analysed(path: Path) -> Analysis:
    """The analysis of a file."""
    return analyse(path, path.name, lambda stage, progress: None)


def of_text(directory: Path, text: str) -> Analysis:
    """The analysis of a plain text."""
    path = directory / "a.txt"
    path.write_text(text, encoding="utf-8")
    return analysed(path)


@pytest.fixture(scope="module")
def sample() -> Analysis:
    """Of our story."""
    return analysed(SAMPLE)


def paragraphs(analysis: Analysis) -> dict[tuple[int, int], str]:
    """The text of each paragraph, put together from its passages."""
    assert analysis.text is not None
    found: dict[tuple[int, int], str] = {}
    for each in analysis.text.passages:
        before = found.setdefault((each.chapter, each.paragraph), "")
        assert each.start == len(before)
        found[each.chapter, each.paragraph] = before + each.text
    return found


def kinds(analysis: Analysis) -> list[FindingKind]:
    """Of all sections."""
    return [kind for section in analysis.report.sections for kind in section.kinds]


def test_every_mark_stands_on_what_was_found(sample: Analysis) -> None:
    assert sample.text is not None
    texts = paragraphs(sample)
    habits = ("adverb", "filter_word", "passive", "frequent_words", "tag", "tag_adverb")

    marks = [
        (label, texts[chapter, paragraph][start:end].lower().replace("’", "'"))
        for kind in habits
        for chapter, row in sample.text.marks[kind].items()
        for paragraph, start, end, label in row
    ]

    assert len(marks) > 100
    assert all(label == shown for label, shown in marks)


def test_all_places_are_marked_and_not_only_those_that_the_report_shows(sample: Analysis) -> None:
    assert sample.text is not None
    counts = {
        kind: Counter(label for row in rows.values() for *_, label in row) for kind, rows in sample.text.marks.items()
    }

    findings = [finding for section in sample.report.sections for finding in section.findings if finding.by_chapter]

    assert any(finding.count > len(finding.places) for finding in findings)
    assert all(counts[finding.kind][finding.label] == finding.count for finding in findings)


def test_the_kinds_say_how_many_places_each_chapter_has(sample: Analysis) -> None:
    assert sample.text is not None

    for kind in kinds(sample):
        rows = sample.text.marks[kind.key]
        assert kind.by_chapter == tuple(
            len(rows.get(number, ())) for number in range(1, 1 + len(sample.report.chapters))
        )
        assert sum(kind.by_chapter) == kind.count > 0


def test_marks_come_in_the_order_of_the_text(sample: Analysis) -> None:
    assert sample.text is not None
    rows = [row for by_chapter in sample.text.marks.values() for row in by_chapter.values()]

    assert all(list(row) == sorted(row) for row in rows)


def test_a_scene_break_is_kept_with_the_paragraph_below_it(tmp_path: Path) -> None:
    body = "Anna came.\n\n* * *\n\nShe left.\n\nIt rained."
    analysis = of_text(tmp_path, chaptered([f"Chapter {number}\n\n{body}" for number in (1, 2, 3)], words=30))
    assert analysis.text is not None

    below = {each.text for each in analysis.text.passages if each.after_break}

    assert below == {"She left."}


@pytest.mark.parametrize("word", ["word ", "x" * 40_000])
def test_a_paragraph_of_any_length_is_kept_in_passages(tmp_path: Path, word: str) -> None:
    analysis = of_text(tmp_path, "Chapter 1\n\n" + (word * (400_000 // len(word))).strip())
    assert analysis.text is not None

    longest = max(len(each.text) for each in analysis.text.passages)

    assert longest <= kept.LONGEST_PASSAGE
    assert sum(map(len, paragraphs(analysis).values())) > 390_000


def test_a_text_beyond_the_limit_is_measured_and_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST_CHARACTERS", 100)

    analysis = of_text(tmp_path, chaptered(["Chapter 1", "Chapter 2"], words=100))

    assert analysis.text is None
    assert not analysis.report.has_text
    assert analysis.report.sections


def test_what_is_kept_is_json(sample: Analysis) -> None:
    assert sample.text is not None

    written = json.loads(json.dumps(sample.text.to_json(), allow_nan=False))

    assert len(written["passages"]) == len(sample.text.passages)
    assert sum(len(marks) for _, _, marks in written["marks"]) == sum(kind.count for kind in kinds(sample))
