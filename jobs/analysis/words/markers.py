"""What one line says when it is read as a heading: "Part I — The Sea", "CHAPTER ONE", "XII", "Epilogue"."""

import re
from dataclasses import dataclass
from enum import StrEnum

from jobs.analysis.words.numerals import ANY_NUMBER, is_plain_number, read_number
from jobs.analysis.words.words import word_set


class SectionKind(StrEnum):
    """What a section of a manuscript is. `other` is a prologue, an epilogue and whatever has a heading of its own."""

    PART = "part"
    CHAPTER = "chapter"
    LETTER = "letter"
    OTHER = "other"


class Place(StrEnum):
    """Where a named heading belongs when it stands before the first or after the last chapter."""

    STORY = "story"
    FRONT = "front"
    BACK = "back"
    EITHER = "either"


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """A line read as a heading. It may still be none: only its surroundings decide."""

    kind: SectionKind
    keyword: str = ""
    """Lower case, "" for a bare number: "chapter", "epilogue"."""
    number: int | None = None
    style: str = ""
    """Of the number: "roman", "arabic", "word" or ""."""
    title: str = ""
    place: Place = Place.STORY
    is_long: bool = False
    """Whether only its place in a row of numbers tells it from a paragraph that begins with one."""

    @property
    def is_bare(self) -> bool:
        """Whether nothing but a number makes it a heading."""
        return not self.keyword

    @property
    def is_plain(self) -> bool:
        """Whether the line is "Chapter Nine" and nothing more."""
        return bool(self.keyword) and not self.title

    @property
    def is_last(self) -> bool:
        """Whether it is "Chapter the Last"."""
        return self.kind is not SectionKind.OTHER and bool(self.keyword) and self.number is None and not self.style

    @property
    def key(self) -> tuple[str, int | None, str]:
        """The same for two lines that name the same section, e.g. in a contents list and in the text."""
        return (self.keyword, self.number, "" if self.number is not None or self.is_last else self.title.casefold())


