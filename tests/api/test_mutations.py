"""Changing: what is done, what is refused, and that a refusal is part of the answer."""

from uuid import uuid4

import asyncpg
import pytest

from jobs.errors import LimitReached
from jobs.models import Manuscript
from jobs.states import FailureCode
from schema.ids import global_id
from tests.api.conftest import Api, Hand
from tests.conftest import AddManuscript

ADD = """
mutation ($title: String!, $text: String!) {
  addManuscript(input: {title: $title, text: $text}) {
    __typename ... on Manuscript { id title filename isLocked } ... on Refusal { code message }
  }
}
"""
JOB = """{
  __typename
  ... on Job { id status retryOf { id } manuscript { id isLocked latestJob { status } } }
  ... on Refusal { code message }
}"""
START = f"mutation ($id: ID!) {{ startAnalysis(manuscriptId: $id) {JOB} }}"
CANCEL = f"mutation ($id: ID!) {{ cancelJob(id: $id) {JOB} }}"
RETRY = f"mutation ($id: ID!) {{ retryJob(id: $id) {JOB} }}"
DELETE = """
mutation ($id: ID!) {
  deleteManuscript(id: $id) { __typename ... on DeletedManuscript { id } ... on Refusal { code message } }
}
"""


async def test_a_pasted_text_becomes_a_manuscript(api: Api) -> None:
    added = (await api.data(ADD, title="The  Rain", text="It rained. Nobody minded."))["addManuscript"]

    assert (added["title"], added["filename"], added["isLocked"]) == ("The Rain", None, False)
    assert (await api.data("{ manuscripts { totalCount } }"))["manuscripts"]["totalCount"] == 1


async def test_an_input_that_cannot_be_kept_is_refused_with_its_code(api: Api) -> None:
    refused = {("", "A text."): "INVALID_INPUT", ("x" * 301, "A text."): "INVALID_INPUT", ("Empty", "  "): "UNREADABLE"}
    for (title, text), code in refused.items():
        answer = (await api.data(ADD, title=title, text=text))["addManuscript"]

        assert answer["__typename"] == "Refusal", answer
        assert answer["code"] == code
        assert answer["message"]


async def test_starting_locks_the_manuscript_and_the_answer_says_so(api: Api, manuscript: Manuscript) -> None:
    job = (await api.data(START, id=global_id("Manuscript", manuscript.id)))["startAnalysis"]

    assert job["status"] == "QUEUED"
    assert job["manuscript"] == {
        "id": global_id("Manuscript", manuscript.id),
        "isLocked": True,
        "latestJob": {"status": "QUEUED"},
    }


async def test_starting_twice_returns_the_job_that_lives(api: Api, manuscript: Manuscript) -> None:
    id = global_id("Manuscript", manuscript.id)

    first, second = [(await api.data(START, id=id))["startAnalysis"] for _ in range(2)]

    assert first["id"] == second["id"]


async def test_a_later_change_in_a_request_is_answered_with_what_it_changed(
    api: Api, manuscript: Manuscript, hand: Hand
) -> None:
    job = await hand.start(manuscript)
    found = await api.data(
        f"mutation ($id: ID!, $job: ID!) {{ a: startAnalysis(manuscriptId: $id) {JOB} b: cancelJob(id: $job) {JOB} }}",
        id=global_id("Manuscript", manuscript.id),
        job=global_id("Job", job.id),
    )

    assert found["a"]["manuscript"]["isLocked"] is True
    assert found["b"]["manuscript"]["isLocked"] is False
    assert found["b"]["manuscript"]["latestJob"] == {"status": "CANCELLED"}


async def test_a_cancelled_job_may_be_retried_as_a_new_one_that_names_it(api: Api, manuscript: Manuscript) -> None:
    job = (await api.data(START, id=global_id("Manuscript", manuscript.id)))["startAnalysis"]

    cancelled = (await api.data(CANCEL, id=job["id"]))["cancelJob"]
    retried = (await api.data(RETRY, id=job["id"]))["retryJob"]

    assert (cancelled["status"], cancelled["manuscript"]["isLocked"]) == ("CANCELLED", False)
    assert (retried["status"], retried["retryOf"]) == ("QUEUED", {"id": job["id"]})
    assert retried["id"] != job["id"]


