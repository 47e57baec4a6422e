"""A long random run: authors work under a steady load while misfortunes come every two seconds; then a crowded line.

`make chaos CHAOS_SECONDS=600 CHAOS_JOBS=1000 SEED=1`, outside `make test`. The seed decides what is done and in which
order; how it interleaves is the machine's. Prints a table of what must never be, which must be 0 throughout.
"""

import argparse
import asyncio
import os
import random
import sys
import time
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg

from engines.pair import Engines
from jobs.database import migrate
from jobs.errors import Refused, Unavailable
from jobs.settings import Settings
from jobs.states import JobStatus
from tests import memory
from tests.conftest import TEXT
from tests.faults.deployment import Deployment, open_deployment
from tests.faults.misfortunes import Misfortunes
from tests.faults.timed_watching import Late, TimedWatcher
from tests.faults.waiting import until

AUTHORS = 5
EVERY_SECONDS = 2.0
# The promise of the push hub: a watcher is told within a second of the deadline.
WATCHED_SECONDS = 1.0
# After the last misfortune, everything that was started must end within this many seconds.
CALM_SECONDS = 120.0
CROWD, NOVELS = 30, 100
NOVEL = TEXT * 2000
ROLE = "novelfoundry_chaos"
# An author's step meets these while something is broken; she tries again.
_BUSY = (Refused, Unavailable, OSError, asyncpg.PostgresError)


class Load:
    """Five authors who start jobs at a steady pace, and cancel, retry or delete some."""

    def __init__(self, deployment: Deployment, chance: random.Random) -> None:
        self._deployment = deployment
        self._chance = chance
        self.owners = [uuid4() for _ in range(AUTHORS)]
        self.started: dict[UUID, list[UUID]] = {owner: [] for owner in self.owners}
        self.told_no: Counter[str] = Counter()

    @property
    def number(self) -> int:
        """How many jobs were started."""
        return sum(map(len, self.started.values()))

    async def run(self, *, jobs: int, seconds: float) -> None:
        """Starts so many jobs, one after the other, spread over that time: what is refused is tried again."""
        began = time.monotonic()
        for place in range(jobs):
            await asyncio.sleep(max(0.0, began + place * seconds / jobs - time.monotonic()))
            owner = self._chance.choice(self.owners)
            while not await self._tried(owner):
                await asyncio.sleep(0.2)
            if self._chance.random() < 0.1:
                await self._change_mind(owner)

    async def _tried(self, owner: UUID) -> bool:
        try:
            text = TEXT * self._chance.choice([1, 1, 200, 2000])
            self.started[owner].append(await start(self._deployment, owner, text))
        except _BUSY as error:
            self.told_no[type(error).__name__] += 1
            return False
        return True

    async def _change_mind(self, owner: UUID) -> None:
        service, job_id = self._deployment.domain.service, self._chance.choice(self.started[owner])
        try:
            match self._chance.choice(["cancel", "retry", "delete"]):
                case "cancel":
                    await service.cancel(owner, job_id)
                case "retry":
                    self.started[owner].append((await service.retry(owner, job_id)).id)
                case "delete":
                    for job in await service.jobs(owner, [job_id]):
                        await service.delete_manuscript(owner, job.manuscript_id)
        except _BUSY as error:
            self.told_no[type(error).__name__] += 1


async def start(deployment: Deployment, owner_id: UUID, text: bytes) -> UUID:
    """A new manuscript's analysis."""
    service = deployment.domain.service
    made = await service.add_manuscript(owner_id, title="The Rain", filename="rain.txt", content=text)
    return (await service.start(owner_id, made.id)).id


async def storm(deployment: Deployment, engines: Engines, *, jobs: int, seconds: float, seed: int) -> dict[str, int]:
    """The steady load under misfortunes; what must never be, and how often it was."""
    load = Load(deployment, random.Random(seed))
    fate = Misfortunes(deployment, engines, role=ROLE, chance=random.Random(seed + 1))
    fate.keep_numbers()
    async with AsyncExitStack() as stack:
        feed = deployment.domain.feed
        hub = asyncio.create_task(feed.run())
        stack.callback(hub.cancel)
        watchers = [await stack.enter_async_context(_Joined(feed, owner)) for owner in load.owners]
        await _befallen(load, fate, jobs=jobs, seconds=seconds)
        fate.keep_numbers()
        try:
            await deployment.verify(limit=CALM_SECONDS)
            unfinished = 0
        except AssertionError:
            unfinished = len(await deployment.audit.unfinished())
        unknowing = await _unknowing(deployment, watchers)
    await _describe(deployment, load, fate, watchers)
    late = [each for watcher in watchers for each in watcher.late if each.seconds > WATCHED_SECONDS]
    late = [each for each in late if not _excused(each, fate)]
    for each in late[:10]:
        print(f"job {each.job_id} was told {each.seconds:.2f} s late, after", _lately(each, fate))
    return await deployment.audit.counts() | {
        "jobs that did not end, or were lost": unfinished,
        "jobs whose watcher does not know how they ended": unknowing,
        "frames that told of a void job as alive": sum(len(watcher.void) for watcher in watchers),
        "watched lateness over 1 s while the database was there": len(late),
        "processes that ended by themselves": len(fate.ended_by_themselves()),
        "tracebacks in their logs": sum(
            "Traceback" in each.log.read_text("utf-8", "replace") for each in deployment.processes
        ),
    }


