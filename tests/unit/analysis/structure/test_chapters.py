"""Chapters in the manuscripts that authors really have."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jobs.analysis.document import Block, Document, Role
from jobs.analysis.reading.plain import read_text
from jobs.analysis.structure.chapters import split
from jobs.analysis.words.markers import read_marker
from jobs.analysis.words.words import count_words, words_of
from tests.unit.analysis.files import chaptered, outline, prose, split_markdown, split_text, titles

STYLES = {
    "keyword and word": ["CHAPTER ONE", "CHAPTER TWO", "CHAPTER THREE"],
    "keyword and title": ["Chapter 1: The Gate", "Chapter 2: The Well", "Chapter 3: The Road"],
    "keyword, number, title without a mark": ["Chapter 1 The Gate", "Chapter 2 The Well", "Chapter 3 The Long Road"],
    "bare figures": ["1", "2", "3"],
    "figures with a full stop": ["1.", "2.", "3."],
    "figures between dashes": ["— 1 —", "— 2 —", "— 3 —"],
    "figures with titles": ["1. The Gate", "2. The Well", "3. The Road"],
    "bare Roman numerals": ["I", "II", "III"],
    "Roman numerals with titles": ["I — The Gate", "II — The Well", "III — The Road"],
    "bare words": ["One", "Two", "Three"],
    "shouted words": ["ONE", "TWO", "THREE"],
    "a serial's": ["Chapter 999", "Chapter 1000", "Chapter 1001: The Gate"],
    "short forms": ["Ch. 1", "Ch. 2", "Ch. 3"],
    "old manners": ["Chapter the First", "Chapter the Second", "Chapter the Last"],
    "full stops": ["CHAPTER I.", "CHAPTER II.", "CHAPTER III."],
    "decorated": ["~ Chapter One ~", "~ Chapter Two ~", "— Chapter Three —"],
    "in stars": ["**Prologue**", "**Chapter 1**", "**Chapter 2**"],
    "small letters": ["chapter one", "chapter two", "chapter three"],
    "titles in small letters": ["Chapter 1: the gate", "Chapter 2 - a well", "Chapter 3 — night"],
    "without a space": ["Chapter1", "Chapter2", "CHAPTER3"],
    "with a narrator": ["Chapter 1 (Anna)", "Chapter 2 (Ben)", "Chapter 3 (Anna)"],
    "Russian": ["Пролог", "Глава 1", "Глава 2. Лодка"],
    "Polish": ["Rozdział I", "Rozdział II", "Epilog"],
    "Dutch": ["Hoofdstuk 1", "Hoofdstuk 2", "Hoofdstuk 3: De boot"],
    "French": ["Chapitre 1", "Chapitre 2", "Chapitre 3"],
    "old titles": [
        "CHAPTER I. In which our hero is born, is christened, and is sent away to sea before he can object to it.",
        "CHAPTER II. Of the sea.",
        "CHAPTER III. How he came home again.",
    ],
}


@pytest.mark.parametrize("headings", STYLES.values(), ids=STYLES.keys())
def test_every_usual_style_of_heading_is_found(headings: list[str]) -> None:
    manuscript = split_text(f"THE NOVEL\nby A. Writer\n\n{chaptered(headings)}")

    assert titles(manuscript) == [heading.strip("~—* ") for heading in headings]
    assert {kind for kind, _ in outline(manuscript)} <= {"chapter", "other"}


@pytest.mark.parametrize("headings", STYLES.values(), ids=STYLES.keys())
def test_headings_are_found_where_paragraphs_have_no_blank_lines_but_tabs(headings: list[str]) -> None:
    body = "\n".join(f"\t{line}" for line in prose(200).split("\n\n"))

    manuscript = split_text("\n".join(f"{heading}\n{body}" for heading in headings))

    assert titles(manuscript) == [heading.strip("~—* ") for heading in headings]


@pytest.mark.parametrize("newline", ["\r\n", "\r", "\u2028"])
def test_headings_are_found_with_the_line_ends_of_every_system(newline: str) -> None:
    text = chaptered(["Chapter 1", "Chapter 2"]).replace("\n", newline)

    assert titles(split_text(text)) == ["Chapter 1", "Chapter 2"]


def test_a_title_on_the_next_line_belongs_to_the_heading() -> None:
    text = chaptered(["CHAPTER ONE\n\nThe Gate", "CHAPTER TWO\n\nA Well", "CHAPTER THREE\n\nThe Road Home"])

    sections = split_text(text).sections

    assert [section.heading for section in sections] == ["CHAPTER ONE", "CHAPTER TWO", "CHAPTER THREE"]
    assert [section.name for section in sections] == ["The Gate", "A Well", "The Road Home"]
    assert sections[0].title == "CHAPTER ONE — The Gate"


def test_a_title_in_the_same_paragraph_belongs_to_the_heading() -> None:
    assert titles(split_text(chaptered(["CHAPTER ONE\nThe Gate", "CHAPTER TWO\nA Well"]))) == [
        "CHAPTER ONE — The Gate",
        "CHAPTER TWO — A Well",
    ]


def test_a_short_first_sentence_is_not_a_title() -> None:
    text = chaptered(["Chapter 1\n\nHe ran.", "Chapter 2\n\n“No!”", "Chapter 3\n\nIt was late, and cold;"])

    assert titles(split_text(text)) == ["Chapter 1", "Chapter 2", "Chapter 3"]


def test_numbering_that_starts_again_in_each_part_is_kept() -> None:
    headings = ["Part One", "1", "2", "3", "Part Two", "1", "2", "Part Three: The End", "1", "2"]

    manuscript = split_text(chaptered(headings))

    assert titles(manuscript) == headings
    assert [kind for kind, _ in outline(manuscript)].count("chapter") == 7
    assert [section.number for section in manuscript.sections] == list(range(1, 11))


def test_bare_numbers_within_chapters_are_scenes() -> None:
    headings = ["Chapter One", "1", "2", "3", "Chapter Two", "1", "2"]

    manuscript = split_text(chaptered(headings))

    assert titles(manuscript) == ["Chapter One", "Chapter Two"]
    assert sum(block.role is Role.BREAK for block in manuscript.sections[0].body) == 3


def test_a_missing_number_does_not_end_the_row() -> None:
    assert titles(split_text(chaptered(["1", "2", "4", "5"]))) == ["1", "2", "4", "5"]


def test_a_contents_list_is_not_counted_twice() -> None:
    headings = ["Prologue", "Chapter 1", "Chapter 2", "Chapter 3", "Epilogue"]
    contents = "\n".join(["Contents", *headings])

    for text in (contents, contents.replace("\n", "\n\n"), contents.replace("\n", "\n\t")):
        manuscript = split_text(f"MY BOOK\n\n{text}\n\n\n{chaptered(headings)}")

        assert titles(manuscript) == headings
        assert words_of(manuscript.front) > 0


def test_a_short_contents_list_is_known_by_its_name_and_the_prologue_after_it_is_kept() -> None:
    text = f"Contents\n\nChapter 1\n\n{chaptered(['Prologue', 'Chapter 1', 'Chapter 2'])}"

    assert titles(split_text(text)) == ["Prologue", "Chapter 1", "Chapter 2"]


def test_a_contents_list_with_page_numbers_is_not_counted() -> None:
    contents = "Contents\n\nChapter 1: The Gate ..... 3\n\nChapter 2: The Well ..... 17\n\nChapter 3: The Road ..... 40"
    headings = ["Chapter 1: The Gate", "Chapter 2: The Well", "Chapter 3: The Road"]

    assert titles(split_text(f"{contents}\n\n{chaptered(headings)}")) == headings


def test_a_contents_list_of_numbers_and_titles_on_two_lines_is_not_counted() -> None:
    contents = "\n\n".join(["I", "The Gate", "II", "The Well", "III", "The Road"])
    body = chaptered(["I\n\nThe Gate", "II\n\nThe Well", "III\n\nThe Road"])

    assert titles(split_text(f"{contents}\n\n{body}")) == ["I — The Gate", "II — The Well", "III — The Road"]


def test_front_and_back_matter_are_no_sections() -> None:
    front = f"THE NOVEL\n\nCopyright 2026 by A. Writer\n\nDedication\n\nFor my mother\n\nPreface\n\n{prose(60)}"
    back = f"Acknowledgements\n\n{prose(60)}\n\nAbout the Author\n\nShe lives by the sea."
    headings = ["Prologue", "Chapter 1", "Chapter 2", "Epilogue"]

    manuscript = split_text(f"{front}\n\n{chaptered(headings)}\n\n{back}")

    assert titles(manuscript) == headings
    assert words_of(manuscript.front) > 60
    assert words_of(manuscript.back) > 60


def test_a_long_text_above_the_first_chapter_is_its_opening() -> None:
    manuscript = split_text(f"{prose(900)}\n\n{chaptered(['Chapter 1', 'Chapter 2'])}")

    assert outline(manuscript) == [("other", "Opening"), ("chapter", "Chapter 1"), ("chapter", "Chapter 2")]


def test_letters_prologues_and_interludes_are_sections_but_no_chapters() -> None:
    headings = ["Prologue: Fire", "Letter I", "Letter II", "Chapter 1", "Interlude", "Chapter 2", "Epilogue — Ash"]

    assert [kind for kind, _ in outline(split_text(chaptered(headings)))] == [
        "other", "letter", "letter", "chapter", "other", "chapter", "other",
    ]  # fmt: skip


def test_headings_in_capitals_without_numbers_are_chapters() -> None:
    headings = ["THE GATE", "A WELL IN THE WOODS", "NIGHT"]

    manuscript = split_text(f"MY NOVEL\n\nby A. Writer\n\n{chaptered(headings)}\n\nTHE END")

    assert outline(manuscript) == [("chapter", heading) for heading in headings]


def test_titles_with_space_above_them_are_chapters() -> None:
    text = "\n\n\n\n".join(f"{title}\n\n{prose()}" for title in ("The Gate", "Wells and Woods", "Night"))

    assert titles(split_text(f"My Novel\n\n\n\n{text}")) == ["The Gate", "Wells and Woods", "Night"]


@pytest.mark.parametrize(
    "line",
    [
        "I",
        "“I—”",
        "I was there.",
        "1984",
        "Chapter 7 was the one she liked best.",
        "Part of the wall had fallen.",
        "Book a room, she said.",
        "II. was the number on the door, I think,",
        "7:00–9:00 Dumb-bells",
        "Act natural, he said.",
        "part two of the plan",
        "Letter by letter she read it.",
        "chapter one — or so he called it, laughing",
        "Notes",
        "STOP",
        "5",
    ],
)
def test_a_line_that_looks_like_a_heading_makes_no_chapter(line: str) -> None:
    text = chaptered(["Chapter 1", f"Chapter 2\n\n{prose()}\n\n{line}", "Chapter 3"])

    assert titles(split_text(text)) == ["Chapter 1", "Chapter 2", "Chapter 3"]


def test_a_list_in_a_letter_is_no_row_of_chapters() -> None:
    text = f"{prose(300)}\n\n1. Bread\n\n2. Candles\n\n3. The Key\n\n{prose(300)}"

    assert titles(split_text(text)) == ["Whole text"]


def test_a_pronoun_alone_on_a_line_does_not_disturb_a_row_of_roman_numerals() -> None:
    text = chaptered(["I", "II", f"III\n\n{prose()}\n\nI", "IV", "V"])

    assert titles(split_text(text)) == ["I", "II", "III", "IV", "V"]


@pytest.mark.parametrize("mark", ["* * *", "***", "#", "# # #", "⁂", "~", "---", "• • •", "o0o", "[scene break]"])
def test_scene_breaks_are_found_and_are_no_headings(mark: str) -> None:
    text = chaptered([f"Chapter 1\n\n{prose()}\n\n{mark}", "Chapter 2"])

    manuscript = split_text(text)

    assert titles(manuscript) == ["Chapter 1", "Chapter 2"]
    assert sum(block.role is Role.BREAK for block in manuscript.sections[0].body) == 1


def test_a_novel_without_chapters_is_one_section() -> None:
    manuscript = split_text(prose(500))

    assert outline(manuscript) == [("other", "Whole text")]
    assert manuscript.front == manuscript.back == ()


def test_markdown_headings_are_chapters_and_the_first_is_the_book() -> None:
    chapters = chaptered(["## The Gate", "## *Wells*", "## Night"])
    text = f"---\ntitle: My Novel\ndraft: 3\n---\n\n# My Novel\n\n{chapters}"

    assert outline(split_markdown(text)) == [("chapter", "The Gate"), ("chapter", "Wells"), ("chapter", "Night")]


def test_underlined_markdown_headings_are_chapters() -> None:
    text = chaptered(["The Gate\n========", "The Well\n========", "Night\n====="])

    assert titles(split_markdown(text)) == ["The Gate", "The Well", "Night"]


def test_markdown_parts_chapters_and_scenes_are_told_apart_by_level() -> None:
    chapters = "\n\n".join(f"## Chapter {n}\n\n{chaptered(['### Dawn', '### Dusk'])}" for n in (1, 2))

    manuscript = split_markdown(f"# Part One\n\n{chapters}\n\n# Part Two\n\n{chaptered(['## Chapter 3'])}")

    assert [kind for kind, _ in outline(manuscript)] == ["part", "chapter", "chapter", "part", "chapter"]
    assert sum(block.role is Role.BREAK for block in manuscript.sections[1].body) == 2


def test_hashes_head_chapters_in_plain_text_too() -> None:
    assert titles(split_text(chaptered(["# One Evening", "# Another"]))) == ["One Evening", "Another"]


def test_the_notice_of_a_free_library_is_front_and_back_matter() -> None:
    book = chaptered(["Chapter 1", "Chapter 2"])
    start, end = (f"*** {word} OF THE PROJECT GUTENBERG EBOOK A BOOK ***" for word in ("START", "END"))
    text = f"Title: A Book\n\n{start}\n\n{book}\n\n{end}\n\n{prose(300)}"

    manuscript = split_text(text)

    assert titles(manuscript) == ["Chapter 1", "Chapter 2"]
    assert words_of(manuscript.back) > 300


def test_a_chapter_with_nothing_below_it_is_still_a_chapter() -> None:
    assert titles(split_text("Chapter 1\n\nChapter 2\n\nChapter 3")) == ["Chapter 1", "Chapter 2", "Chapter 3"]


_LINES = st.sampled_from(
    [
        "Chapter 1", "Chapter 2", "CHAPTER THREE: Night", "I", "II", "III", "1", "2", "3.", "Part One", "Part Two",
        "Prologue", "Epilogue", "Letter I", "Preface", "Notes", "* * *", "#", "# Heading", "THE GATE", "The Gate",
        "Contents", "“No,” he said.", "A plain sentence of words that ends.", "\tIndented line of text", "", "", "",
    ]
)  # fmt: skip


@given(st.lists(st.one_of(_LINES, st.text(max_size=30)), max_size=60))
def test_no_word_of_a_text_is_lost_or_counted_twice(lines: list[str]) -> None:
    document = read_text("\n".join(lines))

    manuscript = split(document)

    sections = sum(section.words for section in manuscript.sections)
    assert words_of(manuscript.front) + sections + words_of(manuscript.back) == words_of(document.blocks)
    assert words_of(document.blocks) == count_words("\n".join(lines))


_BLOCKS = st.builds(
    Block,
    text=st.one_of(_LINES.filter(bool), st.text(min_size=1, max_size=30)),
    role=st.sampled_from(Role),
    level=st.integers(0, 3),
    gap=st.integers(0, 4),
)


@given(st.lists(_BLOCKS, max_size=40))
@example([Block(text=" ", role=Role.HEADING, level=1)])
def test_every_block_is_in_exactly_one_place_and_in_order(blocks: list[Block]) -> None:
    manuscript = split(Document(blocks=tuple(blocks)))

    texts = [block.text for block in manuscript.front]
    for section in manuscript.sections:
        texts += [block.text for block in (*section.heading_blocks, *section.body)]
    texts += [block.text for block in manuscript.back]
    assert texts == [block.text for block in blocks]
    assert [section.number for section in manuscript.sections] == list(range(1, len(manuscript.sections) + 1))


@given(st.text(max_size=200))
def test_any_line_can_be_read_as_a_heading_or_not(text: str) -> None:
    marker = read_marker(text)

    assert marker is None or marker.kind
