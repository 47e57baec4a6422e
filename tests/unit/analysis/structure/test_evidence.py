"""What is a heading, a part, a title page, a contents list, a break: by what adds up, in any language."""

from pathlib import Path

import pytest

from jobs.analysis.document import Document, Role
from jobs.analysis.reading.reader import read_manuscript
from jobs.analysis.structure.chapters import Manuscript, split
from jobs.analysis.words.markers import is_ornament, read_marker
from tests.unit.analysis.files import (
    Link,
    chaptered,
    docx,
    docx_of,
    epub,
    navigation,
    outline,
    page,
    paragraphs,
    prose,
    split_markdown,
    split_text,
    titles,
)


def read(directory: Path, name: str, content: bytes) -> Document:
    """The document in a file of that content."""
    path = directory / name
    path.write_bytes(content)
    return read_manuscript(path, name)


def breaks(manuscript: Manuscript) -> int:
    """How many breaks stand in all sections."""
    return sum(block.role is Role.BREAK for section in manuscript.sections for block in section.body)


def run(text: str, *, bold: bool = False, alignment: str = "") -> str:
    """A paragraph of a Word document that is set by hand."""
    properties = f"<w:pPr><w:jc w:val='{alignment}'/></w:pPr>" if alignment else ""
    weight = "<w:rPr><w:b/></w:rPr>" if bold else ""
    return f"<w:p>{properties}<w:r>{weight}<w:t>{text}</w:t></w:r></w:p>"


ROMAN = ("XXVIII", "XXIX", "XXX", "XXXI")


def test_a_number_that_looks_like_a_break_is_a_heading_where_it_is_next(tmp_path: Path) -> None:
    numerals = ("I", "II", "III", *ROMAN)
    styled = [part for numeral in ROMAN for part in ((numeral, "Heading2"), (prose(90), ""))]

    assert titles(split_text(chaptered(("I", "II", "III")))) == ["I", "II", "III"]
    assert titles(split(read(tmp_path, "novel.docx", docx_of(styled)))) == list(ROMAN)
    assert titles(split_markdown(chaptered(f"## {numeral}" for numeral in numerals))) == list(numerals)


def test_a_number_that_looks_like_a_break_is_one_where_nothing_counts() -> None:
    found = split_text(chaptered(("Chapter 1", "XXX", "Chapter 2")))

    assert titles(found) == ["Chapter 1", "Chapter 2"]
    assert breaks(found) == 1


@pytest.mark.parametrize("mark", ["☙ ☙", "<*>", r"\_ \_", "¤", "/ / /", "- - -", "…", "⸻", ":::", "| | |", "{ }"])
def test_a_short_line_without_letters_alone_between_paragraphs_is_a_break(mark: str) -> None:
    text = f"Chapter 1\n\n{prose()}\n\n{mark}\n\n{prose()}\n\nChapter 2\n\n{prose()}"

    assert breaks(split_text(text)) == breaks(split_markdown(text)) == 1


@pytest.mark.parametrize("line", ["“…”", "— …", "—¿…?", "?!", "« ! »", "12", "’"])
def test_silence_and_numbers_are_no_breaks(line: str) -> None:
    assert not is_ornament(line)


def test_more_space_than_elsewhere_is_a_break(tmp_path: Path) -> None:
    scenes = "\n\n\n\n".join(prose(150) for _ in range(3))
    empty = ["", ""]
    words = [(text, "") for text in [*paragraphs(150), *empty, *paragraphs(150), *empty, *paragraphs(150)]]
    book = {"1.xhtml": page("".join(f"<p>{text or '&#160;'}</p>" for text, _ in words))}

    assert breaks(split_text(f"Chapter 1\n\n{scenes}\n\n\n\nChapter 2\n\n{scenes}")) == 4
    assert breaks(split(read(tmp_path, "novel.docx", docx_of([("One", "Heading2"), *words])))) == 2
    assert breaks(split(read(tmp_path, "novel.epub", epub(book)))) == 2


def test_space_says_nothing_where_no_space_is_usual() -> None:
    verses = "".join(line + "\n" * (2 + number % 4) for number, line in enumerate(paragraphs(900)))

    assert breaks(split_text(verses)) == 0


def test_space_above_the_last_line_is_no_break() -> None:
    assert breaks(split_text(f"{prose(300)}\n\n\n\nTHE END")) == 0


def test_a_picture_that_comes_again_is_a_break_and_a_plate_is_none(tmp_path: Path) -> None:
    fleuron, plate = "<div><img src='../i/fleuron.svg'/></div>", "<p><img src='plate7.jpg' alt='The quay'/></p>"
    text = "".join(f"<p>{each}</p>" for each in paragraphs(60))
    pages = {f"{n}.xhtml": page(f"<h1>{n}</h1>{text}{fleuron}{text}{plate}{text}") for n in range(1, 3)}
    pages["2.xhtml"] = pages["2.xhtml"].replace("plate7", "plate8")

    assert breaks(split(read(tmp_path, "novel.epub", epub(pages)))) == 2


