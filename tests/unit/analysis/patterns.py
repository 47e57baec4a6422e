"""Texts that a rule could be slow on: a mark that some rule looks for, padded, repeated, nested or never closed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape

from hypothesis import strategies as st

from tests.unit.analysis.documents import Item, PdfLine, fodt, odt, odt_paragraphs, pdf, rtf, rtf_words, scrivener
from tests.unit.analysis.files import archive, docx, epub, page

MARKS = (
    *(
        "<p>",
        "<b>",
        "</b>",
        "<a b='",
        "<!x",
        "&amp;",
        "<script>",
        "\\par ",
        "{\\b ",
        "\\u8212 ",
        "\\'e9",
        "/*",
        "INT. ",
        "ANN\n",
    ),
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


def _pdf(text: str) -> bytes:
    shown = _xml(text).replace("\r", "\n").encode("cp1252", errors="replace").decode("cp1252")
    lines = [line[at : at + 80] for line in shown.split("\n") for at in range(0, len(line) or 1, 80)]
    pages = (lines[at : at + 40] for at in range(0, len(lines), 40))
    return pdf([[PdfLine(line, 72, 750 - 15 * row) for row, line in enumerate(page_of)] for page_of in pages])


WRITERS: Mapping[str, Callable[[str], bytes]] = {
    "a.txt": str.encode,
    "a.md": str.encode,
    "a.docx": _docx,
    "a.epub": _epub,
    "a.odt": lambda text: odt(odt_paragraphs(_xml(text))),
    "a.fodt": lambda text: fodt(odt_paragraphs(_xml(text))),
    "a.rtf": lambda text: rtf(rtf_words(text)),
    "raw.rtf": lambda text: rtf(text.encode("ascii", errors="replace").decode("ascii")),
    "a.html": lambda text: f"<html><body><p>{escape(text)}</p></body></html>".encode(),
    "raw.html": str.encode,
    "a.fountain": str.encode,
    "a.pdf": _pdf,
    "a.scriv": lambda text: scrivener([Item("A", text)]),
    "a.zip": lambda text: archive({"1.txt": text, "2.md": text}),
}
"""A file of each format that holds the text, by its name."""
