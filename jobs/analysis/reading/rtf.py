"""Rich text (RTF) to blocks: read word by word; pictures, notes, headers and hidden text are passed over."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from jobs.analysis.document import Block, Document, Role
from jobs.analysis.reading.encoding import clean
from jobs.analysis.reading.format import Format
from jobs.analysis.reading.plain import bytes_of
from jobs.analysis.words.markers import is_ornament
from jobs.analysis.words.words import word_set
from jobs.errors import TooLarge, Unreadable

NAME = "a rich-text (RTF) file"
BEGINS = b"{\\rtf"
_TOKEN = re.compile(
    rb"\\(?P<word>[a-zA-Z]{1,32}+)(?P<number>-?\d{1,10}+)?+ ?+"
    rb"|\\'(?P<byte>[0-9a-fA-F]{2})|\\(?P<symbol>.)|(?P<brace>[{}])|[\r\n\x00]++|(?P<text>[^\\{}\r\n\x00]++)",
    re.DOTALL,
)
_SKIPPED = word_set(
    """
    colortbl info pict object header headerl headerr headerf footer footerl footerr footerf footnote annotation
    fldinst listtext pntext themedata colorschememapping datastore latentstyles listtable listoverridetable rsidtbl
    generator xmlnstbl revtbl filetbl nonshppict atnid atnauthor atndate bkmkstart bkmkend tc xe do
    """
)
_KEPT = word_set("shptxt shpinst shp")
"""Destinations that a star marks as unknown to old programs, and that hold text of the story."""
_CHARACTERS = {
    "tab": "\t", "line": "\n", "emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’", "ldblquote": "“",
    "rdblquote": "”", "bullet": "•", "emspace": " ", "enspace": " ", "qmspace": " ",
}  # fmt: skip
_SYMBOLS = {b"~": "\u00a0", b"_": "\u2011", b"-": "", b"\\": "\\", b"{": "{", b"}": "}", b"\n": "\n", b"\r": "\n"}
_ENDS = word_set("par sect cell nestcell row nestrow")
_CHARSETS = {
    77: "mac_roman", 128: "cp932", 129: "cp949", 134: "gbk", 136: "big5", 161: "cp1253", 162: "cp1254",
    163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250",
}  # fmt: skip
_CODE_PAGES = {10000: "mac_roman", 65001: "utf-8", 932: "cp932", 936: "gbk", 949: "cp949", 950: "big5"}
_ANSI = frozenset({"cp1252", "cp437", "cp850", *_CHARSETS.values()})
_HEADING_NAME = re.compile(r"heading (\d)")
_DEEPEST = 100_000
_PAGE_GAP = 3
_LONGEST_HEADING = 300
_TOO_EARLY = "This file ends too early to be a whole rich-text (RTF) file. Export it again and upload the new file."


def read_rtf(data: bytes) -> Document:
    """The document in the bytes of an RTF file. Raises Unreadable for one that is cut off."""
    reader = _Reader()
    reader.read(data)
    return Document(blocks=tuple(reader.blocks))


def _inspect(path: Path) -> None:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 4096))
        if not file.read().rstrip(b"\x00 \r\n\t\x1a").endswith(b"}"):
            raise Unreadable(_TOO_EARLY)


@dataclass(slots=True)
class _Group:
    """What holds until the brace that closes."""

    destination: str = ""
    is_skipped: bool = False
    is_hidden: bool = False
    is_deleted: bool = False
    is_bold: bool = False
    fallback: int = 1
    """Characters behind each Unicode one, for programs that know none."""
    font: int = -1


@dataclass(slots=True)
class _Paragraph:
    style: int = -1
    level: int = 0
    begins_page: bool = False
    alignment: str = ""
    plain: int = 0
    """Characters that are not bold."""
    pieces: list[str] = field(default_factory=list)


class _Reader:
    """Goes through the tokens of a file once."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._groups: list[_Group] = []
        self._group = _Group()
        self._paragraph = _Paragraph()
        self._gap = 0
        self._code_page = "cp1252"
        self._fonts: dict[int, str] = {}
        self._levels: dict[int, int] = {}
        self._style = -1
        self._style_level = 0
        self._bytes = bytearray()
        self._surrogate = ""
        self._to_skip = 0
        self._is_starred = False

    def read(self, data: bytes) -> None:
        """Fills the blocks."""
        for token in _tokens(data):
            self._take(token)
        if self._groups:
            raise Unreadable(_TOO_EARLY)
        self._flush()
        self._finish()

    def _take(self, token: re.Match[bytes]) -> None:
        if (byte := token["byte"]) is not None:
            self._character(bytes.fromhex(byte.decode("ascii")))
        elif (text := token["text"]) is not None:
            self._plain(text)
        elif word := token["word"]:
            self._word(word.decode("ascii"), token["number"])
        elif brace := token["brace"]:
            self._flush()
            self._open() if brace == b"{" else self._close()
        elif (symbol := token["symbol"]) == b"*":
            self._is_starred = True
        elif symbol in _SYMBOLS:
            self._flush()
            self._say(_SYMBOLS[symbol])

    def _open(self) -> None:
        if len(self._groups) >= _DEEPEST:
            raise TooLarge("This file is nested far deeper than a manuscript. Export it again and upload that.")
        self._groups.append(self._group)
        self._group = replace(self._group)
        self._is_starred = False
        self._to_skip = 0

    def _close(self) -> None:
        self._to_skip = 0
        if self._group.destination == "stylesheet" and self._style_level:
            self._levels[self._style] = self._style_level
        if self._groups:
            self._group = self._groups.pop()

    def _word(self, word: str, number: bytes | None) -> None:
        value = int(number) if number else None
        if word == "u" and value is not None:
            self._unicode(value % 65_536)
            return
        self._flush()
        if word in _SKIPPED or (self._is_starred and word not in _KEPT):
            self._group.is_skipped = self._group.is_skipped or word not in ("fonttbl", "stylesheet")
        self._is_starred = False
        self._apply(word, value)

    def _apply(self, word: str, value: int | None) -> None:
        is_on = value != 0
        match word:
            case "fonttbl" | "stylesheet":
                self._group.destination = word
                self._style, self._style_level = 0, 0
            case "f":
                self._group.font = value or 0
            case "fcharset" if self._group.destination == "fonttbl":
                self._fonts[self._group.font] = _CHARSETS.get(value or 0, "")
            case "ansicpg":
                self._code_page = _code_page(value or 0)
            case "mac":
                self._code_page = "mac_roman"
            case "uc":
                self._group.fallback = max(0, min(value or 0, 100))
            case "v":
                self._group.is_hidden = is_on
            case "deleted":
                self._group.is_deleted = is_on
            case "b":
                self._group.is_bold = is_on
            case "plain":
                self._group.is_hidden = self._group.is_deleted = self._group.is_bold = False
            case "s" | "outlinelevel" | "pard" | "pagebb" | "page" | "qc" | "qr" | "qj" | "ql":
                self._paragraph_word(word, value, is_on=is_on)
            case _ if word in _ENDS and self._is_read():
                self._finish()
            case _ if word in _CHARACTERS:
                self._say(_CHARACTERS[word])

    def _paragraph_word(self, word: str, value: int | None, *, is_on: bool) -> None:
        if self._group.destination == "stylesheet":
            self._style_word(word, value)
        elif self._is_read():
            match word:
                case "s":
                    self._paragraph.style = -1 if value is None else value
                case "outlinelevel":
                    self._paragraph.level = _level(value)
                case "pard":
                    self._paragraph.style, self._paragraph.level, self._paragraph.alignment = -1, 0, ""
                case "qc" | "qr" | "qj" | "ql":
                    self._paragraph.alignment = word
                case "pagebb":
                    self._paragraph.begins_page = is_on
                case "page":
                    self._finish()
                    self._gap = max(self._gap, _PAGE_GAP)

    def _style_word(self, word: str, value: int | None) -> None:
        if word == "s":
            self._style, self._style_level = value or 0, 0
        elif word == "outlinelevel":
            self._style_level = _level(value)

    def _is_read(self) -> bool:
        group = self._group
        return not (group.is_skipped or group.is_hidden or group.is_deleted or group.destination)

    def _unicode(self, code: int) -> None:
        self._flush(keep_surrogate=True)
        character = chr(code)
        if 0xD800 <= code < 0xDC00:
            self._surrogate = character
        elif self._surrogate:
            pair = (self._surrogate + character).encode("utf-16-le", "surrogatepass")
            self._surrogate = ""
            self._say(pair.decode("utf-16-le", "replace"))
        elif not 0xDC00 <= code < 0xE000:
            self._say(character)
        self._to_skip = self._group.fallback

    def _character(self, byte: bytes) -> None:
        if self._to_skip:
            self._to_skip -= 1
        else:
            self._bytes += byte

    def _plain(self, text: bytes) -> None:
        if self._group.is_skipped:
            return  # a picture may have megabytes of it
        skipped = min(self._to_skip, len(text))
        self._to_skip -= skipped
        self._bytes += text[skipped:]

    def _flush(self, *, keep_surrogate: bool = False) -> None:
        """Says the bytes that came in a row: in some codes two make a character."""
        if not keep_surrogate:
            self._surrogate = ""
        if self._bytes:
            held, self._bytes = bytes(self._bytes), bytearray()
            code = self._fonts.get(self._group.font) or self._code_page
            self._say(held.decode(code, errors="replace"))

    def _say(self, text: str) -> None:
        if self._group.destination == "stylesheet" and (name := _HEADING_NAME.match(text.lower())):
            self._style_level = int(name[1])
        elif self._is_read():
            self._paragraph.pieces.append(text)
            self._paragraph.plain += 0 if self._group.is_bold else len(text.strip())

    def _finish(self) -> None:
        paragraph = self._paragraph
        text = clean("".join(paragraph.pieces)).strip()
        gap = max(self._gap, _PAGE_GAP if paragraph.begins_page else 0)
        if text:
            level = paragraph.level or self._levels.get(paragraph.style, 0)
            self.blocks.append(_block(text, level, gap, _look(paragraph)))
        self._gap = 0 if text else gap + 1
        self._paragraph = replace(paragraph, pieces=[], plain=0, begins_page=False)


