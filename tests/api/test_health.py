"""What the service says of itself to machines."""

import math
import platform
import re
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import pytest

from engines.pair import Engines
from jobs.models import Manuscript
from jobs.presence import ProcessBeat
from jobs.processes.wiring import open_domain
from jobs.settings import Settings
from jobs.states import DecidedBy
from server import metrics
from tests.api.conftest import Api, running
from tests.conftest import AddManuscript, Databases
from tests.faults.test_redis import full, read_only
from tests.faults.waiting import until

REPORT = ("novelfoundry_lie_seconds_bucket", "novelfoundry_lie_seconds_count")


async def test_a_deployment_without_workers_is_ready_and_says_what_is_missing(api: Api) -> None:
    response = await api.http.get("/readyz")

    assert response.status_code == 200
    assert response.json()["status"] == "ready"
    assert {"workers", "sweeper"} <= set(response.json()["missing"])


async def test_a_part_that_lives_is_not_missing(settings: Settings) -> None:
    async with running(replace(settings, heartbeat=timedelta(seconds=10))) as api:
        await ProcessBeat(api.services.domain.store, "worker", capacity=2).beat()

        body = (await api.http.get("/readyz")).json()

    assert "workers" not in body["missing"]
    assert body["components"]["workers"] == {"state": "HEALTHY", "live": 1}


async def test_pending_migrations_make_it_unready(settings: Settings, databases: Databases) -> None:
    async with databases.fresh(template="template1") as empty, running(replace(settings, database_url=empty)) as api:
        response = await api.http.get("/readyz")

    assert response.status_code == 503
    assert re.fullmatch(
        r"The database lacks \d+ migrations: run `novelfoundry migrate`\.", response.json()["reasons"][0]
    )


async def test_a_database_that_is_away_makes_it_unready_and_it_lives_on(settings: Settings) -> None:
    away = "postgresql://nobody:secret@127.0.0.1:1/none"
    async with running(replace(settings, database_url=away)) as api:
        ready = await api.http.get("/readyz")
        live = await api.http.get("/livez")
        metrics = await api.http.get("/metrics")
        error = await api.error("{ manuscripts { totalCount } }")

    assert ready.status_code == 503
    assert "secret" not in ready.text
    assert (live.status_code, metrics.status_code) == (200, 200)
    assert error["extensions"] == {"code": "UNAVAILABLE"}


async def test_redis_away_is_named_and_the_service_stays_ready(settings: Settings) -> None:
    async with running(replace(settings, redis_url="redis://127.0.0.1:1/0")) as api:
        body = (await api.http.get("/readyz")).json()

    assert body["status"] == "ready"
    assert "push" in body["missing"]


async def _told(api: Api) -> tuple[int, dict[str, Any], dict[str, Any], str]:
    """What /readyz, `system` and /metrics say."""
    ready = await api.http.get("/readyz")
    system = (await api.data("{ system { message troubles { code message } } }"))["system"]
    return ready.status_code, ready.json(), system, (await api.http.get("/metrics")).text


async def _until_named(api: Api, code: str, *, is_so: bool = True) -> None:
    async def is_named() -> bool:
        troubles = (await api.http.get("/readyz")).json().get("troubles", [])
        return (code in {trouble["code"] for trouble in troubles}) is is_so

    await until(is_named, f"{code} is {'named' if is_so else 'over'}")


@pytest.mark.parametrize(
    ("broken", "finding"),
    [(full, "Redis is full and takes no writes"), (read_only, "Redis is a replica and takes no writes")],
)
async def test_a_redis_that_answers_and_takes_no_writes_is_named_before_what_follows(
    settings: Settings, engines: Engines, broken: Callable[[Engines], AbstractAsyncContextManager[None]], finding: str
) -> None:
    async with running(settings) as api:
        async with broken(engines):
            await _until_named(api, "REDIS")
            status, ready, system, page = await _told(api)
        await _until_named(api, "REDIS", is_so=False)

    codes = [trouble["code"] for trouble in ready["troubles"]]
    assert (status, codes[0]) == (200, "REDIS")
    assert codes == [trouble["code"] for trouble in system["troubles"]] == ["REDIS", "WORKERS", "SCHEDULER"]
    assert system["message"] == (
        f"Analyses may start and show some seconds late: {finding}. "
        "Nothing is there to start analyses right now. They wait, and start by themselves once there is."
    )
    assert 'novelfoundry_trouble{code="REDIS"} 1.0' in page
    assert 'novelfoundry_trouble{code="CLOCK"} 0.0' in page


