"""An old database, with wrapped statuses and titles of any size, is brought to plain truth."""

from collections import Counter
from dataclasses import replace
from uuid import UUID, uuid4

from jobs.database import migrate
from jobs.settings import Settings
from tests.sql.cli import as_the_cli_does
from tests.sql.life import Connection, Life

OLD_STATUSES = {
    "timer|300|failed": "INTERNAL_ERROR",
    "timer|300|running": "WORKER_LOST",
    "timer|1800|running_initializing": "WORKER_LOST",
    "running": "WORKER_LOST",
    "QUEUED": "QUEUE_TIMEOUT",
    " timer | 300 | Queued ": "QUEUE_TIMEOUT",
    "timer|60|completed": "INTERNAL_ERROR",
    "completed": "INTERNAL_ERROR",
    "": "INTERNAL_ERROR",
    "paused": "INTERNAL_ERROR",
    "running|timer|300|failed": "INTERNAL_ERROR",
    "Timer|300|CANCELLED": None,
}
"""What the wrapped values of old rows become: failed with this code, or cancelled. None of them has a report."""


async def _old_database(url: str, connection: Connection) -> UUID:
    """A database as the service first had it: every old status, all of one manuscript; odd titles besides."""
    baseline, *_ = migrate.find()
    await connection.execute(baseline.sql)
    await as_the_cli_does(connection, [replace(baseline, sql="")])
    owner_id, manuscript_id = uuid4(), uuid4()
    for id_, title, filename in (
        (manuscript_id, "The Rain", "rain.txt"),
        (uuid4(), "", None),
        (uuid4(), " " * 400, ""),
        (uuid4(), "T" * 400, "f" * 400),
    ):
        await connection.execute(
            "insert into public.manuscripts values ($1, $2, $3, $4)", id_, owner_id, title, filename
        )
    for status in OLD_STATUSES:
        await connection.execute(
            "insert into public.jobs (owner_id, manuscript_id, status) values ($1, $2, $3)",
            owner_id,
            manuscript_id,
            status,
        )
    await migrate.run(Settings(database_url=url))
    return manuscript_id


async def test_an_old_database_is_brought_to_plain_truth(bare_url: str, bare: Connection) -> None:
    manuscript_id = await _old_database(bare_url, bare)

    rows = await bare.fetch("select * from public.jobs where manuscript_id = $1", manuscript_id)
    assert Counter((row["status"], row["failure_code"]) for row in rows) == Counter(
        ("cancelled" if code is None else "failed", code) for code in OLD_STATUSES.values()
    )
    for row in rows:
        assert (row["deadline_at"], row["version"], row["attempt"]) == (None, 1, 0)
        assert row["finished_at"] is not None
        assert bool(row["failure_message"]) is (row["status"] == "failed")
    titles = await bare.fetch("select title, filename from public.manuscripts order by char_length(title)")
    assert [(row["title"][:8], len(row["filename"] or "")) for row in titles] == [
        ("The Rain", 8),
        ("Untitled", 0),
        ("Untitled", 0),
        ("T" * 8, 255),
    ]


async def test_a_manuscript_that_old_jobs_had_locked_can_be_analysed_again(bare_url: str, bare: Connection) -> None:
    manuscript_id = await _old_database(bare_url, bare)
    owner_id = await bare.fetchval("select owner_id from public.manuscripts where id = $1", manuscript_id)
    life = Life(connection=bare, owner_id=owner_id, manuscript_id=manuscript_id)

    [job] = await life.start()

    life.job_id = job["id"]
    assert job["status"] == "queued"
    await life.reach("completed")
    assert len(await life.jobs()) == len(OLD_STATUSES) + 1


async def test_an_old_job_that_failed_can_be_tried_again(bare_url: str, bare: Connection) -> None:
    manuscript_id = await _old_database(bare_url, bare)
    row = await bare.fetchrow("select * from public.jobs where failure_code = 'WORKER_LOST' limit 1")
    assert row is not None
    life = Life(connection=bare, owner_id=row["owner_id"], manuscript_id=manuscript_id, job_id=row["id"])

    [retried] = await life.retry()

    assert (retried["status"], retried["retry_of"]) == ("queued", row["id"])