class _Joined(TimedWatcher):
    """A subscriber on a hub that runs already."""

    async def __aenter__(self) -> "_Joined":
        self._tasks = [asyncio.create_task(self._watch())]

        async def joined() -> bool:
            self.hold_up()
            return self.frames > 0

        await until(joined, "the first frame comes")
        return self


async def _befallen(load: Load, fate: Misfortunes, *, jobs: int, seconds: float) -> None:
    working = asyncio.create_task(load.run(jobs=jobs, seconds=seconds))
    befalling: set[asyncio.Task[None]] = set()
    while not working.done():
        befalling.add(task := asyncio.create_task(fate.befall()))
        task.add_done_callback(befalling.discard)
        await asyncio.wait({working}, timeout=EVERY_SECONDS)
    working.result()
    await asyncio.gather(*befalling)


async def _unknowing(deployment: Deployment, watchers: list[_Joined]) -> int:
    """Jobs whose row their watcher's last frame does not equal, after all the time that it has for that."""
    rows = await deployment.audit.rows("select id, owner_id, status, version from public.jobs")
    truth = {row["id"]: (row["status"], row["version"]) for row in rows}

    def wrong() -> int:
        last = {id: job[-1] for watcher in watchers for id, job in watcher.told.items()}
        return sum(id not in last or (last[id].status, last[id].version) != expected for id, expected in truth.items())

    async def all_known() -> bool:
        return wrong() == 0

    try:
        await until(all_known, "the watchers know", limit=10)
    except AssertionError:
        return wrong()
    return 0


def _lately(late: Late, fate: Misfortunes) -> str:
    """What befell in the ten seconds before."""
    before = [
        f"{name} ({late.deadline - began:.1f} s before, for {ended - began:.1f} s)"
        for name, began, ended in fate.history
        if began < late.told and ended > late.deadline - 10
    ]
    return ", ".join(before) or "nothing"


def _excused(late: Late, fate: Misfortunes) -> bool:
    return any(away.excuses(late.owner_id, late.deadline, late.told) for away in fate.away)


async def _describe(deployment: Deployment, load: Load, fate: Misfortunes, watchers: list[_Joined]) -> None:
    rows = await deployment.audit.rows(
        "select coalesce(failure_code, status) as how, count(*) from public.jobs group by 1 order by 1"
    )
    late = sorted((each.seconds for watcher in watchers for each in watcher.late), reverse=True)
    print(f"\n{load.number} jobs of {AUTHORS} authors:", ", ".join(f"{row['count']} {row['how']}" for row in rows))
    print(
        f"{fate.done.total()} misfortunes:", ", ".join(f"{name} {count}" for name, count in sorted(fate.done.items()))
    )
    print("told to try again:", ", ".join(f"{name} {count}" for name, count in load.told_no.items()) or "nobody")
    print(f"{sum(watcher.frames for watcher in watchers)} frames;", f"{len(late)} words came after a deadline,",
          "the latest", ", ".join(f"{seconds:.2f} s" for seconds in late[:5]) or "none", flush=True)  # fmt: skip


async def crowded_line(deployment: Deployment) -> dict[str, int]:
    """Thirty authors, one of whom queues a hundred novels first: what must never be, and how often it was."""
    greedy, crowd = uuid4(), [uuid4() for _ in range(CROWD - 1)]
    novels = [await start(deployment, greedy, NOVEL) for _ in range(NOVELS)]

    async def busy() -> bool:
        claimed = "select count(*) from public.jobs where owner_id = $1 and started_at is not null"
        return bool(await deployment.audit.value(claimed, greedy) >= 6)

    await until(busy, "her novels take every place")
    firsts = [await start(deployment, owner, TEXT) for owner in crowd]
    for owner, job_id in zip(crowd, firsts, strict=True):

        async def is_over(owner: UUID = owner, job_id: UUID = job_id) -> bool:
            [job] = await deployment.domain.service.jobs(owner, [job_id])
            return job.status is JobStatus.COMPLETED

        await until(is_over, "a first job completes", limit=300)
    waited = await deployment.audit.rows(_ROUNDS, firsts)
    left = [job.id for job in await deployment.domain.service.jobs(greedy, novels) if job.status.is_active]
    for place in range(0, len(left), 100):
        await deployment.domain.service.cancel_jobs(greedy, left[place : place + 100])
    seconds = sorted(row["seconds"] for row in waited)
    print(f"\n{CROWD} authors, one of whom queues {NOVELS} novels: the others' first jobs waited for",
          f"{seconds[0]:.2f} to {seconds[-1]:.2f} s, {seconds[len(seconds) // 2]:.2f} s the median")  # fmt: skip
    return {"first jobs that waited for more than one round": sum(row["rounds"] > 1 for row in waited)}


