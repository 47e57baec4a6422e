"""The report of a whole analysis, and its stored form."""

import json
from pathlib import Path

import pytest

from jobs.analysis.analyse import analyse
from jobs.analysis.report import FigureUnit, ReportBody
from jobs.analysis.sections.vocabulary import REPEATS_AFTER, VARIED
from jobs.analysis.words.words import count_words
from jobs.errors import TooLarge
from tests.unit.analysis.files import SAMPLE, chaptered, prose

ONE_BY_ONE = {"scene", "gap", "similar_names", "run", "even", "hard", "sticky", "high", "low"}
"""Kinds whose findings are a place each, and counted by chapter all together."""


@pytest.fixture(scope="module")
def report() -> ReportBody:
    """The report on the sample."""
    return analyse(SAMPLE, SAMPLE.name, lambda stage, progress: None).report


def analysed(directory: Path, text: str) -> ReportBody:
    """The report on a plain text."""
    path = directory / "novel.txt"
    path.write_text(text, encoding="utf-8")
    return analyse(path, path.name, lambda stage, progress: None).report


def test_the_sample_has_its_seven_chapters_by_name(report: ReportBody) -> None:
    assert report.summary.chapters == len(report.chapters) == 7
    assert [chapter.number for chapter in report.chapters] == list(range(1, 8))
    assert report.chapters[0].title == "Chapter One — The Wrong Lamp"
    assert report.chapters[0].name == "The Wrong Lamp"


def test_the_words_of_all_sections_and_of_front_and_back_add_up(report: ReportBody) -> None:
    summary = report.summary
    sections = sum(chapter.words for chapter in report.chapters)

    assert summary.words == summary.front_words + sections + summary.back_words
    assert summary.words == count_words(SAMPLE.read_text(encoding="utf-8"))


def test_the_whole_is_the_sum_of_its_chapters(report: ReportBody) -> None:
    assert report.summary.sentences == sum(chapter.sentences for chapter in report.chapters)
    assert report.summary.paragraphs == sum(chapter.paragraphs for chapter in report.chapters)
    assert report.summary.scene_breaks == sum(chapter.scene_breaks or 0 for chapter in report.chapters) == 3


def test_every_section_says_how_to_read_it(report: ReportBody) -> None:
    keys = [section.key for section in report.sections]

    assert keys == [
        *("structure", "scenes", "characters", "meetings", "places", "frequent_words", "echoes", "repeated_phrases"),
        *("stock_phrases", "style", "dialogue_tags", "openers", "sentences", "consistency", "readability"),
        "vocabulary",
    ]
    assert all(section.source for section in report.sections)
    assert all(section.title and len(section.how_to_read) > 100 for section in report.sections)


def test_every_finding_has_a_place_that_stands_in_the_text(report: ReportBody) -> None:
    text = " ".join(SAMPLE.read_text(encoding="utf-8").split())
    findings = [finding for section in report.sections for finding in section.findings]

    assert findings
    assert all(finding.places for finding in findings)
    assert all(place.quote.strip("…") in text for finding in findings for place in finding.places)


def test_counts_by_chapter_add_up_to_the_count(report: ReportBody) -> None:
    findings = [finding for section in report.sections for finding in section.findings]

    counted = [finding for finding in findings if finding.by_chapter]

    assert all(sum(finding.by_chapter) == finding.count for finding in counted)
    assert all(len(finding.by_chapter) == len(report.chapters) for finding in counted)
    assert {finding.kind for finding in findings} - {finding.kind for finding in counted} <= ONE_BY_ONE


def test_a_stored_report_reads_as_it_was(report: ReportBody) -> None:
    assert ReportBody.from_json(json.loads(json.dumps(report.to_json()))) == report


def test_a_figure_of_an_older_report_gets_its_unit_from_the_words(report: ReportBody) -> None:
    stored = json.loads(json.dumps(report.to_json()))
    for section in stored["sections"]:
        for figure in section["figures"]:
            del figure["measure"]

    read = [figure for section in ReportBody.from_json(stored).sections for figure in section.figures]

    assert {figure.label: figure.measure for figure in read}["Dialogue"] is FigureUnit.SHARE
    assert [figure.measure for figure in read if figure.label == "Flesch reading ease"] == [FigureUnit.POINTS]


def test_a_figure_of_a_newer_report_with_an_unknown_unit_can_be_read() -> None:
    stored = {"sections": [{"key": "a", "figures": [{"label": "A", "value": 1, "measure": "parsecs"}]}]}

    assert ReportBody.from_json(stored).sections[0].figures[0].measure is FigureUnit.COUNT


def test_a_report_of_an_older_or_newer_version_can_be_read(report: ReportBody) -> None:
    stored = json.loads(json.dumps(report.to_json()))
    del stored["summary"]["grade"], stored["chapters"][0]["opening"], stored["sections"][2]["findings"][0]["note"]
    stored["tomorrow"] = stored["summary"]["tomorrow"] = stored["chapters"][1]["tomorrow"] = 1

    read = ReportBody.from_json(stored)

    assert (read.summary.grade, read.chapters[0].opening) == (0.0, "")
    assert read.summary.words == report.summary.words
    assert ReportBody.from_json({}).chapters == ()


def test_a_text_without_chapters_gets_a_sound_report(tmp_path: Path) -> None:
    report = analysed(tmp_path, prose(400))

    assert (report.summary.chapters, report.summary.sections) == (0, 1)
    assert report.chapters[0].title == "Whole text"
    assert report.chapters[0].words == report.summary.words > 400
    assert report.summary.reading_minutes == pytest.approx(report.summary.words / 260, abs=0.06)