def _look(paragraph: _Paragraph) -> str:
    """Style, alignment and whether all of it is bold."""
    return f"{paragraph.style} {paragraph.alignment}{'' if paragraph.plain else ' bold'}"


def _block(text: str, level: int, gap: int, look: str) -> Block:
    if level and len(text) <= _LONGEST_HEADING:
        return Block(text=text, role=Role.HEADING, level=level, gap=gap, look=look)
    return Block(text=text, role=Role.BREAK if is_ornament(text) else Role.TEXT, gap=gap, look=look)


def _tokens(data: bytes) -> Iterator[re.Match[bytes]]:
    r"""The tokens in order; what follows \bin is a picture's, whatever it looks like."""
    at = 0
    while token := _TOKEN.match(data, at):
        yield token
        at = token.end()
        if token["word"] == b"bin":
            at += min(len(data), max(0, int(token["number"] or 0)))


def _level(value: int | None) -> int:
    """Outline levels count from 0; 9 is body text."""
    return value + 1 if value is not None and 0 <= value < 9 else 0


def _code_page(number: int) -> str:
    """Python's name of a Windows code page; Western where there is none."""
    name = _CODE_PAGES.get(number, f"cp{number}")
    return name if number in _CODE_PAGES or name in _ANSI else "cp1252"


FORMAT = Format(
    label="RTF",
    name=NAME,
    endings=(".rtf",),
    begins=(BEGINS,),
    inspect=_inspect,
    read=lambda path: read_rtf(bytes_of(path)),
)
