"""The words of a job's life."""

import pytest

from jobs.states import FailureCode, JobStatus


@pytest.mark.parametrize("status", JobStatus)
def test_each_status_is_either_active_or_terminal(status: JobStatus) -> None:
    assert status.is_active is not status.is_terminal


def test_exactly_completed_failed_and_cancelled_are_terminal() -> None:
    terminal = {status for status in JobStatus if status.is_terminal}

    assert terminal == {JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.CANCELLED}


def test_only_an_unreadable_manuscript_is_beyond_a_retry() -> None:
    final = {code for code in FailureCode if not code.is_retryable}

    assert final == {FailureCode.UNREADABLE_MANUSCRIPT}
