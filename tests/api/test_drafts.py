"""The drafts of a work, and what moved between two of them."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from unittest.mock import Mock
from uuid import uuid4

import pytest

from jobs.analysis.drafts.compare import compare
from schema.ids import global_id
from tests.api.conftest import BEN, Api, Hand
from tests.conftest import AddManuscript
from tests.faults.waiting import until

SET = """
mutation ($id: ID!, $draftOf: ID) {
  setDraftOf(input: { id: $id, draftOf: $draftOf }) { __typename ... on Refusal { code message } }
}
"""
WORKS = """
query { manuscripts(first: 20) { edges { node { title work { id drafts { number manuscript { title } } } } } } }
"""
COMPARE = """
query ($before: ID!, $after: ID!, $first: Int = 20, $from: Int = 0) {
  compareDrafts(before: $before, after: $after) {
    __typename
    ... on Refusal { code message }
    ... on DraftComparison {
      shared isSameBook
      before { summary { words } } after { summary { words } }
      chapters { change isMoved before { number title } after { number title } }
      habits { kind label before after }
      mended(first: $first, after: $from) { total places { kind label place { chapter paragraph quote } } }
      cameIn { total }
    }
  }
}
"""
CALM = "The rain went on all night over the town and nobody in it slept, for the river had begun to rise."
LOUD = "She came in quickly and said loudly that the bridge was gone and that they must leave at once."
QUIET = "She came in and said that the bridge was gone and that they must leave at once."
NEW = "Years afterwards he would tell his children about a city that he had never seen, far in the south."


def report(*titles: str, words: int = 60) -> dict[str, Any]:
    """A report on chapters of these titles, whose style judges adverbs."""
    kinds = [{"key": "adverb", "title": "Adverbs", "why": "They may tell what was shown."}]
    return {
        "summary": {"words": words},
        "has_text": True,
        "chapters": [{"number": number, "title": title} for number, title in enumerate(titles, 1)],
        "sections": [{"key": "style", "kinds": kinds}],
    }


def text(*chapters: tuple[str, ...]) -> dict[str, Any]:
    """The text, and every word in -ly marked as an adverb."""
    passages, marks = [], []
    for number, paragraphs in enumerate(chapters, 1):
        found = []
        for place, paragraph in enumerate(paragraphs, 1):
            passages.append([number, place, place, 0, False, paragraph])
            words = [word for word in paragraph.split() if word.endswith("ly")]
            found += [[place, paragraph.index(word), paragraph.index(word) + len(word), word] for word in words]
        marks.append([number, "adverb", found])
    return {"passages": passages, "marks": marks}


Analysed = Callable[..., Awaitable[str]]


@pytest.fixture
def analysed(hand: Hand, add_manuscript: AddManuscript) -> Analysed:
    """Adds a manuscript with a report: `await analysed("Draft", ("paragraph", …), …)`; its id."""

    async def add(title: str, *chapters: tuple[str, ...], **given: Any) -> str:
        manuscript = await add_manuscript(title=title)
        job = await hand.begin(await hand.claim(await hand.start(manuscript)))
        titles = [f"Chapter {number}" for number in range(1, len(chapters) + 1)]
        await hand.complete(job, report=given.get("report", report(*titles)), text=text(*chapters))
        return global_id("Manuscript", manuscript.id)

    return add


async def works(api: Api) -> dict[str, list[str]]:
    """The titles of the drafts of each manuscript's work."""
    edges = (await api.data(WORKS))["manuscripts"]["edges"]
    return {
        edge["node"]["title"]: [draft["manuscript"]["title"] for draft in edge["node"]["work"]["drafts"]]
        for edge in edges
    }


async def put(api: Api, id: str, draft_of: str | None, *, sub: str = "ann") -> dict[str, Any]:
    answer: dict[str, Any] = (await api.data(SET, sub=sub, id=id, draftOf=draft_of))["setDraftOf"]
    return answer


async def compared(api: Api, before: str, after: str, **given: Any) -> dict[str, Any]:
    answer: dict[str, Any] = (await api.data(COMPARE, before=before, after=after, **given))["compareDrafts"]
    return answer


@pytest.fixture
async def three(add_manuscript: AddManuscript) -> list[str]:
    """Three manuscripts, the oldest first."""
    return [global_id("Manuscript", (await add_manuscript(title=title)).id) for title in ("One", "Two", "Three")]


async def test_a_manuscript_is_a_work_of_its_own_until_it_is_said_to_be_a_draft(api: Api, three: list[str]) -> None:
    assert await works(api) == {"One": ["One"], "Two": ["Two"], "Three": ["Three"]}

    await put(api, three[1], three[0])
    await put(api, three[2], three[1])

    assert set(map(tuple, (await works(api)).values())) == {("One", "Two", "Three")}


async def test_a_draft_is_taken_out_and_the_others_stay_together(api: Api, three: list[str]) -> None:
    await put(api, three[1], three[0])
    await put(api, three[2], three[0])

    await put(api, three[0], None)

    assert await works(api) == {"One": ["One"], "Two": ["Two", "Three"], "Three": ["Two", "Three"]}


