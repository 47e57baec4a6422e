"""The verifier keeps quiet about a server that keeps the contract, and names the promise that another one breaks."""

import asyncio
import json
import sys
from typing import Any

import pytest

from client_contract.observer import Observer
from client_contract.promises import Ledger, Outcome
from client_contract.verify import Settings, arguments, broken, run, verify
from tests.contract import servers
from tests.contract.servers import TICK_SECONDS, HonestServer, WithoutWorkers

Json = dict[str, Any]
WITH_WORKERS = (
    "happy-road",
    "cancel-while-running",
    "last-transition",
    "reconnect",
    "duplicate-start",
    "quiet-feed",
    "failed-frames",
)
ALONE = ("queue-timeout", "cancel-while-queued", "quiet-feed")


def settings(url: str, *only: str, within: float = 10) -> Settings:
    return Settings(url=url, token="author", tick=TICK_SECONDS, only=only, within=within)


def patient(url: str, *only: str) -> Settings:
    """For a server that keeps the contract: a machine under load may hold its ticks up."""
    return Settings(url=url, token="author", tick=5, only=only)


@pytest.mark.parametrize(("server", "only"), [(HonestServer, WITH_WORKERS), (WithoutWorkers, ALONE)])
async def test_server_that_keeps_the_contract_breaks_no_promise(
    server: type[HonestServer], only: tuple[str, ...]
) -> None:
    async with server().running() as url:
        ledger = await verify(patient(url, *only))

    assert [(each.id, ledger.evidence(each.id)) for each in broken(ledger)] == []
    assert ledger.outcome("NF-PUSH-3") is Outcome.KEPT


@pytest.mark.parametrize(
    ("liar", "scenario", "promise_id"),
    [
        (servers.LeavesTerminalState, "cancel-while-running", "NF-STATUS-2"),
        (servers.AnswersFromACache, "cancel-while-running", "NF-STATUS-2"),
        (servers.RepeatsVersions, "happy-road", "NF-VERSION-1"),
        (servers.RepeatsVersions, "happy-road", "NF-VERSION-2"),
        (servers.GoesSilent, "quiet-feed", "NF-PUSH-3"),
        (servers.ForgetsSnapshot, "reconnect", "NF-PUSH-1"),
        (servers.CompletesTheFeed, "happy-road", "NF-PUSH-4"),
        (servers.NeverCompletesProgress, "last-transition", "NF-PROGRESS-2"),
        (servers.LosesFailedFrames, "failed-frames", "NF-PUSH-12"),
        (servers.DeliversTheDead, "happy-road", "NF-DEADLINE-2"),
        (servers.NeverTimesOut, "queue-timeout", "NF-DEADLINE-3"),
        (servers.HidesDeadlines, "queue-timeout", "NF-DEADLINE-1"),
    ],
)
async def test_broken_promise_is_named_with_its_evidence(
    liar: type[HonestServer], scenario: str, promise_id: str
) -> None:
    async with liar().running() as url:
        ledger = await verify(settings(url, scenario, within=3))

    assert ledger.outcome(promise_id) is Outcome.BROKEN
    assert all(scenario == each.scenario and each.text for each in ledger.evidence(promise_id))


async def test_a_broken_must_is_exit_1_and_stands_in_the_json(capsys: pytest.CaptureFixture[str]) -> None:
    async with servers.GoesSilent().running() as url:
        code = await run(settings(url, "quiet-feed"), as_json=True)

    result = json.loads(capsys.readouterr().out)
    assert (code, result["kept"]) == (1, False)
    assert "NF-PUSH-3" in [each["id"] for each in result["promises"] if each["outcome"] == "fail"]


async def test_a_kept_contract_is_exit_0_and_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    async with HonestServer().running() as url:
        code = await run(patient(url, "quiet-feed"), as_json=False)

    printed = capsys.readouterr().out
    assert code == 0
    assert "NF-PUSH-3" in printed
    assert "0 fail" in printed


async def test_a_server_that_is_not_there_is_exit_2_and_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    code = await run(settings("http://127.0.0.1:9"), as_json=False)

    assert code == 2
    assert "cannot be reached" in capsys.readouterr().err


