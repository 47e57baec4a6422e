"""Being told: the present first, then what changes, whole and in order, and of one's own jobs only."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from jobs.errors import Unavailable
from jobs.models import Manuscript
from jobs.settings import Settings
from schema.ids import global_id
from tests.api.conftest import Api, Hand, running
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

    monkeypatch.setattr(api.services.domain.store, "watched", away)
    async with api.socket() as socket:
        await socket.subscribe("1", UPDATES)

        message = await socket.hear()

    assert message["type"] == "error"
    assert message["payload"][0]["extensions"] == {"code": "UNAVAILABLE"}
