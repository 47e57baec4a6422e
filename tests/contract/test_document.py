"""The document, the scenarios, the vectors and the version agree with each other."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from client_contract.player import Scenario, read_scenarios
from client_contract.promises import promises
from jobs.errors import RefusalCode
from jobs.states import JobStatus

ROOT = Path(__file__).parents[2]
CONTRACT = ROOT / "client_contract"
PROMISES = {each.id: each for each in promises()}
SCENARIOS = {each.id: each for each in read_scenarios(CONTRACT / "scenarios")}


def read(name: str) -> Any:
    return json.loads((CONTRACT / "vectors" / name).read_text())


def test_every_id_in_the_document_stands_in_one_row_and_is_read() -> None:
    rows = re.findall(r"^\| (NF-[A-Z]+-\d+) ", (CONTRACT / "README.md").read_text(), re.MULTILINE)

    assert len(rows) == len(set(rows))
    assert set(rows) == set(PROMISES)


@pytest.mark.parametrize("promise_id", [id for id, each in PROMISES.items() if each.word != "MAY"])
def test_promise_is_held_by_something_that_is_there(promise_id: str) -> None:
    held_by = PROMISES[promise_id].held_by

    assert held_by
    for name in held_by:
        assert name in SCENARIOS or name == "every scenario" or (CONTRACT / name).exists() or (ROOT / name).exists()


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
def test_scenario_proves_promises_of_the_document_that_name_it(scenario: Scenario) -> None:
    assert scenario.promise_ids
    for id in scenario.promise_ids:
        named = PROMISES[id].held_by
        assert scenario.id in named or "every scenario" in named, f"{id} does not say that {scenario.id} holds it"


@pytest.mark.parametrize("promise_id", PROMISES)
def test_promise_that_names_a_scenario_is_proved_by_it(promise_id: str) -> None:
    for name in PROMISES[promise_id].held_by:
        if name in SCENARIOS and "every scenario" not in PROMISES[promise_id].held_by:
            watched = {"NF-STATUS-7"}
            assert promise_id in SCENARIOS[name].promise_ids or promise_id in watched


def test_version_is_the_same_wherever_it_stands() -> None:
    version = json.loads((CONTRACT / "version.json").read_text())["version"]

    assert f"Version {version}," in (CONTRACT / "README.md").read_text()
    assert f"\n## {version}\n" in (CONTRACT / "CHANGELOG.md").read_text()
    assert json.loads((CONTRACT / "ts" / "package.json").read_text())["version"] == version


def test_every_refusal_has_its_answer() -> None:
    codes = {each["code"] for each in read("refusals.json")["refusals"]}

    assert {code.value for code in RefusalCode} <= codes


def test_close_codes_of_the_document_are_those_of_the_vectors_that_are_no_broken_line() -> None:
    rows = re.findall(r"^\| (\d[\d, ]*) \| ", (CONTRACT / "README.md").read_text(), re.MULTILINE)
    named = {int(code) for row in rows for code in row.split(", ")}

    assert {each["code"] for each in read("refusals.json")["closes"] if each["action"] != "reconnect"} == named


@pytest.mark.parametrize(
    ("name", "key"), [("statuses.json", "cases"), ("locks.json", "cases"), ("refusals.json", "closes")]
)
def test_ids_of_vectors_are_unique(name: str, key: str) -> None:
    ids = [case["id"] for case in read(name)[key]]

    assert len(ids) == len(set(ids))


def test_every_status_has_a_vector() -> None:
    assert {case["status"] for case in read("statuses.json")["cases"]} == {*JobStatus.__members__, None}