_KINDS = {
    "part": SectionKind.PART,
    "book": SectionKind.PART,
    "volume": SectionKind.PART,
    "vol": SectionKind.PART,
    "act": SectionKind.PART,
    "chapter": SectionKind.CHAPTER,
    "chap": SectionKind.CHAPTER,
    "ch": SectionKind.CHAPTER,
    "stave": SectionKind.CHAPTER,
    "canto": SectionKind.CHAPTER,
    "episode": SectionKind.CHAPTER,
    **dict.fromkeys(
        (
            *("chapitre", "kapitel", "kapittel", "hoofdstuk", "rozdział", "глава", "розділ", "поглавље", "κεφάλαιο"),
            *("bölüm", "capítulo", "capítol", "capitolo", "capitolul", "kapitola", "poglavlje", "luku", "fejezet"),
        ),
        SectionKind.CHAPTER,
    ),
    **dict.fromkeys(
        (
            *("partie", "livre", "tome", "parte", "libro", "tomo", "livro", "teil", "buch", "deel", "boek", "del"),
            *("część", "księga", "část", "kniha", "часть", "книга", "частина", "μέρος", "βιβλίο", "kısım", "osa"),
            *("rész", "könyv", "partea"),
        ),
        SectionKind.PART,
    ),
    "letter": SectionKind.LETTER,
}
_NAMED = {
    **dict.fromkeys(
        (
            "prologue",
            "epilogue",
            "interlude",
            "intermezzo",
            "prelude",
            "coda",
            "finale",
            "postscript",
            "afterword",
        ),
        Place.STORY,
    ),
    **dict.fromkeys(("prólogo", "prologo", "prolog", "épilogue", "epílogo", "epilogo", "epilog"), Place.STORY),
    **dict.fromkeys(
        ("пролог", "эпилог", "πρόλογος", "επίλογος", "conclusion", "entr'acte", "entr’acte", "postlude"), Place.STORY
    ),
    **dict.fromkeys(("preface", "introduction", "foreword", "dedication", "epigraph", "copyright"), Place.FRONT),
    **dict.fromkeys(("contents", "table of contents", "title page", "dramatis personae"), Place.FRONT),
    **dict.fromkeys(("about the author", "endnotes", "notes", "glossary", "bibliography", "index"), Place.BACK),
    **dict.fromkeys(("appendix", "colophon"), Place.BACK),
    **dict.fromkeys(("acknowledgements", "acknowledgments", "author's note", "author’s note"), Place.EITHER),
    **dict.fromkeys(("a note from the author", "note from the author", "also by the author"), Place.EITHER),
}
CONTENTS_NAMES = frozenset({"contents", "table of contents"})
_SEPARATOR = r"\s*(?P<separator>[.:|~·•](?!\d)|--?|[—–]|\n|\t|\s{2,})\s*(?:[-—–:]\s*)?"
_KEYWORD = re.compile(
    rf"(?P<keyword>{'|'.join(_KINDS)})(?:\b\.?\s*|(?=\d))(?:no\.?\s*|number\s+|\#\s*)?(?:the\s+)?"
    rf"(?P<number>{ANY_NUMBER}|\d{{4}}|last|final)\b(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_KEYWORD_AHEAD = re.compile(rf"[\W_]{{0,20}}(?:{'|'.join(_KINDS)})", re.IGNORECASE)
_DECORATED = 10
"""Characters of ornament around a heading. A guess."""
_REVERSED = re.compile(
    rf"(?:the\s+)?(?P<number>{ANY_NUMBER}|last|final)\s+(?P<keyword>{'|'.join(_KINDS)})\b(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_BARE = re.compile(rf"[-—–~*•.(\[<\s]*(?P<number>{ANY_NUMBER})[-—–~*•.)\]>:\s]*", re.IGNORECASE)
_BARE_TITLED = re.compile(rf"(?P<number>{ANY_NUMBER})\)?(?P<rest>\W.*)", re.IGNORECASE | re.DOTALL)
_NAME = re.compile(rf"(?P<name>{'|'.join(sorted(_NAMED, key=len, reverse=True))})\b(?P<rest>.*)", re.I | re.DOTALL)
_REST = re.compile(rf"{_SEPARATOR}(?P<title>\S.*)", re.DOTALL)
_END_OF_NUMBER = re.compile(r"[\s.:—–\-~*]*")
_LONGEST_HEADING = 160
_LONGEST_NUMBERED = 600
_MOST_LINES = 8
"""Of a heading with keyword and number: old novels tell the chapter in its title."""
_NOTE_MARK = re.compile(r"(?<=\w)[.]?(?:\s?\[\d{1,3}\]|[*†‡¹²³⁴⁵⁶⁷⁸⁹⁰]{1,2})\Z")
_MAX_TITLE_WORDS = 14
_MAX_LOWER_WORDS = 6
"""Words of a title, and of one without capitals. Guesses, held to the novels and small manuscripts of the tests."""
_DECORATION = " \t*_~=•[]<>-–—"
_SMALL = word_set(
    """
    a an and as at but by for from her his in into is its nor of on or our over so than that the their to up upon
    via vs was with without
    """
)
_BREAK = re.compile(r"(?:[*#~•·=+⁂†‡❦❧☙✦✧✶✻✽◆◇◊○●∞§]|[-—–_]{2,}|[-—–](?=\s))(?:\s*[-*#~•·=+_⁂†‡❦❧☙✦✧✶✻✽◆◇◊○●∞§—–])*\Z")
_WORDED_BREAK = re.compile(
    r"(?:[~*]\s*)?(?:o0o|oOo|ooo|xxx|x\s+x\s+x|X\s+X\s+X|\[?\s*(?i:scene|section) (?i:break)\s*\]?)(?:\s*[~*])?\Z"
)
_LONGEST_ORNAMENT = 40
"""Characters: a line across a page of a typewriter has 60 to 70, and marks between scenes are shorter. A guess."""
_SPEECH = frozenset("“”„«»\"'‘’¿¡!?")


def is_scene_break(text: str) -> bool:
    """Whether a line is a mark between scenes wherever it stands: * * *, #, ⁂, ~~~, ----. XXX is thirty, xxx a mark."""
    return len(text) <= _LONGEST_ORNAMENT and bool(_BREAK.match(text) or _WORDED_BREAK.match(text))


def is_ornament(text: str) -> bool:
    """Whether a paragraph is a mark between scenes: short and without a letter. Silence in dialogue is none: “…”, —?"""
    if is_scene_break(text):
        return True
    if len(text) > _LONGEST_ORNAMENT or any(map(str.isalnum, text)) or not text.strip():
        return False
    return (
        _SPEECH.isdisjoint(text) and not (text[0] in "—–-" and "…" in text) and not (text[0] in "—–-" and "." in text)
    )


def is_letterless(text: str) -> bool:
    """Whether there is neither letter nor digit in it."""
    return not any(map(str.isalnum, text))


def read_marker(text: str) -> Marker | None:
    """The heading that the text may be, or None when it cannot be one."""
    text = text.strip()
    if not text or len(text) > _LONGEST_NUMBERED or text.count("\n") > _MOST_LINES:
        return None
    if len(text) > _LONGEST_HEADING + _DECORATED and not _KEYWORD_AHEAD.match(text):
        return None
    text = text if text[0] in _DECORATION else _NOTE_MARK.sub("", text)
    plain = undecorated(text)
    if len(text) > _LONGEST_HEADING or text.count("\n") > 2:
        return _long(plain)
    return _keyword(plain) or _named(plain) or _bare(text) or _long(plain)


def is_title(text: str) -> bool:
    """Whether the text could be a title: short, not ended as a sentence or cut off as a clause."""
    words = text.split()
    return (
        0 < len(words) <= _MAX_TITLE_WORDS
        and len(text) <= 100
        and not text.endswith((".", ",", ";", ":", "—", "-"))
        and (words[0][0].isupper() or not words[0][0].isalpha())
    )


def is_capitalised(text: str) -> bool:
    """Whether a title is written as one: ALL CAPITALS or Each Word of Weight with One."""
    words = [word.strip("“”‘’\"'()[].,:;!?…—-") for word in text.split()]
    heavy = [word for word in words if word and word.casefold() not in _SMALL and not word[0].isdigit()]
    return bool(heavy) and sum(word[0].isupper() for word in heavy) >= 0.75 * len(heavy)


def undecorated(text: str) -> str:
    """Without the marks on both sides of "~ Chapter One ~" or "**Prologue**"."""
    if text and text[0] in _DECORATION and text[-1] in _DECORATION:
        return text.strip(_DECORATION) or text
    return text


def _keyword(text: str) -> Marker | None:
    match = _KEYWORD.fullmatch(text) or _REVERSED.fullmatch(text)
    title = _title_after(match["rest"], lower_after=":|—–-") if match else None
    if match is None or title is None:
        return None
    if title and not match["keyword"][0].isupper():
        return None  # "chapter one" may be a heading, "part two — the rest" is half a sentence
    keyword = match["keyword"].casefold()
    number, style = read_number(match["number"])
    return Marker(kind=_KINDS[keyword], keyword=keyword, number=number, style=style, title=title)


def _long(text: str) -> Marker | None:
    """A keyword with a number and, behind a mark, a title as long as those of old novels."""
    match = _KEYWORD.fullmatch(text)
    rest = _REST.fullmatch(match["rest"]) if match else None
    if match is None or rest is None or not match["keyword"][0].isupper():
        return None
    title = " ".join(rest["title"].split())
    if not (title[0].isupper() or not title[0].isalpha()):
        return None
    keyword = match["keyword"].casefold()
    number, style = read_number(match["number"])
    return Marker(kind=_KINDS[keyword], keyword=keyword, number=number, style=style, title=title, is_long=True)


def _named(text: str) -> Marker | None:
    match = _NAME.fullmatch(text)
    if match is None or not match["name"][0].isupper():
        return None
    title = _title_after(match["rest"])
    name = match["name"].casefold()
    if title is None or (title and not is_title(title)):
        return None
    return Marker(kind=SectionKind.OTHER, keyword=name, title=title, place=_NAMED[name])


def _bare(text: str) -> Marker | None:
    if match := _BARE.fullmatch(text):
        return _numbered(match["number"], "")
    match = _BARE_TITLED.fullmatch(text)
    title = _title_after(match["rest"]) if match else None
    return _numbered(match["number"], title) if match and title and is_title(title) else None


def _numbered(numeral: str, title: str) -> Marker | None:
    number, style = read_number(numeral)
    written_as_heading = style == "arabic" or (numeral.isupper() if style == "roman" else numeral[0].isupper())
    if number is None or not written_as_heading or (style == "word" and not is_plain_number(numeral)):
        return None
    return Marker(kind=SectionKind.CHAPTER, number=number, style=style, title=title)


def _title_after(rest: str, *, lower_after: str = "") -> str | None:
    """What follows the number as a title: "" for nothing, None when the line goes on as a sentence would.

    After the marks in `lower_after` a short title may be in small letters.
    """
    if _END_OF_NUMBER.fullmatch(rest):
        return ""
    match = _REST.fullmatch(rest)
    if match is None:
        title = " ".join(rest.split())
        return title if rest[0].isspace() and is_title(title) and is_capitalised(title) else None
    title = " ".join(match["title"].split())
    if match["separator"][0] in lower_after and _is_short_phrase(title):
        return title
    return title if _may_follow(title) else None


def _is_short_phrase(title: str) -> bool:
    return len(title.split()) <= _MAX_LOWER_WORDS and title[-1].isalnum()


def _may_follow(title: str) -> bool:
    """Whether a title may follow a number and a separator; old ones are long and end with a full stop."""
    if not title[0].isupper() and title[0].isalpha():
        return False
    return not title.endswith((",", ";", ":")) and (len(title.split()) <= _MAX_TITLE_WORDS or is_long_title(title))


def is_long_title(title: str) -> bool:
    """Whether it begins as the long titles of old novels do: "In Which …", "Of …", "How …"."""
    return title.casefold().startswith(("in which", "of ", "how ", "containing", "wherein", "showing", "being "))
