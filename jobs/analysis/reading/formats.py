"""The formats that are read, a row each, and how a file's name says which it is."""

from pathlib import PurePosixPath

from jobs.analysis.reading import archive, docx, epub, fountain, html, markdown, odt, pdf, plain, rtf
from jobs.analysis.reading.format import Format
from jobs.analysis.reading.kinds import kind_by_name
from jobs.errors import UnsupportedFormat

_DOCUMENTS: tuple[Format, ...] = (
    docx.FORMAT,
    epub.FORMAT,
    odt.ODT,
    odt.FODT,
    rtf.FORMAT,
    pdf.FORMAT,
    fountain.FORMAT,
    html.FORMAT,
    markdown.FORMAT,
    plain.FORMAT,
)
FORMATS = (*_DOCUMENTS, archive.archive_format(_DOCUMENTS))
_BY_ENDING = {ending: each for each in FORMATS for ending in each.endings}


def format_of(filename: str) -> Format:
    """The format that the name's ending says. Raises UnsupportedFormat, with what to do instead."""
    ending = PurePosixPath(filename.replace("\\", "/")).suffix.lower()
    if found := _BY_ENDING.get(ending):
        return found
    if kind := kind_by_name(filename):
        raise UnsupportedFormat(kind.refusal)
    what = f"{ending[:12]} files" if ending else "Files whose name has no ending"
    raise UnsupportedFormat(
        f"{what} are not read here, only {listed_endings('and')}. "
        "Export the manuscript in one of these and upload that."
    )


def format_by_bytes(head: bytes) -> Format | None:
    """The format of a file that begins so; None where its beginning does not say."""
    fitting = [each for each in FORMATS if each.begins and head.startswith(each.begins)]
    return next((each for each in fitting if not each.holds or any(mark in head for mark in each.holds)), None)


def listed_endings(conjunction: str) -> str:
    """The first ending of each format, as a sentence lists them: ".txt, .md and .docx"."""
    *others, last = (each.endings[0] for each in FORMATS)
    return f"{', '.join(others)} {conjunction} {last}"


def all_endings() -> tuple[str, ...]:
    """Every ending that is read."""
    return tuple(_BY_ENDING)
