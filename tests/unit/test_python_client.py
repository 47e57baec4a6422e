"""novelfoundry.client by itself: the contract's rules as data, values of a later contract, and what it needs."""

import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from novelfoundry.client import JobBoard, close_action, pause_before, refusal_action
from novelfoundry.client.generated.enums import JobStatus

Json = dict[str, Any]
ROOT = Path(__file__).parents[2]
VECTORS = ROOT / "client_contract" / "vectors"
# A time that cannot be read is refused by the models, and never comes to the board.
_CASES = json.loads((VECTORS / "locks.json").read_text())["cases"]
LOCKS = [case for case in _CASES if not case["id"].startswith("unreadable-")]
REFUSALS = json.loads((VECTORS / "refusals.json").read_text())


@dataclass(slots=True)
class Received:
    """A job as a frame tells it."""

    id: str
    version: int
    is_terminal: bool
    locks_manuscript: bool
    as_of: datetime
    deadline_at: datetime | None
    manuscript: Any


def received(job: Json) -> Received:
    deadline = job["deadlineAt"]
    return Received(
        id=job["id"],
        version=job["version"],
        is_terminal=job["isTerminal"],
        locks_manuscript=job["locksManuscript"],
        as_of=datetime.fromisoformat(job["asOf"]),
        deadline_at=None if deadline is None else datetime.fromisoformat(deadline),
        manuscript=SimpleNamespace(id=job["manuscript"]),
    )


@pytest.mark.parametrize("case", LOCKS, ids=lambda case: case["id"])
def test_the_board_holds_locks_as_the_vectors_say(case: Json) -> None:
    board = JobBoard()
    for instant in case["timeline"]:
        now = 1_000.0 + instant["at"]
        if present := instant.get("snapshot"):
            board.take_present(map(received, present["jobs"]), datetime.fromisoformat(present["asOf"]), now)
        frame = instant.get("frame", {})
        for job in frame.get("jobs", ()):
            board.take(received(job), now)
        board.forget(frame.get("removed", ()))
        if answer := instant.get("answer"):
            board.take(received(answer), now)
        if "locked" in instant:
            assert sorted(board.locked_manuscripts(now)) == instant["locked"], instant


@pytest.mark.parametrize("case", REFUSALS["refusals"], ids=lambda case: case["id"])
def test_a_refusal_is_answered_as_the_vectors_say(case: Json) -> None:
    assert refusal_action(case["code"]) == case["action"]


@pytest.mark.parametrize("case", REFUSALS["closes"], ids=lambda case: case["id"])
def test_a_closed_socket_is_answered_as_the_vectors_say(case: Json) -> None:
    action = close_action(case["code"])

    assert action == case["action"]
    assert pause_before(action, case["failures"], 0) == pytest.approx(case["atLeast"])
    assert pause_before(action, case["failures"], 1) == pytest.approx(case["atMost"])


def test_a_value_of_a_later_contract_is_read_as_itself() -> None:
    assert JobStatus("PAUSED") == "PAUSED"
    assert JobStatus("QUEUED") is JobStatus.QUEUED


def test_the_client_needs_nothing_of_the_servers_code(tmp_path: Path) -> None:
    rooms = ("command", "server", "schema", "jobs", "engines", "client_contract", "strawberry", "graphql")
    program = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import novelfoundry.client; "
    program += f"print([each for each in {rooms!r} if each in sys.modules])"

    done = subprocess.run(
        [sys.executable, "-P", "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "[]"
