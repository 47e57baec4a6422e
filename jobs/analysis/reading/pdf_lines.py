"""`python -m jobs.analysis.reading.pdf_lines FILE PARENT`: the lines of a PDF's pages, in a process to crash alone.

The library that reads PDFs is written in C++: what a stranger made may stop it, and then only this process is gone.
Standard output is JSON, one object a line: {"page": [[text, left, right, baseline, size], …]} for each page, in
points, then {"outline": [[page, level, title], …]}; or {"refused": "password", "damaged" or "pages"}. It ends with the
process whose number PARENT is.
"""

import ctypes
import json
import re
import sys
from collections.abc import Iterator
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from jobs.analysis.confinement import end_with_parent

MOST_PAGES = 10_000
MOST_ENTRIES = 5_000
_DEEPEST = 6
_LINE = re.compile("(?P<line>[^\r\n\ufffe]++\ufffe?+|\ufffe)")
"""The library takes out the end of a line behind a hyphen, and leaves its own mark there."""

Line = tuple[str, float, float, float, float]


def main() -> None:
    """Says the lines of the file that is named on the command line."""
    end_with_parent(int(sys.argv[2]))
    try:
        document = pypdfium2.PdfDocument(sys.argv[1])
    except pypdfium2.PdfiumError as error:
        is_locked = getattr(error, "err_code", None) == pdfium.FPDF_ERR_PASSWORD or "password" in str(error).lower()
        _say(refused="password" if is_locked else "damaged")
        return
    if len(document) > MOST_PAGES:
        _say(refused="pages")
        return
    for index in range(len(document)):
        _say(page=list(_lines(document, index)))
    _say(outline=list(_outline(document)))


def _lines(document: pypdfium2.PdfDocument, index: int) -> Iterator[Line]:
    try:
        page = document[index]
        text_page = page.get_textpage()
    except pypdfium2.PdfiumError:
        return  # a page that is damaged holds no text
    for match in _LINE.finditer(text_page.get_text_range()):
        line = match["line"]
        if text := line.strip():
            first = match.start() + len(line) - len(line.lstrip())
            yield (text, *_geometry(text_page, first, first + len(text) - 1))
    text_page.close()
    page.close()


def _geometry(text_page: pypdfium2.PdfTextPage, first: int, last: int) -> tuple[float, float, float, float]:
    box = (ctypes.c_double(), ctypes.c_double(), ctypes.c_double(), ctypes.c_double())  # left, right, bottom, top
    pdfium.FPDFText_GetCharBox(text_page, first, *box)
    left = box[0].value
    pdfium.FPDFText_GetCharBox(text_page, last, *box)
    right = box[1].value
    x, y = ctypes.c_double(), ctypes.c_double()
    pdfium.FPDFText_GetCharOrigin(text_page, first, x, y)
    size = pdfium.FPDFText_GetFontSize(text_page, first)
    return round(left, 1), round(right, 1), round(y.value, 1), round(size, 1)


def _outline(document: pypdfium2.PdfDocument) -> Iterator[tuple[int, int, str]]:
    try:
        for number, entry in enumerate(document.get_toc(max_depth=_DEEPEST)):
            destination = entry.get_dest()
            page = destination.get_index() if destination else None
            if number < MOST_ENTRIES and page is not None:
                yield page, entry.level + 1, entry.get_title()
    except (pypdfium2.PdfiumError, RuntimeError, ValueError):
        return  # the book can be read without


def _say(**message: Any) -> None:
    sys.stdout.write(json.dumps(message) + "\n")


if __name__ == "__main__":
    main()
