"""What an author asks for is counted, told, and limited by the minute."""

from uuid import uuid4

import pytest

from jobs.errors import LimitReached
from jobs.models import Manuscript
from jobs.service import MAX_LIVE_JOBS
from schema.ids import global_id
from server.budget import BUDGET, WINDOW_SECONDS, Budget
from tests.api.conftest import Api

VIEWER = "{ viewer { id email } }"


def left(headers: dict[str, str]) -> int:
    return int(headers["ratelimit"].split(";r=")[1].split(";")[0])


async def test_an_answer_says_what_it_holds_where_it_is_asked_and_what_is_left_always(api: Api) -> None:
    body = {"query": VIEWER, "extensions": {"cost": True}}
    asked = await api.http.post("/graphql", json=body, headers=api.bearer())
    plain = await api.post(VIEWER)

    assert asked.json()["extensions"] == {"cost": {"fields": 3, "most": 300_000}}
    assert "extensions" not in plain.json()
    assert asked.headers["ratelimit-policy"] == f'"fields";q={BUDGET};w={WINDOW_SECONDS}'
    assert (left(dict(asked.headers)), left(dict(plain.headers))) == (BUDGET - 3, BUDGET - 6)
    assert left(dict((await api.post(VIEWER, sub="ben")).headers)) == BUDGET - 3


async def test_who_has_spent_her_minute_is_refused_until_it_is_over_and_nobody_else(api: Api) -> None:
    services = api.services
    author = (await services.authority.caller(api.token())).owner_id
    services.budget.spend(author, BUDGET)

    refused = await api.post(VIEWER)

    assert (refused.status_code, refused.json()["code"]) == (429, "LIMIT_REACHED")
    assert refused.headers["retry-after"] == "30"
    assert (await api.post(VIEWER, sub="ben")).status_code == 200


async def test_a_limit_that_a_mutation_met_says_when_to_come_back(
    api: Api, manuscript: Manuscript, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jobs.service.MAX_LIVE_JOBS", 0)
    start = "mutation ($id: ID!) { startAnalysis(manuscriptId: $id) { ... on Refusal { code retryAfterSeconds } } }"

    answer = await api.post(start, id=global_id("Manuscript", manuscript.id))

    assert MAX_LIVE_JOBS
    assert answer.json()["data"]["startAnalysis"] == {"code": "LIMIT_REACHED", "retryAfterSeconds": 30}
    assert answer.headers["retry-after"] == "30"


def test_a_window_ends_and_another_begins() -> None:
    now = 0.0
    budget, author = Budget(budget=10, clock=lambda: now), uuid4()
    budget.need(author)
    budget.spend(author, 11)
    assert budget.headers(author)["RateLimit"] == '"fields";r=0;t=60'
    with pytest.raises(LimitReached, match="11 fields"):
        budget.need(author)
    budget.need(uuid4())

    now = 60.0

    budget.need(author)
    assert budget.headers(author)["RateLimit"] == '"fields";r=10;t=60'
