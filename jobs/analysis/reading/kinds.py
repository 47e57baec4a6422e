"""What a file is that is not read here, by its first bytes or its name, and the way out for its author."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath

from jobs.analysis.reading.format import ZIP

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SAVE_AS_WORD = "Open it in your writing program, save it as .docx and upload the new file."
_ITSELF = "Upload the manuscript itself."
_EBOOK = "In Calibre choose Convert books > EPUB and upload the .epub file; a book with copy protection cannot be read."


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of file that is not read."""

    name: str
    """As a sentence says it: "a Pages document"."""
    way_out: str = _ITSELF
    """What the author does, in a sentence."""
    endings: tuple[str, ...] = ()
    begins: tuple[bytes, ...] = ()
    holds: tuple[bytes, ...] = ()
    """What the beginning of a ZIP file of this kind holds, one of them at least."""
    looks: Callable[[bytes], bool] | None = None
    """Where the first bytes alone do not tell."""

    @property
    def refusal(self) -> str:
        """The sentences for its author."""
        return f"This file is {self.name}, which is not read here. {self.way_out}"

    def fits(self, head: bytes) -> bool:
        """Whether a file that begins so is of this kind."""
        if self.holds:
            return head.startswith(ZIP) and any(mark in head for mark in self.holds)
        return head.startswith(self.begins) if self.looks is None else self.looks(head)


def _binary(*begins: bytes) -> Callable[[bytes], bool]:
    """Two or three letters may begin a story as well: a control character must stand near them."""
    return lambda head: head.startswith(begins) and b"\x00" in head[:64]


KINDS = (
    Kind(
        name="a Pages document",
        way_out="In Pages choose File > Export To > Word and upload the .docx file.",
        endings=(".pages",),
        holds=(b"Index/Document.iwa", b"Index.zip", b"buildVersionHistory.plist", b"index.xml.gz"),
    ),
    Kind(
        name="a Scrivener project's list of documents",
        way_out="Pack the whole project folder, whose name ends in .scriv, into a ZIP file and upload that.",
        endings=(".scrivx",),
        looks=lambda head: b"<ScrivenerProject" in head,
    ),
    Kind(
        name="a Final Draft screenplay",
        way_out="In Final Draft choose File > Export and upload the .rtf file.",
        endings=(".fdx",),
        looks=lambda head: b"<FinalDraft" in head,
    ),
    Kind(
        name="a Kindle book",
        way_out=_EBOOK,
        endings=(".mobi", ".azw", ".azw3", ".prc"),
        looks=lambda head: head[60:68] in (b"BOOKMOBI", b"TEXtREAd"),
    ),
    Kind(name="a Kindle book", way_out=_EBOOK, endings=(".kfx", ".azw8"), begins=(b"\xeaDRMION\xee", b"CONT\x02\x00")),
    Kind(name="an e-book of Microsoft Reader", way_out=_EBOOK, endings=(".lit",), begins=(b"ITOLITLS",)),
    Kind(name="a FictionBook", way_out=_EBOOK, endings=(".fb2",), looks=lambda head: b"<FictionBook" in head),
    Kind(
        name="a DjVu document",
        way_out="Upload the text that it was scanned from, as .docx or .txt.",
        endings=(".djvu", ".djv"),
        begins=(b"AT&TFORM",),
    ),
    Kind(
        name="an old Word document (.doc) or one with a password",
        way_out=f"If it has a password, remove it. {_SAVE_AS_WORD}",
        endings=(".doc", ".dot"),
        begins=(_OLE,),
    ),
    Kind(name="a Works document", way_out=_SAVE_AS_WORD, endings=(".wps",)),
    Kind(name="a WordPerfect document", way_out=_SAVE_AS_WORD, endings=(".wpd", ".wp", ".wp5"), begins=(b"\xffWPC",)),
    Kind(
        name="a rich-text folder with pictures",
        way_out="In TextEdit take the pictures out, save it as .rtf and upload that.",
        endings=(".rtfd",),
        holds=(b"TXT.rtf",),
    ),
    Kind(name="an AbiWord document", way_out=_SAVE_AS_WORD, endings=(".abw",), looks=lambda head: b"<abiword" in head),
    Kind(
        name="an old OpenOffice document", way_out=_SAVE_AS_WORD, endings=(".sxw",), holds=(b"application/vnd.sun.xml",)
    ),
    Kind(
        name="a spreadsheet or a presentation",
        endings=(".xlsx", ".xls", ".pptx", ".ppt", ".ods", ".odp", ".numbers", ".key"),
        holds=(b"xl/work", b"ppt/pres", b"opendocument.spreadsheet", b"opendocument.presentation"),
    ),
    Kind(
        name="a shortcut to a Google document",
        way_out="In Google Docs choose File > Download > Microsoft Word and upload that file.",
        endings=(".gdoc",),
        looks=lambda head: head[:1] == b"{" and b'"doc_id"' in head,
    ),
    Kind(
        name="a saved web page",
        way_out="Save the page as .html and upload that.",
        endings=(".mht", ".mhtml", ".webarchive"),
        begins=(b"MIME-Version:", b"From: <Saved by", b"bplist00"),
    ),
    Kind(
        name="a LaTeX source",
        way_out="Make a PDF of it, or save it as plain text, and upload that.",
        endings=(".tex", ".latex"),
        begins=(b"\\documentclass",),
    ),
    Kind(
        name="a PostScript file",
        way_out="Upload the file that it was made from, as .docx or .txt.",
        endings=(".ps", ".eps"),
        begins=(b"%!PS",),
    ),
    Kind(
        name="a picture",
        endings=(".png", ".jpg", ".jpeg", ".gif", ".tif", ".tiff", ".bmp", ".webp", ".heic", ".svg"),
        begins=(b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*"),
    ),
    Kind(name="a picture", looks=_binary(b"BM")),
    Kind(
        name="a picture, a sound or a film",
        endings=(".mp3", ".m4a", ".wav", ".mp4", ".mov", ".avi", ".ogg", ".flac"),
        looks=lambda head: head[:4] in (b"RIFF", b"OggS") or head[4:8] == b"ftyp",
    ),
    Kind(name="a sound file", looks=_binary(b"ID3")),
    Kind(
        name="a compressed archive",
        way_out="Unpack it and upload the manuscript itself, or pack it as .zip.",
        endings=(".gz", ".rar", ".7z", ".tar", ".tgz", ".bz2", ".xz"),
        begins=(b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf", b"BZh91AY", b"\xfd7zXZ"),
    ),
    Kind(name="a program", endings=(".exe", ".dmg", ".app"), begins=(b"\x7fELF",)),
    Kind(name="a program", looks=_binary(b"MZ")),
)
"""The first that fits is meant."""


def kind_of(head: bytes) -> Kind | None:
    """What a file that begins so is; None for text, and for what is read here."""
    return next((kind for kind in KINDS if (kind.begins or kind.holds or kind.looks) and kind.fits(head)), None)


def kind_by_name(filename: str) -> Kind | None:
    """What a file of that name is, among what is not read here."""
    ending = PurePosixPath(filename.replace("\\", "/")).suffix.lower()
    return next((kind for kind in KINDS if ending in kind.endings), None)
