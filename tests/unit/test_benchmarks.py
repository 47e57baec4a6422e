"""The benchmark's table: each row is there, and one that fails does not end the others."""

from pathlib import Path

import pytest

from benchmarks import bench
from benchmarks.figures import Figure

ROOM = Path(bench.__file__).parent


def test_each_row_is_a_program_with_a_limit_and_a_line_in_the_readme() -> None:
    programs = {file.stem for file in (ROOM / "rows").glob("[!_]*.py")}
    told = (ROOM / "README.md").read_text(encoding="utf-8")

    assert set(bench.ROWS) == programs
    assert all(f"| `{name}` |" in told for name in programs)


def test_all_rows_together_end_within_the_time_that_their_reader_has() -> None:
    # Each limit is about twice what the row takes.
    assert sum(bench.ROWS.values()) / 2 <= 12 * 60


def test_a_row_that_fails_or_hangs_is_said_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    rows = tmp_path / "benchmarks" / "rows"
    rows.mkdir(parents=True)
    for package in (rows.parent, rows):
        (package / "__init__.py").touch()
    (rows / "hangs.py").write_text("import time\ntime.sleep(600)")
    (rows / "fails.py").write_text("raise SystemExit('no engine')")
    monkeypatch.setattr(bench, "ROOT", tmp_path)
    monkeypatch.setattr(bench, "ROWS", {"hangs": 1, "fails": 60})
    monkeypatch.setattr(bench, "RESULTS", tmp_path / "results.md")
    monkeypatch.setattr("sys.argv", ["bench"])

    assert bench.main() == 1

    printed = capsys.readouterr().out
    assert "| hangs | **took longer than 1 s**" in printed
    assert "| fails | **failed: no engine**" in printed
    assert "no engine" in (tmp_path / "results.md").read_text()


def test_a_line_says_what_is_asked_and_whether_it_is_met() -> None:
    figure = Figure("jobs", "a second", 1400, 1300, is_more_better=True, beside={"arq": 1100.0})

    assert bench._line(figure) == "| jobs | 1,400 a second | ≥ 1,300 | met | arq 1,100 |"
