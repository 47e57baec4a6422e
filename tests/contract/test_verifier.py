"""The verifier keeps quiet about a server that keeps the contract, and names the promise that another one breaks."""

import asyncio
import json
import re
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
import pytest_asyncio

from client_contract import introspection
from client_contract.observer import Observer
from client_contract.promises import Ledger, Outcome
from client_contract.verify import Settings, arguments, broken, run, verify
from client_contract.wire import Wire
from command import cli
from tests.contract import servers
from tests.contract.servers import LONG_AGO, TICK_SECONDS, HonestServer, WithoutWorkers

Json = dict[str, Any]
Told = Mapping[object, Ledger]
WITH_WORKERS = (
    "happy-road",
    "cancel-while-running",
    "last-transition",
    "reconnect",
    "duplicate-start",
    "quiet-feed",
    "failed-frames",
    "streams",
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


LIARS = [
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
    (servers.StreamsToAnybody, "streams", "NF-STREAM-4"),
    (servers.NeverCompletesStreams, "streams", "NF-STREAM-1"),
    (servers.StreamsTheFirstFrame, "streams", "NF-STREAM-3"),
    (servers.StreamsVersionsTwice, "streams", "NF-VERSION-2"),
    (servers.AnswersStreamsWithJson, "streams", "NF-STREAM-1"),
]


@pytest.mark.parametrize(("liar", "scenario", "promise_id"), LIARS)
def test_broken_promise_is_named_with_its_evidence(
    told: Told, liar: type[HonestServer], scenario: str, promise_id: str
) -> None:
    ledger = told[liar, scenario]

    assert ledger.outcome(promise_id) is Outcome.BROKEN
    assert all(scenario == each.scenario and each.text for each in ledger.evidence(promise_id))


def event(job: Json, place: int, **changes: Any) -> None:
    job["events"][place] = job["events"][place] | changes


def last(job: Json, status: str, **changes: Any) -> None:
    if job["status"] == status:
        event(job, -1, **changes)


FUTURE = "2999-01-01T00:00:00+00:00"
# Each is a whole server that changes every job by this much on its way out, and the promise that this breaks.
LIES: dict[str, tuple[Callable[[Json], object], str]] = {
    "a deadline in the year 2999": (lambda job: job["deadlineAt"] and job.update(deadlineAt=FUTURE), "NF-DEADLINE-8"),
    "an asOf of long ago": (lambda job: job.update(asOf=LONG_AGO), "NF-CLOCK-1"),
    "an asOf of the future": (lambda job: job.update(asOf=FUTURE), "NF-CLOCK-1"),
    "a deadline for a job that is over": (lambda job: job.update(deadlineAt=FUTURE), "NF-DEADLINE-1"),
    "no deadline": (lambda job: job.update(deadlineAt=None), "NF-DEADLINE-1"),
    "no events": (lambda job: job.update(events=[]), "NF-STATUS-7"),
    "events that lack the beginning": (lambda job: job.update(events=job["events"][1:]), "NF-STATUS-7"),
    "events that lack the end": (lambda job: job.update(events=job["events"][:-1]), "NF-STATUS-7"),
    "events that lack the midst": (lambda job: len(job["events"]) > 2 and job["events"].pop(1), "NF-STATUS-7"),
    "events in another order": (lambda job: job["events"].reverse(), "NF-STATUS-7"),
    "events of the future": (lambda job: event(job, -1, at=FUTURE), "NF-STATUS-7"),
    "events that went back in time": (lambda job: event(job, -1, at="1999-01-01T00:00:00Z"), "NF-STATUS-7"),
    "events without a time": (lambda job: event(job, 0, at="yesterday"), "NF-STATUS-7"),
    "events beyond the version": (lambda job: event(job, -1, version=99), "NF-STATUS-7"),
    "an event of another status": (lambda job: event(job, 0, status="RUNNING"), "NF-STATUS-7"),
    "a job that the worker queued": (lambda job: event(job, 0, decidedBy="WORKER"), "NF-STATUS-7"),
    "an author who completes": (lambda job: last(job, "COMPLETED", decidedBy="USER"), "NF-STATUS-10"),
    "a sweeper who completes": (lambda job: last(job, "COMPLETED", decidedBy="SWEEPER"), "NF-STATUS-10"),
    "a reader who completes": (lambda job: last(job, "COMPLETED", decidedBy="READER"), "NF-STATUS-10"),
    "progress of 300": (lambda job: job["progress"] and job.update(progress=300), "NF-STATUS-8"),
    "progress below zero": (lambda job: job["progress"] and job.update(progress=-0.1), "NF-STATUS-8"),
    "progress in words": (lambda job: job["progress"] and job.update(progress="half"), "NF-STATUS-8"),
    "attempt 9 of 3": (lambda job: job.update(attempt=9), "NF-STATUS-8"),
    "attempt -1": (lambda job: job.update(attempt=-1), "NF-STATUS-8"),
    "a run in no attempt": (lambda job: job.update(attempt=0), "NF-STATUS-8"),
    "no attempt allowed": (lambda job: job.update(maxAttempts=0), "NF-STATUS-8"),
    "a title replaced": (lambda job: job["manuscript"].update(title="Untitled"), "NF-ECHO-1"),
    "an end before the start": (lambda job: job["finishedAt"] and job.update(finishedAt=LONG_AGO), "NF-STATUS-9"),
    "a start before the line": (lambda job: job["startedAt"] and job.update(startedAt=LONG_AGO), "NF-STATUS-9"),
    "queued in the future": (lambda job: job.update(queuedAt=FUTURE), "NF-STATUS-9"),
    "queued at no time": (lambda job: job.update(queuedAt="soon"), "NF-STATUS-9"),
    "a start that nobody can expect": (
        lambda job: job["waiting"] and job["waiting"].update(reason="NO_LIVE_WORKER", expectedStartAt=job["asOf"]),
        "NF-DEADLINE-7",
    ),
    "a start in the past": (
        lambda job: job["waiting"] and job["waiting"].update(reason="WORKERS_BUSY", expectedStartAt=LONG_AGO),
        "NF-DEADLINE-7",
    ),
    "no sentence": (lambda job: job["waiting"] and job.update(waiting={"message": ""}), "NF-STATUS-9"),
    "an end while it runs": (lambda job: job.update(finishedAt=job["queuedAt"]), "NF-STATUS-4"),
    "no end when it is over": (lambda job: job.update(finishedAt=None), "NF-STATUS-4"),
    "a failure of a job that is well": (lambda job: job.update(failure={"code": "X"}), "NF-STATUS-4"),
    "a stage of a job that waits": (lambda job: job.update(stage="Reading"), "NF-STATUS-4"),
    "a job that waits and runs": (lambda job: job.update(waiting={"reason": "X"}), "NF-STATUS-4"),
    "a status of its own": (lambda job: job["status"] == "QUEUED" and job.update(status="PAUSED"), "NF-STATUS-1"),
    "the wrapped status of before": (
        lambda job: job["stage"] and job.update(status="timer|300|running"),
        "NF-STATUS-1",
    ),
    "a job over that says it is not": (lambda job: job.update(isTerminal=False), "NF-STATUS-3"),
    "a lock that stays": (lambda job: job.update(locksManuscript=True), "NF-LOCK-1"),
    "no lock": (lambda job: job.update(locksManuscript=False), "NF-LOCK-1"),
    "a version in words": (lambda job: job.update(version=str(job["version"])), "NF-VERSION-1"),
    "one version for all": (lambda job: job.update(version=1), "NF-VERSION-1"),
    "an end that moves": (lambda job: job["finishedAt"] and job.update(finishedAt=job["asOf"]), "NF-VERSION-1"),
    "a beginning that moves": (lambda job: job.update(queuedAt=job["asOf"]), "NF-VERSION-1"),
    "a run that never started": (lambda job: job.update(startedAt=None), "NF-STATUS-9"),
    "the place before the first": (lambda job: job["waiting"] and job["waiting"].update(position=0), "NF-STATUS-8"),
    "a try after itself": (lambda job: job.update(retryOf={"id": job["id"]}), "NF-STEP-4"),
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def told() -> Told:
    """What the verifier finds in each of the lying servers. Eight at once: it spends its time waiting for them."""
    places = asyncio.Semaphore(8)

    async def of(server: HonestServer, scenario: str) -> Ledger:
        async with places, server.running() as url:
            return await verify(settings(url, scenario, within=3))

    liars: dict[object, tuple[HonestServer, str]] = {
        (liar, scenario): (liar(), scenario) for liar, scenario, _ in LIARS
    }
    liars |= {lie: (servers.Lying(distort), "happy-road") for lie, (distort, _) in LIES.items()}
    found = await asyncio.gather(*(of(server, scenario) for server, scenario in liars.values()))
    return dict(zip(liars, found, strict=True))


@pytest.mark.parametrize("lie", LIES)
def test_a_job_that_cannot_be_is_caught(told: Told, lie: str) -> None:
    _, promise_id = LIES[lie]

    assert told[lie].outcome(promise_id) is Outcome.BROKEN


@pytest.mark.parametrize(
    ("liar", "promise_id"),
    [
        (servers.MiscountsWords, "NF-ECHO-1"),
        (servers.LosesAChapter, "NF-ECHO-1"),
        (servers.FreezesFrames, "NF-CLOCK-1"),
    ],
)
async def test_a_server_that_answers_of_something_else_is_caught(liar: type[HonestServer], promise_id: str) -> None:
    async with liar().running() as url:
        ledger = await verify(settings(url, "happy-road", within=3))

    assert ledger.outcome(promise_id) is Outcome.BROKEN


@pytest.mark.parametrize(("server", "outcome"), [(HonestServer, Outcome.KEPT), (servers.ForgetsAField, Outcome.BROKEN)])
async def test_the_schema_that_a_server_tells_is_held_against_the_contract(
    server: type[HonestServer], outcome: Outcome
) -> None:
    ledger = Ledger()
    async with server().running() as url, Wire(url, Observer(ledger, tick=TICK_SECONDS)) as wire:
        await introspection.compare(wire, ledger, "author")

    assert ledger.outcome(introspection.PROMISE) is outcome


def test_an_as_of_that_stands_still_is_caught_though_it_is_near() -> None:
    observer = Observer(ledger := Ledger(), tick=TICK_SECONDS)
    job = {"id": "job", "status": "QUEUED", "version": 1, "locksManuscript": True}
    body = {"data": {"job": job | {"asOf": datetime.now(UTC).isoformat()}}}

    observer.answer(body, asked_at=0, at=1)
    assert ledger.outcome("NF-CLOCK-1") is Outcome.KEPT
    observer.answer(body, asked_at=3, at=4)
    assert ledger.outcome("NF-CLOCK-1") is Outcome.BROKEN


def test_a_manuscript_whose_deletion_is_asked_for_may_have_lost_its_title() -> None:
    observer = Observer(ledger := Ledger(), tick=TICK_SECONDS)
    made = {"data": {"addManuscript": {"id": "one", "title": "Mine"}}}
    observer.answer(made, asked_at=0, at=1, sent={"variables": {"input": {"title": "Mine"}}})

    observer.sent({"query": "mutation { deleteManuscript }", "variables": {"id": "one"}})
    observer.answer({"data": {"job": {"manuscript": {"id": "one", "title": "Gone"}}}}, asked_at=2, at=3)

    assert ledger.outcome("NF-ECHO-1") is Outcome.KEPT


async def test_a_must_that_was_skipped_is_no_pass(capsys: pytest.CaptureFixture[str]) -> None:
    async with HonestServer().running() as url:
        code = await run(patient(url, "quiet-feed", "queue-timeout"), as_json=True)

    result = json.loads(capsys.readouterr().out)
    assert (code, result["kept"]) == (3, False)
    assert "NF-DEADLINE-5" in result["skipped"]


def test_help_lists_every_option(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["verify", "--help"])
    said = []
    for helped in (arguments, lambda: cli.parser().parse_args(["verify", "--help"])):
        with pytest.raises(SystemExit):
            helped()
        said.append(set(re.findall(r"--[a-z-]+", capsys.readouterr().out)))

    # A deployment can be started by the program alone: the contract knows nothing of it.
    assert said[0] == said[1] - {"--deployment"}
    assert {"--token", "--other-token", "--json", "--tick", "--patience", "--queue-timeout", "--only"} <= said[1]


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
