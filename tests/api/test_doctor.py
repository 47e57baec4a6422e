"""`doctor`, tried against each deployment that it must see through."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from command import canary as canary_room
from command import doctor, doctor_checks, process_check
from engines.pair import Engines
from jobs import place
from jobs.database.store import JobStore
from jobs.presence import ProcessBeat
from jobs.processes.wiring import open_domain
from jobs.processes.worker import Worker
from jobs.redis.doorbell import RingListener
from jobs.redis.line import CHANGED, RING
from jobs.settings import Settings
from tests.api.conftest import running
from tests.conftest import AddManuscript, Databases
from tests.faults.test_redis import full

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
        redis = api.services.domain.redis
        hears = asyncio.create_task(RingListener(redis, rung=lambda: None).hear()) if "worker" in kinds else None
        await _listening(redis, CHANGED, *([RING] if hears else []))
        yield
        if hears:
            hears.cancel()


async def _listening(redis: object, *channels: str) -> None:
    async with asyncio.timeout(30):
        for channel in channels:
            while (await redis.pubsub_numsub(channel))[0][1] == 0:  # type: ignore[attr-defined]
                await asyncio.sleep(0.01)


async def test_a_whole_deployment_is_well(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    slow = replace(settings, heartbeat=timedelta(seconds=5), lease=timedelta(seconds=30))
    async with _deployment(slow, "worker", "scheduler"):
        code, lines = await _doctor(slow, capsys)

    assert code == 0, lines
    assert {line.partition(" ")[0] for line in lines.values()} == {"ok"}
    assert list(lines) == [
        "settings", "database", "redis", "migrations", "write", "clock", "api", "worker", "scheduler", "processes",
        "jobs", "ring", "push",
    ]  # fmt: skip
    assert lines["ring"].startswith("ok heard by 1 of 1 workers and read from the queue in ")


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
    assert lines["database"].endswith("→ Start PostgreSQL, or correct host and port in DATABASE_URL.")
    assert lines["redis"].startswith("ok ")


@pytest.mark.parametrize(
    ("change", "remedy"),
    [
        ({"netloc": "postgres:wrong@{host}"}, "Correct the user and the password in DATABASE_URL."),
        ({"path": "/no_such_database"}, "Create the database, or correct its name in DATABASE_URL."),
        (
            {"query": "sslmode=require"},
            "Switch TLS on in the database, or ask for none with sslmode=disable in DATABASE_URL.",
        ),
        ({"netloc": "x:y@no-such-host.invalid:5432"}, "Correct the host in DATABASE_URL, or the name service."),
    ],
)
async def test_each_fault_of_the_database_has_its_own_remedy(
    settings: Settings, capsys: pytest.CaptureFixture[str], change: dict[str, str], remedy: str
) -> None:
    address = urlsplit(settings.need_database_url())
    changed = {name: value.format(host=address.netloc.rpartition("@")[2]) for name, value in change.items()}

    code, lines = await _doctor(replace(settings, database_url=address._replace(**changed).geturl()), capsys)

    assert code == 1
    assert lines["database"].endswith(f"→ {remedy}"), lines["database"]
    assert lines["redis"].startswith("ok ")
    assert lines["canary" if "canary" in lines else "push"].startswith("skip ")


async def test_a_grant_that_is_missing_is_found_by_writing(
    settings: Settings, connection: "asyncpg.Connection[asyncpg.Record]", capsys: pytest.CaptureFixture[str]
) -> None:
    role = f"weak_{connection.get_server_pid()}"
    address = urlsplit(settings.need_database_url())
    weak = address._replace(netloc=f"{role}:secret@{address.netloc.rpartition('@')[2]}").geturl()
    await connection.execute(f"create role {role} login bypassrls password 'secret'")
    try:
        await connection.execute(f"grant service_role to {role}")
        await connection.execute(f"grant usage on schema supabase_migrations to {role}")
        await connection.execute(f"grant select on all tables in schema supabase_migrations to {role}")
        await connection.execute("revoke insert on public.jobs from service_role")

        _, lines = await _doctor(replace(settings, database_url=weak), capsys)
    finally:
        await connection.execute(f"drop owned by {role}; drop role {role}")

    assert lines["database"].startswith("ok ")
    assert "permission denied for table jobs" in lines["write"]
    assert "→ Grant the role of DATABASE_URL what it lacks" in lines["write"]


async def test_what_is_written_to_see_whether_it_can_be_is_undone(
    store: JobStore, connection: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await store.check()

    for table in ("manuscripts", "jobs", "job_events", "processes"):
        assert await connection.fetchval(f"select count(*) from public.{table}") == 0, table


async def test_redis_that_is_away_is_found(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    code, lines = await _doctor(replace(settings, redis_url="redis://127.0.0.1:1/0"), capsys)

    assert code == 1
    assert lines["redis"].startswith("FAIL nothing listens ")
    assert lines["push"].startswith("skip ")


async def test_a_redis_that_answers_and_takes_no_writes_is_found(
    settings: Settings, engines: Engines, capsys: pytest.CaptureFixture[str]
) -> None:
    async with full(engines):
        code, lines = await _doctor(settings, capsys)

    assert code == 1
    assert lines["redis"].startswith("FAIL Redis is full and takes no writes → Raise its maxmemory")


async def test_a_ring_that_not_every_worker_hears_is_found(
    settings: Settings, store: JobStore, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor_checks, "_RING_SECONDS", 1.0)
    async with _deployment(settings, "worker"):
        await ProcessBeat(store, "worker", capacity=2).beat()
        _, lines = await _doctor(replace(settings, lease=timedelta(seconds=30)), capsys)

    assert lines["ring"].startswith("FAIL 1 of 2 workers hear a ring")


async def test_a_process_whose_clock_is_off_is_named_by_its_host(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    slow = replace(settings, lease=timedelta(seconds=30))
    async with _deployment(slow), open_domain(slow, kind="worker", capacity=1) as domain:
        domain.process_beat._clock = lambda: datetime.now(UTC) + timedelta(days=1)
        await domain.process_beat.beat()
        await domain.probes.look()

        _, lines = await _doctor(slow, capsys)

    assert "the worker on " in lines["processes"]
    assert f"(process {os.getpid()}): its clock is 24 hours ahead" in lines["processes"]
    assert lines["processes"].endswith("→ Set the clocks (NTP): tokens and certificates expire too early or too late.")
    assert lines["clock"].startswith("ok ")


async def test_as_json_the_same_is_one_document(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    async with _deployment(settings):
        capsys.readouterr()
        code = await doctor.run(settings, canary=False, as_json=True)
    told = json.loads(capsys.readouterr().out)

    assert told["exit"] == code == 1
    [worker] = [check for check in told["checks"] if check["name"] == "worker"]
    assert worker == {
        "name": "worker",
        "state": "FAIL",
        "finding": "this deployment never had one",
        "remedy": "Add a service that runs `novelfoundry worker`.",
    }


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
    monkeypatch.setattr(canary_room, "CANARY_LIMIT", 0.5)
    async with _deployment(settings):
        code, lines = await _doctor(settings, capsys, canary=True)

    assert code == 1
    assert "Nothing is there to start your analysis" in lines["canary"]
    assert await connection.fetchval("select count(*) from public.manuscripts") == 0


async def test_a_canary_whose_turn_does_not_come_is_busy_and_not_broken(
    settings: Settings,
    store: JobStore,
    connection: "asyncpg.Connection[asyncpg.Record]",
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(canary_room, "CANARY_LIMIT", 0.5)
    patient = replace(settings, lease=timedelta(seconds=30))
    async with _deployment(patient, "worker", "scheduler"):
        await connection.execute("update public.processes set busy = capacity where kind = 'worker'")
        code, lines = await _doctor(patient, capsys, canary=True)

    assert (code, lines["canary"].partition(":")[0]) == (3, "busy its turn did not come within 0.5 s"), lines
    assert await connection.fetchval("select count(*) from public.manuscripts") == 0


async def test_into_a_line_that_is_held_no_canary_is_sent(
    settings: Settings, store: JobStore, capsys: pytest.CaptureFixture[str]
) -> None:
    patient = replace(settings, lease=timedelta(seconds=30))
    async with _deployment(patient, "worker", "scheduler"):
        await store.hold(why="Upgrading", by="ann")
        code, lines = await _doctor(patient, capsys, canary=True)

    assert code == 3
    assert lines["canary"].startswith("busy not sent: ann holds the line since ")


async def _beat_as(store: JobStore, kind: process_check.Kind, pid: int) -> None:
    """A sign of life of the process of that number, here."""
    beat = ProcessBeat(store, kind, capacity=1)
    await store.process_beat(
        beat.id, kind=kind, version="1", host="here", capacity=1, busy=0, place=place.of(pid), pid=pid
    )


@pytest.mark.parametrize("kind", ["worker", "scheduler"])
async def test_a_container_is_well_when_its_own_process_is(
    kind: process_check.Kind,
    settings: Settings,
    store: JobStore,
    connection: "asyncpg.Connection[asyncpg.Record]",
    capsys: pytest.CaptureFixture[str],
) -> None:
    patient = replace(settings, heartbeat=timedelta(seconds=5), lease=timedelta(seconds=30))
    await ProcessBeat(store, kind, capacity=1).beat()
    await connection.execute("update public.processes set place = replace(place, '/', '0/')")
    assert await process_check.run(patient, kind=kind) == 1
    assert capsys.readouterr().err == f"{kind}: NEVER_SEEN\n"

    await ProcessBeat(store, kind, capacity=1).beat()

    assert await process_check.run(patient, kind=kind) == 0
    assert capsys.readouterr().out == f"{kind}: HEALTHY\n"


async def test_of_two_workers_on_one_host_the_deaf_one_is_seen_and_the_other_can_be_asked_after(
    settings: Settings,
    store: JobStore,
    connection: "asyncpg.Connection[asyncpg.Record]",
    capsys: pytest.CaptureFixture[str],
) -> None:
    patient = replace(settings, heartbeat=timedelta(seconds=5), lease=timedelta(seconds=30))
    well, deaf = os.getpid(), os.getppid()
    await _beat_as(store, "worker", deaf)
    await connection.execute("update public.processes set last_seen_at = clock_timestamp() - interval '1 hour'")
    await _beat_as(store, "worker", well)

    assert await process_check.run(patient, kind="worker") == 1
    assert capsys.readouterr() == (f"worker {well}: HEALTHY\n", f"worker {deaf}: ABSENT\n")
    assert await process_check.run(patient, kind="worker", pid=well) == 0
    assert await process_check.run(patient, kind="worker", pid=deaf) == 1


async def test_a_worker_that_ended_here_is_no_alarm_though_its_number_is_used_again(
    settings: Settings, store: JobStore, connection: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    patient = replace(settings, heartbeat=timedelta(seconds=5), lease=timedelta(seconds=30))
    await _beat_as(store, "worker", os.getpid())
    await connection.execute(
        "update public.processes set place = place || '0', last_seen_at = clock_timestamp() - interval '1 hour'"
    )
    await _beat_as(store, "worker", os.getpid())

    assert await process_check.run(patient, kind="worker") == 0