@pytest.mark.parametrize(
    "headings",
    [
        ("Capítulo primero", "Capítulo segundo", "Capítulo tercero"),
        ("CHAPITRE PREMIER", "CHAPITRE DEUXIÈME", "CHAPITRE TROISIÈME"),
        ("Erstes Kapitel", "Zweites Kapitel", "Drittes Kapitel"),
        ("Capitolo primo", "Capitolo secondo", "Capitolo terzo"),
        ("Rozdział pierwszy", "Rozdział drugi", "Rozdział trzeci"),
        ("Глава первая", "Глава вторая", "Глава третья"),
        ("Κεφάλαιο πρώτο", "Κεφάλαιο δεύτερο", "Κεφάλαιο τρίτο"),
        ("Första kapitlet", "Andra kapitlet", "Tredje kapitlet"),
        ("Kapitulli 1", "Kapitulli 2", "Kapitulli 3"),
        ("I. caibidil", "II. caibidil", "III. caibidil"),
        ("Kapitulli i parë", "Kapitulli i dytë", "Kapitulli i tretë"),
        ("Sura ya kwanza", "Sura ya pili", "Sura ya tatu"),
        ("Hoofdstuk eenenveertig", "Hoofdstuk tweeënveertig", "Hoofdstuk drieënveertig"),
    ],
    ids=lambda headings: str(headings[0]),
)
def test_a_row_of_one_word_and_a_number_is_a_row_of_chapters_in_any_language(headings: tuple[str, ...]) -> None:
    assert outline(split_text(chaptered(headings, words=90))) == [("chapter", heading) for heading in headings]


def test_a_line_that_the_next_paragraph_goes_on_with_is_no_heading() -> None:
    read_on = "had been torn out, and whoever had done it had taken care to leave no edge for a finger to find at all."
    text = chaptered(("Chapter 1", f"Chapter 2\n\nChapter 9\n\n{read_on}", "Chapter 3"))

    assert titles(split_text(text)) == ["Chapter 1", "Chapter 2", "Chapter 3"]


def test_a_run_of_headings_without_prose_is_a_contents_list_whatever_it_says() -> None:
    listed = "\n\n".join(f"{number}. About the {name}" for number, name in enumerate(("sea", "hill", "end"), start=1))
    text = f"What is in this book\n\n{listed}\n\n" + chaptered(("ONE", "TWO", "THREE"))

    assert titles(split_text(text)) == ["ONE", "TWO", "THREE"]


def test_headings_over_a_line_or_two_before_the_story_are_its_title_page() -> None:
    head = "# The Ferry\n\n## Written by Ann Other\n\n## Draft: 3\n\n*For my mother*\n\n"

    assert titles(split_markdown(head + chaptered(("## Ebb", "## Flood", "## Slack")))) == ["Ebb", "Flood", "Slack"]


def test_a_book_in_parts_only_has_as_many_chapters_as_parts() -> None:
    names = ("Book One", "Book Two", "Book Three")

    assert outline(split_text(chaptered(names))) == [("chapter", name) for name in names]


def test_stories_are_chapters_also_where_one_is_divided() -> None:
    divided = f"## The Well\n\n### 1\n\n{prose()}\n\n### 2\n\n{prose()}\n\n"
    found = split_markdown(divided + chaptered(f"## {name}" for name in ("The Gate", "Night", "Snow")))

    assert outline(found) == [("chapter", name) for name in ("The Well", "The Gate", "Night", "Snow")]


def test_a_heading_that_only_holds_others_is_a_part(tmp_path: Path) -> None:
    body = [("First Witness", "berschrift1"), ("I", "Heading2"), (prose(), ""), ("II", "Heading2"), (prose(), "")]
    more = [("Second Witness", "berschrift1"), ("I", "Heading2"), (prose(), ""), ("II", "Heading2"), (prose(), "")]

    kinds = [kind for kind, _ in outline(split(read(tmp_path, "novel.docx", docx_of([*body, *more]))))]

    assert kinds == ["part", "chapter", "chapter", "part", "chapter", "chapter"]


@pytest.mark.parametrize(("bold", "alignment"), [(True, ""), (False, "center"), (True, "right")])
def test_lines_that_are_set_alike_by_hand_are_headings(tmp_path: Path, bold: bool, alignment: str) -> None:
    names = ("The ferry", "what Anna said", "A Long Night of Snow")
    parts = [run(name, bold=bold, alignment=alignment) + "".join(map(run, paragraphs(120))) for name in names]

    assert titles(split(read(tmp_path, "novel.docx", docx("".join(parts))))) == list(names)


def test_one_line_set_apart_makes_no_chapter(tmp_path: Path) -> None:
    body = "".join(map(run, paragraphs(120))) + run("STOP HERE", bold=True) + "".join(map(run, paragraphs(120)))

    assert titles(split(read(tmp_path, "novel.docx", docx(body)))) == ["Whole text"]


