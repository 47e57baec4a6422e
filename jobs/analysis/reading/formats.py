"""The formats that are read, and how a file's name says which it is."""

from enum import StrEnum
from pathlib import PurePosixPath

from jobs.errors import UnsupportedFormat


class Format(StrEnum):
    """A kind of manuscript file."""

    TEXT = "txt"
    MARKDOWN = "md"
    DOCX = "docx"
    EPUB = "epub"


_BY_EXTENSION = {
    ".txt": Format.TEXT,
    ".text": Format.TEXT,
    ".md": Format.MARKDOWN,
    ".markdown": Format.MARKDOWN,
    ".docx": Format.DOCX,
    ".epub": Format.EPUB,
}
SUPPORTED_FORMATS = (".txt", ".md", ".docx", ".epub")
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
    extension = PurePosixPath(filename.replace("\\", "/")).suffix.lower()
    if found := _BY_EXTENSION.get(extension):
        return found
    kinds = ", ".join(SUPPORTED_FORMATS[:-1]) + " and " + SUPPORTED_FORMATS[-1]
    what = f"{extension[:12]} files" if extension else "Files whose name has no ending"
    remedy = _REMEDIES.get(extension, "Export the manuscript in one of these and upload that.")
    raise UnsupportedFormat(f"{what} are not read here, only {kinds}. {remedy}")