async def test_a_step_that_the_state_forbids_is_not_allowed_now(api: Api, manuscript: Manuscript, hand: Hand) -> None:
    job = await hand.whole(manuscript)

    for mutation, field in ((CANCEL, "cancelJob"), (RETRY, "retryJob")):
        answer = (await api.data(mutation, id=global_id("Job", job.id)))[field]
        assert answer["code"] == "NOT_ALLOWED_NOW", field


async def test_another_authors_thing_is_refused_as_a_missing_one_is(
    api: Api, manuscript: Manuscript, hand: Hand
) -> None:
    job = await hand.start(manuscript)
    steps = [
        (START, "startAnalysis", "Manuscript", manuscript.id),
        (DELETE, "deleteManuscript", "Manuscript", manuscript.id),
        (CANCEL, "cancelJob", "Job", job.id),
        (RETRY, "retryJob", "Job", job.id),
    ]
    for mutation, field, name, id in steps:
        theirs = (await api.data(mutation, sub="ben", id=global_id(name, id)))[field]
        missing = (await api.data(mutation, sub="ben", id=global_id(name, uuid4())))[field]
        malformed = (await api.data(mutation, sub="ben", id="7"))[field]

        assert theirs["code"] == "NOT_FOUND", field
        assert theirs == missing == malformed
    assert (await hand.store.get(manuscript.owner_id, [job.id]))[0].status.is_active


async def test_deleting_takes_the_jobs_and_reports_along(api: Api, manuscript: Manuscript, hand: Hand) -> None:
    job = await hand.whole(manuscript)
    id = global_id("Manuscript", manuscript.id)

    assert await api.data(DELETE, id=id) == {"deleteManuscript": {"__typename": "DeletedManuscript", "id": id}}

    found = await api.data("query ($id: ID!) { job(id: $id) { id } }", id=global_id("Job", job.id))
    assert found == {"job": None}