def book(heads: list[str], names: list[str]) -> bytes:
    """An EPUB of a page for each head, and a table of contents that gives the names."""
    text = "".join(f"<p>{each}</p>" for each in paragraphs(120))
    pages = {f"{number}.xhtml": page(head + text) for number, head in enumerate(heads)}
    links = [Link(name, f"{number}.xhtml") for number, name in enumerate(names)]
    return epub(pages, nav="", beside={"nav.xhtml": navigation(links)})


def test_the_book_title_on_every_page_heads_no_chapter(tmp_path: Path) -> None:
    names = ["The Gate", "Night", "Snow"]
    heads = [f"<h1>The Ferry</h1><p class='t'>{name}</p>" for name in names]

    assert titles(split(read(tmp_path, "novel.epub", book(heads, names)))) == names


def test_a_chapter_that_only_the_table_of_contents_names_is_one_beside_others_with_headings(tmp_path: Path) -> None:
    heads = ["<h2>The Gate</h2>", "<p><img src='snow.jpg'/></p>", "<h2>Night</h2>"]

    found = titles(split(read(tmp_path, "novel.epub", book(heads, ["The Gate", "Snow", "Night"]))))

    assert found == ["The Gate", "Snow", "Night"]


def test_numbers_in_words_are_read_beyond_a_hundred() -> None:
    numbers = {"One Hundred": 100, "One Hundred and Twelve": 112, "Two Hundred Thirty-First": 231}

    for words, number in numbers.items():
        marker = read_marker(f"Chapter {words}")
        assert (marker and marker.number) == number


LONG = (
    "CHAPTER {}. Which treats of the ferryman, of his two daughters, and of the\nletter that came by night and was not "
    "opened until the tide had\nturned and everybody whom it might have saved was out of sight behind\nthe point and "
    "had been given up, though not by all, as the reader\nwho is patient enough to go on will find before he is older."
)


def test_no_length_outvotes_a_keyword_with_the_next_number() -> None:
    found = split_text(chaptered(LONG.format(numeral) for numeral in ("I", "II", "III")))

    assert [section.kind.value for section in found.sections] == ["chapter"] * 3
    assert found.sections[2].name.endswith("before he is older.")


def test_a_paragraph_that_begins_with_a_chapters_number_is_none_out_of_the_row() -> None:
    told = LONG.format("VII").replace("\n", " ").replace("CHAPTER", "Chapter")
    text = chaptered(("Chapter 1", "Chapter 2", "Chapter 3")).replace("Chapter 2\n\n", f"Chapter 2\n\n{told}\n\n")

    assert titles(split_text(text)) == ["Chapter 1", "Chapter 2", "Chapter 3"]


@pytest.mark.parametrize("mark", ["[1]", " [12]", "*", "¹"])
def test_a_mark_of_a_note_is_no_part_of_a_heading(mark: str) -> None:
    assert [kind for kind, _ in outline(split_text(chaptered((f"Chapter One{mark}", "Chapter Two"))))] == [
        "chapter"
    ] * 2


@pytest.mark.parametrize(
    "headings",
    [
        ("1 mars 1912", "3 mars 1912", "4 april 1912"),
        ("Lundi 3 juin", "Mardi 4 juin", "Jeudi 6 juin"),
        ("Tag 1", "Tag 9", "Tag 14"),
    ],
    ids=lambda headings: str(headings[0]),
)
def test_a_row_of_dates_or_days_is_a_row_of_chapters(headings: tuple[str, ...]) -> None:
    assert outline(split_text(chaptered(headings))) == [("chapter", heading) for heading in headings]


def test_a_few_numbers_in_short_lines_are_no_chapters() -> None:
    signs = f"Gate 7\n\n{prose(90)}\n\nGate 7\n\n{prose(20)}\n\n14 Sea Road\n\n{prose(90)}"

    assert titles(split_text(signs)) == ["Whole text"]


def test_the_first_line_of_a_file_may_be_its_first_heading() -> None:
    assert titles(split_text(chaptered(("THE GATE", "DOWN TO THE SEA", "SNOW")))) == [
        *("THE GATE", "DOWN TO THE SEA", "SNOW"),
    ]


def test_a_row_may_begin_with_nought() -> None:
    assert titles(split_text(chaptered(("0", "1", "2")))) == ["0", "1", "2"]


def test_long_titles_in_another_language_are_found_in_every_part() -> None:
    told = (
        "Capítulo primero. Que trata de la condición y ejercicio del barquero y de las dos hijas que tenía",
        "Capítulo II. Que trata de la primera salida que de su tierra hizo el barquero con la mayor de sus hijas",
        "Capítulo III. Donde se cuenta la graciosa manera que tuvo la menor de quedarse sola en casa aquella noche",
    )
    parts = (f"Primera parte\n\n{told[0]}", *told[1:], f"Segunda parte\n\n{told[0]}", *told[1:])

    kinds = [kind for kind, _ in outline(split_text(chaptered(parts)))]

    assert kinds == ["part", *["chapter"] * 3] * 2