# Of each job among $1: how long it waited, and how often the author was served who was served most often meanwhile.
_ROUNDS = """
with claims as (
  select c.id, c.at, c.job_id, j.owner_id from audit.changes c join public.jobs j on j.id = c.job_id
  where c.old ->> 'status' = 'queued' and c.new ->> 'status' = 'running_initializing'
), firsts as (
  select b.job_id, b.id as born, b.at as born_at, min(c.id) as claimed, min(c.at) as claimed_at
  from audit.changes b join claims c on c.job_id = b.job_id
  where b.job_id = any ($1) and b.old is null group by 1, 2, 3
)
select f.job_id, extract(epoch from f.claimed_at - f.born_at)::double precision as seconds, coalesce((
  select max(served.times) from (
    select count(*) as times from claims c where c.id between f.born and f.claimed group by c.owner_id
  ) as served
), 0) as rounds
from firsts f
"""


async def run(*, jobs: int, seconds: float, seed: int) -> dict[str, int]:
    """Both runs, each on a database of its own; what must never be, and how often it was."""
    with memory.directory() as directory:
        os.chmod(directory, 0o711)  # for root, whose engines run as another account
        async with Engines(directory / "engines", durable=False) as engines:
            table: dict[str, int] = {}
            for number, name in enumerate(("storm", "crowd")):
                folder = directory / name
                folder.mkdir()
                settings, owner = await _settings(engines, folder, name=f"chaos_{number}")
                async with open_deployment(settings, folder, watched=False, audited_at=owner) as deployment:
                    if name == "storm":
                        table |= await storm(deployment, engines, jobs=jobs, seconds=seconds, seed=seed)
                        continue
                    for _ in range(3):
                        await deployment.worker()
                    table |= await crowded_line(deployment)
            return table


async def _settings(engines: Engines, directory: Path, *, name: str) -> tuple[Settings, str]:
    """A deployment whose role is its own, and the database's address for its owner."""
    connection = await asyncpg.connect(engines.database_url)
    await connection.execute(f"create database {name}")
    await connection.close()
    owner = engines.database_url.rsplit("/", 1)[0] + f"/{name}"
    settings = Settings(
        database_url=owner,
        redis_url=engines.redis_url,
        data=directory,
        queue_timeout=timedelta(seconds=30),
        sweep_interval=timedelta(seconds=0.5),
        lease=timedelta(seconds=2),
        heartbeat=timedelta(seconds=0.4),
        run_timeout=timedelta(seconds=30),
        stall_timeout=timedelta(seconds=10),
        resync_interval=timedelta(seconds=0.5),
        tick_interval=timedelta(seconds=1),
        worker_concurrency=2,
    )
    await migrate.run(settings)
    return await _as_role(settings, owner), owner


async def _as_role(settings: Settings, owner: str) -> Settings:
    connection = await asyncpg.connect(owner)
    if not await connection.fetchval("select true from pg_roles where rolname = $1", ROLE):
        await connection.execute(f"create role {ROLE} login bypassrls password 'secret' in role service_role")
    await connection.execute(
        f"grant usage on schema supabase_migrations to {ROLE};"
        f" grant select on all tables in schema supabase_migrations to {ROLE}"
    )
    await connection.close()
    place = owner.rsplit("@", 1)[1]
    return replace(settings, database_url=f"postgresql://{ROLE}:secret@{place}")


def main() -> int:
    """Exit 1 when something happened that must never happen."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.chaos", description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--jobs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    print(f"chaos for {asked.seconds:g} s with {asked.jobs} jobs and seed {asked.seed}", flush=True)
    table = asyncio.run(run(jobs=asked.jobs, seconds=asked.seconds, seed=asked.seed))
    print("\nwhat must never be, and how often it was:")
    for what, times in table.items():
        print(f"{times:6}  {what}")
    return int(any(table.values()))


if __name__ == "__main__":
    sys.exit(main())
