"""Small manuscripts that are traps, against what a person says of each. They are not shipped: without them this is
skipped. The kinds are tried in other words and languages in `structure/test_evidence.py` and beside it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jobs.analysis.analyse import analyse
from jobs.analysis.reading.formats import all_endings
from jobs.analysis.report import ReportBody

CASES = Path(__file__).parents[4] / "shared" / "cases"
EXPECTED: dict[str, dict[str, Any]] = (
    json.loads((CASES / "expected.json").read_text(encoding="utf-8")) if CASES.exists() else {}
)

pytestmark = pytest.mark.skipif(not EXPECTED, reason="the cases are not here: ../shared/cases")


def differences(report: ReportBody, expected: dict[str, Any]) -> Iterator[str]:
    """What the report says otherwise; null is for a person to judge."""
    summary = report.summary
    found = {
        "chapters": summary.chapters,
        "sections": summary.sections,
        "breaks": summary.scene_breaks or 0,
        "back": summary.back_words,
        "titles": [chapter.title for chapter in report.chapters],
    }
    for key in found.keys() & expected.keys():
        if expected[key] is not None and found[key] != expected[key]:
            yield f"{key}: {found[key]}, not {expected[key]}"
    share = expected.get("share")
    if share is not None and abs(summary.dialogue_share - share) > 0.005:
        yield f"share of dialogue: {summary.dialogue_share}, not {share:.4f}"


@pytest.mark.parametrize("name", EXPECTED or ["none"])
def test_a_trap_is_read_as_a_person_reads_it(name: str) -> None:
    if not name.endswith(all_endings()):
        pytest.skip(f"{Path(name).suffix} is not read")

    report = analyse(CASES / name, name, lambda stage, progress: None).report

    assert list(differences(report, EXPECTED[name])) == []
