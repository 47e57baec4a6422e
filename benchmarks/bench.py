"""`python -m benchmarks.bench [ROW …]`: runs rows one after the other, prints one table and keeps it in results.md.

A row is a program of its own with a limit of time; one that fails or takes longer is said so, and the next runs.
"""

import os
import platform
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import psutil

from benchmarks.figures import Figure

ROOT = Path(__file__).parents[1]
RESULTS = Path(__file__).parent / "results.md"
ROWS = {
    "frames": 120,
    "many_sockets": 110,
    "watchers": 100,
    "queries": 80,
    "jobs": 150,
    "manuscripts": 60,
    "storm": 60,
    "processes": 120,
}
"""Each with the seconds that it may take: twice what it took."""
_HEAD = """# Results

Written by `make bench`: what is asked, and others or limits measured in the same run. Compare figures of one run: a
machine of the same kind may be half as fast the next day. What the rows are: [README.md](README.md).

"""


def main() -> int:
    """Runs what is named, else all; fails when a row gave nothing."""
    wanted = sys.argv[1:] or list(ROWS)
    if unknown := [name for name in wanted if name not in ROWS]:
        print(f"There is no row {unknown[0]}. There are: {', '.join(ROWS)}.")
        return 2
    before, lines, failed = _machine(), [], False
    for name in wanted:
        figures, trouble = _run(name)
        for line in [*map(_line, figures), *([f"| {name} | **{trouble}** | | | |"] if trouble else [])]:
            lines.append(line)
            print(line, flush=True)
        failed = failed or bool(trouble)
    if wanted == list(ROWS):
        RESULTS.write_text(_HEAD + before + "\n\n" + _TABLE + "\n".join(lines) + "\n", encoding="utf-8")
    return int(failed)


def _run(name: str) -> tuple[list[Figure], str]:
    """What the row told, and what went wrong."""
    since = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", f"benchmarks.rows.{name}"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        told, complaints = process.communicate(timeout=ROWS[name])
        trouble = f"failed: {_last(complaints)}" if process.returncode else ""
    except subprocess.TimeoutExpired:
        _end_all(process.pid)
        told, complaints = process.communicate()
        trouble = f"took longer than {ROWS[name]} s"
    print(f"== {name}: {time.monotonic() - since:.0f} s", file=sys.stderr, flush=True)
    return [Figure.read(line) for line in told.splitlines()], trouble


def _end_all(pid: int) -> None:
    """The row and all that it started: engines that end in order leave nothing behind."""
    children = psutil.Process(pid).children(recursive=True)
    os.killpg(pid, signal.SIGTERM)
    _, alive = psutil.wait_procs(children, timeout=10)
    for process in alive:
        process.kill()


_TABLE = "| what | ours | asked | | beside |\n| --- | ---: | ---: | --- | --- |\n"


def _line(figure: Figure) -> str:
    asked = "" if figure.asked is None else f"{'≥' if figure.is_more_better else '≤'} {_number(figure.asked)}"
    verdict = {True: "met", False: "missed", None: ""}[figure.is_met]
    beside = ", ".join(f"{name} {_number(value)}" for name, value in figure.beside.items())
    return f"| {figure.what} | {_number(figure.ours)} {figure.unit} | {asked} | {verdict} | {beside} |"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _machine() -> str:
    """The kind of machine, and how busy it was before the first row."""
    memory = psutil.virtual_memory().total / 2**30
    said = f"{os.cpu_count()} cores of {_processor()}, {memory:.0f} GiB, {platform.system()} {platform.release()}"
    busy = psutil.getloadavg()[0]
    day, python = f"{datetime.now(UTC):%Y-%m-%d}", platform.python_version()
    return f"{day}, {said}, Python {python}; load before the first row {busy:.1f}."


def _processor() -> str:
    told = Path("/proc/cpuinfo")
    lines = told.read_text().splitlines() if told.exists() else []
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.machine())


def _last(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1][:200].replace("|", "/") if lines else "it said nothing"


if __name__ == "__main__":
    raise SystemExit(main())
