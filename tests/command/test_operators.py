"""What an operator asks from the command line: by id, counted, and never a word of a manuscript."""

import json
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest

from command import cli
from jobs.database.postgres import open_postgres
from jobs.database.store import JobStore
from jobs.presence import ProcessBeat
from jobs.settings import Settings
from jobs.states import DecidedBy, FailureCode
from tests.claiming import claim

TITLE, FILE = "A Secret Title", "secret.docx"
OWNER = uuid4()
MINUTE = timedelta(minutes=1)

Told = Callable[..., tuple[int, str]]


@pytest.fixture
def told(
    database_url: str, redis_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Told:
    """Runs a command as the operator of this test's deployment; its exit code and output."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("REDIS_URL", redis_url)

    def run(*arguments: str) -> tuple[int, str]:
        capsys.readouterr()
        code = cli.main(arguments)
        out = "".join(capsys.readouterr())
        assert TITLE not in out
        assert FILE not in out
        return code, out

    return run


@pytest.fixture
async def jobs(database_url: str, connection: "asyncpg.Connection[asyncpg.Record]") -> list[UUID]:
    """Two jobs that nothing served, one whose manuscript could not be read, one that runs, one that waits."""
    async with open_postgres(database_url) as gateway:
        store = JobStore(gateway)
        beat = ProcessBeat(store, "worker", capacity=2)
        await beat.beat(busy=1)
        started = [await _start(store) for _ in range(3)]
        for job_id in started[:2]:
            await connection.execute(
                "update public.jobs set deadline_at = now() - interval '1 s' where id = $1", job_id
            )
        await connection.execute("update public.processes set busy = 0")
        await store.settle(DecidedBy.SWEEPER, settings=Settings(queue_timeout=timedelta(seconds=1)))
        unreadable = await claim(store, started[2], beat.id, lease=MINUTE, run_timeout=MINUTE)
        await store.fail(unreadable, FailureCode.UNREADABLE_MANUSCRIPT, f"{FILE} begins with {TITLE}.")
        running, waiting = await _start(store), await _start(store)
        await claim(store, running, beat.id, lease=MINUTE, run_timeout=MINUTE)
    return [*started, running, waiting]


async def _start(store: JobStore) -> UUID:
    id = uuid4()
    await store.manuscript_begin(id)
    await store.manuscript_add(OWNER, id, title=TITLE, filename=FILE, byte_size=1, max_manuscripts=99)
    return (await store.start(OWNER, id, queue_timeout=MINUTE, max_attempts=3, max_live=9)).id


def test_status_counts_by_state_and_code_and_names_workers_and_authors(told: Told, jobs: list[UUID]) -> None:
    code, text = told("status")
    _, document = told("status", "--json")

    overview = json.loads(document)
    counts = {(count["status"], count["failure_code"]): count["number"] for count in overview["counts"]}
    assert code == 0
    assert counts == {
        ("failed", "QUEUE_TIMEOUT"): 2,
        ("failed", "UNREADABLE_MANUSCRIPT"): 1,
        ("queued", None): 1,
        ("running_initializing", None): 1,
    }
    assert [(each["owner_id"], each["waiting"], each["running"]) for each in overview["line"]] == [(str(OWNER), 1, 1)]
    assert sum(each["failed"] for each in overview["throughput"]) == 3
    [process] = overview["processes"]
    [running] = overview["running"]
    assert (running["id"], running["worker_id"]) == (str(jobs[3]), process["id"])
    assert "1 wait, 1 run" in text
    assert str(OWNER) in text
    assert str(jobs[3]) in text


def test_jobs_are_listed_by_state_code_age_and_author(told: Told, jobs: list[UUID]) -> None:
    def listed(*filters: str) -> list[str]:
        return [json.loads(line)["id"] for line in told("jobs", "--json", *filters)[1].splitlines()]

    ids = [str(job_id) for job_id in jobs]
    assert set(listed()) == set(ids)
    assert set(listed("--code", "QUEUE_TIMEOUT")) == set(ids[:2])
    assert set(listed("--state", "failed")) == set(ids[:3])
    assert listed("--state", "queued", "--since", "1h", "--author", str(OWNER)) == [ids[4]]
    assert listed("--author", str(uuid4())) == []
    assert len(listed("--limit", "2")) == 2
    assert told("jobs", "--state", "completed") == (0, "There is no such job.\n")


def test_a_job_tells_its_story_and_one_that_is_not_there_is_one_line(told: Told, jobs: list[UUID]) -> None:
    _, text = told("job", str(jobs[0]))
    gone = uuid4()

    assert "QUEUE_TIMEOUT" in text
    assert "Started." in text
    assert told("job", str(jobs[2]))[0] == 0
    assert told("job", str(gone)) == (1, f"novelfoundry job: There is no job {gone}.\n")


def test_retry_tries_each_that_failed_so_again_and_once(told: Told, jobs: list[UUID]) -> None:
    assert told("retry", "--failed", "RUN_TIMEOUT")[1] == "0 tried again, 0 refused.\n"
    code, document = told("retry", "--failed", "QUEUE_TIMEOUT", "--since", "2h", "--json")
    assert (code, json.loads(document)) == (0, {"done": 2, "refused": {}, "has_more": False})
    assert told("retry", "--failed", "QUEUE_TIMEOUT")[1] == "0 tried again, 0 refused.\n"
    assert "4 wait" not in told("status")[1]
    assert "3 wait" in told("status")[1]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["jobs", "--since", "soon"], "'soon' is no duration"),
        (["jobs", "--limit", "0"], "'0' is no limit"),
        (["jobs", "--state", "lost"], "'lost'"),
        (["job", "novel"], "'novel' is no job's id"),
        (["retry"], "--failed"),
    ],
)
def test_a_wrong_word_is_named_and_ends_with_2(
    arguments: list[str], named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as exit:
        cli.main(arguments)

    assert exit.value.code == 2
    assert named in capsys.readouterr().err
