"""Reading: one's own things, all of them, truthfully, and in few calls."""

import asyncio
from base64 import b64encode
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from jobs.analysis.report import (
    Band,
    ChapterReport,
    Finding,
    FindingKind,
    Highlight,
    Period,
    ReportBody,
    ReportSection,
    Summary,
    TextPlace,
)
from jobs.database.postgres import PostgresGateway
from jobs.models import Manuscript
from jobs.settings import Settings
from schema.ids import global_id
from schema.limits import MAX_EVENTS
from tests.api.conftest import Api, Hand, running
from tests.conftest import AddManuscript
from tests.jobs.conftest import holding

JOB = """
fragment J on Job {
  id kind status isTerminal locksManuscript stage progress attempt maxAttempts version queuedAt startedAt finishedAt
  deadlineAt asOf waiting { reason message position } failure { code message retryable } retryOf { id }
  manuscript { id title } report { id summary { words } } events { version at status decidedBy message }
}
"""


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each function of the database is called from now on."""
    counted: Counter[str] = Counter()
    call = PostgresGateway.call

    async def counting(self: PostgresGateway, function: str, /, **arguments: Any) -> Any:
        counted[function] += 1
        return await call(self, function, **arguments)

    monkeypatch.setattr(PostgresGateway, "call", counting)
    return counted


async def test_a_page_of_fifty_with_everything_on_it_costs_a_call_a_relation(
    api: Api, add_manuscript: AddManuscript, hand: Hand, calls: Counter[str]
) -> None:
    for number in range(50):
        manuscript = await add_manuscript(title=f"Book {number}")
        if number % 2:
            await hand.whole(manuscript)
        await hand.start(manuscript)
    calls.clear()

    found = await api.data(
        f"{{ manuscripts(first: 50) {{ totalCount edges {{ node {{ title isLocked "
        f"latestReport {{ id }} latestJob {{ ...J }} jobs(first: 2) {{ id }} }} }} }} }} {JOB}"
    )

    assert len(found["manuscripts"]["edges"]) == 50
    assert calls.pop("process_beat", 0) < 20
    calls = Counter({name: count for name, count in calls.items() if name not in ("jobs_watched",)})
    assert max(calls.values()) <= 2, calls
    assert calls.total() <= 11, calls


async def test_pages_follow_each_other_without_a_gap_or_a_repeat(api: Api, add_manuscript: AddManuscript) -> None:
    titles = [f"Book {number}" for number in range(7)]
    for title in titles:
        await add_manuscript(title=title)
    query = """
      query ($after: String) {
        manuscripts(first: 3, after: $after) {
          totalCount edges { cursor node { title } }
          pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
        }
      }
    """
    pages: list[dict[str, Any]] = []
    after = None
    while not pages or pages[-1]["pageInfo"]["hasNextPage"]:
        pages.append((await api.data(query, after=after))["manuscripts"])
        after = pages[-1]["pageInfo"]["endCursor"]

    assert [edge["node"]["title"] for page in pages for edge in page["edges"]] == titles[::-1]
    assert [page["pageInfo"]["hasPreviousPage"] for page in pages] == [False, True, True]
    assert {page["totalCount"] for page in pages} == {7}


async def test_an_empty_list_is_a_page_without_cursors(api: Api) -> None:
    found = await api.data(
        "{ manuscripts { totalCount edges { cursor } pageInfo { hasNextPage startCursor endCursor } } }"
    )

    page = {"hasNextPage": False, "startCursor": None, "endCursor": None}
    assert found["manuscripts"] == {"totalCount": 0, "edges": [], "pageInfo": page}


async def test_a_wrong_page_size_or_cursor_is_invalid_input(api: Api, manuscript: Manuscript) -> None:
    id = global_id("Manuscript", manuscript.id)
    before_time = b64encode(f"0001-01-01T00:00:00+23:59 {manuscript.id}".encode()).decode()
    queries = [
        f'{{ manuscripts(after: "{before_time}") {{ totalCount }} }}',
        "{ manuscripts(first: 0) { totalCount } }",
        "{ manuscripts(first: 101) { totalCount } }",
        '{ manuscripts(after: "nonsense") { totalCount } }',
        '{ manuscripts(after: "") { totalCount } }',
        f'{{ manuscript(id: "{id}") {{ jobs(first: -1) {{ id }} }} }}',
    ]
    for query in queries:
        assert (await api.error(query))["extensions"] == {"code": "INVALID_INPUT"}, query


async def test_another_authors_things_cannot_be_told_from_missing_ones(
    api: Api, manuscript: Manuscript, hand: Hand
) -> None:
    job = await hand.whole(manuscript)
    [report] = await hand.services.domain.service.reports_of_jobs(manuscript.owner_id, [job.id])
    theirs = [
        global_id("Manuscript", manuscript.id),
        global_id("Job", job.id),
        global_id("AnalysisReport", report.id),
    ]
    missing = [global_id(name, uuid4()) for name in ("Manuscript", "Job", "AnalysisReport", "Nothing")]
    query = "query ($id: ID!) { job(id: $id) { id } manuscript(id: $id) { id } node(id: $id) { id } }"

    for id in (*theirs, *missing, "7", "", "Job", str(job.id)):
        assert await api.data(query, sub="ben", id=id) == {"job": None, "manuscript": None, "node": None}
    assert (await api.data("{ manuscripts { totalCount } }", sub="ben"))["manuscripts"]["totalCount"] == 0
    for id in theirs:
        assert (await api.data(query, id=id))["node"] == {"id": id}


async def test_an_id_of_another_type_finds_nothing(api: Api, manuscript: Manuscript) -> None:
    id = global_id("Manuscript", manuscript.id)

    assert await api.data("query ($id: ID!) { job(id: $id) { id } }", id=id) == {"job": None}


async def test_of_a_long_history_the_newest_events_are_shown(
    api: Api, manuscript: Manuscript, hand: Hand, connection: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    job = await hand.start(manuscript)
    await connection.execute(
        "insert into public.job_events (job_id, version, status, decided_by, message)"
        " select $1, 1, 'queued', 'sweeper', number::text from generate_series(2, $2::int) as number",
        job.id,
        MAX_EVENTS + 10,
    )

    found = await api.data("query ($id: ID!) { job(id: $id) { events { message } } }", id=global_id("Job", job.id))

    assert [event["message"] for event in found["job"]["events"]] == [str(n) for n in range(11, MAX_EVENTS + 11)]


async def test_an_event_newer_than_the_version_that_is_told_is_not_told_yet(
    api: Api, manuscript: Manuscript, hand: Hand, connection: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    job = await hand.start(manuscript)
    # As if it were claimed between the reading of the job and that of its events.
    await connection.execute(
        "insert into public.job_events (job_id, version, status, decided_by) values ($1, $2, 'running', 'worker')",
        job.id,
        job.version + 1,
    )

    found = await api.data(
        "query ($id: ID!) { job(id: $id) { version events { version } } }", id=global_id("Job", job.id)
    )

    assert found["job"]["events"][-1]["version"] == found["job"]["version"] == job.version


async def test_a_completed_job_shows_its_report_its_events_and_no_deadline(
    api: Api, manuscript: Manuscript, hand: Hand
) -> None:
    job = await hand.whole(manuscript)

    seen = (await api.data(f"query ($id: ID!) {{ job(id: $id) {{ ...J }} }} {JOB}", id=global_id("Job", job.id)))["job"]

    assert (seen["status"], seen["isTerminal"], seen["locksManuscript"]) == ("COMPLETED", True, False)
    assert (seen["deadlineAt"], seen["stage"], seen["waiting"], seen["failure"]) == (None, None, None, None)
    assert seen["report"]["summary"]["words"] == 12
    assert [event["status"] for event in seen["events"]] == [
        "QUEUED", *(["QUEUED"] * (len(seen["events"]) - 4)), "RUNNING_INITIALIZING", "RUNNING", "COMPLETED"
    ]  # fmt: skip
    assert seen["manuscript"]["title"] == "The Rain"


async def test_an_overdue_job_is_settled_before_it_is_shown(settings: Settings, add_manuscript: AddManuscript) -> None:
    async with running(replace(settings, queue_timeout=timedelta(seconds=0.05))) as api:
        manuscript = await add_manuscript()
        job = await api.services.domain.service.start(manuscript.owner_id, manuscript.id)
        await asyncio.sleep((job.time_left or timedelta()).total_seconds() + 0.02)

        seen = (await api.data(f"query ($id: ID!) {{ job(id: $id) {{ ...J }} }} {JOB}", id=global_id("Job", job.id)))[
            "job"
        ]
        locked = await api.data("{ manuscripts { edges { node { isLocked } } } }")

    assert (seen["status"], seen["failure"]["code"]) == ("FAILED", "QUEUE_TIMEOUT")
    assert seen["failure"]["retryable"] is True
    assert seen["events"][-1]["decidedBy"] in ("READER", "SWEEPER")
    assert locked["manuscripts"]["edges"] == [{"node": {"isLocked": False}}]


async def test_a_job_that_cannot_be_settled_is_an_error_on_its_field_and_the_rest_is_answered(
    settings: Settings, add_manuscript: AddManuscript, database_url: str
) -> None:
    async with running(replace(settings, queue_timeout=timedelta(0))) as api:
        held, other = [await add_manuscript() for _ in range(2)]
        job = await api.services.domain.service.start(held.owner_id, held.id)
        async with holding(database_url, job.id):
            asked = (
                "query ($job: ID!) { job(id: $job) { status }"
                " manuscripts { edges { node { id isLocked latestJob { status } } } } }"
            )
            answer = (await api.post(asked, job=global_id("Job", job.id))).json()

    assert answer["data"]["job"] is None
    nodes = {edge["node"].pop("id"): edge["node"] for edge in answer["data"]["manuscripts"]["edges"]}
    # What is past its deadline is void, and locks nothing.
    assert nodes == {global_id("Manuscript", each.id): {"isLocked": False, "latestJob": None} for each in (held, other)}
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["UNAVAILABLE"] * 2
    assert sorted(error["path"][-1] for error in answer["errors"]) == ["job", "latestJob"]


async def test_a_queued_job_says_why_it_waits(api: Api, manuscript: Manuscript, hand: Hand) -> None:
    await hand.start(manuscript)

    found = await api.data(
        "{ manuscripts { edges { node { latestJob { waiting { reason message position expectedStartAt } } } } } }"
    )

    [edge] = found["manuscripts"]["edges"]
    assert edge["node"]["latestJob"]["waiting"] == {
        "reason": "NO_LIVE_WORKER",
        "message": "Nothing is there to start your analysis right now. It starts by itself once there is.",
        "position": 1,
        "expectedStartAt": None,
    }


async def test_a_line_that_is_held_says_so_beside_the_job_and_in_the_system(
    api: Api, manuscript: Manuscript, hand: Hand
) -> None:
    await hand.store.hold(why="A migration.", by="ann")
    await hand.start(manuscript)

    found = await api.data(
        "{ manuscripts { edges { node { latestJob { waiting { reason } } } } } system { hold { why by } message } }"
    )

    [edge] = found["manuscripts"]["edges"]
    assert edge["node"]["latestJob"]["waiting"] == {"reason": "HELD"}
    assert found["system"]["hold"] == {"why": "A migration.", "by": "ann"}
    assert found["system"]["message"] == (
        "New analyses are on hold: A migration. What you add now waits, and starts by itself."
    )


async def test_the_system_names_what_is_missing(api: Api) -> None:
    part = "{ state live lastSeenAt }"
    system = (await api.data(f"{{ system {{ asOf sweeper {part} workers {part} queued running message }} }}"))["system"]

    assert system["workers"] == {"state": "NEVER_SEEN", "live": 0, "lastSeenAt": None}
    assert system["sweeper"]["state"] == "NEVER_SEEN"
    assert system["message"].startswith("Nothing is there to start analyses")


async def test_a_report_reads_as_it_was_written(api: Api, manuscript: Manuscript, hand: Hand) -> None:
    body = ReportBody(
        summary=Summary(words=12, sentences=3, chapters=2, reading_minutes=0.1),
        chapters=(ChapterReport(number=1, title="One", words=7), ChapterReport(number=2, title="Two", words=5)),
        sections=(ReportSection(key="readability", title="Readability", how_to_read="As you like."),),
    )
    job = await hand.begin(await hand.claim(await hand.start(manuscript)))
    await hand.complete(job, report=body.to_json())

    found = await api.data(
        """{ manuscripts { edges { node { wordCount latestReport {
          createdAt summary { words sentences chapters readingMinutes leftOut } chapters { number title words }
          series { words dialogueShare } sections { key howToRead figures { value } findings { label } }
        } } } } }"""
    )

    [edge] = found["manuscripts"]["edges"]
    report = edge["node"]["latestReport"]
    assert report["summary"] == {"words": 12, "sentences": 3, "chapters": 2, "readingMinutes": 0.1, "leftOut": []}
    assert [chapter["title"] for chapter in report["chapters"]] == ["One", "Two"]
    assert report["series"] == {"words": [7, 5], "dialogueShare": [0, 0]}
    assert report["sections"] == [{"key": "readability", "howToRead": "As you like.", "figures": [], "findings": []}]
    assert edge["node"]["wordCount"] == 12


async def test_findings_say_where_why_and_when_to_leave_them(api: Api, manuscript: Manuscript, hand: Hand) -> None:
    place = TextPlace(chapter=1, paragraph=2, quote="so very", start=3, end=7)
    body = ReportBody(
        summary=Summary(words=12),
        sections=(
            ReportSection(
                key="echoes",
                kinds=(FindingKind(key="echo", why="It rings.", leave="A refrain.", precision=0.95, judged=100),),
                findings=(Finding(label="very", kind="echo", places=(place,)),),
            ),
        ),
        highlights=(Highlight(section="echoes", label="very", sentence="Very comes twice.", place=place),),
        bands=(Band(key="words", value=12, periods=(Period(name="1800 to 1869", books=("Emma",), low=1, high=9),)),),
    )
    job = await hand.begin(await hand.claim(await hand.start(manuscript)))
    await hand.complete(job, report=body.to_json())

    found = await api.data(
        """{ manuscripts(first: 1) { edges { node { latestReport {
          sections { kinds { key why leave precision judged } findings { kind places { start end } } }
          highlights { section sentence place { chapter start } } bands { key value periods { name books low high } }
        } } } } }"""
    )

    [edge] = found["manuscripts"]["edges"]
    report = edge["node"]["latestReport"]
    assert report["sections"] == [
        {
            "kinds": [{"key": "echo", "why": "It rings.", "leave": "A refrain.", "precision": 0.95, "judged": 100}],
            "findings": [{"kind": "echo", "places": [{"start": 3, "end": 7}]}],
        }
    ]
    assert report["highlights"] == [
        {"section": "echoes", "sentence": "Very comes twice.", "place": {"chapter": 1, "start": 3}}
    ]
    assert report["bands"] == [
        {"key": "words", "value": 12, "periods": [{"name": "1800 to 1869", "books": ["Emma"], "low": 1, "high": 9}]}
    ]


async def test_manuscripts_are_searched_filtered_and_ordered(
    api: Api, add_manuscript: AddManuscript, hand: Hand
) -> None:
    for title in ("Book 10", "Émilie", "Book 2"):
        await add_manuscript(title=title)
    await hand.whole(await add_manuscript(title="Read"))
    query = """query ($first: Int, $after: String, $filter: ManuscriptFilter, $order: ManuscriptOrder) {
      manuscripts(first: $first, after: $after, filter: $filter, orderBy: $order) {
        totalCount matchingCount pageInfo { hasNextPage hasPreviousPage endCursor } edges { node { title } }
      }
    }"""

    async def listed(**asked: Any) -> tuple[list[str], dict[str, Any]]:
        page = (await api.data(query, **asked))["manuscripts"]
        return [edge["node"]["title"] for edge in page["edges"]], page

    titles, page = await listed(filter={"search": "emilie"})
    assert (titles, page["totalCount"], page["matchingCount"]) == (["Émilie"], 4, 1)
    assert (await listed(filter={"state": "READY"}))[0] == ["Read"]
    first, page = await listed(first=2, order="TITLE")
    assert page["pageInfo"]["hasNextPage"]
    second, rest = await listed(first=2, order="TITLE", after=page["pageInfo"]["endCursor"])
    assert [*first, *second] == ["Book 2", "Book 10", "Émilie", "Read"]
    assert (rest["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasPreviousPage"]) == (False, True)
    for wrong in (
        {"order": "LONGEST", "after": page["pageInfo"]["endCursor"]},
        {"order": "TITLE", "after": "nonsense"},
        {"filter": {"search": "x" * 301}},
    ):
        assert (await api.error(query, **wrong))["extensions"]["code"] == "INVALID_INPUT"


async def test_jobs_are_listed_by_status_page_by_page_and_for_one_manuscript(
    api: Api, add_manuscript: AddManuscript, hand: Hand, connection: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    manuscript, other = await add_manuscript(), await add_manuscript()
    whole = [await hand.whole(manuscript) for _ in range(3)]
    live = await hand.start(other)
    query = """query ($status: [JobStatus!], $after: String) { jobs(status: $status, first: 2, after: $after) {
      edges { cursor node { id status } } pageInfo { hasNextPage endCursor } } }"""

    async def ids(**asked: Any) -> list[str]:
        page = (await api.data(query, **asked))["jobs"]
        rest = await ids(**asked | {"after": page["pageInfo"]["endCursor"]}) if page["pageInfo"]["hasNextPage"] else []
        return [edge["node"]["id"] for edge in page["edges"]] + rest

    newest_first = [global_id("Job", job.id) for job in whole[::-1]]
    assert await ids() == [global_id("Job", live.id), *newest_first]
    assert await ids(status=["COMPLETED"]) == newest_first
    assert await ids(status=[]) == []
    await connection.execute("update jobs set deadline_at = now() - interval '1 second' where id = $1", live.id)
    assert await ids(status=["QUEUED"]) == []
    assert await ids(status=["FAILED"]) == [global_id("Job", live.id)]
    page = (
        await api.data(
            """query ($id: ID!, $after: String) { manuscript(id: $id) { jobConnection(first: 2, after: $after) {
            edges { cursor node { id manuscript { id } } } pageInfo { hasNextPage hasPreviousPage } } } }""",
            id=global_id("Manuscript", manuscript.id),
            after=(await api.data(query))["jobs"]["edges"][1]["cursor"],
        )
    )["manuscript"]["jobConnection"]
    assert [edge["node"]["id"] for edge in page["edges"]] == newest_first[1:]
    assert page["pageInfo"] == {"hasNextPage": False, "hasPreviousPage": True}


async def test_a_figure_that_was_not_measured_is_null_and_one_that_is_0_is_0(
    api: Api, manuscript: Manuscript, hand: Hand
) -> None:
    body = ReportBody(
        summary=Summary(dialogue_share=0.0, unmeasured=("reading_ease",), grade=0.0),
        chapters=(ChapterReport(number=1, kind="interlude"), ChapterReport(number=2, reading_ease=61.0, unmeasured=())),
    )
    job = await hand.begin(await hand.claim(await hand.start(manuscript)))
    await hand.complete(job, report=body.to_json())
    figures = "measured { dialogueShare readingEase grade sentenceSpread }"

    report = (
        await api.data(
            f"query ($id: ID!) {{ manuscript(id: $id) {{ latestReport {{ summary {{ readingEase {figures} }} "
            f"chapters {{ sectionKind {figures} }} series {{ measured {{ readingEase }} }} }} }} }}",
            id=global_id("Manuscript", manuscript.id),
        )
    )["manuscript"]["latestReport"]

    none = {"dialogueShare": 0.0, "readingEase": None, "grade": None, "sentenceSpread": None}
    assert report["summary"] == {"readingEase": 0.0, "measured": {**none, "grade": 0.0}}
    assert report["chapters"] == [
        {"sectionKind": "OTHER", "measured": none},
        {
            "sectionKind": "CHAPTER",
            "measured": {"dialogueShare": 0.0, "readingEase": 61.0, "grade": 0.0, "sentenceSpread": 0.0},
        },
    ]
    assert report["series"] == {"measured": {"readingEase": [None, 61.0]}}
