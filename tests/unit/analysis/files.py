"""Manuscript files made in memory: Word documents and EPUBs as small as they can be, and prose to fill them."""

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from urllib.parse import quote

from jobs.analysis.reading.markdown import read_markdown
from jobs.analysis.reading.plain import read_text
from jobs.analysis.structure.chapters import Manuscript, split

SAMPLE = Path(__file__).parents[3] / "samples" / "the-lamplighters-ledger.txt"
_SENTENCES = (
    "The tide had gone out in the night and left the boats leaning on their sides.",
    "She walked down to the water with her shoes in her hand and counted the gulls.",
    "Nobody had told him about the letter, and he did not ask.",
    "“You could have written,” she said.",
    "It rained a little, stopped, and thought better of it.",
    "By noon the harbour was full of men who had nothing to do and a great deal to say.",
)

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_STYLES = (
    f'<w:styles xmlns:w="{WORD}">'
    '<w:style w:type="paragraph" w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Heading2"><w:name w:val="heading 2"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Mine"><w:name w:val="My Chapter"/>'
    '<w:basedOn w:val="berschrift1"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Outlined"><w:name w:val="Opener"/>'
    '<w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="TOC1"><w:name w:val="toc 1"/></w:style>'
    "</w:styles>"
)


def paragraphs(words: int = 120, *, start: int = 0) -> list[str]:
    """Paragraphs of two sentences each, of at least that many words together."""
    found: list[str] = []
    count = 0
    while count < words:
        at = start + 2 * len(found)
        found.append(f"{_SENTENCES[at % len(_SENTENCES)]} {_SENTENCES[(at + 1) % len(_SENTENCES)]}")
        count += len(found[-1].split())
    return found


def prose(words: int = 120) -> str:
    """Paragraphs with blank lines between."""
    return "\n\n".join(paragraphs(words))


def chaptered(headings: Iterable[str], *, words: int = 120) -> str:
    """A plain-text manuscript with some prose below each heading."""
    return "\n\n".join(f"{heading}\n\n{prose(words)}" for heading in headings)


def split_text(text: str) -> Manuscript:
    """The sections of a plain text."""
    return split(read_text(text))


def split_markdown(text: str) -> Manuscript:
    """The sections of a Markdown text."""
    return split(read_markdown(text))


def outline(manuscript: Manuscript) -> list[tuple[str, str]]:
    """Kind and title of each section."""
    return [(section.kind.value, section.title) for section in manuscript.sections]


def titles(manuscript: Manuscript) -> list[str]:
    """The title of each section."""
    return [section.title for section in manuscript.sections]


def archive(members: Mapping[str, str | bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP file."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return buffer.getvalue()


def docx(body: str, *, styles: str = _STYLES, head: str = "") -> bytes:
    """A Word document with that XML as its body."""
    return archive(
        {
            "[Content_Types].xml": "<Types/>",
            "word/styles.xml": styles,
            "word/document.xml": f'{head}<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>',
        }
    )


def paragraph(text: str, style: str = "") -> str:
    """A paragraph of a Word document."""
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{properties}<w:r><w:t xml:space='preserve'>{escape(text)}</w:t></w:r></w:p>"


def docx_of(parts: Sequence[tuple[str, str]]) -> bytes:
    """A Word document of (text, style identifier)."""
    return docx("".join(paragraph(text, style) for text, style in parts))


def page(body: str, *, kind: str = "", title: str = "", head: str = "") -> str:
    """A document of an EPUB."""
    return (
        f'{head}<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops">'
        f"<head><title>{title}</title><style>p {{ color: red }}</style></head>"
        f'<body epub:type="{kind}">{body}</body></html>'
    )


@dataclass(frozen=True)
class Link:
    """A line of a table of contents; without a target it only groups those below it."""

    title: str
    target: str
    below: list["Link"] = field(default_factory=list)


def navigation(links: Iterable[Link]) -> str:
    """A navigation document of EPUB 3."""
    landmarks = "<nav epub:type='landmarks'><ol><li><a href='1.xhtml'>x</a></li></ol></nav>"
    return page(f"{landmarks}<nav epub:type='toc'>{_ol(links)}</nav>")


def _ol(links: Iterable[Link]) -> str:
    return f"<ol>{''.join(map(_li, links))}</ol>"


def _li(link: Link) -> str:
    title = f"<span>{link.title}</span>"
    head = f"<a href='{link.target}'>{title}</a>" if link.target else title
    return f"<li>{head}{_ol(link.below) if link.below else ''}</li>"


def ncx(links: Iterable[Link]) -> str:
    """A table of contents of EPUB 2."""
    points = "".join(map(_point, links))
    return (
        "<ncx xmlns='http://www.daisy.org/z3986/2005/ncx/'><docTitle><text>My Novel</text></docTitle>"
        f"<navMap><navLabel><text>Contents</text></navLabel>{points}</navMap></ncx>"
    )


def _point(link: Link) -> str:
    content = f"<content src='{link.target}'/>" if link.target else ""
    below = "".join(map(_point, link.below))
    return f"<navPoint><navLabel><text>{link.title}</text></navLabel>{content}{below}</navPoint>"


def epub(
    pages: Mapping[str, str],
    *,
    extra: Mapping[str, str | bytes] | None = None,
    nav: str = "",
    beside: Mapping[str, str] | None = None,
) -> bytes:
    """An EPUB with those documents in its spine, and with navigation files beside it."""
    manifest = "".join(
        f'<item id="i{number}" href="{quote(name)}" media-type="application/xhtml+xml" '
        f'properties="{"nav" if name == nav else ""}"/>'
        for number, name in enumerate(pages)
    )
    manifest += "".join(map(_navigation_item, beside or {}))
    spine = "".join(f'<itemref idref="i{number}"/>' for number in range(len(pages)))
    return archive(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": (
                '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
                '<rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/>'
                "</rootfiles></container>"
            ),
            "OEBPS/book.opf": (
                '<package xmlns="http://www.idpf.org/2007/opf">'
                f"<manifest>{manifest}</manifest><spine>{spine}</spine></package>"
            ),
            **{f"OEBPS/{name}": content for name, content in (dict(pages) | dict(beside or {})).items()},
            **(extra or {}),
        }
    )


def _navigation_item(name: str) -> str:
    kind = "application/x-dtbncx+xml" if name.endswith(".ncx") else "application/xhtml+xml"
    return (
        f'<item id="{name}" href="{name}" media-type="{kind}" properties="{"" if name.endswith(".ncx") else "nav"}"/>'
    )
