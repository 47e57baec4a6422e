"""What counts of a large file is its text: pictures are passed over, at the upload and by the reading."""

import io
import random
import zipfile
from pathlib import Path

import pytest

from jobs.analysis.reading.formats import format_of
from jobs.analysis.reading.reader import MAX_WORDS, read_manuscript
from jobs.analysis.reading.slim import may_be_slimmed, without_pictures
from jobs.errors import TooLarge, Unreadable
from tests.unit.analysis.files import docx_of, epub, page, paragraphs
from tests.unit.analysis.reading.test_formats import MADE

PICTURE = random.Random(1).randbytes(700_000)
LIMIT = 300_000


def illustrated(data: bytes, *, folder: str = "media", pictures: int = 3) -> bytes:
    """A container with pictures before and behind its text."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as out, zipfile.ZipFile(io.BytesIO(data)) as source:
        for number in range(pictures):
            out.writestr(f"{folder}/{number}.PNG", PICTURE, zipfile.ZIP_STORED)
        for member in source.namelist():
            out.writestr(member, source.read(member))
        out.writestr(f"{folder}/last.jpeg", PICTURE, zipfile.ZIP_STORED)
    return buffer.getvalue()


@pytest.mark.parametrize("filename", ["a.docx", "a.epub", "a.odt", "a.zip", "a.scriv"])
def test_a_file_without_its_pictures_holds_the_same_manuscript(tmp_path: Path, filename: str) -> None:
    path, slim = tmp_path / filename, tmp_path / f"slim-{filename}"
    path.write_bytes(illustrated(MADE[filename]()))

    slim.write_bytes(without_pictures(path, format_of(filename), LIMIT))

    assert slim.stat().st_size < LIMIT < path.stat().st_size
    assert read_manuscript(slim, filename) == read_manuscript(path, filename)
    with zipfile.ZipFile(slim) as archive:
        assert archive.testzip() is None


def test_a_file_that_is_too_large_without_its_pictures_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    path.write_bytes(illustrated(docx_of([(PICTURE.hex(), "")])))

    with pytest.raises(TooLarge, match=r"Without its pictures .* larger than 0\.286 MB"):
        without_pictures(path, format_of("a.docx"), LIMIT)


def test_a_list_that_promises_more_than_the_file_holds_is_refused(tmp_path: Path) -> None:
    data = bytearray(MADE["a.docx"]())
    at = data.rindex(b"word/document.xml") - 46 + 20  # the packed size in the list of members
    data[at : at + 4] = (250_000).to_bytes(4, "little")
    path = tmp_path / "a.docx"
    path.write_bytes(data)

    with pytest.raises(Unreadable, match="damaged inside"):
        without_pictures(path, format_of("a.docx"), LIMIT)


def test_only_containers_can_be_slimmed() -> None:
    assert {name for name in MADE if may_be_slimmed(format_of(name))} == {
        "a.docx",
        "a.epub",
        "a.odt",
        "a.zip",
        "a.scriv",
    }


@pytest.mark.parametrize("filename", ["a.docx", "a.epub"])
def test_an_illustrated_novel_of_sixty_megabytes_is_read_in_little_memory(tmp_path: Path, filename: str) -> None:
    texts = paragraphs(20_000)
    data = {
        "a.docx": lambda: docx_of([(text, "") for text in texts]),
        "a.epub": lambda: epub({"a.xhtml": page("".join(f"<p>{text}</p>" for text in texts))}),
    }[filename]()
    path = tmp_path / filename
    path.write_bytes(illustrated(data, pictures=85))
    assert path.stat().st_size > 60_000_000

    blocks = read_manuscript(path, filename).blocks

    assert [block.text for block in blocks] == texts


def test_more_words_than_a_shelf_of_novels_are_refused_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("\n\n".join(["word " * 1000] * (MAX_WORDS // 1000 + 1)), encoding="utf-8")

    with pytest.raises(TooLarge, match=r"more than 1,500,000 words .* Upload each book by itself\."):
        read_manuscript(path, "a.txt")
