"""A manuscript file to a document, by the format that its name says."""

from pathlib import Path

from jobs.analysis.document import Document
from jobs.analysis.reading.formats import format_of
from jobs.analysis.words.words import has_spaced_words, words_of
from jobs.errors import TooLarge, Unreadable

MAX_WORDS = 1_500_000
"""The longest novels hold about a million."""
MAX_PARAGRAPHS = 200_000
NO_SPACES = (
    "This manuscript is written without spaces between its words, as Chinese, Japanese and Thai are, so that they "
    "cannot be counted here. Upload a manuscript in a language that puts spaces between words."
)
NO_WORDS = "There are no words in this file. Check that it holds the manuscript and upload it again."


def read_manuscript(path: Path, filename: str) -> Document:
    """The document in the file. Raises Unreadable, UnsupportedFormat or TooLarge with a sentence for the author."""
    document = format_of(filename).read(path)
    if len(document.blocks) > MAX_PARAGRAPHS or words_of(document.blocks) > MAX_WORDS:
        raise TooLarge(
            f"This file holds more than {MAX_WORDS:,} words or {MAX_PARAGRAPHS:,} paragraphs, which is more than one "
            "novel. Upload each book by itself."
        )
    if not any(character.isalnum() for block in document.blocks for character in block.text):
        raise Unreadable(NO_WORDS)
    if not has_spaced_words(document.blocks):
        raise Unreadable(NO_SPACES)
    return document
