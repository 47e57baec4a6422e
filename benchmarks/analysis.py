"""What reading and analysing a novel of 120,000 words costs, each beside the least that any program would do.

Run: python benchmarks/analysis.py [WORDS]. Prints words a second, the ratio to the peer of the same run, and peak
memory. Compare ratios, not times: they hold from machine to machine.
"""

import argparse
import io
import json
import random
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from functools import partial
from html import escape
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from jobs.analysis.analyse import analyse  # noqa: E402  (after the path is set: it runs from a checkout)
from jobs.analysis.reading.docx import read_docx  # noqa: E402
from jobs.analysis.reading.plain import read_text  # noqa: E402
from jobs.analysis.reading.reader import read_manuscript  # noqa: E402
from jobs.analysis.sections.all import SECTIONS  # noqa: E402
from jobs.analysis.story.story import read_story  # noqa: E402
from jobs.analysis.structure.chapters import split  # noqa: E402
from jobs.analysis.words.words import count_words  # noqa: E402

WORDS = 120_000
RUNS = 5
SAMPLE = ROOT / "samples" / "the-lamplighters-ledger.txt"
LIMIT_SECONDS = 9.9
"""Single-digit seconds from the start of the process to its report, on one core."""
_WORD_XML = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def main() -> None:
    """Prints a line for each measurement."""
    words = _arguments().words
    with tempfile.TemporaryDirectory() as directory:
        text, docx = Path(directory, "novel.txt"), Path(directory, "novel.docx")
        text.write_text(_novel(words), encoding="utf-8")
        docx.write_bytes(_as_docx(text))
        count = count_words(text.read_text(encoding="utf-8"))
        print(f"A novel of {count:,} words, medians of {RUNS} runs")
        _compare("reading .docx", count, lambda: read_docx(docx), "zipfile + ElementTree", lambda: _dump(docx))
        _compare("reading .txt", count, lambda: read_manuscript(text, text.name), "str.split", lambda: _split(text))
        _compare("analysing .txt", count, lambda: _analyse(text), "re.findall + Counter", lambda: _count(text))
        _each_step(text)
        _child_process(text, count)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("words", nargs="?", type=int, default=WORDS, help="length of the novel")
    return parser.parse_args()


def _novel(words: int) -> str:
    """The sample's paragraphs over and over, one longer word in four changed so that they do not simply repeat."""
    source = random.Random(1)
    blocks = read_text(SAMPLE.read_text(encoding="utf-8")).blocks
    paragraphs = [block.text for block in blocks if not block.text.startswith("Chapter")]
    vocabulary = re.findall(r"[a-z]{4,}", " ".join(paragraphs))
    novel: list[str] = []
    written = 0
    while written < words:
        if len(novel) % 60 == 0:
            novel.append(f"Chapter {len(novel) // 60 + 1}")
        paragraph = source.choice(paragraphs)
        novel.append(re.sub(r"\b[a-z]{4,}\b", lambda match: _changed(match[0], vocabulary, source), paragraph))
        written += count_words(novel[-1])
    return "\n\n".join(novel)


def _changed(word: str, vocabulary: list[str], source: random.Random) -> str:
    return source.choice(vocabulary) if source.random() < 0.25 else word


def _as_docx(text: Path) -> bytes:
    paragraphs = (
        f"<w:p><w:r><w:t xml:space='preserve'>{escape(block.text)}</w:t></w:r></w:p>"
        for block in read_text(text.read_text(encoding="utf-8")).blocks
    )
    body = f'<w:document xmlns:w="{_WORD_XML}"><w:body>{"".join(paragraphs)}</w:body></w:document>'
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("word/document.xml", body)
    return buffer.getvalue()


def _dump(path: Path) -> str:
    with zipfile.ZipFile(path) as file:
        root = ElementTree.fromstring(file.read("word/document.xml"))
    return "\n".join("".join(paragraph.itertext()) for paragraph in root.iter(f"{{{_WORD_XML}}}p"))


def _split(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").split("\n\n")


def _analyse(path: Path) -> object:
    return analyse(path, path.name, lambda stage, progress: None)


def _count(path: Path) -> object:
    return Counter(re.findall(r"[\w'’]+", path.read_text(encoding="utf-8").lower())).most_common(50)


def _compare(what: str, words: int, ours: Callable[[], object], peer: str, theirs: Callable[[], object]) -> None:
    ours(), theirs()  # imports and caches
    # Turn by turn, so that both meet the same moments of a busy machine.
    pairs = [(_seconds(ours), _seconds(theirs)) for _ in range(RUNS)]
    mine, least = (statistics.median(times) for times in zip(*pairs, strict=True))
    print(f"{what:<16}{mine:8.3f} s {words / mine:12,.0f} words/s   {mine / least:7.1f} × {peer} ({least:.3f} s)")


def _each_step(path: Path) -> None:
    """The median time of finding chapters, of reading the prose, and of each section of the report."""
    document = read_manuscript(path, path.name)
    manuscript = split(document)
    story = read_story(manuscript, lambda share: None)
    steps: list[tuple[str, Callable[[], object]]] = [
        ("finding chapters", lambda: split(document)),
        ("reading prose", lambda: read_story(manuscript, lambda share: None)),
        *((section.KEY, partial(section.measure, story)) for section in SECTIONS),
    ]
    for name, step in steps:
        print(f"  {name:<20}{statistics.median(_seconds(step) for _ in range(RUNS)):8.3f} s")


def _seconds(work: Callable[[], object]) -> float:
    """Of processor time: others may be busy on this machine."""
    started = time.process_time()
    work()
    return time.process_time() - started


def _child_process(path: Path, words: int) -> None:
    """As a worker runs it: a fresh interpreter, confined, to its last line."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", "jobs.analysis", str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        first = time.perf_counter() - started
        lines = process.stdout.read().splitlines()
        process.wait()
    seconds = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert json.loads(lines[-1])["word_count"] == words
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    limit = f"{processor / LIMIT_SECONDS:7.2f} × the limit of {LIMIT_SECONDS} s on one core"
    print(f"{'child process':<16}{processor:8.3f} s {words / processor:12,.0f} words/s   {limit}")
    print(f"  wall clock {seconds:.2f} s, first progress after {first * 1000:.0f} ms, {len(lines)} lines of progress")
    print(f"  peak memory {after.ru_maxrss / 1024:.0f} MiB")


if __name__ == "__main__":
    main()
