"""What `analyse` reads: files, those in directories, standard input, and our own story."""

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from command.client import Turned
from jobs.analysis.reading.formats import all_endings, listed_endings

SAMPLE = Path(__file__).parents[1] / "samples" / "the-lamplighters-ledger.txt"
STANDARD_INPUT = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manuscript:
    """One text to be analysed: how the person named it, its file name for the server, and how it is read."""

    label: str
    filename: str
    read: Callable[[], bytes]


def manuscripts(words: Sequence[str | Path], *, name: str) -> Iterator[Manuscript]:
    """The manuscripts that the words of a command line name, each once; `name` is that of standard input.

    What cannot be read raises Turned when it is read, so that one word's fault is no other's.
    """
    seen: set[Path] = set()
    for word in words:
        if str(word) == STANDARD_INPUT:
            yield Manuscript(label="standard input", filename=name, read=sys.stdin.buffer.read)
            continue
        for path in _files(Path(word)):
            if (place := path.resolve()) not in seen:
                seen.add(place)
                yield Manuscript(label=str(path), filename=path.name, read=lambda path=path: _content(path))  # type: ignore[misc]


def _files(path: Path) -> list[Path]:
    """The manuscripts of a directory, in the order of their names; what is none, or has none, for itself."""
    if not path.is_dir():
        return [path]
    # Hidden ones and the locks that Word leaves beside an open file are no manuscripts.
    found = [each for each in sorted(path.rglob("*")) if each.is_file() and not each.name.startswith((".", "~$"))]
    return [each for each in found if each.suffix.lower() in all_endings()] or [path]


def _content(path: Path) -> bytes:
    if path.is_dir():
        raise Turned(f"The directory {path} holds no manuscript: {listed_endings('and')} files are read.")
    try:
        return path.read_bytes()
    except OSError as error:
        raise Turned(f"{path} cannot be read: {error.strerror}.") from error
