"""Two drafts of one book: chapters are known again by their text, and what was mended is told from what only moved."""

import random
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.analysis.drafts.chapters import ChapterChangeKind
from jobs.analysis.drafts.compare import Comparison, compare
from jobs.analysis.drafts.draft import Draft, DraftChapter, Span, by_chapter

PARAGRAPHS = 8
KINDS = ("adverb",)


def told(name: str, paragraphs: int = PARAGRAPHS) -> tuple[str, ...]:
    """A chapter's text, the same for the same name and like no other's."""
    words = random.Random(name)
    return tuple(
        " ".join("".join(words.choices("abcdefghij", k=6)) for _ in range(40)) + "." for _ in range(paragraphs)
    )


def draft(*texts: Sequence[str], marks: Mapping[str, Mapping[int, Sequence[Span]]] | None = None) -> Draft:
    """A draft of these chapters."""
    chapters = [DraftChapter(number=number, paragraphs=text) for number, text in enumerate(texts, 1)]
    return Draft(chapters=chapters, marks=marks or {}, words=sum(len(text) * 40 for text in texts))


def compared(before: Draft, after: Draft) -> Comparison:
    return compare(before, after, kinds=KINDS)


def changes(before: Draft, after: Draft) -> list[tuple[str, tuple[int, ...], tuple[int, ...], bool]]:
    return [(each.change, each.before, each.after, each.is_moved) for each in compared(before, after).chapters]


ONE, TWO, THREE, FOUR = (told(name) for name in ("one", "two", "three", "four"))


def test_equal_drafts_are_the_same_throughout() -> None:
    book = draft(ONE, TWO, THREE)

    found = compared(book, book)

    assert {each.change for each in found.chapters} == {ChapterChangeKind.SAME}
    assert (found.shared, found.habits, found.mended, found.came_in) == (1.0, (), (), ())


def test_a_new_chapter_in_front_moves_no_other() -> None:
    assert changes(draft(ONE, TWO), draft(THREE, ONE, TWO)) == [
        (ChapterChangeKind.NEW, (), (1,), False),
        (ChapterChangeKind.SAME, (1,), (2,), False),
        (ChapterChangeKind.SAME, (2,), (3,), False),
    ]


def test_a_chapter_that_is_gone_stands_where_it_stood() -> None:
    assert changes(draft(ONE, TWO, THREE), draft(ONE, THREE)) == [
        (ChapterChangeKind.SAME, (1,), (1,), False),
        (ChapterChangeKind.GONE, (2,), (), False),
        (ChapterChangeKind.SAME, (3,), (2,), False),
    ]


def test_of_chapters_in_another_order_the_fewest_have_moved() -> None:
    assert changes(draft(ONE, TWO, THREE, FOUR), draft(FOUR, ONE, TWO, THREE)) == [
        (ChapterChangeKind.SAME, (4,), (1,), True),
        (ChapterChangeKind.SAME, (1,), (2,), False),
        (ChapterChangeKind.SAME, (2,), (3,), False),
        (ChapterChangeKind.SAME, (3,), (4,), False),
    ]