@pytest.mark.parametrize("text", ["Word", "1", "Chapter 1", "…a…", "I\n\nII\n\nIII", "“", "# Only a heading\n\nx"[:14]])
def test_the_smallest_texts_get_a_report_or_a_refusal(tmp_path: Path, text: str) -> None:
    if any(character.isalnum() for character in text):
        assert analysed(tmp_path, text).summary.words >= 1


def measured(report: ReportBody) -> set[str]:
    """The labels of all figures."""
    return {figure.label for section in report.sections for figure in section.figures}


def test_a_figure_that_says_nothing_about_a_short_text_is_absent(tmp_path: Path) -> None:
    assert measured(analysed(tmp_path, prose(60))).isdisjoint({"Flesch reading ease", REPEATS_AFTER, VARIED})
    assert measured(analysed(tmp_path, prose(200))) >= {"Flesch reading ease", REPEATS_AFTER}
    assert VARIED not in measured(analysed(tmp_path, prose(200)))


def test_a_novel_without_a_full_stop_has_no_reading_ease(tmp_path: Path) -> None:
    report = analysed(tmp_path, prose(3_000).replace(".", "").replace("\n\n", " "))

    assert report.summary.sentences == 1
    assert (report.summary.reading_ease, report.summary.grade) == (0.0, 0.0)
    assert "Flesch reading ease" not in measured(report)


def test_breaks_that_nobody_marked_are_unknown_and_not_none_at_all(tmp_path: Path) -> None:
    unmarked = analysed(tmp_path, chaptered(("Chapter 1", "Chapter 2")))
    marked = analysed(tmp_path, chaptered(("Chapter 1", f"Chapter 2\n\n{prose(60)}\n\n* * *")))

    assert [unmarked.summary.scene_breaks, *(chapter.scene_breaks for chapter in unmarked.chapters)] == [None] * 3
    assert [marked.summary.scene_breaks, *(chapter.scene_breaks for chapter in marked.chapters)] == [1, 0, 1]


@pytest.mark.parametrize(
    ("headings", "divisions"),
    [
        (("Chapter 1", "Chapter 2"), "2 chapters"),
        (("Part One\n\nChapter 1", "Chapter 2", "Epilogue"), "2 chapters and 1 more section"),
        (("Letter I", "Letter II", "Chapter 1", "Chapter 2", "Epilogue"), "2 chapters, 2 letters and 1 more section"),
        (("Part One", "Part Two"), "2 chapters"),
        ((), "1 section"),
    ],
)
def test_what_holds_prose_is_counted_by_kind_and_by_one_name(
    tmp_path: Path, headings: tuple[str, ...], divisions: str
) -> None:
    named = "Wren sat with Wren.\n\nAnd Wren left Wren, but Wren came back."
    text = chaptered([f"{heading}\n\n{named}" for heading in headings]) or named + prose(90)

    report = analysed(tmp_path, text)
    wren = next(f for s in report.sections if s.key == "characters" for f in s.findings if f.label == "Wren")

    assert report.summary.divisions == divisions
    if headings:
        told = sum(chapter.sentences > 0 for chapter in report.chapters)
        assert wren.note.startswith(f"in {told} of {told} ")
        assert report.chapters[-1].title in wren.note


def test_progress_never_falls_and_names_what_is_done() -> None:
    seen: list[tuple[str, float]] = []

    analyse(SAMPLE, SAMPLE.name, lambda stage, progress: seen.append((stage, progress)))

    shares = [share for _, share in seen]
    assert shares == sorted(shares)
    assert 0 < shares[0] < shares[-1] <= 1
    assert len(seen) >= 10
    assert {"Reading the file", "Reading chapters", "Measuring: Repeated phrases"} <= dict(seen).keys()


def test_a_file_of_many_novels_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TooLarge, match="Upload each book by itself"):
        analysed(tmp_path, "word " * 1_500_001)


_SIZE = 40_000


@pytest.mark.parametrize(
    "text",
    [
        "." * 4 * _SIZE + "a",
        "a." * (_SIZE // 2),
        "'a " * (_SIZE // 3),
        "‘a " * (_SIZE // 3),
        "\"“'‘" * (_SIZE // 4),
        "a" * _SIZE,
        "# " + " " * _SIZE + "a",
        "*a " * (_SIZE // 3),
        "<!--" * (_SIZE // 4),
        "[" * _SIZE,
        "1\n\n" * (_SIZE // 10),
        "I\n" * (_SIZE // 10),
        "Chapter 1\n\nA.\n\n" * (_SIZE // 40),
        "# A\n\n" * (_SIZE // 20),
        "a b c " * (_SIZE // 20),
        "\n" * _SIZE + "a",
        "— " * (_SIZE // 2) + "a",
        "((((a" * (_SIZE // 5),
    ],
    ids=lambda text: text[:8],
)
@pytest.mark.timeout(20)  # each takes a second or less; a pattern that tries all ends for all beginnings takes minutes
def test_a_hostile_text_is_done_in_time(tmp_path: Path, text: str) -> None:
    path = tmp_path / "novel.md"  # which is read as plain text, too
    path.write_text(f"Words. {text}" if text[0] not in "#1IC" else text, encoding="utf-8")

    assert analyse(path, path.name, lambda stage, progress: None).report.summary.words >= 1