async def test_a_limit_is_a_refusal(api: Api, manuscript: Manuscript, monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(*_: object) -> None:
        raise LimitReached("You have enough.")

    monkeypatch.setattr(api.services.domain.service, "start", full)
    answer = (await api.data(START, id=global_id("Manuscript", manuscript.id)))["startAnalysis"]

    assert answer == {"__typename": "Refusal", "code": "LIMIT_REACHED", "message": "You have enough."}


async def test_a_numeric_id_is_no_id(api: Api, add_manuscript: AddManuscript) -> None:
    await add_manuscript()

    answer = await api.data("mutation { cancelJob(id: 1) { ... on Refusal { code } } }")

    assert answer == {"cancelJob": {"code": "NOT_FOUND"}}


MANY = """{
  __typename
  ... on JobOutcomes {
    done refused hasMore outcomes { id job { id status retryOf { id } } refusal { code message remedy } }
  }
  ... on Error { code message remedy }
}"""
RETRY_JOBS = f"mutation ($input: RetryJobsInput!) {{ retryJobs(input: $input) {MANY} }}"
CANCEL_JOBS = f"mutation ($input: CancelJobsInput!) {{ cancelJobs(input: $input) {MANY} }}"


async def test_many_jobs_are_stopped_and_tried_again_and_each_says_how_it_ended(
    api: Api, add_manuscript: AddManuscript, hand: Hand
) -> None:
    jobs = [await hand.start(await add_manuscript()) for _ in range(3)]
    done = await hand.whole(await add_manuscript())
    ids = [global_id("Job", job.id) for job in (*jobs, done)]
    foreign = global_id("Job", uuid4())
    asked = [*ids, foreign, "nonsense", ids[0]]

    stopped = (await api.data(CANCEL_JOBS, input={"ids": asked}))["cancelJobs"]
    again = (await api.data(RETRY_JOBS, input={"ids": asked}))["retryJobs"]

    for answer, status in ((stopped, "CANCELLED"), (again, "QUEUED")):
        assert (answer["done"], answer["refused"], answer["hasMore"]) == (3, 3, False)
        assert [each["id"] for each in answer["outcomes"]] == asked[:-1]
        assert [each["job"]["status"] for each in answer["outcomes"][:3]] == [status] * 3
        codes = [each["refusal"]["code"] for each in answer["outcomes"][3:]]
        assert codes == ["NOT_ALLOWED_NOW", "NOT_FOUND", "NOT_FOUND"]
        missing, wrong = (each["refusal"] for each in answer["outcomes"][-2:])
        assert missing == wrong
    assert [each["job"]["retryOf"]["id"] for each in again["outcomes"][:3]] == ids[:3]


async def test_jobs_are_chosen_by_what_they_are(
    api: Api, add_manuscript: AddManuscript, hand: Hand, connection: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    timed_out, unreadable = [await hand.start(await add_manuscript()) for _ in range(2)]
    await hand.store.fail(await hand.claim(unreadable), FailureCode.UNREADABLE_MANUSCRIPT, "It is damaged.")
    await connection.execute("update jobs set deadline_at = now() - interval '1 second' where id = $1", timed_out.id)

    again = (await api.data(RETRY_JOBS, input={"filter": {}}))["retryJobs"]
    none = (await api.data(RETRY_JOBS, input={"filter": {"failureCode": ["RUN_TIMEOUT"]}}))["retryJobs"]
    late = (await api.data(CANCEL_JOBS, input={"filter": {"since": "2999-01-01T00:00:00Z"}}))["cancelJobs"]
    stopped = (await api.data(CANCEL_JOBS, input={"filter": {}}))["cancelJobs"]

    assert [each["id"] for each in again["outcomes"]] == [global_id("Job", timed_out.id)]
    assert none["outcomes"] == late["outcomes"] == []
    assert [each["job"]["status"] for each in stopped["outcomes"]] == ["CANCELLED"]


async def test_a_choice_of_jobs_that_is_none_is_refused(api: Api) -> None:
    wrong: tuple[dict[str, object], ...] = ({}, {"ids": []}, {"ids": ["x"], "filter": {}}, {"ids": ["x"] * 101})
    for chosen in wrong:
        answer = (await api.data(CANCEL_JOBS, input=chosen))["cancelJobs"]
        assert (answer["__typename"], answer["code"]) == ("Refusal", "INVALID_INPUT")
    error = await api.error(CANCEL_JOBS, input={"filter": {"since": "2026-11-25T10:00:00"}})
    assert error["extensions"]["code"] == "INVALID_INPUT"


UPDATE = """mutation ($input: UpdateManuscriptInput!) { updateManuscript(input: $input) {
  __typename ... on Manuscript { title } ... on Refusal { code message remedy retryAfterSeconds } } }"""


async def test_a_manuscript_gets_another_title(api: Api, manuscript: Manuscript) -> None:
    id = global_id("Manuscript", manuscript.id)

    updated = (await api.data(UPDATE, input={"id": id, "title": " Dry \n Days "}))["updateManuscript"]
    refused = (await api.data(UPDATE, input={"id": id, "title": " "}))["updateManuscript"]
    foreign = (await api.data(UPDATE, input={"id": id, "title": "Mine"}, sub="ben"))["updateManuscript"]

    assert updated == {"__typename": "Manuscript", "title": "Dry Days"}
    assert (refused["code"], foreign["code"]) == ("INVALID_INPUT", "NOT_FOUND")
    assert foreign["remedy"]
    assert foreign["retryAfterSeconds"] is None
    read = await api.data("query ($id: ID!) { manuscript(id: $id) { title } }", id=id)
    assert read["manuscript"] == {"title": "Dry Days"}
