"""Whatever is written, reading it takes time that grows with its length, not with its length's square."""

import json
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobs.analysis.analyse import analyse
from jobs.errors import Refused
from tests.unit.analysis.files import SAMPLE
from tests.unit.analysis.patterns import WRITERS, Pattern, patterns

SMALL = 4_096
TIMES = 8
SLACK = 3
"""A square costs 64 times as much, and is allowed 24 times."""
LEAST = 0.002
"""Seconds; less is mostly what any file costs."""
TRIES = 3
"""A busy machine may spoil one measurement, not three; a square spoils all."""
HANGS = 20.0

IN_PROCESS = WRITERS.keys() - {"a.pdf"}
"""PDFs are read by a process of their own; benchmarks/linear.py counts that as well."""

KNOWN = (
    Pattern("~", " ", "a"),
    Pattern("x", " ", "x"),
    Pattern("", "\f", "a"),
    Pattern("a", "\f", ""),
    Pattern("", "*a ", ""),
    Pattern("", "_a ", "a"),
    Pattern("", "***a", ""),
    Pattern("---\n", "  \n", "a"),
    Pattern("---\n", "key: a\n", "a"),
    Pattern("", "[](", ""),
    Pattern("", "[a", ""),
    Pattern("", "<!--", ""),
    Pattern("a", "\u0301\u0316", ""),
    Pattern("a. ", "—", "a"),
    Pattern(".", ";", "a"),
    Pattern("“", "a ”“", ""),
    Pattern("# ", "# ", "a"),
    Pattern("", "Ann ", "."),
    Pattern("", "Chapter 1\n\n", ""),
    Pattern("", "<a b='", ""),
    Pattern("", "<script>", "a"),
    Pattern("", "<!x", "a"),
)


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    analyse(SAMPLE, SAMPLE.name, lambda stage, progress: None)


@contextmanager
def _no_hang() -> Iterator[None]:
    """Ends what would not end by itself, after so many seconds of processor time."""

    def stop(signum: int, frame: FrameType | None) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, HANGS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _seconds(path: Path) -> float:
    started = time.thread_time()
    try:
        with _no_hang():
            analyse(path, path.name, lambda stage, progress: None)
    except Refused:
        pass
    except TimeoutError:
        return float("inf")
    return time.thread_time() - started


def _times(directory: Path, filename: str, pattern: Pattern) -> float:
    """How many times as much the long text costs as the short one."""
    short, long = directory / filename, directory / f"long-{filename}"
    short.write_bytes(WRITERS[filename](pattern.text(SMALL)))
    long.write_bytes(WRITERS[filename](pattern.text(SMALL * TIMES)))
    return _seconds(long) / max(LEAST, min(_seconds(short) for _ in range(2)))


def _is_linear(directory: Path, filename: str, pattern: Pattern) -> bool:
    return any(_times(directory, filename, pattern) <= TIMES * SLACK for _ in range(TRIES))


@pytest.mark.parametrize("filename", ["a.md", "a.docx", "raw.html"])
@pytest.mark.parametrize("pattern", KNOWN, ids=lambda pattern: repr(pattern.head + pattern.unit))
def test_a_text_that_was_slow_once_takes_time_by_its_length(tmp_path: Path, filename: str, pattern: Pattern) -> None:
    assert _is_linear(tmp_path, filename, pattern)


@pytest.mark.parametrize("text", ["a" + "-" * 20_000 + "b" + "=" * 20_000 + "c. ", "x" * 40_000 + " y z. "])
def test_a_report_is_no_longer_than_what_it_tells(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.txt"
    path.write_text(text * 30, encoding="utf-8")

    report = analyse(path, path.name, lambda stage, progress: None).report

    assert len(json.dumps(report.to_json())) < 50_000


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=24, deadline=None, derandomize=True)
@given(pattern=patterns(), filename=st.sampled_from(sorted(IN_PROCESS)))
def test_any_pattern_takes_time_by_its_length(tmp_path: Path, filename: str, pattern: Pattern) -> None:
    assert _is_linear(tmp_path, filename, pattern)