@pytest.mark.parametrize(
    "url",
    ["127.0.0.1:8000", "localhost:8000", "nonsense", "", "ftp://127.0.0.1", "http://127.0.0.1:99999", "http://[::1"],
)
async def test_an_address_that_is_none_is_exit_2_and_says_how_one_is_written(
    url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await run(settings(url), as_json=False) == 2
    assert f"`{url}` is no address of a server" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("server", "said"),
    [(servers.KnowsNobody, "a test author's token with `--token`"), (servers.ServesPages, "not as GraphQL does")],
)
async def test_a_server_that_cannot_be_asked_is_exit_2_and_one_sentence(
    server: type[HonestServer], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    async with server().running() as url:
        code = await run(settings(url), as_json=True)

    printed = capsys.readouterr()
    assert (code, printed.out) == (2, "")
    assert said in printed.err


async def test_two_tokens_of_one_author_are_exit_2(capsys: pytest.CaptureFixture[str]) -> None:
    async with HonestServer().running() as url:
        code = await run(Settings(url=url, token="author", other_token="author"), as_json=False)

    assert code == 2
    assert "same author" in capsys.readouterr().err


async def test_a_run_that_showed_nothing_is_exit_2(capsys: pytest.CaptureFixture[str]) -> None:
    async with HonestServer().running() as url:
        code = await run(settings(url, "queue-timeout"), as_json=True)

    printed = capsys.readouterr()
    assert (code, json.loads(printed.out)["kept"]) == (2, False)
    assert "Nothing was verified" in printed.err


def test_a_scenario_that_is_not_there_is_exit_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["verify", "http://127.0.0.1:9", "--only", "happy-rode"])

    with pytest.raises(SystemExit) as left:
        arguments()

    assert left.value.code == 2
    assert "'happy-road'" in capsys.readouterr().err


async def test_a_server_that_goes_away_leaves_its_promises_unproven_not_unsaid() -> None:
    server = servers.TellsOfItsFirstJob()
    async with server.running() as url:
        verifying = asyncio.create_task(verify(settings(url, "cancel-while-running", "happy-road", within=3)))
        await server.has_started.wait()
    ledger = await verifying

    assert [each.scenario for each in ledger.evidence("NF-STEP-2")] == ["cancel-while-running"]
    assert [each.scenario for each in ledger.evidence("NF-STATUS-5")] == ["happy-road"]
    assert {ledger.outcome("NF-STEP-2"), ledger.outcome("NF-STATUS-5")} == {Outcome.UNPROVEN}


async def test_a_server_under_a_path_is_verified_there() -> None:
    async with servers.UnderAPath().running() as url:
        ledger = await verify(patient(f"{url}/analysis", "quiet-feed"))

    assert ledger.outcome("NF-PUSH-3") is Outcome.KEPT


@pytest.mark.parametrize(
    ("wrong", "promise_id"),
    [
        ({"status": ["QUEUED"]}, "NF-STATUS-1"),
        ({"version": "1"}, "NF-VERSION-1"),
        ({"version": None}, "NF-VERSION-1"),
        ({"deadlineAt": "soon"}, "NF-DEADLINE-1"),
        ({"asOf": "2026-11-23T12:00:00"}, "NF-DEADLINE-2"),
        ({"events": ["it began"]}, "NF-STATUS-7"),
        ({"events": [{"version": "1", "status": "QUEUED"}]}, "NF-STATUS-7"),
    ],
)
@pytest.mark.parametrize("road", ["answer", "frame"])
def test_a_job_of_other_types_than_the_schema_s_breaks_a_promise(road: str, wrong: Json, promise_id: str) -> None:
    observer = Observer(ledger := Ledger(), tick=TICK_SECONDS)
    honest = {"id": "job", "status": "QUEUED", "version": 1, "locksManuscript": True, "asOf": "2026-11-23T12:00:00Z"}
    job = honest | wrong

    if road == "answer":
        observer.answer({"data": {"job": job}}, asked_at=0, at=1)
    else:
        observer.asked("socket", {"type": "subscribe", "id": "feed"}, 0)
        observer.message(
            "socket", {"type": "next", "id": "feed", "payload": {"data": {"jobUpdates": {"jobs": [job]}}}}, 1
        )

    assert ledger.outcome(promise_id) is Outcome.BROKEN
    [(name, value)] = wrong.items()
    assert ledger.evidence(promise_id)[0].text == f"Job job: `{name}` is {value!r}."


def test_a_version_that_came_with_errors_may_come_again_and_no_other() -> None:
    observer = Observer(ledger := Ledger(), tick=TICK_SECONDS)
    job = {"id": "job", "status": "QUEUED", "version": 1, "locksManuscript": True, "asOf": "2026-11-23T12:00:00Z"}
    data = {"data": {"jobUpdates": {"jobs": [job]}}}
    observer.asked("socket", {"type": "subscribe", "id": "feed"}, 0)

    for payload in (data | {"errors": [{"message": "It failed."}]}, data):
        observer.message("socket", {"type": "next", "id": "feed", "payload": payload}, 1)
    assert ledger.outcome("NF-VERSION-2") is Outcome.KEPT

    observer.message("socket", {"type": "next", "id": "feed", "payload": data}, 1)
    assert ledger.outcome("NF-VERSION-2") is Outcome.BROKEN


async def test_a_scenario_without_what_it_needs_is_skipped_with_the_reason() -> None:
    async with HonestServer().running() as url:
        ledger = await verify(settings(url, "other-owner", "queue-timeout"))

    assert ledger.outcome("NF-OWNER-1") is Outcome.SKIPPED
    assert "--other-token" in ledger.evidence("NF-OWNER-1")[0].text
    assert "without a live worker" in ledger.evidence("NF-DEADLINE-5")[0].text
