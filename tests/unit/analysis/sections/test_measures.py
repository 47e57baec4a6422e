"""What is counted and found is what a careful reader would count and find."""

import random
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.analysis.report import Finding, TextPlace
from jobs.analysis.sections import characters, frequent_words
from jobs.analysis.sections.repeated_phrases import repeated_phrases
from jobs.analysis.sections.style import style_counts
from jobs.analysis.sections.vocabulary import mattr, mtld
from jobs.analysis.story.prose import SectionProse, read_prose
from jobs.analysis.story.story import Story, read_story
from jobs.analysis.story.tally import tally
from jobs.analysis.words.readability import count_syllables, grade, reading_ease
from jobs.analysis.words.sentences import sentence_spans
from jobs.analysis.words.words import count_words
from tests.unit.analysis.files import SAMPLE, chaptered, split_text


def prose_of(text: str) -> list[SectionProse]:
    """The prose of a plain text."""
    return read_prose(split_text(text).sections, lambda done: None)


def story_of(text: str) -> Story:
    """The story of a plain text."""
    return read_story(split_text(text), lambda share: None)


def found(findings: Sequence[Finding], label: str) -> Finding:
    """The finding of that label."""
    return next(finding for finding in findings if finding.label == label)


def text_at(prose: Sequence[SectionProse], place: TextPlace) -> str:
    """What stands at a place."""
    return prose[place.chapter - 1].paragraphs[place.paragraph - 1].text[place.start : place.end]


def sentences(text: str) -> list[str]:
    """The sentences of a paragraph."""
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("He ran. She followed! Why? Nobody knew…", 4),
        ("Mr. and Mrs. Pell met Dr. St. John at 7 a.m. on the quay.", 1),
        ("J. R. Smith signed it.", 1),
        ("“Stop!” he cried. “Where are you going?” she asked.", 2),
        ("“It is I.” He bowed.", 2),
        ("It cost 3.50 in all. Nobody paid.", 2),
        ("Wait... what? Oh. No.", 3),
        ("He said (it was late.) She left.", 2),
        ("A line\nand its second half. Then more.", 2),
        ("No stop at the end", 1),
        ("* * *", 0),
        ("", 0),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, count: int) -> None:
    assert len(sentences(text)) == count


@given(st.text(max_size=200))
def test_every_word_is_in_exactly_one_sentence(text: str) -> None:
    spans = sentence_spans(text)

    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    outside = text
    for start, end in reversed(spans):
        outside = outside[:start] + " " + outside[end:]
    assert not any(character.isalnum() for character in outside)


@pytest.mark.parametrize(
    ("word", "syllables"),
    [
        *(("cat", 1), ("table", 2), ("walked", 1), ("wanted", 2), ("horses", 2), ("make", 1), ("makes", 1)),
        *(("beautiful", 3), ("idea", 3), ("station", 2), ("science", 2), ("people", 2), ("the", 1), ("rhythm", 2)),
        *(("I", 1), ("being", 2), ("little", 2), ("agreed", 2), ("lamplighter", 3), ("window", 2), ("café", 2)),
        *(("something", 2), ("completely", 3), ("statement", 2), ("cement", 2), ("settlement", 3)),
        *(("don't", 1), ("queue", 1), ("prism", 2), ("every", 3), ("radio", 3), ("hmm", 1), ("houses", 2)),
    ],
)
def test_syllables_are_counted_as_they_are_spoken(word: str, syllables: int) -> None:
    assert count_syllables(word) == syllables


@given(st.text(max_size=30))
def test_every_word_has_a_syllable(word: str) -> None:
    assert count_syllables(word) >= 1


def test_readability_follows_the_published_formulas() -> None:
    assert reading_ease(100, 5, 150) == pytest.approx(206.835 - 1.015 * 20 - 84.6 * 1.5)
    assert grade(100, 5, 150) == pytest.approx(0.39 * 20 + 11.8 * 1.5 - 15.59)
    assert reading_ease(0, 0, 0) == grade(0, 0, 0) == 0.0


def test_dialogue_share_is_spoken_words_of_all_words() -> None:
    paragraphs = prose_of("“One two three four,” she said softly to him.\n\nNobody spoke at all.")[0].paragraphs

    assert tally(paragraphs).dialogue_share == pytest.approx(4 / 13, abs=0.0001)


def test_names_are_not_listed_as_frequent_words() -> None:
    text = "The lantern fell. Then Wren saw the lantern, and Wren took the lantern to Wren’s house. " * 10

    findings = frequent_words.measure(story_of(text)).findings

    assert "wren" not in [finding.label for finding in findings]
    assert found(findings, "lantern").count == 30


def test_a_word_that_stands_out_against_ordinary_english_is_found_with_its_ratio_and_places() -> None:
    story = story_of(SAMPLE.read_text(encoding="utf-8"))

    lamp = found(frequent_words.measure(story).findings, "lamp")

    assert (lamp.ratio or 0) > 50
    assert sum(lamp.by_chapter) == lamp.count
    assert len(lamp.places) == lamp.count
    assert {text_at(story.prose, place).casefold() for place in lamp.places} == {"lamp"}


