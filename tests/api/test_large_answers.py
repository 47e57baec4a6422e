"""What an answer holds is counted while it is made: in pieces, for everybody else has a turn, and not without end."""

from typing import Any

import pytest

from jobs.analysis.report import ChapterReport, ReportBody, Summary
from jobs.models import Manuscript
from schema.ids import global_id
from schema.limits import MAX_ANSWER
from schema.plans.run import PIECE, Run
from tests.api.conftest import Api, Hand
from tests.conftest import AddManuscript

CHAPTERS = 1_900
FIELDS = """number kind title heading name words sentences paragraphs readingMinutes dialogueShare meanSentenceWords
  sentenceSpread longestSentenceWords readingEase grade opening sceneBreaks"""


@pytest.fixture
async def novels(add_manuscript: AddManuscript, hand: Hand) -> list[Manuscript]:
    """Four of so many short chapters."""
    body = ReportBody(summary=Summary(), chapters=tuple(ChapterReport(number=n + 1) for n in range(CHAPTERS)))
    novels = [await add_manuscript(title=f"Novel {number}") for number in range(4)]
    for novel in novels:
        job = await hand.begin(await hand.claim(await hand.start(novel)))
        await hand.complete(job, report=body.to_json())
    return novels


@pytest.fixture
def pieces(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The fields that were written between two turns of the loop for everything else."""
    written: list[int] = []
    begin = Run._begin_turn

    def noted(self: Run) -> None:
        written.append(self.cost - self._turn_cost)
        begin(self)

    monkeypatch.setattr(Run, "_begin_turn", noted)
    return written


async def test_a_report_of_many_chapters_is_written_in_pieces(
    api: Api, novels: list[Manuscript], pieces: list[int]
) -> None:
    aliases = " ".join(f"c{n}: chapters {{ {FIELDS} }}" for n in range(8))
    found = await api.data(
        f"query ($id: ID!) {{ manuscript(id: $id) {{ latestReport {{ {aliases} }} }} }}",
        id=global_id("Manuscript", novels[0].id),
    )

    assert len(found["manuscript"]["latestReport"]["c7"]) == CHAPTERS
    assert len(pieces) >= 7
    # A piece is no more than what it may hold and the list that began below that.
    assert max(pieces) <= PIECE + CHAPTERS * 17 + 100


async def test_what_many_reports_hold_is_refused_before_it_is_made(
    api: Api, novels: list[Manuscript], pieces: list[int]
) -> None:
    aliases = " ".join(f"r{n}: latestReport {{ chapters {{ {FIELDS} }} }}" for n in range(10))
    answer = await api.post(f"{{ manuscripts(first: 4) {{ edges {{ node {{ {aliases} }} }} }} }}")

    [error] = answer.json()["errors"]
    assert error["extensions"]["code"] == "OPERATION_TOO_LARGE"
    assert f"{MAX_ANSWER:,}" in error["message"]
    assert sum(pieces) <= MAX_ANSWER + CHAPTERS * 17
    assert max(pieces) <= PIECE + CHAPTERS * 17 + 100


async def test_an_error_beside_it_does_not_let_more_through(api: Api, novels: list[Manuscript]) -> None:
    aliases = " ".join(f"r{n}: latestReport {{ chapters {{ {FIELDS} }} }}" for n in range(5))
    answer = await api.post(
        f"{{ bad: manuscripts(first: 0) {{ totalCount }} manuscripts {{ edges {{ node {{ {aliases} }} }} }} }}"
    )

    assert len(answer.content) < 1_000_000
    assert {error["extensions"]["code"] for error in answer.json()["errors"]} >= {"INVALID_INPUT"}


async def test_the_lists_of_a_report_are_read_page_by_page(api: Api, novels: list[Manuscript]) -> None:
    query = """query ($id: ID!, $first: Int, $after: Int) { manuscript(id: $id) { latestReport {
      chapters(first: $first, after: $after) { number } } } }"""
    id = global_id("Manuscript", novels[0].id)

    async def numbers(**asked: Any) -> list[int]:
        chapters = (await api.data(query, id=id, **asked))["manuscript"]["latestReport"]["chapters"]
        return [chapter["number"] for chapter in chapters]

    assert await numbers(first=2) == [1, 2]
    assert await numbers(first=1000, after=1000) == list(range(1001, CHAPTERS + 1))
    assert len(await numbers()) == CHAPTERS
    assert await numbers(after=CHAPTERS) == []
    wrong: tuple[dict[str, Any], ...] = ({"first": 0}, {"first": 1001}, {"after": -1})
    for asked in wrong:
        assert (await api.error(query, id=id, **asked))["extensions"]["code"] == "INVALID_INPUT"
