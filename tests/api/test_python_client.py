"""The Python client against the real api: typed answers, subscriptions, tokens, and how it fails."""

import asyncio
import threading

import pytest

from jobs.models import Manuscript
from novelfoundry.client import AsyncClient, Client, RequestFailed, Turned
from novelfoundry.client.generated.input_types import AddManuscriptInput
from schema.ids import global_id
from tests.api.conftest import BEN, LIMIT, Api, Hand


async def test_each_operation_is_a_method_with_a_typed_answer(api: Api) -> None:
    async with AsyncClient(api.url, api.token()) as client:
        added = (await client.add_manuscript(AddManuscriptInput(title="Rain", text="It rained."))).add_manuscript
        assert added.typename__ == "Manuscript"
        uploaded = await client.upload("rain.txt", b"It rained again.", title="More rain")
        page = (await client.manuscripts(first=5)).manuscripts
        missing = (await client.cancel_job(id="nobody")).cancel_job

    assert [edge.node.title for edge in page.edges] == ["More rain", "Rain"]
    assert page.edges[0].node.id == uploaded
    assert missing.typename__ == "Refusal"
    assert missing.code == "NOT_FOUND"


async def test_a_job_is_followed_to_its_end_and_the_board_knows_its_lock(
    api: Api, manuscript: Manuscript, hand: Hand
) -> None:
    job = await hand.start(manuscript)
    async with AsyncClient(api.url, api.token()) as client, asyncio.timeout(LIMIT):
        boards = client.watch()
        board = await anext(boards)
        assert board.locked_manuscripts(0) == {global_id("Manuscript", manuscript.id)}

        working = asyncio.create_task(hand.begin(await hand.claim(job)))
        await hand.tell(await hand.complete(await working))
        seen = [each.job_progress.status async for each in client.job_progress(id=global_id("Job", job.id))]
        while not board.jobs()[0].is_terminal:
            await anext(boards)
        await boards.aclose()

    assert seen[-1] == "COMPLETED"


async def test_a_line_that_breaks_is_made_anew(api: Api, manuscript: Manuscript, hand: Hand) -> None:
    job = await hand.start(manuscript)
    async with AsyncClient(api.url, api.token(expires_in=2)) as client, asyncio.timeout(LIMIT):
        client._token = lambda refresh: _given(api.token(expires_in=600 if refresh else 1))
        told = client.job_progress(id=global_id("Job", job.id))
        await anext(told)
        # Its token runs out; the next frame comes over another line.
        again = await anext(told)

    assert again.job_progress.version == 1


async def _given(token: str) -> str:
    return token


async def test_without_async_it_is_the_same(api: Api, manuscript: Manuscript, hand: Hand) -> None:
    job = await hand.start(manuscript)
    followed = threading.Event()
    loop = asyncio.get_running_loop()

    def work() -> list[str]:
        with Client(api.url, api.token()) as client:
            assert client.viewer().viewer.id
            statuses = []
            for told in client.job_progress(id=global_id("Job", job.id)):
                statuses.append(told.job_progress.status.value)
                loop.call_soon_threadsafe(followed.set)
            with pytest.raises(Turned, match="picture"):
                client.upload("rain.png", b"It rained.")
            return statuses

    working = asyncio.create_task(asyncio.to_thread(work))
    async with asyncio.timeout(LIMIT):
        while not followed.is_set():
            await asyncio.sleep(0.01)
        await hand.tell(await hand.complete(await hand.begin(await hand.claim(job))))
        assert (await working)[-1] == "COMPLETED"


async def test_it_says_why_there_is_no_answer(api: Api, manuscript: Manuscript, hand: Hand) -> None:
    job = await hand.start(manuscript)
    async with AsyncClient(api.url, "nonsense") as stranger:
        with pytest.raises(RequestFailed) as signed_out:
            await stranger.viewer()
        with pytest.raises(RequestFailed) as hung_up:
            await anext(stranger.job_updates())
    async with AsyncClient(api.url, api.token(BEN)) as other:
        with pytest.raises(RequestFailed) as missing:
            await anext(other.job_progress(id=global_id("Job", job.id)))
        with pytest.raises(RequestFailed) as wrong:
            await other.manuscripts(first=1_000)
    async with AsyncClient("http://127.0.0.1:9", None) as nowhere:
        with pytest.raises(RequestFailed) as away:
            await nowhere.viewer()

    assert signed_out.value.failure == hung_up.value.failure == "unauthenticated"
    assert (missing.value.failure, missing.value.code) == ("rejected", "NOT_FOUND")
    assert (wrong.value.failure, wrong.value.code) == ("rejected", "INVALID_INPUT")
    assert away.value.failure == "unavailable"
