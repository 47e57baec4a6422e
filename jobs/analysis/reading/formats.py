"""The formats that are read, a row each, and how a file's name says which it is."""

from pathlib import PurePosixPath

from jobs.analysis.reading import docx, epub, markdown, plain
from jobs.analysis.reading.format import Format
from jobs.errors import UnsupportedFormat

FORMATS: tuple[Format, ...] = (docx.FORMAT, epub.FORMAT, markdown.FORMAT, plain.FORMAT)
_BY_ENDING = {ending: each for each in FORMATS for ending in each.endings}
_REMEDIES = {
    ".doc": "Open it in your writing program, save it as .docx and upload the new file.",
    ".odt": "Open it in your writing program, save it as .docx and upload the new file.",
    ".rtf": "Open it in your writing program, save it as .docx and upload the new file.",
    ".pages": "In Pages choose File > Export To > Word and upload the .docx file.",
    ".scriv": "In Scrivener choose File > Compile, compile for .docx and upload the new file.",
    ".pdf": "A PDF keeps pages, not paragraphs: upload the file that it was made from, as .docx or .txt.",
}


def format_of(filename: str) -> Format:
    """The format that the name's ending says. Raises UnsupportedFormat, with what to do instead."""
    ending = PurePosixPath(filename.replace("\\", "/")).suffix.lower()
    if found := _BY_ENDING.get(ending):
        return found
    what = f"{ending[:12]} files" if ending else "Files whose name has no ending"
    remedy = _REMEDIES.get(ending, "Export the manuscript in one of these and upload that.")
    raise UnsupportedFormat(f"{what} are not read here, only {listed_endings('and')}. {remedy}")


def listed_endings(conjunction: str) -> str:
    """The first ending of each format, as a sentence lists them: ".txt, .md and .docx"."""
    *others, last = (each.endings[0] for each in FORMATS)
    return f"{', '.join(others)} {conjunction} {last}"


def all_endings() -> tuple[str, ...]:
    """Every ending that is read."""
    return tuple(_BY_ENDING)
