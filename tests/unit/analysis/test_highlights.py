"""The five findings that tell most are those of this book, each with its place, and no verdict; bands are no target."""

from pathlib import Path

import pytest

from jobs.analysis.analyse import analyse
from jobs.analysis.bands import published, ranges
from jobs.analysis.highlight_texts import FIGURES, KINDS
from jobs.analysis.report import ReportBody
from jobs.analysis.sections.all import SECTIONS
from tests.unit.analysis.files import SAMPLE, chaptered, prose


def report(path: Path) -> ReportBody:
    """The report on a file."""
    return analyse(path, path.name, lambda stage, progress: None).report


def of_text(directory: Path, text: str) -> ReportBody:
    """The report on a plain text."""
    (directory / "novel.txt").write_text(text, encoding="utf-8")
    return report(directory / "novel.txt")


HABITS = {
    "stock_phrases": "He nodded his head and shrugged his shoulders, and his blood ran cold. ",
    "dialogue_tags": "“I know,” she breathed softly. “So do I,” he hissed darkly. “Go,” she drawled sadly. ",
    "openers": "He came. He saw a light. He went. He sat by the wall. ",
}


@pytest.mark.parametrize("section", HABITS)
def test_a_habit_that_published_novels_do_not_have_is_among_the_five(tmp_path: Path, section: str) -> None:
    body = "\n\n".join(f"{paragraph} {HABITS[section]}" for paragraph in prose(700).split("\n\n"))

    found = of_text(tmp_path, chaptered([f"Chapter {number}\n\n{body}" for number in range(1, 6)])).highlights

    assert section in [each.section for each in found]
    assert 1 <= len(found) <= 5


def test_each_says_what_why_when_to_leave_it_and_where_it_stands() -> None:
    found = report(SAMPLE)
    text = " ".join(SAMPLE.read_text(encoding="utf-8").split())

    assert len(found.highlights) == 5
    assert len({each.section for each in found.highlights}) == 5
    assert all(each.sentence and each.why and each.leave for each in found.highlights)
    quotes = [each.place.quote.strip("…") for each in found.highlights if each.place]
    assert len(quotes) >= 4
    assert all(quote and quote in text for quote in quotes)


def test_the_chapter_that_is_out_of_line_is_named(tmp_path: Path) -> None:
    chapters = [f"Chapter {number}\n\n{prose(9_000 if number == 4 else 700)}" for number in range(1, 9)]

    found = of_text(tmp_path, "\n\n".join(chapters)).highlights

    assert any("“Chapter 4” has 9," in each.sentence for each in found)


def test_nothing_is_said_to_be_wrong() -> None:
    texts = [*KINDS.values(), *(f"{told.sentence} {told.why} {told.leave}" for told in FIGURES.values())]

    for word in ("too many", "too much", "should", "score", "wrong", "better than", "bad"):
        assert not [text for text in texts if word in text.lower()]


def test_a_short_text_has_none(tmp_path: Path) -> None:
    assert of_text(tmp_path, prose(500)).highlights == ()


def test_each_figure_stands_beside_three_periods_of_named_novels() -> None:
    found = report(SAMPLE).bands

    assert {"structure.dialogue", "style.adverbs_in_ly"} <= {band.key for band in found}
    for band in found:
        assert len(band.periods) == 3
        assert all(len(period.books) >= 5 for period in band.periods)
        assert all(period.low <= period.middle <= period.high for period in band.periods)


def test_a_german_novel_is_not_held_against_english_ones(tmp_path: Path) -> None:
    text = "Die Frau sah auf das Wasser, und das Kind war nicht zu sehen. Es ist dunkel und der Wind ging um das Haus. "
    found = of_text(tmp_path, "\n\n".join([text * 3] * 60))

    assert found.bands == ()
    assert "published" not in " ".join(each.sentence for each in found.highlights)


def test_what_may_be_told_is_measured_in_published_novels() -> None:
    kinds = {kind.key for section in SECTIONS for kind in section.KINDS}

    assert set(FIGURES) | set(KINDS) <= set(ranges())
    assert set(KINDS) <= kinds
    assert {told.kind for told in FIGURES.values()} - {""} <= kinds
    assert len(published()["sources"]) == sum(len(period["books"]) for period in published()["periods"]) == 21
