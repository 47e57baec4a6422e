"""The words of a job's life, against the vectors of the client contract."""

import json
from pathlib import Path
from typing import Any

import pytest

from jobs.states import FailureCode, JobStatus, read_status

VECTORS = Path(__file__).parents[2] / "client_contract" / "vectors"
CASES: list[dict[str, Any]] = json.loads((VECTORS / "statuses.json").read_text())["cases"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_status_text_is_read_as_the_contract_says(case: dict[str, Any]) -> None:
    status = read_status(case["text"])

    assert (status and status.name) == case["status"]


@pytest.mark.parametrize("status", JobStatus)
def test_each_status_is_either_active_or_terminal(status: JobStatus) -> None:
    assert status.is_active is not status.is_terminal


def test_exactly_completed_failed_and_cancelled_are_terminal() -> None:
    terminal = {status for status in JobStatus if status.is_terminal}

    assert terminal == {JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.CANCELLED}


@pytest.mark.parametrize("status", JobStatus)
def test_every_status_reads_back_as_itself(status: JobStatus) -> None:
    assert read_status(status.value) is status
    assert read_status(status.name) is status


@pytest.mark.parametrize("active", [status for status in JobStatus if status.is_active])
@pytest.mark.parametrize("terminal", [status for status in JobStatus if status.is_terminal])
def test_terminal_word_beside_an_active_one_wins_in_either_order(active: JobStatus, terminal: JobStatus) -> None:
    assert read_status(f"{active}|{terminal}") is terminal
    assert read_status(f"{terminal}|{active}") is terminal


def test_only_an_unreadable_manuscript_is_beyond_a_retry() -> None:
    final = {code for code in FailureCode if not code.is_retryable}

    assert final == {FailureCode.UNREADABLE_MANUSCRIPT}
