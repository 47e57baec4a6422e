"""The product's processes and engines, and those of peers, as a benchmark starts them; it drives them from outside."""

import asyncio
import os
import resource
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import asyncpg
import psutil

from benchmarks.peers import objects
from jobs.settings import Settings
from server.auth import local_token, owner_of

ROOT = Path(__file__).parents[1]
PEERS = Path(__file__).parent / "peers"
SITE = ROOT / ".venv" / "peers"
"""Where `make bench` installs the Python peers that the product itself does without."""
SECRET = "a secret for the benchmark alone, of more than 32 characters"
_SEED = """
insert into manuscripts (owner_id, title, filename, byte_size)
select id, 'The Lamplighter''s Ledger', 'ledger.docx', 70000 from unnest($1::uuid[]) id, generate_series(1, $2);
"""
_LIVE = """
insert into jobs (owner_id, manuscript_id, status, max_attempts, queued_at, deadline_at)
select owner_id, id, 'queued', 3, clock_timestamp(), now() + interval '1 day' from manuscripts;
update jobs set status = 'running_initializing', attempt = 1, worker_id = gen_random_uuid(), started_at = now(),
  run_ends_at = now() + interval '1 day', deadline_at = now() + interval '1 day';
update jobs set status = 'running', stage = 'Reading the chapters', progress = 0;
analyze;
"""
_EMPTY = """
set session_replication_role = replica;
truncate manuscripts, jobs, job_events, analysis_reports, manuscript_files, unowned_files cascade;
"""
_TEXT = b"It rained on the harbour. " * 8


class Engines:
    """PostgreSQL and Valkey with all migrations, and nothing in them."""

    def __init__(self, environment: dict[str, str], pid: int) -> None:
        self.environment = environment
        self.database_url = environment["DATABASE_URL"]
        self.redis_url = environment["REDIS_URL"]
        self.process = psutil.Process(pid)

    def carry_out(self, statement: str, *arguments: object) -> list[asyncpg.Record]:
        """One statement, or a script without arguments."""

        async def carry_out() -> list[asyncpg.Record]:
            connection = await asyncpg.connect(self.database_url)
            try:
                if arguments:
                    return list(await connection.fetch(statement, *arguments))
                if statement.lstrip().startswith("select"):
                    return list(await connection.fetch(statement))
                await connection.execute(statement)
                return []
            finally:
                await connection.close()

        return asyncio.run(carry_out())

    def seed_running(self, owners: list[UUID], *, each: int = 1) -> None:
        """Manuscripts, each with a job that runs and is beaten by nobody for a day."""
        self.carry_out(_SEED, owners, each)
        self.carry_out(_LIVE)

    def seed_texts(self, owners: list[UUID]) -> list[tuple[UUID, UUID]]:
        """A short text each; the pairs of owner and manuscript."""
        self.carry_out(_EMPTY)
        self.carry_out(_SEED, owners, 1)
        self.carry_out("update manuscripts set filename = 'short.txt' where $1", True)
        self.carry_out("insert into manuscript_files (manuscript_id, content) select id, $1 from manuscripts", _TEXT)
        found = {row["owner_id"]: row["id"] for row in self.carry_out("select owner_id, id from manuscripts")}
        return [(owner, found[owner]) for owner in owners]


@contextmanager
def engines() -> Iterator[Engines]:
    """Engines of their own, for the block."""
    command = [sys.executable, "-m", "command.cli"]
    with tempfile.TemporaryDirectory() as data:
        program = subprocess.Popen(
            [*command, "engines", "--data", data],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert program.stdout is not None
        try:
            found = dict(program.stdout.readline().strip().split("=", 1) for _ in range(2))
            settings = {**found, "NF_DATA": data, "NF_JWT_SECRET": SECRET}
            subprocess.run(
                [*command, "migrate"], cwd=ROOT, env={**os.environ, **settings}, check=True, stdout=subprocess.DEVNULL
            )
            yield Engines(settings, program.pid)
        finally:
            _end(program)


@contextmanager
def api(engines: Engines) -> Iterator[tuple[int, psutil.Process]]:
    """An api process on a port of its own."""
    with serving([sys.executable, "-m", "command.cli", "api", "--port"], environment=engines.environment) as server:
        yield server


@contextmanager
def worker(engines: Engines, *, places: int, reads: bool) -> Iterator[psutil.Process]:
    """A worker; one that does not read leaves the analysis out and nothing else."""
    program = ["command.cli", "worker"] if reads else ["benchmarks.worker_without_reading"]
    environment = {**os.environ, **engines.environment, "NF_WORKER_CONCURRENCY": str(places)}
    process = subprocess.Popen(
        [sys.executable, "-m", *program],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield psutil.Process(process.pid)
    finally:
        _end(process)


@contextmanager
def peer(name: str) -> Iterator[tuple[int, psutil.Process]]:
    """One of `bare`, `strawberry`, `yoga` and `mercurius`."""
    with tempfile.TemporaryDirectory() as folder:
        if name in ("yoga", "mercurius"):
            data = str(objects.write(Path(folder)))
            program = [str(ROOT / ".venv/bin/node"), str(PEERS / f"{name}.mjs"), "{port}", data]
        else:
            module = "benchmarks.peers.strawberry_app" if name == "strawberry" else "benchmarks.peers.bare"
            program = [sys.executable, "-m", module, "{port}"]
        with serving(program, environment={"NODE_ENV": "production"}) as server:
            yield server


@contextmanager
def serving(command: list[str], *, environment: dict[str, str]) -> Iterator[tuple[int, psutil.Process]]:
    """A server, whose port takes the place of `{port}` or comes last; ready when it takes connections."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    line = [word.replace("{port}", str(port)) for word in command]
    line = line if line != command else [*command, str(port)]
    process = subprocess.Popen(
        line, cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait(lambda: _answers(port))
        yield port, psutil.Process(process.pid)
    finally:
        _end(process)


def authors(number: int) -> tuple[list[UUID], list[str]]:
    """So many authors: their ids and their tokens."""
    settings = Settings(jwt_secret=SECRET)
    subjects = [f"author-{number}" for number in range(number)]
    tokens = [local_token(settings, sub=subject, email=None, expires_in=7200) for subject in subjects]
    return [owner_of(subject) for subject in subjects], tokens


def allow_many_sockets() -> None:
    """As many open files as the system lets us have, for this process and those that it starts."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def spent(*processes: psutil.Process) -> float:
    """The processor time that they have used, in seconds: to the nanosecond where Linux tells it."""
    return sum(map(_spent, processes))


def _spent(process: psutil.Process) -> float:
    told = list(Path(f"/proc/{process.pid}/task").glob("*/schedstat"))
    if told:
        return sum(int(each.read_text().split()[0]) for each in told) / 1e9
    times = process.cpu_times()
    return float(times.user + times.system)


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _wait(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not holds():
        if time.monotonic() > end:
            raise SystemExit("a server did not become ready")
        time.sleep(0.05)


def _end(process: "subprocess.Popen[bytes] | subprocess.Popen[str]") -> None:
    process.terminate()
    try:
        process.wait(timeout=30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
