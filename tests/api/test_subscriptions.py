"""Being told: the present first, then what changes, whole and in order, and of one's own jobs only."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from jobs.errors import Unavailable
from jobs.models import Manuscript
from jobs.settings import Settings
from schema.context import Context
from schema.ids import global_id
from server.socket import Connection
from tests.api.conftest import Api, Hand, Socket, running
from tests.conftest import AddManuscript
from tests.faults.waiting import is_under

UPDATES = """
subscription {
  jobUpdates {
    asOf removed system { message } jobs { id status version isTerminal failure { code } manuscript { title } }
  }
}
"""
PROGRESS = "subscription ($job: ID!) { jobProgress(id: $job) { status version report { id } events { status } } }"


async def test_the_first_frame_is_the_present(api: Api, manuscript: Manuscript, hand: Hand) -> None:
    job = await hand.start(manuscript)
    async with api.socket() as socket:
        await socket.subscribe("1", UPDATES)

        frame = (await socket.next("1"))["jobUpdates"]

    assert [seen["id"] for seen in frame["jobs"]] == [global_id("Job", job.id)]
    assert frame["jobs"][0]["manuscript"]["title"] == "The Rain"
    assert frame["asOf"]
    assert frame["system"]["message"]


async def test_every_change_is_told_up_to_the_terminal_one(api: Api, manuscript: Manuscript, hand: Hand) -> None:
    async with api.socket() as socket:
        await socket.subscribe("1", UPDATES)
        await socket.next("1")

        job = await hand.start(manuscript)
        versions: list[int] = []
        statuses: list[str] = []
        for step in (hand.claim, hand.begin, hand.complete):
            job = await step(job)
            await hand.tell(job)
        while not statuses or statuses[-1] != "COMPLETED":
            for seen in (await socket.next("1"))["jobUpdates"]["jobs"]:
                versions.append(seen["version"])
                statuses.append(seen["status"])

    assert versions == sorted(set(versions))
    assert versions[-1] == job.version


async def test_a_frame_without_jobs_comes_when_nothing_changes(api: Api) -> None:
    async with api.socket() as socket:
        await socket.subscribe("1", UPDATES)
        await socket.next("1")

        frame = (await socket.next("1"))["jobUpdates"]

    assert frame["jobs"] == []


async def test_a_watcher_hears_of_a_deadline_within_a_second(settings: Settings, add_manuscript: AddManuscript) -> None:
    short = replace(settings, queue_timeout=timedelta(seconds=0.5), resync_interval=timedelta(minutes=5))
    async with running(short) as api, api.socket() as socket:
        await socket.subscribe("1", UPDATES)
        await socket.next("1")

        async def late() -> float:
            manuscript = await add_manuscript()
            job = await api.services.domain.service.start(manuscript.owner_id, manuscript.id)
            seen: list[dict[str, Any]] = []
            while not seen or seen[-1]["status"] != "FAILED":
                seen += (await socket.next("1"))["jobUpdates"]["jobs"]
            told_at = await api.services.domain.store.clock()
            assert (seen[-1]["id"], seen[-1]["failure"]) == (global_id("Job", job.id), {"code": "QUEUE_TIMEOUT"})
            assert job.deadline_at is not None
            return (told_at - job.deadline_at).total_seconds()

        await is_under(1, late, "a watcher is told")


async def test_two_windows_of_an_author_are_told_the_same_under_their_own_ids(
    api: Api, manuscript: Manuscript, hand: Hand
) -> None:
    async with api.socket() as one, api.socket() as two:
        await one.subscribe("1", UPDATES)
        await two.subscribe('"zwei"', UPDATES)
        await one.next("1")
        await two.next('"zwei"')
        await hand.tell(await hand.start(manuscript))

        told = [await _told(one, "1"), await _told(two, '"zwei"')]

    assert told[0]["manuscript"] == {"title": "The Rain"}
    assert {**told[0], "asOf": None} == {**told[1], "asOf": None}


async def test_another_authors_jobs_are_not_told(api: Api, manuscript: Manuscript, hand: Hand) -> None:
    async with api.socket("ben") as socket:
        await socket.subscribe("1", UPDATES)
        assert (await socket.next("1"))["jobUpdates"]["jobs"] == []
        await hand.start(manuscript)

        assert (await socket.next("1"))["jobUpdates"]["jobs"] == []


async def test_a_job_that_goes_with_its_manuscript_is_told_as_over_or_gone(
    api: Api, manuscript: Manuscript, hand: Hand
) -> None:
    id = global_id("Job", (await hand.start(manuscript)).id)
    async with api.socket() as socket:
        await socket.subscribe("1", UPDATES)
        await socket.next("1")
        await api.services.domain.service.delete_manuscript(manuscript.owner_id, manuscript.id)

        over: set[str] = set()
        while id not in over:
            frame = (await socket.next("1"))["jobUpdates"]
            over |= {*frame["removed"], *(seen["id"] for seen in frame["jobs"] if seen["isTerminal"])}


async def test_a_frame_with_a_job_whose_manuscript_is_just_gone_is_still_whole(
    api: Api, manuscript: Manuscript, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def none(*_: object) -> list[Manuscript]:
        return []

    await hand.start(manuscript)
    monkeypatch.setattr(api.services.domain.service, "manuscripts", none)
    monkeypatch.setattr(api.services.domain.store, "manuscripts_of_owners", none)
    async with api.socket() as socket:
        await socket.subscribe("1", UPDATES)

        [seen] = (await socket.next("1"))["jobUpdates"]["jobs"]

    assert seen["manuscript"] == {"title": "Deleted manuscript"}


async def test_progress_completes_after_the_terminal_version(api: Api, manuscript: Manuscript, hand: Hand) -> None:
    job = await hand.start(manuscript)
    async with api.socket() as socket:
        await socket.subscribe("1", PROGRESS, job=global_id("Job", job.id))
        assert (await socket.next("1"))["jobProgress"]["status"] == "QUEUED"
        job = await hand.complete(await hand.begin(await hand.claim(job)))
        await hand.tell(job)

        messages = [await socket.hear()]
        while messages[-1]["type"] == "next":
            messages.append(await socket.hear())

    last = messages[-2]["payload"]["data"]["jobProgress"]
    assert messages[-1] == {"id": "1", "type": "complete"}
    assert (last["status"], last["version"]) == ("COMPLETED", job.version)
    assert last["report"]["id"]
    assert last["events"][-1]["status"] == "COMPLETED"


async def test_progress_of_a_job_that_is_over_is_one_frame(api: Api, manuscript: Manuscript, hand: Hand) -> None:
    job = await hand.whole(manuscript)
    async with api.socket() as socket:
        await socket.subscribe("1", PROGRESS, job=global_id("Job", job.id))

        assert (await socket.next("1"))["jobProgress"]["status"] == "COMPLETED"
        assert await socket.hear() == {"id": "1", "type": "complete"}


async def test_progress_of_another_authors_job_fails_exactly_as_of_a_missing_one(
    api: Api, manuscript: Manuscript, hand: Hand
) -> None:
    job = await hand.start(manuscript)
    async with api.socket("ben") as socket:
        answers = []
        for id in (global_id("Job", job.id), global_id("Job", uuid4()), "7", global_id("Manuscript", manuscript.id)):
            await socket.subscribe("1", PROGRESS, job=id)
            answers.append(await socket.hear())

    assert answers == [answers[0]] * 4
    assert answers[0]["type"] == "error"
    assert answers[0]["payload"][0]["extensions"] == {"code": "NOT_FOUND"}


async def test_a_database_that_is_away_at_the_start_is_told_as_unavailable(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object, **__: object) -> None:
        raise Unavailable("The database does not answer.")

    monkeypatch.setattr(api.services.domain.store, "changed", away)
    async with api.socket() as socket:
        await socket.subscribe("1", UPDATES)

        message = await socket.hear()

    assert message["type"] == "error"
    assert message["payload"][0]["extensions"] == {"code": "UNAVAILABLE"}


FRAME = """
subscription {
  jobUpdates {
    asOf removed system { asOf message }
    jobs { id status version waiting { reason } manuscript { title } events { status } }
  }
}
"""


async def _until_told(socket: Socket, status: str) -> list[dict[str, Any]]:
    """Every result of the subscription up to the first whole one that tells this status."""
    results: list[dict[str, Any]] = []
    while True:
        message = await socket.hear()
        assert message["type"] == "next", message
        results.append(message["payload"])
        whole = not results[-1].get("errors")
        if whole and status in [job["status"] for job in results[-1]["data"]["jobUpdates"]["jobs"]]:
            return results


async def test_a_change_is_told_though_the_health_beside_it_cannot_be_read(
    api: Api,
    manuscript: Manuscript,
    hand: Hand,
    connection: "asyncpg.Connection[asyncpg.Record]",
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(api.services.domain.presence._read, "fresh_for", 0)
    job = await hand.start(manuscript)
    async with api.socket() as socket:
        await socket.subscribe("1", FRAME)
        first = (await socket.next("1"))["jobUpdates"]
        async with connection.transaction():
            await connection.execute("lock table public.processes in access exclusive mode")
            await api.services.domain.service.cancel(job.owner_id, job.id)
            results = await _until_told(socket, "CANCELLED")

    assert [result["errors"] for result in results if "errors" in result] == []
    system = results[-1]["data"]["jobUpdates"]["system"]
    assert system["message"] == first["system"]["message"]
    # As it was last known, and the frame says when.
    assert system["asOf"] < results[-1]["data"]["jobUpdates"]["asOf"]


@pytest.mark.parametrize("field", ["manuscripts", "events"])
async def test_a_change_whose_frame_came_with_errors_is_told_again_whole(
    api: Api, manuscript: Manuscript, hand: Hand, monkeypatch: pytest.MonkeyPatch, field: str
) -> None:
    job = await hand.start(manuscript)
    real = getattr(api.services.domain.service, field)
    failures = iter([Unavailable("The database does not answer."), RuntimeError("a fault of ours")])

    async def failing(*args: Any, **options: Any) -> Any:
        if error := next(failures, None):
            raise error
        return await real(*args, **options)

    monkeypatch.setattr(api.services.domain.service, field, failing)
    monkeypatch.setattr(api.services.domain.store, "manuscripts_of_owners", _away)
    async with api.socket() as socket:
        await socket.subscribe("1", FRAME)

        *failed, whole = await _until_told(socket, "QUEUED")
        later = await socket.next("1")

    assert [[error["extensions"]["code"] for error in each["errors"]] for each in failed] == [
        ["UNAVAILABLE"],
        ["INTERNAL"],
    ]
    assert [each["data"] for each in failed] == [None, None]
    assert [seen["id"] for seen in whole["data"]["jobUpdates"]["jobs"]] == [global_id("Job", job.id)]
    assert later["jobUpdates"]["jobs"] == []


@pytest.mark.parametrize("trouble", ["away", "hangs"])
async def test_a_manuscript_that_was_shown_costs_no_later_frame(
    api: Api, manuscript: Manuscript, hand: Hand, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    async def failing(*_: object) -> None:
        if trouble == "hangs":
            await asyncio.Event().wait()
        raise Unavailable("The database does not answer.")

    job = await hand.start(manuscript)
    async with api.socket() as socket:
        await socket.subscribe("1", FRAME)
        await socket.next("1")
        monkeypatch.setattr(api.services.domain.service, "manuscripts", failing)
        monkeypatch.setattr(api.services.domain.store, "manuscripts_of_owners", failing)
        await hand.tell(await hand.complete(await hand.begin(await hand.claim(job))))

        results = await _until_told(socket, "COMPLETED")

    assert [result["errors"] for result in results if "errors" in result] == []
    assert results[-1]["data"]["jobUpdates"]["jobs"][0]["manuscript"]["title"] == manuscript.title


async def test_progress_completes_only_after_a_terminal_version_that_arrived_whole(
    api: Api, manuscript: Manuscript, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = await hand.start(manuscript)
    service = api.services.domain.service
    real, failures = service.reports_of_jobs, iter([Unavailable("The database does not answer.")] * 2)

    async def failing(*args: Any) -> Any:
        if error := next(failures, None):
            raise error
        return await real(*args)

    monkeypatch.setattr(service, "reports_of_jobs", failing)
    async with api.socket() as socket:
        await socket.subscribe("1", PROGRESS, job=global_id("Job", job.id))
        await socket.next("1")
        await hand.tell(await hand.complete(await hand.begin(await hand.claim(job))))

        messages = [await socket.hear()]
        while messages[-1]["type"] == "next":
            messages.append(await socket.hear())

    last = [each["payload"] for each in messages[-4:-1]]
    assert ["errors" in each for each in last] == [True, True, False]
    assert {each["data"]["jobProgress"]["status"] for each in last} == {"COMPLETED"}
    assert last[-1]["data"]["jobProgress"]["report"]["id"]
    assert messages[-1] == {"id": "1", "type": "complete"}


async def test_a_frame_whose_sending_fails_has_told_nothing(
    api: Api, manuscript: Manuscript, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    await hand.start(manuscript)
    asked: list[bool] = []
    real = Context.frame_arrived

    def frame_arrived(context: Context) -> bool:
        asked.append(real(context))
        return asked[-1]

    async def refused(connection: Connection, text: bytes) -> None:
        if b'"type":"next"' in text:
            raise OSError("The line is cut.")
        await send(connection, text)

    send = Connection._send_text
    monkeypatch.setattr(Context, "frame_arrived", frame_arrived)
    with monkeypatch.context() as cut:
        cut.setattr(Connection, "_send_text", refused)
        async with api.socket() as socket:
            await socket.subscribe("1", UPDATES)
            assert (await socket.hear())["type"] == "error"
            assert asked == []
    async with api.socket() as socket:
        await socket.subscribe("1", UPDATES)
        assert len((await socket.next("1"))["jobUpdates"]["jobs"]) == 1
        await socket.next("1")

    assert asked[0] is True


async def _away(*_: object) -> None:
    raise Unavailable("The database does not answer.")


async def _told(socket: Socket, id: str) -> dict[str, Any]:
    while not (jobs := (await socket.next(id))["jobUpdates"]["jobs"]):
        pass
    job: dict[str, Any] = jobs[0]
    return job