def test_a_phrase_is_listed_in_its_longest_form_with_all_its_places() -> None:
    habit = "she let out a breath she had not known she was holding"
    texts = [f"The door opened and {habit}.", f"Then {habit}, again.", f"Slowly {habit}. He laughed."]
    text = chaptered([f"Chapter {n}\n\n{line}" for n, line in enumerate(texts, start=1)], words=20)

    prose = prose_of(text)
    phrases = repeated_phrases(prose, frozenset())
    phrase = found(phrases, habit)

    assert (phrase.count, phrase.by_chapter) == (3, (1, 1, 1))
    assert [(place.chapter, place.paragraph) for place in phrase.places] == [(1, 1), (2, 1), (3, 1)]
    assert {text_at(prose, place) for place in phrase.places} == {habit}
    assert not any(other.label in habit and other.label != habit for other in phrases)


def test_a_long_passage_that_comes_again_is_one_phrase() -> None:
    passage = " ".join(f"word{number}" for number in range(60))

    phrases = repeated_phrases(prose_of(f"Then {passage}.\n\nSo {passage}.\n\nAnd {passage}."), frozenset())

    assert [(phrase.count, len(phrase.label.split())) for phrase in phrases] == [(3, 40)]


def test_a_phrase_does_not_run_over_the_end_of_a_sentence() -> None:
    text = "He saw the red door. Open windows let in the night. " * 5

    assert not any("door open" in phrase.label for phrase in repeated_phrases(prose_of(text), frozenset()))


def test_phrases_of_small_words_only_are_not_listed() -> None:
    text = "It was one of the ones that I had. " * 10

    assert all(phrase.label != "one of the" for phrase in repeated_phrases(prose_of(text), frozenset()))


def test_style_is_counted_in_narration_only() -> None:
    counts = style_counts(prose_of("She slowly saw that the lamp was taken. “He quickly felt it was stolen,” he said."))

    assert [use.label for use in counts.adverbs] == ["slowly"]
    assert [use.label for use in counts.filters] == ["saw"]
    assert [use.label for use in counts.passives] == ["was taken"]
    assert counts.narration_words == 10


def test_an_adverb_or_a_negation_may_stand_within_a_passive() -> None:
    counts = style_counts(prose_of("It was not taken. They were quietly moved. He was tired. She was a red bed."))

    assert [use.label for use in counts.passives] == ["was not taken", "were quietly moved"]


def test_characters_are_found_with_their_titles_and_chapters() -> None:
    found_names = characters.measure(story_of(SAMPLE.read_text(encoding="utf-8"))).findings

    assert [finding.label for finding in found_names[:2]] == ["Wren", "Mr. Pell"]
    assert found(found_names, "Mr. Pell").by_chapter[2] == 0  # he is not in the third chapter
    assert found(found_names, "Mr. Pell").note.startswith("in ")


def test_mattr_of_words_that_never_repeat_is_one_and_of_one_word_is_its_share() -> None:
    different = [str(number) for number in range(2000)]

    assert mattr(different) == 1.0
    assert mattr(["a"] * 1000) == pytest.approx(1 / 500)
    assert mattr([]) == mtld([]) == 0.0


def test_mtld_is_higher_for_a_richer_vocabulary() -> None:
    rich = [
        str(random.Random(1).randrange(5000)) for _ in range(1)
    ]  # a fixed seed: the figures are the same everywhere
    source = random.Random(7)
    rich = [str(source.randrange(5000)) for _ in range(3000)]
    poor = [str(source.randrange(50)) for _ in range(3000)]

    assert mtld(rich) > 5 * mtld(poor) > 0


def test_mtld_reads_both_ways() -> None:
    words = list("abcabdabeabfghijkabc")

    assert mtld(words) == pytest.approx(mtld(words[::-1]))


@given(st.text(max_size=300))
def test_words_of_the_prose_stand_where_they_say(text: str) -> None:
    for part in prose_of(text):
        for paragraph in part.paragraphs:
            assert all(0 <= word.start < len(paragraph.text) for word in paragraph.words)
            assert sum(count_words(paragraph.text[start:end]) for start, end in paragraph.sentences) <= count_words(
                paragraph.text
            )


@pytest.mark.parametrize(
    "text",
    [
        "She was delighted. He was very changed. They were quite forgotten. It was undisturbed.",
        "The well-being radiated from him. What he was, worried her. The door was closed, and she was startled.",
    ],
)
def test_how_somebody_is_is_no_passive(text: str) -> None:
    assert style_counts(prose_of(text)).passives == ()


def test_an_adjective_with_somebody_behind_by_is_a_passive() -> None:
    assert [use.label for use in style_counts(prose_of("She was startled by a bell.")).passives] == ["was startled"]


@pytest.mark.parametrize(
    "text",
    [
        "Nothing was lost of what she felt. He knew what he saw.",
        "“No,” he observed, smiling. She felt for her sister. I heard little of him.",
        "The heard word and the felt hat were there. He decided to go, and she seemed glad.",
    ],
)
def test_a_verb_that_puts_nobody_between_is_no_filter(text: str) -> None:
    assert style_counts(prose_of(text)).filters == ()


def test_who_perceives_what_is_a_filter() -> None:
    counts = style_counts(prose_of("Then she suddenly saw the ship. There Anna heard a bell. So they felt the cold."))

    assert [use.label for use in counts.filters] == ["saw", "heard", "felt"]