def test_a_chapter_in_two_is_split_and_two_in_one_are_merged() -> None:
    halves = ONE[: PARAGRAPHS // 2], ONE[PARAGRAPHS // 2 :]

    assert changes(draft(ONE, TWO), draft(*halves, TWO))[0] == (ChapterChangeKind.SPLIT, (1,), (1, 2), False)
    assert changes(draft(*halves, TWO), draft(ONE, TWO))[0] == (ChapterChangeKind.MERGED, (1, 2), (1,), False)


def test_paragraphs_dealt_out_anew_over_two_chapters_are_rearranged() -> None:
    mixed = ONE[:4] + TWO[:4], ONE[4:] + TWO[4:]

    assert changes(draft(ONE, TWO), draft(*mixed)) == [(ChapterChangeKind.REARRANGED, (1, 2), (1, 2), False)]


@pytest.mark.parametrize("new_paragraphs", [1, 4, 6])
def test_a_chapter_rewritten_in_part_is_changed(new_paragraphs: int) -> None:
    rewritten = told("new", new_paragraphs) + ONE[new_paragraphs:]

    assert changes(draft(ONE), draft(rewritten)) == [(ChapterChangeKind.CHANGED, (1,), (1,), False)]


def test_a_refrain_that_every_chapter_has_makes_none_of_them_kin() -> None:
    refrain = told("refrain", 6)

    found = changes(draft(ONE + refrain, TWO + refrain), draft(TWO + refrain, THREE + refrain))

    assert [each[:3] for each in found] == [
        (ChapterChangeKind.GONE, (1,), ()),
        (ChapterChangeKind.SAME, (2,), (1,)),
        (ChapterChangeKind.NEW, (), (2,)),
    ]


def test_a_chapter_that_stands_twice_is_matched_twice() -> None:
    assert {each[0] for each in changes(draft(ONE, ONE), draft(ONE, ONE))} == {ChapterChangeKind.SAME}


def test_chapters_of_a_few_words_are_known_by_them() -> None:
    found = changes(draft(("So it goes.",), ONE), draft(ONE, ("So it goes.",)))

    assert [each[:3] for each in found] == [(ChapterChangeKind.SAME, (2,), (1,)), (ChapterChangeKind.SAME, (1,), (2,))]
    assert [each[3] for each in found].count(True) == 1


def test_another_book_is_no_draft_of_this_one() -> None:
    assert not compared(draft(ONE, TWO), draft(THREE, FOUR)).is_same_book
    assert compared(draft(ONE, TWO, THREE), draft(ONE)).is_same_book
    assert not compared(draft(), draft(ONE)).is_same_book


# What was mended

LOUD = "She came in quickly and sat down. He had nothing to say about it at all."
QUIET = "She came in and sat down. He had nothing to say about it at all."


def marked(*places: tuple[int, int, int, str]) -> dict[str, dict[int, list[Span]]]:
    """Adverbs of the first chapter."""
    return {"adverb": {1: list(places)}}


def at(text: str, word: str, paragraph: int) -> Span:
    start = text.index(word)
    return paragraph, start, start + len(word), word


def test_a_word_that_was_taken_out_was_mended_where_it_stood() -> None:
    before = draft((*ONE, LOUD), marks=marked(at(LOUD, "quickly", PARAGRAPHS + 1)))

    found = compared(before, draft((*ONE, QUIET)))

    [place] = found.mended
    assert (place.kind, place.label, place.place.chapter, place.place.paragraph) == ("adverb", "quickly", 1, 9)
    assert "came in quickly and sat" in place.place.quote
    assert found.came_in == ()
    assert [place.label for place in compared(draft((*ONE, QUIET)), before).came_in] == ["quickly"]


def test_what_moved_with_its_paragraph_or_its_sentence_was_not_mended() -> None:
    before = draft((*ONE, LOUD), marks=marked(at(LOUD, "quickly", PARAGRAPHS + 1)))
    moved = draft((LOUD, *ONE), marks=marked(at(LOUD, "quickly", 1)))
    joined = f"It was late. {LOUD}"
    in_another = draft((*ONE, joined), marks=marked(at(joined, "quickly", PARAGRAPHS + 1)))

    for after in (moved, in_another):
        found = compared(before, after)
        assert (found.mended, found.came_in) == ((), ())


def test_a_sentence_that_was_changed_around_a_word_neither_mended_it_nor_brought_it_in() -> None:
    again = "She quickly came into the room. He had nothing to say about it at all."
    before = draft((*ONE, LOUD), marks=marked(at(LOUD, "quickly", PARAGRAPHS + 1)))
    after = draft((*ONE, again), marks=marked(at(again, "quickly", PARAGRAPHS + 1)))

    found = compared(before, after)

    assert (found.mended, found.came_in) == ((), ())


def test_what_went_with_its_chapter_was_not_mended() -> None:
    before = draft((*ONE, LOUD), TWO, marks=marked(at(LOUD, "quickly", PARAGRAPHS + 1)))

    assert compared(before, draft(TWO)).mended == ()


def test_of_other_kinds_no_place_is_mended() -> None:
    before = draft((*ONE, LOUD), marks={"name": {1: [at(LOUD, "She", PARAGRAPHS + 1)]}})

    assert compared(before, draft((*ONE, QUIET))).mended == ()


# Habits


def habits(before: str, after: str) -> list[tuple[str, str, int, int]]:
    """What changed between texts of 2,000 words, beside these words."""
    filler = tuple(told("filler", 50))
    found = compare(
        draft((*filler, before), marks=adverbs(before)), draft((*filler, after), marks=adverbs(after)), kinds=KINDS
    )
    return [(each.kind, each.label, each.before, each.after) for each in found.habits]


def adverbs(text: str) -> dict[str, dict[int, list[Span]]]:
    """Every word in -ly, marked."""
    words = [word for word in text.split() if word.endswith("ly")]
    return {"adverb": {1: [(51, 0, 1, word) for word in words]}}


def test_a_habit_that_was_halved_is_told_once_and_one_that_varied_is_not() -> None:
    before = "immediately " * 60 + "really " * 20
    after = "immediately " * 31 + "really " * 17

    assert habits(before, after) == [("adverb", "immediately", 60, 31)]


def test_a_plain_word_is_counted_in_the_text() -> None:
    assert habits("gaslight " * 3, "gaslight " * 30) == [("word", "gaslight", 3, 30)]
    assert habits("gaslight " * 30, "gaslight " * 25) == []


def test_a_habit_that_grew_with_the_book_is_no_change() -> None:
    text = (*told("filler", 50), "immediately " * 60)
    before = draft(text, marks=adverbs("immediately " * 60))
    after = draft(text, text, marks={"adverb": {1: [(51, 0, 1, "immediately")] * 120}})

    assert compared(before, after).habits == ()


def test_chapters_are_put_together_from_passages() -> None:
    chapters = by_chapter([(1, 1, "One "), (1, 1, "whole."), (1, 2, "Two."), (3, 1, "Three.")])

    assert [(chapter.number, chapter.paragraphs) for chapter in chapters] == [
        (1, ["One whole.", "Two."]),
        (3, ["Three."]),
    ]


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.sampled_from("abcdefgh"), unique=True),
    st.lists(st.sampled_from("abcdefgh"), unique=True),
)
def test_every_chapter_of_either_draft_is_told_once(before: list[str], after: list[str]) -> None:
    found = compared(draft(*map(told, before)), draft(*map(told, after))).chapters

    assert sorted(number for each in found for number in each.before) == list(range(1, len(before) + 1))
    assert [number for each in found for number in each.after] == list(range(1, len(after) + 1))
    assert {each.change for each in found} <= {ChapterChangeKind.SAME, ChapterChangeKind.NEW, ChapterChangeKind.GONE}
    common = [name for name in after if name in before]
    assert sum(each.change is ChapterChangeKind.SAME for each in found) == len(common)
