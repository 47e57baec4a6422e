"""Jobs whose text is not read: pick-up, jobs a second, starts a second, beside arq and SAQ that tell the truth."""

import asyncio
import http.client
import json
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from uuid import UUID

import asyncpg
import psutil

from benchmarks.figures import Figure, percentile, tell
from benchmarks.peers import queues
from benchmarks.product import ROOT, SITE, Engines, api, authors, engines, spent, worker
from client_contract.verify import operations
from schema.ids import global_id

_PICKED_UP = 100
_GAP_SECONDS = 0.04
_JOBS = 1000
_STARTS = 250
_IDLE_SECONDS = 8
_PLACES = 50
_RUNS = 3
_LIMIT_SECONDS = 60


@dataclass(frozen=True)
class _Seen:
    """What one system showed."""

    pick_up: list[float]
    idle: float
    a_second: float
    starts: float


def measure() -> Iterator[Figure]:
    sys.path.append(str(SITE))
    with engines() as these:
        peers = {f"{name} with truth": _peer(these, name) for name in ("arq", "saq")}
        driver = _driver(these)
        ours = _ours(these)
    for share, asked in ((0.5, 3.7), (0.99, 8)):
        beside = {name: percentile(each.pick_up, share) * 1e3 for name, each in peers.items()}
        told = percentile(ours.pick_up, share) * 1e3
        yield Figure(f"pick-up, mutation to committed claim, p{share * 100:.0f}", "ms", told, asked, beside=beside)
    idle = {name: each.idle for name, each in peers.items()}
    yield Figure("… an idle worker", "% of a core", ours.idle, 0.2, beside=idle)
    rates = {name: each.a_second for name, each in peers.items()} | {"the driver alone": driver}
    yield Figure(
        "truthful jobs a second, one worker", "jobs a second", ours.a_second, 1300, is_more_better=True, beside=rates
    )
    starts = {name: each.starts for name, each in peers.items()}
    yield Figure(
        "jobs started, one after the other", "jobs a second", ours.starts, 700, is_more_better=True, beside=starts
    )


def _ours(these: Engines) -> _Seen:
    owners, tokens = authors(max(_JOBS, _STARTS, _PICKED_UP))
    with api(these) as (port, _):
        line = http.client.HTTPConnection("127.0.0.1", port)
        texts = these.seed_texts(owners[:_PICKED_UP])
        with worker(these, places=_PLACES, reads=False) as process:
            time.sleep(3)
            _start(line, tokens[0], texts[0][1])
            idle = _idle(process)
            sent = []
            for (_, text), token in zip(texts[1:], tokens[1:], strict=False):
                time.sleep(random.expovariate(1 / _GAP_SECONDS))
                sent.append((time.time(), text))
                _start(line, token, text)
            time.sleep(1)
        claims = these.carry_out(
            "select j.manuscript_id as id, extract(epoch from min(e.at))::float8 as at from job_events e "
            "join jobs j on j.id = e.job_id where e.status = 'running_initializing' group by 1"
        )
        at = {row["id"]: row["at"] for row in claims}
        pick_up = [at[text] - since for since, text in sent]
        texts = these.seed_texts(owners[:_STARTS])
        since = time.monotonic()
        for (_, text), token in zip(texts, tokens, strict=False):
            _start(line, token, text)
        starts = _STARTS / (time.monotonic() - since)
    return _Seen(pick_up, idle, statistics.median(jobs_a_second(these, owners) for _ in range(_RUNS)), starts)


def _start(line: http.client.HTTPConnection, token: str, text: UUID) -> None:
    body = {"query": operations()["StartAnalysis"], "variables": {"manuscriptId": global_id("Manuscript", text)}}
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    line.request("POST", "/graphql", json.dumps(body), headers)
    answer = json.loads(line.getresponse().read())
    if answer.get("errors") or answer["data"]["startAnalysis"]["__typename"] != "Job":
        raise SystemExit(json.dumps(answer)[:1000])


