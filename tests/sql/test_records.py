"""What stands beside a job: its events, written by the table itself, and its report."""

import pytest

from tests.sql.life import Life
from tests.sql.writers import WRITERS, refused


async def test_a_direct_write_is_recorded_with_the_role_that_made_it(life: Life) -> None:
    assert await refused(life, "rest", "update public.jobs set status = 'cancelled' where id = $1") is None

    event = (await life.events())[-1]
    assert (event["status"], event["decided_by"]) == ("cancelled", "user")
    assert "service_role" in event["message"]


async def test_each_step_is_recorded_once_and_in_order_with_who_decided_it(life: Life) -> None:
    await life.claim()
    await life.begin()
    await life.beat()
    await life.expire()
    await life.settle("sweeper")
    await life.claim()
    await life.begin()
    await life.complete()

    events = [(event["status"], event["decided_by"]) for event in await life.events()]
    assert events == [
        ("queued", "user"),
        ("running_initializing", "worker"),
        ("running", "worker"),
        ("queued", "sweeper"),
        ("running_initializing", "worker"),
        ("running", "worker"),
        ("completed", "worker"),
    ]
    versions = [event["version"] for event in await life.events()]
    assert versions == sorted(set(versions))


@pytest.mark.parametrize("writer", WRITERS)
async def test_a_report_comes_only_with_its_completion(life: Life, writer: str) -> None:
    await life.reach("running")
    insert = """insert into public.analysis_reports (job_id, manuscript_id, owner_id, body)
                select id, manuscript_id, owner_id, '{}' from public.jobs where id = $1"""

    assert await refused(life, writer, insert) == "NF409"
    assert await life.reports() == 0


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize(
    "sql",
    [
        "update public.analysis_reports set body = '{}' where job_id = $1",
        "delete from public.analysis_reports where job_id = $1",
    ],
)
async def test_a_report_neither_changes_nor_goes_while_its_job_stands(life: Life, writer: str, sql: str) -> None:
    await life.reach("completed")

    assert await refused(life, writer, sql) == "NF409"
    assert await life.reports() == 1
