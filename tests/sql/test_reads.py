"""Reading: no write by a healthy read, whatever it asks; old words read as the vectors say; the right order."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tests.sql.life import LONG, Connection, Life, call

VECTORS = Path(__file__).parents[2] / "client_contract" / "vectors" / "statuses.json"


def reads_of(life: Life) -> dict[str, dict[str, Any]]:
    """Every reading function with arguments that find something."""
    owner, jobs, manuscripts = {"p_owner_id": life.owner_id}, [life.job_id], [life.manuscript_id]
    return {
        "jobs_get": owner | {"p_job_ids": jobs},
        "jobs_of_manuscripts": owner | {"p_manuscript_ids": manuscripts, "p_limit": 20},
        "jobs_page": owner | {"p_limit": 20},
        "jobs_watched": {"p_owner_ids": [life.owner_id], "p_job_ids": jobs, "p_finished_within": LONG},
        "jobs_changed": {
            "p_owner_ids": [life.owner_id],
            "p_job_ids": jobs,
            "p_versions": [0],
            "p_finished_within": LONG,
            "p_changed_since": datetime.fromtimestamp(0, UTC),
        },
        "jobs_in_line": {"p_job_ids": jobs},
        "jobs_dispatched": {"p_job_ids": jobs},
        "owners_in_line": {},
        "jobs_next": {"p_limit": 10},
        "jobs_oldest_waiting": {},
        "jobs_matching": owner | {"p_statuses": ["queued", "running", "completed"]},
        "held_for": {"p_since": datetime.now(UTC)},
        "line_service": {"p_queue_timeout": 300.0, "p_absent_after": 30.0},
        "line_get": {},
        "jobs_count": {},
        "job_events_get": owner | {"p_job_ids": jobs, "p_limit": 20},
        "manuscripts_get": owner | {"p_manuscript_ids": manuscripts},
        "manuscripts_of_owners": {"p_owner_ids": [life.owner_id], "p_manuscript_ids": manuscripts},
        "manuscript_added": owner | {"p_key": "none", "p_fingerprint": ""},
        "webhook_backlog": {},
        "bytes_in_words": {"p_bytes": 5_000_000},
        "manuscripts_page": owner | {"p_limit": 20},
        "manuscripts_found": owner | {"p_limit": 20},
        "text_folded": {"p_text": "Émilie"},
        "title_order": {"p_title": "Book 2"},
        "manuscripts_count": owner,
        "manuscript_file_load": {"p_manuscript_id": life.manuscript_id},
        "reports_get": owner | {"p_report_ids": jobs},
        "reports_of_jobs": owner | {"p_job_ids": jobs},
        "reports_of_manuscripts": owner | {"p_manuscript_ids": manuscripts},
        "reports_newest": owner | {"p_manuscript_ids": manuscripts},
        "drafts_of": owner | {"p_manuscript_ids": manuscripts},
        "report_text": owner | {"p_report_id": life.job_id},
        "report_marks_get": owner | {"p_report_id": life.job_id},
        "chapter_outline": owner | {"p_report_id": life.job_id, "p_chapter": 1},
        "chapter_passages": owner | {"p_report_id": life.job_id, "p_chapter": 1, "p_from": 1, "p_limit": 50},
        "chapter_marks": owner | {"p_report_id": life.job_id, "p_chapter": 1},
        "report_places": owner
        | {"p_report_id": life.job_id, "p_kind": "adverb", "p_label": None, "p_after": 0, "p_limit": 20},
        "processes_health": {"p_late_after": 15.0, "p_absent_after": 30.0},
        "operator_counts": {},
        "operator_throughput": {},
        "operator_running": {},
        "operator_line": {},
        "operator_jobs": {"p_limit": 50},
        "operator_job": {"p_job_id": life.job_id},
        "operator_events": {"p_job_id": life.job_id},
        "operator_retryable": {"p_failure_codes": ["RUN_TIMEOUT"], "p_since": None, "p_limit": 50},
        "processes_list": {"p_late_after": 15.0, "p_absent_after": 30.0},
        "lateness_get": {},
        "is_pruning": {},
        "unowned_files_get": {"p_older_than": 3600.0, "p_limit": 100},
        "duration_in_words": {"p_seconds": 300.0},
        "lateness_bucket": {"p_seconds": 3.0},
        "job_status_read": {"p_text": "timer|300|failed"},
        "job_edge_exists": {"p_from": "queued", "p_to": "running"},
        "job_is_active": {"p_status": "queued"},
    }


async def test_every_read_works_where_nothing_can_be_written(life: Life) -> None:
    for function, arguments in reads_of(life).items():
        async with life.connection.transaction(readonly=True):
            await call(life.connection, function, **arguments)


async def test_every_function_that_reads_only_is_tried_and_says_so(connection: Connection, life: Life) -> None:
    declared = await connection.fetch(
        "select proname from pg_proc where pronamespace = 'public'::regnamespace and provolatile <> 'v'"
    )

    assert {row["proname"] for row in declared} == set(reads_of(life))


@pytest.mark.parametrize("status", ["queued", "running_initializing", "running", "completed", "failed", "cancelled"])
async def test_settling_where_nothing_is_overdue_writes_nothing(life: Life, status: str) -> None:
    await life.reach(status)
    before = await life.connection.fetchval("select xmin from public.jobs where id = $1", life.job_id)

    async with life.connection.transaction():
        for scope in ({"p_owner_id": life.owner_id}, {"p_job_ids": [life.job_id]}, {}):
            rows = await call(
                life.connection, "jobs_settle", p_decided_by="reader", p_queue_timeout=LONG, p_limit=1, **scope
            )
            assert rows == []
        # A transaction gets a number with its first write, a row lock included.
        assert await life.connection.fetchval("select pg_current_xact_id_if_assigned()") is None

    assert await life.connection.fetchval("select xmin from public.jobs where id = $1", life.job_id) == before


async def test_a_snapshot_carries_the_databases_clock(life: Life) -> None:
    before = await life.connection.fetchval("select clock_timestamp()")

    [row] = await call(life.connection, "jobs_get", p_owner_id=life.owner_id, p_job_ids=[life.job_id])

    assert before <= row["as_of"] <= before + timedelta(seconds=5)


async def test_the_line_counts_those_who_wait_ahead(connection: Connection, owner_id: UUID) -> None:
    lives = [await Life.born(connection, owner_id=owner_id) for _ in range(3)]
    ids = [life.job_id for life in lives]

    async def line() -> list[int]:
        rows = {row["id"]: row["position"] for row in await call(connection, "jobs_in_line", p_job_ids=ids)}
        return [rows[job_id] - min(rows.values()) for job_id in ids if job_id in rows]

    assert await line() == [0, 1, 2]
    await lives[0].claim()
    assert await line() == [0, 1]


async def test_an_overdue_job_is_ahead_of_nobody_and_neither_waits_nor_runs(
    connection: Connection, owner_id: UUID
) -> None:
    [before] = await call(connection, "jobs_count")
    waits, runs, last = [await Life.born(connection, owner_id=owner_id) for _ in range(3)]
    await runs.claim()
    [full] = await call(connection, "jobs_count")
    [place] = await call(connection, "jobs_in_line", p_job_ids=[last.job_id])

    await waits.expire()
    await runs.expire(seconds=7200)

    [now] = await call(connection, "jobs_count")
    [nearer] = await call(connection, "jobs_in_line", p_job_ids=[last.job_id])
    assert (full["queued"] - before["queued"], full["running"] - before["running"]) == (2, 1)
    assert (now["queued"] - before["queued"], now["running"] - before["running"]) == (1, 0)
    assert now["oldest_overdue_seconds"] >= 7200
    assert nearer["position"] < place["position"]


async def test_a_watcher_gets_live_jobs_and_lately_finished_ones_and_each_once(
    connection: Connection, owner_id: UUID
) -> None:
    live, finished, long_ago = [await Life.born(connection, owner_id=owner_id) for _ in range(3)]
    await finished.cancel()
    await long_ago.cancel()
    async with connection.transaction():
        # Terminal rows never change; only a table without its guard can be made to look old.
        await connection.execute("set local session_replication_role = replica")
        await connection.execute(
            "update public.jobs set finished_at = finished_at - interval '2 hours' where id = $1", long_ago.job_id
        )

    rows = await call(
        connection,
        "jobs_watched",
        p_owner_ids=[owner_id],
        p_job_ids=[live.job_id],
        p_finished_within=3600.0,
    )

    assert sorted(row["id"] for row in rows) == sorted([live.job_id, finished.job_id])


async def test_manuscripts_of_many_owners_are_each_owners_own(connection: Connection) -> None:
    ann, ben = [await Life.born(connection) for _ in range(2)]

    rows = await call(
        connection,
        "manuscripts_of_owners",
        p_owner_ids=[ann.owner_id, ann.owner_id],
        p_manuscript_ids=[ann.manuscript_id, ben.manuscript_id],
    )

    assert [row["id"] for row in rows] == [ann.manuscript_id]


async def test_what_changed_is_what_is_not_at_its_known_version_or_overdue_and_what_is_gone(
    connection: Connection, owner_id: UUID
) -> None:
    known, moved, new, overdue = [await Life.born(connection, owner_id=owner_id) for _ in range(4)]
    gone = UUID(int=7)
    versions = {known.job_id: 1, moved.job_id: 1, overdue.job_id: 1, gone: 4}
    await moved.claim()
    async with connection.transaction():
        await connection.execute("set local session_replication_role = replica")
        await connection.execute(
            "update public.jobs set deadline_at = now() - interval '1 second' where id = $1", overdue.job_id
        )

    first, *rows = await call(
        connection,
        "jobs_changed",
        p_owner_ids=[owner_id],
        p_job_ids=list(versions),
        p_versions=list(versions.values()),
        p_finished_within=3600.0,
    )

    assert (first["gone"], first["job"]) == ([gone], None)
    jobs = [json.loads(row["job"]) for row in rows]
    assert sorted(UUID(job["id"]) for job in jobs) == sorted([moved.job_id, new.job_id, overdue.job_id])
    assert {datetime.fromisoformat(job["as_of"]) for job in jobs} == {first["read_at"]}


async def test_of_each_job_the_newest_events_are_read_oldest_first(connection: Connection, owner_id: UUID) -> None:
    lives = [await Life.born(connection, owner_id=owner_id) for _ in range(3)]
    for _ in range(4):
        for life in lives[1:]:
            await life.claim()
            await life.release()
    ids = [life.job_id for life in lives]

    async def read(**limit: int) -> dict[UUID, list[int]]:
        rows = await call(connection, "job_events_get", p_owner_id=owner_id, p_job_ids=[*ids, ids[1]], **limit)
        return {id_: [row["version"] for row in rows if row["job_id"] == id_] for id_ in ids}

    assert list((await read(p_limit=2)).values()) == [[1], [8, 9], [8, 9]]
    # As an api of the version before calls it, while both are up.
    assert list((await read()).values()) == [[1], list(range(1, 10)), list(range(1, 10))]


async def test_no_name_has_two_signatures(connection: Connection) -> None:
    # REST calls by the names of the arguments, and could not tell which of the two is meant.
    twice = await connection.fetch(
        """select proname from pg_proc where pronamespace = 'public'::regnamespace
           group by proname having count(*) > 1"""
    )

    assert twice == []


async def test_a_page_goes_on_where_the_last_one_ended(connection: Connection, owner_id: UUID) -> None:
    lives = [await Life.born(connection, owner_id=owner_id) for _ in range(5)]
    newest_first = [life.manuscript_id for life in reversed(lives)]

    found: list[UUID] = []
    after: dict[str, Any] = {}
    while rows := await call(connection, "manuscripts_page", p_owner_id=owner_id, p_limit=2, **after):
        found += [row["id"] for row in rows]
        after = {"p_after_created_at": rows[-1]["created_at"], "p_after_id": rows[-1]["id"]}

    assert found == newest_first


@pytest.mark.parametrize("case", json.loads(VECTORS.read_text(encoding="utf-8"))["cases"], ids=lambda case: case["id"])
async def test_an_old_status_is_read_as_the_vectors_say(connection: Connection, case: dict[str, str | None]) -> None:
    [row] = await call(connection, "job_status_read", p_text=case["text"])

    assert (row["job_status_read"] or "").upper() == (case["status"] or "")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (300, "5 minutes"),
        (1800, "30 minutes"),
        (60, "1 minute"),
        (90, "90 seconds"),
        (30, "30 seconds"),
        (1, "1 second"),
        (0.5, "0.5 seconds"),
        (2, "2 seconds"),
    ],
)
async def test_a_duration_reads_as_a_person_says_it(connection: Connection, seconds: float, words: str) -> None:
    [row] = await call(connection, "duration_in_words", p_seconds=float(seconds))

    assert row["duration_in_words"] == words


async def test_no_read_finds_another_authors_rows(life: Life, owner_id: UUID) -> None:
    await life.reach("completed")
    used = "insert into public.idempotency_keys (owner_id, key, fingerprint, manuscript_id) values ($1, 'none', '', $2)"
    await life.connection.execute(used, life.owner_id, life.manuscript_id)
    report = await life.connection.fetchval("select id from public.analysis_reports where job_id = $1", life.job_id)
    scoped = {
        function: arguments | {"p_owner_id": owner_id}
        for function, arguments in reads_of(life).items()
        if "p_owner_id" in arguments
    }
    scoped["reports_get"]["p_report_ids"] = [report]
    for arguments in scoped.values():
        arguments.update({"p_report_id": report} if "p_report_id" in arguments else {})
    assert len(scoped) == 21

    for function, arguments in scoped.items():
        rows = await call(life.connection, function, **arguments)
        own = await call(life.connection, function, **arguments | {"p_owner_id": life.owner_id})
        nothing = {
            "manuscripts_count": [(0,)],
            "manuscripts_found": [(0, None, None)],
            "chapter_outline": [([], [], [])],
        }.get(function, [])
        assert [tuple(row.values()) for row in rows] == nothing, function
        assert own not in ([], rows), function


async def test_a_chapter_is_read_passage_by_passage(life: Life) -> None:
    await life.reach("completed")
    [newest] = await life.call("reports_newest", p_owner_id=life.owner_id, p_manuscript_ids=[life.manuscript_id])
    of_chapter = {"p_owner_id": life.owner_id, "p_report_id": newest["report_id"], "p_chapter": 1}

    [outline] = await life.call("chapter_outline", **of_chapter)
    page = await life.call("chapter_passages", **of_chapter, p_from=2, p_limit=1)
    marks = await life.call("chapter_marks", **of_chapter, p_kinds=["passive"])

    assert tuple(outline.values()) == ([1, 1, 2], [10, 7, 13], [3])
    assert [(row["position"], row["text"]) for row in page] == [(2, "rained.")]
    assert [(row["kind"], json.loads(row["marks"])) for row in marks] == [("passive", [[1, 10, 16, "rained"]])]


@pytest.mark.parametrize(
    ("label", "after", "found"),
    [
        (None, 0, [(1, 2, "slowly", "It slowly "), (2, 2, "suddenly", "Suddenly, no.")]),
        (None, 1, [(2, 2, "suddenly", "Suddenly, no.")]),
        ("suddenly", 0, [(1, 1, "suddenly", "Suddenly, no.")]),
        ("never", 0, []),
    ],
)
async def test_places_are_counted_in_the_order_of_the_text(
    life: Life, label: str | None, after: int, found: list[tuple[int, int, str, str]]
) -> None:
    await life.reach("completed")
    report = await life.connection.fetchval("select id from public.analysis_reports where job_id = $1", life.job_id)

    rows = await life.call(
        "report_places",
        p_owner_id=life.owner_id,
        p_report_id=report,
        p_kind="adverb",
        p_label=label,
        p_after=after,
        p_limit=20,
    )

    assert [(row["ordinal"], row["total"], row["label"], row["passage"]) for row in rows] == found


async def test_a_finding_in_a_later_piece_of_a_paragraph_is_shown_with_that_piece(life: Life) -> None:
    await life.reach("completed")
    report = await life.connection.fetchval("select id from public.analysis_reports where job_id = $1", life.job_id)
    asked = {"p_report_id": report, "p_kind": "passive", "p_label": None, "p_after": 0, "p_limit": 20}

    [row] = await life.call("report_places", p_owner_id=life.owner_id, **asked)

    assert (row["passage_start"], row["passage"]) == (10, "rained.")


async def test_the_text_goes_with_its_manuscript(life: Life) -> None:
    await life.reach("completed")

    await life.call("manuscript_delete", p_owner_id=life.owner_id, p_manuscript_id=life.manuscript_id)

    for table in ("report_passages", "report_marks"):
        left = f"""select count(*) from public.{table} t
                   where not exists (select from public.analysis_reports r where r.id = t.report_id)"""
        assert await life.connection.fetchval(left) == 0