async def test_a_work_outlives_its_first_draft(api: Api, three: list[str]) -> None:
    await put(api, three[1], three[0])
    await put(api, three[2], three[0])
    await api.data("mutation ($id: ID!) { deleteManuscript(id: $id) { __typename } }", id=three[0])

    assert await works(api) == {"Two": ["Two", "Three"], "Three": ["Two", "Three"]}


async def test_nothing_becomes_a_draft_of_itself_or_of_anothers(api: Api, three: list[str]) -> None:
    others = await api.upload(b"Chapter 1\n\nBen alone.", name="ben.txt", sub=BEN)
    missing = global_id("Manuscript", uuid4())

    assert (await put(api, three[0], three[0]))["code"] == "NOT_ALLOWED_NOW"
    refused = [
        await put(api, three[0], others.json()["id"]),
        await put(api, others.json()["id"], three[0]),
        await put(api, three[0], missing),
        await put(api, three[0], None, sub=BEN),
    ]
    assert {each["code"] for each in refused} == {"NOT_FOUND"}
    assert await works(api) == {"One": ["One"], "Two": ["Two"], "Three": ["Three"]}


async def test_two_drafts_are_compared_by_their_chapters_and_places(api: Api, analysed: Analysed) -> None:
    before = await analysed("First", (CALM, LOUD), (NEW * 2,))
    after = await analysed("Second", (NEW * 2,), (CALM, QUIET), ("It was morning and the birds sang again in it.",))

    found = await compared(api, before, after)

    assert found["isSameBook"]
    told = [
        (
            each["change"],
            each["isMoved"],
            [chapter["number"] for chapter in each["before"]],
            [chapter["number"] for chapter in each["after"]],
        )
        for each in found["chapters"]
    ]
    assert [each[0] for each in told] == ["SAME", "CHANGED", "NEW"]
    assert [each[2:] for each in told] == [([2], [1]), ([1], [2]), ([], [3])]
    assert [each[1] for each in told].count(True) == 1
    assert found["mended"]["total"] == 2
    assert [place["label"] for place in found["mended"]["places"]] == ["quickly", "loudly"]
    assert "came in quickly and said" in found["mended"]["places"][0]["place"]["quote"]
    assert found["cameIn"]["total"] == 0
    page = (await compared(api, before, after, first=1, **{"from": 1}))["mended"]
    assert (page["total"], [place["label"] for place in page["places"]]) == (2, ["loudly"])


async def test_another_book_is_said_to_be_one(api: Api, analysed: Analysed) -> None:
    found = await compared(api, await analysed("A", (CALM, LOUD)), await analysed("B", (NEW,)))

    assert (found["isSameBook"], found["shared"]) == (False, 0)
    assert [each["change"] for each in found["chapters"]] == ["GONE", "NEW"]


async def test_what_cannot_be_compared_is_said_by_name(
    api: Api, analysed: Analysed, add_manuscript: AddManuscript
) -> None:
    done = await analysed("Done", (CALM,))
    fresh = global_id("Manuscript", (await add_manuscript(title="Fresh")).id)
    old = await analysed("Old", (CALM,), report={"summary": {"words": 3}})
    long = await analysed("Long", (CALM,), report=report("Chapter 1", words=2_000_000))

    answers = {title: await compared(api, done, id) for title, id in (("Fresh", fresh), ("Old", old), ("Long", long))}

    assert {title: answer["code"] for title, answer in answers.items()} == {
        "Fresh": "NOT_ALLOWED_NOW",
        "Old": "NOT_ALLOWED_NOW",
        "Long": "TOO_LARGE",
    }
    assert "“Fresh” has no report yet" in answers["Fresh"]["message"]
    assert "“Old” was made before texts were kept" in answers["Old"]["message"]


async def test_anothers_draft_is_not_there(api: Api, analysed: Analysed) -> None:
    mine = await analysed("Mine", (CALM,))

    answer = (await api.data(COMPARE, sub=BEN, before=mine, after=mine))["compareDrafts"]

    assert answer["code"] == "NOT_FOUND"


async def test_a_work_has_so_many_drafts_and_no_more(
    api: Api, three: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jobs.drafts.MAX_DRAFTS", 2)
    await put(api, three[1], three[0])
    assert (await put(api, three[1], three[0]))["__typename"] == "Manuscript"

    assert (await put(api, three[2], three[0]))["code"] == "LIMIT_REACHED"


async def test_who_asks_for_the_same_at_once_shares_one_comparison(
    api: Api, analysed: Analysed, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, after = await analysed("First", (CALM, LOUD)), await analysed("Second", (CALM, QUIET))
    counted = Mock(wraps=compare)
    monkeypatch.setattr("jobs.drafts.compare", counted)
    turn = api.services.domain.service.drafts._turn

    async with turn:
        asked = [asyncio.create_task(compared(api, before, after)) for _ in range(5)]

        async def all_wait() -> bool:
            return len(turn._waiters or ()) == len(asked)

        await until(all_wait, "all of them wait for their turn")
    answers = await asyncio.gather(*asked)

    assert all(answer["isSameBook"] for answer in answers)
    assert counted.call_count == 1
