"""The analysis in a process of its own, as a worker starts it."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from jobs.analysis.confinement import MOST_SECONDS, OUT_OF_TIME_SIGNALS, seconds_for
from jobs.analysis.report import ReportBody
from tests.unit.analysis.files import SAMPLE, prose

ROOT = Path(__file__).parents[3]


def start(*arguments: str) -> subprocess.Popen[str]:
    """The process."""
    return subprocess.Popen(
        [sys.executable, "-m", "jobs.analysis", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


def messages(process: subprocess.Popen[str]) -> Iterator[dict[str, Any]]:
    """Each line of its output, read."""
    assert process.stdout is not None
    return (json.loads(line) for line in process.stdout)


def run(*arguments: str) -> tuple[list[dict[str, Any]], int, str]:
    """All its messages, its exit status and what it wrote on standard error."""
    with start(*arguments) as process:
        told = list(messages(process))
        status = process.wait(timeout=30)
        assert process.stderr is not None
        return told, status, process.stderr.read()


def test_the_report_comes_last_after_progress_that_never_falls() -> None:
    told, status, complaints = run(str(SAMPLE))

    *progress, outcome = told
    shares = [message["progress"] for message in progress]
    assert (status, complaints) == (0, "")
    assert len(progress) >= 10
    assert shares == sorted(shares)
    assert all(0 <= share <= 1 for share in shares)
    assert all(set(message) == {"stage", "progress"} and message["stage"] for message in progress)
    assert set(outcome) == {"report", "text", "word_count"}
    assert ReportBody.from_json(outcome["report"]).summary.words == outcome["word_count"] > 3000


def test_the_format_is_that_of_the_authors_name_not_of_the_stored_file(tmp_path: Path) -> None:
    stored = tmp_path / "4f1c"
    stored.write_text(f"# The Gate\n\n{prose()}\n\n# The Well\n\n{prose()}", encoding="utf-8")

    told, _, _ = run(str(stored), "--filename", "My Novel (draft 3).md")

    assert [chapter["title"] for chapter in told[-1]["report"]["chapters"]] == ["The Gate", "The Well"]


@pytest.mark.parametrize(
    ("filename", "data", "sentence"),
    [
        ("novel.docx", b"PK\x03\x04 cut off", "ends too early"),
        ("novel.txt", b"", "no words"),
        ("novel.pages", b"PK", "not read here"),
    ],
)
def test_what_cannot_be_read_is_told_in_a_sentence_and_is_no_crash(
    tmp_path: Path, filename: str, data: bytes, sentence: str
) -> None:
    stored = tmp_path / "stored"
    stored.write_bytes(data)

    told, status, complaints = run(str(stored), "--filename", filename)

    assert (status, complaints) == (0, "")
    assert list(told[-1]) == ["unreadable"]
    assert sentence in told[-1]["unreadable"]


def test_a_missing_file_is_a_crash_with_a_traceback(tmp_path: Path) -> None:
    told, status, complaints = run(str(tmp_path / "nothing.txt"))

    assert status not in (0, 3)
    assert "FileNotFoundError" in complaints
    assert not any("report" in message or "unreadable" in message for message in told)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's death")
def test_it_ends_with_its_parent_though_it_is_in_the_middle_of_a_pattern() -> None:
    work = "print('begun', flush=True) or re.match('(a|aa)+$', 'a' * 99 + 'b')"
    child = (
        f"import re, sys, jobs.analysis.analyse as a; a.analyse = lambda *_: {work};"
        "from jobs.analysis.__main__ import main; sys.argv[1:] = ['novel.txt', '--parent', sys.argv[1]]; main()"
    )
    parent = (
        f"import os, subprocess, sys; child = subprocess.Popen([sys.executable, '-c', {child!r}, str(os.getpid())]);"
        "print(child.pid, flush=True); child.wait()"
    )
    with subprocess.Popen([sys.executable, "-c", parent], stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        analysis = psutil.Process(int(process.stdout.readline()))
        while process.stdout.readline() != "begun\n":
            pass

        process.kill()

    assert psutil.wait_procs([analysis], timeout=20)[1] == []


def test_it_can_be_killed_at_any_time(tmp_path: Path) -> None:
    path = tmp_path / "long.txt"
    path.write_text(prose(150_000), encoding="utf-8")

    with start(str(path)) as process:
        next(messages(process))
        process.kill()

        assert process.wait(timeout=10) == -signal.SIGKILL


def test_too_little_memory_is_told_in_a_sentence() -> None:
    script = (
        "import jobs.analysis.confinement as c; c.MEMORY_BYTES = 160 * 1024 * 1024;"
        "import jobs.analysis.analyse as a; a.analyse = lambda *_: bytearray(10**9);"
        "import sys; from jobs.analysis.__main__ import main; sys.argv[1:] = ['novel.txt']; main()"
    )

    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        told = list(messages(process))

    assert "needs more memory" in told[-1]["unreadable"]


@pytest.mark.parametrize(
    "work", ["(x := 0) or [x := x + 1 for _ in iter(int, 1)]", "re.match('(a|aa)+$', 'a' * 99 + 'b')"]
)
def test_too_much_processor_time_is_told_in_a_sentence(work: str) -> None:
    script = (
        "import re, jobs.analysis.confinement as c; c.LEAST_SECONDS = 1;"
        f"import jobs.analysis.analyse as a; a.analyse = lambda *_: {work};"
        "import sys; from jobs.analysis.__main__ import main; sys.argv[1:] = ['novel.txt']; main()"
    )

    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        told = list(messages(process))

    assert process.returncode == 0
    assert "takes far longer to read" in told[-1]["unreadable"]


def test_what_does_not_hear_that_its_time_is_over_is_ended_by_a_signal_that_says_so() -> None:
    script = (
        "import itertools, jobs.analysis.confinement as c; c.LEAST_SECONDS = c._LISTEN_SECONDS = 1;"
        "import jobs.analysis.analyse as a; a.analyse = lambda *_: sum(itertools.repeat(0));"
        "import sys; from jobs.analysis.__main__ import main; sys.argv[1:] = ['novel.txt']; main()"
    )

    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        told = list(messages(process))

    assert -process.returncode in OUT_OF_TIME_SIGNALS
    assert "unreadable" not in told[-1]


def test_the_processor_time_grows_with_the_file() -> None:
    assert seconds_for(0) < seconds_for(1_000_000) < seconds_for(5_000_000) <= seconds_for(10**12) == MOST_SECONDS


def test_it_starts_quickly_and_loads_no_server_library() -> None:
    script = (
        "import sys; import jobs.analysis.__main__, jobs.analysis.analyse;"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    started = time.perf_counter()

    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=True)

    assert time.perf_counter() - started < 5
    for heavy in ("asyncpg", "redis", "arq", "strawberry", "starlette", "supabase", "wordfreq", "charset_normalizer"):
        assert heavy not in loaded.stdout.split()
