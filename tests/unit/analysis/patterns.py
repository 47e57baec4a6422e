"""Texts that a rule could be slow on: a mark that some rule looks for, padded, repeated, nested or never closed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape

from hypothesis import strategies as st

from tests.unit.analysis.files import docx, epub, page

MARKS = (
    *"*_~#=-—–….!?;:,\"“”„‘’'«»()[]<>{}\\`&|+@%^/1XaB\t\n\f ",
    *(
        "\u00a0",
        "\u0301\u0316",
        "\r",
        "\n\n",
        "--",
        "---\n",
        "***",
        "<!--",
        "-->",
        "![",
        "](",
        "[[",
        "]]",
        "%%",
        "{++",
        "{>>",
    ),
    *(
        "*a ",
        "_a ",
        "a* ",
        "~ ",
        "“a ",
        "”a",
        "—a",
        ". ",
        ". A",
        "Mr. ",
        "e.g. ",
        "’s ",
        "\n1\n\n",
        "\nI\n\n",
        "\n# a\n",
    ),
    *("Chapter ", "Chapter 1\n\n", "Part One\n", "Epilogue\n", "Ann ", "a ", "the ", "was ", "ly ", "ing", "said "),
    *("xxx", "x x x", "scene break", "key: a\n", "  \n", "> ", "    a\n", "a\n", "\n\na", "A.\n\n"),
)
"""Of every rule one at least."""


@dataclass(frozen=True)
class Pattern:
    """A text of any length: what it begins with, what comes again and again, what it ends with."""

    head: str
    unit: str
    tail: str

    def text(self, length: int) -> str:
        """The pattern with about that many characters."""
        return self.head + self.unit * max(1, length // len(self.unit)) + self.tail


def patterns() -> st.SearchStrategy[Pattern]:
    """Any pattern."""
    marks = st.sampled_from(MARKS)
    some = st.lists(marks, max_size=2).map("".join)
    units = st.lists(marks, min_size=1, max_size=3).map("".join)
    return st.builds(Pattern, head=some, unit=units, tail=some)


def _docx(text: str) -> bytes:
    pages = (f"<w:t xml:space='preserve'>{escape(_xml(part))}</w:t>" for part in text.split("\f"))
    return docx("<w:p><w:r>" + "<w:br w:type='page'/>".join(pages) + "</w:r></w:p>")


def _epub(text: str) -> bytes:
    return epub({"a.xhtml": page(f"<p>{escape(_xml(text)).replace(chr(10), '<br/>')}</p>")})


def _xml(text: str) -> str:
    return text.replace("\f", "\n")


WRITERS: Mapping[str, Callable[[str], bytes]] = {
    "a.txt": str.encode,
    "a.md": str.encode,
    "a.docx": _docx,
    "a.epub": _epub,
}
"""A file of each format that holds the text, by its name."""
