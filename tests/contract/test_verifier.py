"""The verifier keeps quiet about a server that keeps the contract, and names the promise that another one breaks."""

import json

import pytest

from client_contract.promises import Outcome
from client_contract.verify import Settings, broken, run, verify
from tests.contract import servers
from tests.contract.servers import TICK_SECONDS, HonestServer, WithoutWorkers

WITH_WORKERS = ("happy-road", "cancel-while-running", "last-transition", "reconnect", "duplicate-start", "quiet-feed")
ALONE = ("queue-timeout", "cancel-while-queued", "quiet-feed")


def settings(url: str, *only: str, within: float = 10) -> Settings:
    return Settings(url=url, token="author", tick=TICK_SECONDS, only=only, within=within)


@pytest.mark.parametrize(("server", "only"), [(HonestServer, WITH_WORKERS), (WithoutWorkers, ALONE)])
async def test_server_that_keeps_the_contract_breaks_no_promise(
    server: type[HonestServer], only: tuple[str, ...]
) -> None:
    async with server().running() as url:
        ledger = await verify(settings(url, *only))

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
        (servers.DeliversTheDead, "happy-road", "NF-DEADLINE-2"),
        (servers.NeverTimesOut, "queue-timeout", "NF-DEADLINE-3"),
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
        code = await run(settings(url, "quiet-feed"), as_json=False)

    printed = capsys.readouterr().out
    assert code == 0
    assert "NF-PUSH-3" in printed
    assert "0 fail" in printed


async def test_a_server_that_is_not_there_is_exit_2_and_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    code = await run(settings("http://127.0.0.1:9"), as_json=False)

    assert code == 2
    assert "cannot be reached" in capsys.readouterr().err


async def test_a_scenario_without_what_it_needs_is_skipped_with_the_reason() -> None:
    async with HonestServer().running() as url:
        ledger = await verify(settings(url, "other-owner", "queue-timeout"))

    assert ledger.outcome("NF-OWNER-1") is Outcome.SKIPPED
    assert "--other-token" in ledger.evidence("NF-OWNER-1")[0].text
    assert "without a live worker" in ledger.evidence("NF-DEADLINE-5")[0].text
