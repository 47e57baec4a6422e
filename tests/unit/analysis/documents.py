"""More manuscript files made in memory: OpenDocument, rich text, PDF, Scrivener; as small as they can be."""

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from tests.unit.analysis.files import archive

_NAMESPACES = (
    " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "text", "style", "draw")
    )
    + ' xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"'
)
_ODT_STYLES = (
    '<office:styles><style:style style:name="Heading_20_2" style:display-name="Heading 2"/>'
    '<style:style style:name="Horizontal_20_Line" style:display-name="Horizontal Line"/></office:styles>'
    '<office:automatic-styles><style:style style:name="Page"><style:paragraph-properties fo:break-before="page"/>'
    '</style:style><style:style style:name="Gone"><style:text-properties text:display="none"/></style:style>'
    '<style:style style:name="P1" style:parent-style-name="Heading_20_2"/></office:automatic-styles>'
)


def fodt(body: str, *, head: str = "") -> bytes:
    """A flat OpenDocument text with that XML as its body."""
    return (
        f"{head}<office:document {_NAMESPACES}>{_ODT_STYLES}"
        f"<office:body><office:text>{body}</office:text></office:body></office:document>"
    ).encode()


def odt(body: str, *, head: str = "", manifest: str = "<manifest/>") -> bytes:
    """A packed one."""
    return archive(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "META-INF/manifest.xml": manifest,
            "content.xml": fodt(body, head=head),
        }
    )


def odt_paragraphs(text: str) -> str:
    """A paragraph of OpenDocument for each line."""
    return "".join(f"<text:p>{escape(line)}</text:p>" for line in text.split("\n"))


def rtf(body: str, *, head: str = "") -> bytes:
    """A rich text with those words and control words as its body."""
    styles = r"{\stylesheet{\s0 Normal;}{\s1\outlinelevel0 heading 1;}{\s2 Heading 2;}}"
    fonts = r"{\fonttbl{\f0 Times;}{\f1\fcharset204 Times;}}"
    return rf"{{\rtf1\ansi\ansicpg1252\deff0{fonts}{styles}{head} {body}}}".encode("latin-1")


def rtf_words(text: str) -> str:
    """Text as rich text writes it."""
    escaped = "".join(f"\\{character}" if character in "\\{}" else character for character in text)
    units = escaped.encode("utf-16-le", "surrogatepass")
    codes = [int.from_bytes(units[at : at + 2], "little") for at in range(0, len(units), 2)]
    return "".join(chr(code) if 31 < code < 128 else _rtf_character(code) for code in codes)


def _rtf_character(code: int) -> str:
    known = {9: r"\tab ", 10: r"\line ", 12: r"\page "}
    return known.get(code) or rf"\u{code if code < 32_768 else code - 65_536}?"


@dataclass
class Item:
    """A folder or document of a Scrivener project."""

    title: str
    text: str = ""
    below: list["Item"] = field(default_factory=list)
    is_compiled: bool = True


def scrivener(draft: Sequence[Item], *, folder: str = "Novel.scriv/") -> bytes:
    """A zipped project, its research beside the draft."""
    files: dict[str, str | bytes] = {}
    research = _binder_item(
        Item("Research", below=[Item("A map", "Nobody reads this.")]), files, folder, "ResearchFolder"
    )
    items = _binder_item(Item("Draft", below=list(draft)), files, folder, "DraftFolder")
    binder = f"<ScrivenerProject><Binder>{items}{research}</Binder></ScrivenerProject>"
    return archive({f"{folder}Novel.scrivx": binder, **files, f"__MACOSX/{folder}._Novel.scrivx": b"\x00\x05"})


def _binder_item(item: Item, files: dict[str, str | bytes], folder: str, kind: str = "") -> str:
    identifier = f"ID-{len(files)}"
    files[f"{folder}Files/Data/{identifier}/content.rtf"] = rtf(rtf_words(item.text).replace(r"\line ", "\\par "))
    below = "".join(_binder_item(each, files, folder) for each in item.below)
    return (
        f'<BinderItem UUID="{identifier}" Type="{kind or ("Folder" if item.below else "Text")}">'
        f"<Title>{escape(item.title)}</Title>"
        f"<MetaData><IncludeInCompile>{'Yes' if item.is_compiled else 'No'}</IncludeInCompile></MetaData>"
        f"<Children>{below}</Children></BinderItem>"
    )


@dataclass(frozen=True)
class PdfLine:
    """A line of a page, its left end in points from the lower left corner."""

    text: str
    x: float
    y: float
    size: float = 12


def pdf(pages: Iterable[Sequence[PdfLine]], *, extra: Mapping[str, str] | None = None) -> bytes:
    """A PDF with those lines; `extra` are entries of its trailer."""
    streams = [_packed("".join(map(_pdf_line, lines))) for lines in pages]
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(streams)))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {len(streams)}>>".encode(),
        b"<</Type/Font/Subtype/Type1/BaseFont/Courier/Encoding/WinAnsiEncoding>>",
    ]
    for number, stream in enumerate(streams):
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Resources<</Font<</F 3 0 R>>>>"
            f"/Contents {5 + 2 * number} 0 R>>".encode()
        )
        objects.append(stream)
    return _pdf_file(objects, "".join(f"/{key} {value}" for key, value in (extra or {}).items()))


def _pdf_line(line: PdfLine) -> str:
    text = line.text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
    return f"BT /F {line.size} Tf {line.x} {line.y} Td ({text}) Tj ET\n"


def _packed(content: str) -> bytes:
    data = zlib.compress(content.encode("cp1252"))
    return f"<</Length {len(data)}/Filter/FlateDecode>>stream\n".encode() + data + b"\nendstream"


def _pdf_file(objects: Sequence[bytes], trailer: str) -> bytes:
    out = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n".encode() + content + b"\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += "".join(f"{offset:010} 00000 n \n" for offset in offsets).encode()
    out += f"trailer\n<</Size {len(objects) + 1}/Root 1 0 R{trailer}>>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)


_INDENT = 3 * 7.2
"""Three letters of Courier in 12 points."""


def typeset(
    paragraphs: Iterable[str], *, width: int = 60, lines_a_page: int = 30, head: str = "", foot: bool = True
) -> list[list[PdfLine]]:
    """Pages of a book: a line set in begins each paragraph, words are cut, heads and page numbers stand on each."""
    lines = [line for paragraph in paragraphs for line in _wrapped(paragraph, width)]
    pages = []
    for number, start in enumerate(range(0, len(lines), lines_a_page), start=1):
        page = [PdfLine(head, 250, 740)] if head else []
        rows = lines[start : start + lines_a_page]
        page += [PdfLine(text, 72 + indent, 700 - 15 * row) for row, (text, indent) in enumerate(rows)]
        pages.append([*page, PdfLine(f"{number}", 300, 40)] if foot else page)
    return pages


def _wrapped(paragraph: str, width: int) -> list[tuple[str, float]]:
    """Lines that are full to the last letter: a word that does not fit is cut with a hyphen."""
    lines: list[tuple[str, float]] = []
    line, indent = "", _INDENT
    for word in paragraph.split():
        room = width - len(line) - 1 - (3 if indent else 0)
        if len(word) <= room:
            line = f"{line} {word}".strip()
        elif room > 3 and word.isalpha() and len(word) > 6:
            lines.append((f"{line} {word[: room - 1]}-", indent))
            line, indent = word[room - 1 :], 0
        else:
            lines.append((line, indent))
            line, indent = word, 0
    return [*lines, (line, indent)]
