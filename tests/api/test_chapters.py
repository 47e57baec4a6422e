"""A manuscript's text, chapter by chapter, as its analysis kept it: marked, in pages, for its author alone."""

from typing import Any

import pytest

from jobs.models import Manuscript
from schema.ids import global_id
from tests.api.conftest import Api, Hand

CHAPTER = """
query ($id: ID!, $number: Int!, $kinds: [String!], $first: Int, $startAt: Int) {
  manuscript(id: $id) {
    chapter(number: $number) {
      number
      outline { paragraphs lengths scenes }
      passages(first: $first, startAt: $startAt) { position paragraph start afterBreak text }
      marks(kinds: $kinds) { kind labels label paragraph start end }
    }
  }
}
"""
PLACES = """
query ($id: ID!, $kind: String!, $label: String, $first: Int, $after: Int) {
  manuscript(id: $id) {
    latestReport {
      hasText
      sections { kinds { key count byChapter } }
      places(kind: $kind, label: $label, first: $first, after: $after) {
        total occurrences { position label chapter paragraph start end quote }
      }
    }
  }
}
"""
TEXT: dict[str, Any] = {
    "passages": [
        [1, 1, 1, 0, False, "It rained slowly."],
        [1, 2, 2, 0, True, "Slowly, 😀 slowly it stopped."],
        [2, 1, 1, 0, False, "She left quickly."],
    ],
    "marks": [
        [1, "adverb", [[1, 10, 16, "slowly"], [2, 0, 6, "slowly"], [2, 10, 16, "slowly"]]],
        [1, "names", [[2, 8, 9, "😀"]]],
        [2, "adverb", [[1, 9, 16, "quickly"]]],
    ],
}
REPORT = {
    "summary": {"words": 12},
    "has_text": True,
    "sections": [{"key": "style", "kinds": [{"key": "adverb", "title": "Adverbs", "count": 4, "by_chapter": [3, 1]}]}],
}


@pytest.fixture
async def id(hand: Hand, manuscript: Manuscript) -> str:
    """Of a manuscript with a report and its text."""
    job = await hand.begin(await hand.claim(await hand.start(manuscript)))
    await hand.complete(job, report=REPORT, text=TEXT)
    return global_id("Manuscript", manuscript.id)


async def test_a_chapter_is_given_with_its_layout_its_text_and_what_is_marked_in_it(api: Api, id: str) -> None:
    chapter = (await api.data(CHAPTER, id=id, number=1, kinds=["adverb"]))["manuscript"]["chapter"]

    assert chapter["outline"] == {"paragraphs": [1, 2], "lengths": [17, 28], "scenes": [2]}
    assert [passage["text"] for passage in chapter["passages"]] == [
        "It rained slowly.",
        "Slowly, 😀 slowly it stopped.",
    ]
    assert [passage["afterBreak"] for passage in chapter["passages"]] == [False, True]
    assert chapter["marks"] == [
        {
            "kind": "adverb",
            "labels": ["slowly"],
            "label": [0, 0, 0],
            "paragraph": [1, 2, 2],
            "start": [10, 0, 10],
            "end": [16, 6, 16],
        }
    ]


async def test_a_page_of_a_chapter_begins_where_it_is_told_to(api: Api, id: str) -> None:
    chapter = (await api.data(CHAPTER, id=id, number=1, first=1, startAt=2))["manuscript"]["chapter"]

    assert [passage["position"] for passage in chapter["passages"]] == [2]
    assert [marks["kind"] for marks in chapter["marks"]] == ["adverb", "names"]


async def test_every_place_of_a_finding_can_be_walked(api: Api, id: str) -> None:
    seen: list[tuple[int, int, str]] = []
    after = 0
    while page := (await _places(api, id, kind="adverb", first=3, after=after))["occurrences"]:
        seen += [(each["position"], each["chapter"], each["label"]) for each in page]
        after = page[-1]["position"]

    assert seen == [(1, 1, "slowly"), (2, 1, "slowly"), (3, 1, "slowly"), (4, 2, "quickly")]


async def test_the_places_of_one_label_are_told_apart(api: Api, id: str) -> None:
    places = await _places(api, id, kind="adverb", label="quickly")

    assert places == {
        "total": 1,
        "occurrences": [
            {
                "position": 1,
                "label": "quickly",
                "chapter": 2,
                "paragraph": 1,
                "start": 9,
                "end": 16,
                "quote": "She left quickly.",
            }
        ],
    }


async def test_an_old_report_has_no_text_and_says_so(api: Api, hand: Hand, manuscript: Manuscript) -> None:
    job = await hand.begin(await hand.claim(await hand.start(manuscript)))
    await hand.store.complete(job, report={"summary": {"words": 12}}, word_count=12)
    id = global_id("Manuscript", manuscript.id)

    report = (await api.data(PLACES, id=id, kind="adverb"))["manuscript"]["latestReport"]
    chapter = (await api.data(CHAPTER, id=id, number=1))["manuscript"]["chapter"]

    assert report == {"hasText": False, "sections": [], "places": {"total": 0, "occurrences": []}}
    assert chapter == {
        "number": 1,
        "outline": {"paragraphs": [], "lengths": [], "scenes": []},
        "passages": [],
        "marks": [],
    }


async def test_a_manuscript_without_a_report_has_no_chapter(api: Api, manuscript: Manuscript) -> None:
    found = await api.data(CHAPTER, id=global_id("Manuscript", manuscript.id), number=1)

    assert found == {"manuscript": {"chapter": None}}


async def test_a_text_is_its_authors_alone(api: Api, id: str) -> None:
    assert await api.data(CHAPTER, sub="ben", id=id, number=1) == {"manuscript": None}


async def test_a_text_is_gone_with_its_manuscript(api: Api, id: str) -> None:
    await api.data("mutation ($id: ID!) { deleteManuscript(id: $id) { __typename } }", id=id)

    assert await api.data(CHAPTER, id=id, number=1) == {"manuscript": None}


async def test_a_text_is_kept_by_nothing_between(api: Api, id: str) -> None:
    answer = await api.post(CHAPTER, id=id, number=1)

    assert "It rained slowly." in answer.text
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "wrong", [{"number": 0}, {"number": -1}, {"number": 1, "first": 101}, {"number": 1, "startAt": 0}]
)
async def test_a_chapter_or_page_that_cannot_be_is_invalid_input(api: Api, id: str, wrong: dict[str, Any]) -> None:
    assert (await api.error(CHAPTER, id=id, **wrong))["extensions"] == {"code": "INVALID_INPUT"}


async def test_no_request_may_ask_for_a_library_of_texts(api: Api, id: str) -> None:
    chapter = "chapter(number: 1) { passages(first: 100) { text } }"

    error = await api.error(f"{{ manuscripts(first: 100) {{ edges {{ node {{ {chapter} }} }} }} }}")

    assert "fields" in error["message"]


async def _places(api: Api, id: str, **variables: Any) -> dict[str, Any]:
    found: dict[str, Any] = (await api.data(PLACES, id=id, **variables))["manuscript"]["latestReport"]["places"]
    return found