def jobs_a_second(these: Engines, owners: list[UUID], *, workers: int = 1) -> float:
    """From the first end to the last, of jobs that all waited when the workers began."""
    these.seed_texts(owners[:_JOBS])
    these.carry_out(
        "insert into jobs (owner_id, manuscript_id, status, max_attempts, queued_at, deadline_at) "
        "select owner_id, id, 'queued', 3, clock_timestamp(), now() + interval '1 hour' from manuscripts where $1",
        True,
    )
    these.carry_out("analyze")
    with ExitStack() as stack:
        for _ in range(workers):
            stack.enter_context(worker(these, places=_PLACES, reads=False))
        _until_none(these, "select count(*) as left from jobs where status <> 'completed'")
    return _rate(these, "select finished_at as at from jobs where status = 'completed'")


def _peer(these: Engines, kind: str) -> _Seen:
    with asyncio.Runner() as runner:
        connection = runner.run(asyncpg.connect(these.database_url))
        runner.run(connection.execute(queues.SCHEMA))
        enqueue = runner.run(queues.enqueue_with(kind, these.redis_url))

        async def start() -> tuple[float, int]:
            since = time.time()
            job_id = await connection.fetchval(queues.INSERT)
            await enqueue(job_id)
            return since, job_id

        async def start_many(number: int) -> float:
            since = time.monotonic()
            for _ in range(number):
                await start()
            return number / (time.monotonic() - since)

        with _queue_worker(these, kind) as process:
            time.sleep(3)
            runner.run(start())
            idle = _idle(process)
            sent = []
            for _ in range(_PICKED_UP):
                time.sleep(random.expovariate(1 / _GAP_SECONDS))
                sent.append(runner.run(start()))
            time.sleep(1)
        rows = these.carry_out("select id, extract(epoch from started_at)::float8 as at from peer_jobs")
        at = {row["id"]: row["at"] for row in rows}
        pick_up = [at[job_id] - since for since, job_id in sent if at[job_id]]
        rates = []
        for _ in range(_RUNS):
            runner.run(connection.execute(queues.SCHEMA))
            starts = runner.run(start_many(_JOBS))
            with _queue_worker(these, kind):
                _until_none(these, "select count(*) as left from peer_jobs where status <> 'done'")
            rates.append(_rate(these, "select finished_at as at from peer_jobs where status = 'done'"))
        runner.run(connection.close())
    return _Seen(pick_up, idle, statistics.median(rates), starts)


@contextmanager
def _queue_worker(these: Engines, kind: str) -> Iterator[psutil.Process]:
    environment = {**os.environ, **these.environment, "PYTHONPATH": f"{SITE}:{ROOT}"}
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.peers.queues", kind],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _driver(these: Engines) -> float:
    """The three updates by as many tasks as a worker has places, with no queue at all."""

    async def all_jobs() -> float:
        os.environ["DATABASE_URL"] = these.database_url
        connections = await queues.pool()
        await connections.execute(queues.SCHEMA)
        await connections.execute("insert into peer_jobs (status) select 'queued' from generate_series(1, $1)", _JOBS)
        ids = [row["id"] for row in await connections.fetch("select id from peer_jobs")]
        places = asyncio.Semaphore(_PLACES)

        async def one(job_id: int) -> None:
            async with places:
                await queues.carry_out(connections, job_id)

        since = time.monotonic()
        await asyncio.gather(*map(one, ids))
        seconds = time.monotonic() - since
        await connections.close()
        return len(ids) / seconds

    return asyncio.run(all_jobs())


def _idle(process: psutil.Process) -> float:
    time.sleep(2)
    before = spent(process)
    time.sleep(_IDLE_SECONDS)
    return (spent(process) - before) / _IDLE_SECONDS * 100


def _until_none(these: Engines, count: str) -> None:
    end = time.monotonic() + _LIMIT_SECONDS
    while these.carry_out(count)[0]["left"]:
        if time.monotonic() > end:
            raise SystemExit("the jobs did not end")
        time.sleep(0.2)


def _rate(these: Engines, ends: str) -> float:
    """From the first end to the last."""
    times = sorted(row["at"] for row in these.carry_out(ends))
    return (len(times) - 1) / float((times[-1] - times[0]).total_seconds())


if __name__ == "__main__":
    tell(measure)