@pytest.mark.parametrize(("days", "words"), [(1, "24 hours ahead"), (-1, "24 hours behind")])
async def test_a_clock_that_is_a_day_off_is_named_and_nothing_else_changes(
    settings: Settings, days: int, words: str
) -> None:
    async with running(settings) as api, open_domain(settings, kind="scheduler") as elsewhere:
        elsewhere.process_beat._clock = lambda: datetime.now(UTC) + timedelta(days=days)
        await elsewhere.process_beat.beat()
        await elsewhere.probes.look()
        await _until_named(api, "CLOCK")
        status, ready, system, page = await _told(api)
        elsewhere.process_beat._clock = lambda: datetime.now(UTC)
        await elsewhere.process_beat.beat()
        await elsewhere.probes.look()
        await _until_named(api, "CLOCK", is_so=False)

    assert status == 200
    assert ready["troubles"][0]["message"] == f"One of our clocks is {words}: sign-ins may end too early or too late."
    assert system["message"].startswith("One of our clocks is ")
    [offset] = re.findall(r"^novelfoundry_clock_offset_seconds (\S+)$", page, re.MULTILINE)
    assert abs(float(offset) - days * 86_400) < 60


async def test_a_pool_that_cannot_grow_is_named_and_makes_it_unready(
    settings: Settings, connection: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    role = f"few_{connection.get_server_pid()}"
    address = urlsplit(settings.need_database_url())
    few = address._replace(netloc=f"{role}:secret@{address.netloc.rpartition('@')[2]}").geturl()
    await connection.execute(f"create role {role} login bypassrls password 'secret' in role service_role")
    await connection.execute(f"grant usage on schema supabase_migrations to {role}")
    await connection.execute(f"grant select on all tables in schema supabase_migrations to {role}")
    try:
        async with running(replace(settings, database_url=few)) as api:
            await _until_named(api, "SCHEDULER")
            await connection.execute(f"alter role {role} connection limit 1")
            await _until_named(api, "CONNECTIONS")
            status, ready, system, page = await _told(api)
            await connection.execute(f"alter role {role} connection limit -1")
            await _until_named(api, "CONNECTIONS", is_so=False)
            again = await api.http.get("/readyz")
    finally:
        await connection.execute(f"drop owned by {role}; drop role {role}")

    assert (status, ready["reasons"][0]) == (503, system["troubles"][0]["message"])
    assert "no further connection to our database" in system["message"]
    assert 'novelfoundry_trouble{code="CONNECTIONS"} 1.0' in page
    assert again.status_code == 200


async def test_a_database_gone_read_only_makes_it_unready_with_the_cause_first(
    settings: Settings, connection: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    name = urlsplit(settings.need_database_url()).path.removeprefix("/")
    ours = (
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and application_name like 'novelf%'"
    )

    async with running(settings) as api:
        await connection.execute(f"alter database {name} set default_transaction_read_only = on")
        await connection.execute(ours, name)

        async def is_told() -> bool:
            # The first to meet it finds that its connection was ended, which is another cause.
            status, ready, system, _ = await _told(api)
            said = (system["message"] or "").startswith("The database takes no changes just now.")
            return said and status == 503 and bool(ready["reasons"][0] == system["message"])

        await until(is_told, "the cause is told, the same everywhere")
        await connection.execute(f"alter database {name} reset all")
        await connection.execute(ours, name)
        await _until_named(api, "DATABASE", is_so=False)


async def test_the_lie_is_a_histogram_that_adds_up(settings: Settings, add_manuscript: AddManuscript) -> None:
    async with running(replace(settings, queue_timeout=timedelta(seconds=0.01))) as api:
        manuscript = await add_manuscript()
        await api.services.domain.service.start(manuscript.owner_id, manuscript.id)
        while not await api.services.domain.service.settle(DecidedBy.SWEEPER):
            pass
        page = (await api.http.get("/metrics")).text

    series = dict(line.rsplit(" ", 1) for line in page.splitlines() if line.startswith(REPORT))
    last = 'novelfoundry_lie_seconds_bucket{by="sweeper",le="+Inf",status="queued"}'
    assert series[last] == series['novelfoundry_lie_seconds_count{by="sweeper",status="queued"}'] == "1.0"
    counts = [float(value) for name, value in series.items() if "bucket" in name]
    assert counts == sorted(counts)


async def test_the_buckets_of_the_page_are_those_of_the_database(
    connection: "asyncpg.Connection[asyncpg.Record]",
) -> None:
    found = await connection.fetch(
        "select distinct public.lateness_bucket(tenth / 10.0) as bound from generate_series(0, 20000) tenth order by 1"
    )

    assert [row["bound"] for row in found] == [*metrics._LATE_SECONDS, math.inf]


async def test_the_metrics_count_by_route_and_hold_nothing_of_anybodys(api: Api, add_manuscript: AddManuscript) -> None:
    manuscript = await add_manuscript(title="Secret Title")
    await api.data("{ manuscripts { edges { node { title } } } }")
    await api.http.get(f"/{uuid4()}")
    async with api.socket() as socket:
        await socket.subscribe("1", "subscription { jobUpdates { asOf } }")
        await socket.next("1")
        page = (await api.http.get("/metrics")).text

    assert 'novelfoundry_http_requests_total{method="POST",route="/graphql",status="200"} 1.0' in page
    assert 'route="other",status="404"' in page
    assert "novelfoundry_sockets 1.0" in page
    assert 'novelfoundry_component_state{component="workers",state="NEVER_SEEN"} 1.0' in page
    for word in ("Secret Title", str(manuscript.id), str(manuscript.owner_id), "ann"):
        assert word not in page


async def test_errors_refusals_and_durations_are_counted_by_code_and_by_fields_of_the_schema(
    api: Api, manuscript: Manuscript
) -> None:
    await api.post("query Invented9 { manuscripts { totalCount } }")
    await api.post("query Invented9 { inventedField }")
    await api.post("mutation { addManuscript(input: {title: 3}) { __typename } }")
    nobody = "TWFudXNjcmlwdDowMDAwMDAwMC0wMDAwLTQwMDAtODAwMC0wMDAwMDAwMDAwMDA="
    await api.data("mutation ($id: ID!) { startAnalysis(manuscriptId: $id) { __typename } }", id=nobody)
    await api.http.post("/manuscripts", files={"file": ("a.pages", b"x")}, headers=api.bearer())
    async with api.socket() as socket:
        await socket.subscribe("1", "subscription { jobUpdates { asOf } }")
        await socket.next("1")
        page = (await api.http.get("/metrics")).text

    for line in (
        'novelfoundry_graphql_operations_total{field="manuscripts",transport="http"} 1.0',
        'novelfoundry_graphql_operations_total{field="invalid",transport="http"} 2.0',
        'novelfoundry_graphql_operations_total{field="jobUpdates",transport="ws"} 1.0',
        'novelfoundry_graphql_errors_total{code="GRAPHQL_VALIDATION_FAILED",field="invalid"} 3.0',
        'novelfoundry_graphql_seconds_count{field="jobUpdates"} 1.0',
        'novelfoundry_refusals_total{code="NOT_FOUND"} 1.0',
        'novelfoundry_refusals_total{code="UNSUPPORTED_FORMAT"} 1.0',
        'novelfoundry_frames_total{field="jobUpdates"}',
        "novelfoundry_loop_lag_seconds_count",
        'novelfoundry_pool_connections{state="limit"} 10.0',
        f'novelfoundry_build_info{{python="{platform.python_version()}",version="{version("novelfoundry")}"}} 1.0',
        "process_resident_memory_bytes",
    ):
        assert line in page, line
    assert "nvented" not in page


async def test_the_oldest_waiting_job_is_told_and_nothing_where_the_database_is_away(
    settings: Settings,
    add_manuscript: AddManuscript,
    connection: "asyncpg.Connection[asyncpg.Record]",
) -> None:
    async with running(settings) as api:
        assert "novelfoundry_oldest_waiting_seconds 0.0" in (await api.http.get("/metrics")).text
        manuscript = await add_manuscript()
        job = await api.services.domain.service.start(manuscript.owner_id, manuscript.id)
        await connection.execute("alter table public.jobs disable trigger user")
        await connection.execute("update public.jobs set queued_at = queued_at - interval '90 s' where id = $1", job.id)
        page = (await api.http.get("/metrics")).text
    away = "postgresql://nobody:secret@127.0.0.1:1/none"
    async with running(replace(settings, database_url=away)) as api:
        page_of_one_alone = (await api.http.get("/metrics")).text

    [waited] = re.findall(r"^novelfoundry_oldest_waiting_seconds (\S+)$", page, re.MULTILINE)
    assert float(waited) >= 90
    assert "novelfoundry_oldest_waiting_seconds NaN" in page_of_one_alone


async def test_who_accepts_openmetrics_gets_them(api: Api) -> None:
    answer = await api.http.get("/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"})

    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    assert answer.text.endswith("# EOF\n")


async def test_stopping_closes_every_socket_with_1012(settings: Settings) -> None:
    async with running(settings) as api:
        opened = api.socket()
        socket = await opened.__aenter__()
        await socket.subscribe("1", "subscription { jobUpdates { asOf } }")
        await socket.next("1")

    assert (await socket.closed()).code == 1012
    await opened.__aexit__(None, None, None)


async def test_the_process_is_gone_from_the_living_once_it_stopped(
    settings: Settings, connection: "asyncpg.Connection[asyncpg.Record]", engines: Engines
) -> None:
    async with running(settings) as api:
        heart = api.services.domain.process_beat.id
        async with api.socket():
            pass

    stopped = await connection.fetchval("select stopped_at from public.processes where id = $1", heart)
    assert stopped is not None
