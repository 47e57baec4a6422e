"""What writing programs put beside the prose is not counted, and leaves no space that would look like a break."""

import pytest

from jobs.analysis.reading.markdown import read_markdown
from tests.unit.analysis.files import split_markdown, titles


def texts(text: str) -> list[str]:
    """The text of each block."""
    return [block.text for block in read_markdown(text).blocks]


@pytest.mark.parametrize(
    ("text", "prose"),
    [
        ("He ran %%too fast? check%% home.", "He ran  home."),
        ("%%\na long note\n\nover paragraphs\n%%\n\nHe ran.", "He ran."),
        ("#scene/night #rewrite\n\nHe ran.", "He ran."),
        ("[[Ferry|The ferry]] left [[Sea]].[^2]\n\n[^2]: See the map.\n    And the chart.", "The ferry left Sea."),
        ("![[sketch.png]]\n\nHe ran.", "He ran."),
        ("> [!todo]- Fix\n> this is no prose\n\nHe ran.", "He ran."),
        ("```js\nlet a = 1;\n```\n\nHe ran.", "He ran."),
        ("A {++red ++}{--dull --}day {~~fell~>broke~~}{>>which?<<} and {==shone==}.", "A red day broke and shone."),
        ("He ==ran== and ~~walked~~ home. ^a1b2", "He ran and walked home."),
        ("@pov: Anna\n@location: Quay\n\n%Synopsis: she leaves\n\nHe ran.", "He ran."),
        ("[//]: # (a comment)\n\nHe ran.", "He ran."),
        ("<div class='x'>He <em>ran</em>.</div>", "He ran."),
        (">> He ran. <<", "He ran."),
        ("He thought 3 < 4 and 5 > 4 and 50%% of {them}.", "He thought 3 < 4 and 5 > 4 and 50%% of {them}."),
    ],
)  # fmt: skip
def test_marks_are_no_prose(text: str, prose: str) -> None:
    assert [each.strip() for each in texts(text)] == [prose.strip()]


@pytest.mark.parametrize("note", ["%% later %%", "<!-- later -->", "#todo", "> [!note]\n> later", "```\nx\n```"])
def test_a_note_between_paragraphs_leaves_no_space(note: str) -> None:
    blocks = read_markdown(f"One.\n\n{note}\n\nTwo.\n\nThree.").blocks

    assert [(block.text, block.gap) for block in blocks] == [("One.", 0), ("Two.", 1), ("Three.", 1)]


def test_novelwriters_headings_are_headings() -> None:
    text = "#! The Ferry\n\n##! Foreword\n\nShort.\n\n## Ebb\n\nHe ran.\n\n###! Night\n\nShe ran."

    assert [block.level for block in read_markdown(text).blocks if block.level] == [1, 2, 2, 3]
    assert "Ebb" in titles(split_markdown(text))
