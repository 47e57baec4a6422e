"""What the sections find in a text that holds just that, and where it stands."""

from importlib import import_module

import pytest

from jobs.analysis.sections.uses import Use
from jobs.analysis.story.story import Story, read_story
from tests.unit.analysis.files import prose, split_text

CHAPTER = "Chapter 1\n\n{}\n\n" + prose(300) + "\n\nChapter 2\n\n" + prose(300)


def story(text: str) -> Story:
    """The story of a text among other prose."""
    return read_story(split_text(CHAPTER.format(text)), lambda share: None)


def found(section: str, kind: str, text: str) -> list[str]:
    """What is found, as it stands in the first chapter."""
    uses: list[Use] = import_module(f"jobs.analysis.sections.{section}").found(story(text))[kind]
    return [use.paragraph.text[use.start : use.end] for use in uses if use.paragraph.section == 1]


@pytest.mark.parametrize(
    ("section", "kind", "text", "expected"),
    [
        ("dialogue_tags", "tag", "“Go,” hissed Ann. Then, “No,” he said. “Yes.” She nodded.", ["hissed"]),
        ("dialogue_tags", "tag_adverb", "“Go,” she said coldly. “No,” said he, quickly rising.", ["coldly"]),
        ("stock_phrases", "cliché", "He was white as a sheet. “White as a sheet,” she said.", ["white as a sheet"]),
        ("stock_phrases", "redundancy", "She nodded her head, and he nodded.", ["nodded her head"]),
        ("openers", "run", "He ran on. He saw the sea. He wept there.", ["He ran on. He saw the sea. He wept there."]),
        ("consistency", "spelling", "The colour of the harbour. The gray sky. A grey sea.", ["gray"]),
        ("consistency", "hyphen", "A note-book. Her notebook. The notebook lay there.", ["note-book"]),
    ],
)
def test_a_finding_stands_where_it_is(section: str, kind: str, text: str, expected: list[str]) -> None:
    assert found(section, kind, text) == expected


def test_a_word_that_comes_back_in_another_form_is_an_echo_and_what_it_names_again_is_none() -> None:
    assert "glimmered" in found("echoes", "echo", "A glimmer came from the marsh, and the water glimmered green.")
    assert found("echoes", "echo", "A trellis leaned on the wall, and ivy had eaten the trellis.") == []


def test_a_slip_in_a_name_is_found() -> None:
    text = "So we saw Marlen there, and then Marlen left. " * 6 + "And then Marlan wept, and Marlan slept."

    assert found("consistency", "name", text) == ["Marlan", "Marlan"]


def test_a_paragraph_in_another_tense_is_found() -> None:
    text = (
        "The lane is empty now and the gate is shut, and whoever has the key is far away where nobody asks, "
        "and so it is a quiet place that does no harm to the sheep."
    )

    assert found("consistency", "tense", text) == [text]
