"""`doctor`, tried against each deployment that it must see through."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest

from command import doctor, process_check
from jobs.database.store import JobStore
from jobs.presence import ProcessBeat
from jobs.processes.wiring import open_domain
from jobs.processes.worker import Worker
from jobs.redis.line import CHANGED
from jobs.settings import Settings
from tests.api.conftest import running
from tests.conftest import AddManuscript, Databases

Lines = dict[str, str]


async def _doctor(settings: Settings, capsys: pytest.CaptureFixture[str], *, canary: bool = False) -> tuple[int, Lines]:
    capsys.readouterr()
    code = await doctor.run(settings, canary=canary)
    lines = capsys.readouterr().out.splitlines()
    return code, {line[6:17].strip(): f"{line[:4].strip()} {line[18:]}" for line in lines}


@asynccontextmanager
async def _deployment(settings: Settings, *kinds: str) -> AsyncIterator[None]:
    """A running api, and signs of life of the other kinds."""
    async with AsyncExitStack() as stack:
        api = await stack.enter_async_context(running(settings))
        store = api.services.domain.store
        for kind in kinds:
            await ProcessBeat(store, kind, capacity=2).beat()
        await _listening(api.services.domain.redis)
        yield


async def _listening(redis: object) -> None:
    async with asyncio.timeout(30):
        while (await redis.pubsub_numsub(CHANGED))[0][1] == 0:  # type: ignore[attr-defined]
            await asyncio.sleep(0.01)


async def test_a_whole_deployment_is_well(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    slow = replace(settings, heartbeat=timedelta(seconds=5), lease=timedelta(seconds=30))
    async with _deployment(slow, "worker", "scheduler"):
        code, lines = await _doctor(slow, capsys)

    assert code == 0, lines
    assert {line.partition(" ")[0] for line in lines.values()} == {"ok"}
    assert list(lines) == [
        "settings", "database", "redis", "migrations", "clock", "api", "worker", "scheduler", "jobs", "push"
    ]  # fmt: skip


async def test_a_missing_worker_and_scheduler_are_found_with_their_remedy(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    async with _deployment(settings):
        code, lines = await _doctor(settings, capsys)

    assert code == 1
    assert lines["worker"] == "FAIL this deployment never had one → Add a service that runs `novelfoundry worker`."
    assert "`novelfoundry scheduler`" in lines["scheduler"]


async def test_a_worker_that_is_gone_is_told_from_one_that_never_was(
    settings: Settings, store: JobStore, capsys: pytest.CaptureFixture[str]
) -> None:
    async with _deployment(settings):
        heart = ProcessBeat(store, "worker")
        await heart.beat()
        await heart.stop()
        _, lines = await _doctor(settings, capsys)

    assert lines["worker"].startswith("FAIL none lives, last heard from ")


async def test_pending_migrations_are_found(
    settings: Settings, databases: Databases, capsys: pytest.CaptureFixture[str]
) -> None:
    async with databases.fresh(template="template1") as empty:
        code, lines = await _doctor(replace(settings, database_url=empty), capsys)

    assert code == 1
    assert lines["migrations"].endswith("→ Run `novelfoundry migrate`.")
    assert lines["worker"].startswith("skip ")


async def test_a_database_that_is_away_is_found(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    code, lines = await _doctor(replace(settings, database_url="postgresql://x:y@127.0.0.1:1/z"), capsys)

    assert code == 1
    assert lines["database"].startswith("FAIL ")
    assert lines["redis"].startswith("ok ")


async def test_redis_that_is_away_is_found(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    code, lines = await _doctor(replace(settings, redis_url="redis://127.0.0.1:1/0"), capsys)

    assert code == 1
    assert lines["redis"].startswith("FAIL ")
    assert lines["push"].startswith("skip ")


async def test_a_clock_that_is_off_is_found(
    settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def later(_: JobStore) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=90)

    monkeypatch.setattr(JobStore, "clock", later)
    async with _deployment(settings):
        _, lines = await _doctor(settings, capsys)

    assert "90.0 s apart" in lines["clock"]


async def test_a_push_path_on_which_nobody_listens_is_found(
    settings: Settings, store: JobStore, capsys: pytest.CaptureFixture[str]
) -> None:
    await ProcessBeat(store, "api").beat()

    _, lines = await _doctor(settings, capsys)

    assert lines["push"].startswith("FAIL no api listens")


async def test_a_job_that_nobody_settles_is_found(
    settings: Settings, add_manuscript: AddManuscript, store: JobStore, capsys: pytest.CaptureFixture[str]
) -> None:
    quick = replace(settings, sweep_interval=timedelta(seconds=0.01), queue_timeout=timedelta(seconds=0.01))
    manuscript = await add_manuscript()
    await store.start(manuscript.owner_id, manuscript.id, queue_timeout=quick.queue_timeout, max_attempts=3, max_live=9)
    while (await store.count()).oldest_overdue <= quick.sweep_interval * 2:
        pass

    _, lines = await _doctor(quick, capsys)

    assert "nobody settled it" in lines["jobs"]


async def test_a_wrong_setting_is_the_only_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, lines = await _doctor(Settings(data=tmp_path), capsys)

    assert code == 1
    assert list(lines) == ["settings"]
    assert "REDIS_URL" in lines["settings"]


async def test_the_canary_flies_the_whole_road_and_leaves_nothing(
    settings: Settings, connection: "asyncpg.Connection[asyncpg.Record]", capsys: pytest.CaptureFixture[str]
) -> None:
    slow = replace(settings, lease=timedelta(seconds=20))
    stop = asyncio.Event()
    async with _deployment(slow, "scheduler"), open_domain(slow, kind="worker", capacity=1) as domain:
        working = asyncio.create_task(Worker(domain).run(stop))
        try:
            _, lines = await _doctor(slow, capsys, canary=True)
        finally:
            stop.set()
            await working

    assert lines["canary"].startswith("ok uploaded, analysed and pushed in "), lines
    for table in ("manuscripts", "jobs", "manuscript_files", "unowned_files", "analysis_reports", "report_passages"):
        assert await connection.fetchval(f"select count(*) from public.{table}") == 0, table


async def test_a_canary_that_nobody_picks_up_says_why_and_leaves_nothing(
    settings: Settings,
    connection: "asyncpg.Connection[asyncpg.Record]",
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(doctor, "_CANARY_LIMIT", 0.5)
    async with _deployment(settings):
        code, lines = await _doctor(settings, capsys, canary=True)

    assert code == 1
    assert "Nothing is there to start your analysis" in lines["canary"]
    assert await connection.fetchval("select count(*) from public.manuscripts") == 0


@pytest.mark.parametrize("kind", ["worker", "scheduler"])
async def test_a_container_is_well_when_its_own_process_is(
    kind: process_check.Kind,
    settings: Settings,
    store: JobStore,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    patient = replace(settings, heartbeat=timedelta(seconds=5), lease=timedelta(seconds=30))
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(socket, "gethostname", lambda: "another-container")
        await ProcessBeat(store, kind, capacity=1).beat()
    assert await process_check.run(patient, kind=kind) == 1
    assert capsys.readouterr().err == f"{kind}: NEVER_SEEN\n"

    await ProcessBeat(store, kind, capacity=1).beat()

    assert await process_check.run(patient, kind=kind) == 0
    assert capsys.readouterr().out == f"{kind}: HEALTHY\n"
