"""A long random run: authors work while processes are killed, put to sleep and stopped, and engines restarted.

`make chaos MINUTES=5 SEED=1`, outside `make test`. The same checks as the fault tests, after each round and at the
end. The seed decides what is done and in which order; how it interleaves is the machine's.
"""

import argparse
import asyncio
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import asyncpg

from engines.pair import Engines
from jobs.database import migrate
from jobs.errors import Refused, Unavailable
from jobs.settings import Settings
from tests.conftest import TEXT
from tests.faults.deployment import Deployment, open_deployment, redis_client
from tests.faults.processes import Process

WORKERS, SCHEDULERS = 3, 2
ROUND_SECONDS = 20.0
# What the author has under way at most: more would only wait in line until their time is over.
MAX_LIVE = 10
# After the faults of a round are over, everything that was started must end within this many seconds.
CALM_SECONDS = 90.0


class Chaos:
    """One deployment, its authors and what befalls it."""

    def __init__(self, deployment: Deployment, engines: Engines, seed: int) -> None:
        self._deployment = deployment
        self._engines = engines
        self._random = random.Random(seed)
        self._done: Counter[str] = Counter()
        self._faults: list[tuple[int, Callable[[], Awaitable[None]]]] = [
            (6, self.kill_worker),
            (4, self.stop_worker),
            (4, self.pause_worker),
            (2, self.kill_scheduler),
            (3, self.kill_analysis),
            (2, self.flush_redis),
            (2, self.restart_redis),
            (2, self.hang_redis),
            (2, self.fill_redis),
            (1, self.restart_postgres),
            (2, self.ring_again),
            (1, self.shout_nonsense),
        ]

    async def run(self, *, seconds: float) -> None:
        """Rounds of faults, each followed by calm and the checks, for about `seconds`."""
        ends = time.monotonic() + seconds
        number = 0
        while time.monotonic() < ends:
            number += 1
            await self._round(min(ROUND_SECONDS, ends - time.monotonic()))
            await self._calm()
            outcome = await self._outcome()
            print(f"round {number}: {outcome}; {dict(sorted(self._done.items()))}", flush=True)

    async def _round(self, seconds: float) -> None:
        ends = time.monotonic() + seconds
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._author(ends))
            tasks.create_task(self._fate(ends))

    async def _author(self, ends: float) -> None:
        """Starts jobs, and cancels, retries or deletes some; a database that is away is no error of hers."""
        started: list[object] = []
        while time.monotonic() < ends:
            try:
                if len(await self._deployment.audit.unfinished()) < MAX_LIVE:
                    await self._author_step(started)
            except (Refused, Unavailable, OSError, asyncpg.PostgresError) as error:
                self._done[type(error).__name__] += 1
            await asyncio.sleep(self._random.uniform(0.05, 0.5))

    async def _author_step(self, started: list) -> None:  # type: ignore[type-arg]
        service, owner_id = self._deployment.domain.service, self._deployment.owner_id
        match self._random.choices(["start", "cancel", "retry", "delete"], [8, 1, 1, 1])[0]:
            case "start":
                started.append(await self._deployment.job(TEXT * self._random.choice([1, 1, 1, 200])))
            case "cancel" if started:
                await service.cancel(owner_id, self._random.choice(started))
            case "retry" if started:
                started.append((await service.retry(owner_id, self._random.choice(started))).id)
            case "delete" if started:
                for job in await service.jobs(owner_id, [self._random.choice(started)]):
                    await service.delete_manuscript(owner_id, job.manuscript_id)
            case _:
                return
        self._done["steps of the author"] += 1

    async def _fate(self, ends: float) -> None:
        while time.monotonic() < ends:
            await self._keep_numbers()
            weights, faults = zip(*self._faults, strict=True)
            fault = self._random.choices(faults, weights)[0]
            self._done[fault.__name__] += 1
            await fault()
            await asyncio.sleep(self._random.uniform(0, 1.5))
        await self._keep_numbers()

    async def _keep_numbers(self) -> None:
        """What a supervisor does: starts again what has ended."""
        for kind, count in (("worker", WORKERS), ("scheduler", SCHEDULERS)):
            for _ in range(count - len(self._living(kind))):
                self._deployment.begin(kind)

    def _living(self, kind: str) -> list[Process]:
        return [process for process in self._deployment.processes if process.name == kind and process.is_running]

    def _one(self, kind: str) -> Process | None:
        living = self._living(kind)
        return self._random.choice(living) if living else None

    # What may befall a deployment

    async def kill_worker(self) -> None:
        if worker := self._one("worker"):
            worker.kill()

    async def stop_worker(self) -> None:
        if worker := self._one("worker"):
            worker.ask_to_stop()

    async def pause_worker(self) -> None:
        if worker := self._one("worker"):
            worker.pause()
            await asyncio.sleep(self._random.uniform(0.1, 4))
            worker.resume()

    async def kill_scheduler(self) -> None:
        if scheduler := self._one("scheduler"):
            scheduler.kill()

    async def kill_analysis(self) -> None:
        if (worker := self._one("worker")) and (analyses := worker.analyses()):
            analyses[0].kill()

    async def flush_redis(self) -> None:
        async with redis_client(self._engines.redis_url) as client:
            await client.flushall()

    async def restart_redis(self) -> None:
        await self._engines.valkey.stop("kill")
        await asyncio.sleep(self._random.uniform(0, 2))
        await self._engines.valkey.start()

    async def hang_redis(self) -> None:
        pid = self._engines.valkey.pid
        assert pid is not None
        os.kill(pid, signal.SIGSTOP)
        try:
            await asyncio.sleep(self._random.uniform(0.1, 3))
        finally:
            os.kill(pid, signal.SIGCONT)

    async def fill_redis(self) -> None:
        async with redis_client(self._engines.redis_url) as client:
            await client.config_set("maxmemory", 1)
            await asyncio.sleep(self._random.uniform(0.1, 2))
            await client.config_set("maxmemory", 0)

    async def restart_postgres(self) -> None:
        mode = self._random.choice(["fast", "immediate", "kill"])
        await self._engines.postgres.stop(mode)  # type: ignore[arg-type]
        await asyncio.sleep(self._random.uniform(0, 1))
        await self._engines.postgres.start()

    async def ring_again(self) -> None:
        for _ in range(10):
            await self._deployment.domain.doorbell.ring()

    async def shout_nonsense(self) -> None:
        async with redis_client(self._engines.redis_url) as client:
            await client.publish("novelfoundry:changed", self._random.randbytes(20))

    # Afterwards

    async def _calm(self) -> None:
        await self._keep_numbers()
        await self._deployment.verify(limit=CALM_SECONDS)

    async def _outcome(self) -> str:
        rows = await self._deployment.audit.rows(
            "select coalesce(failure_code, status) as how, count(*) from public.jobs group by 1 order by 1"
        )
        return ", ".join(f"{row['count']} {row['how']}" for row in rows)


async def run(*, minutes: float, seed: int) -> None:
    """The run. Raises AssertionError with what must never happen and did."""
    with tempfile.TemporaryDirectory(prefix="novelfoundry-chaos-") as folder:
        directory = Path(folder)
        os.chmod(folder, 0o711)  # for root, whose engines run as another account
        async with AsyncExitStack() as stack:
            engines = await stack.enter_async_context(Engines(directory / "engines", durable=False))
            settings = await _settings(engines, directory)
            deployment = await stack.enter_async_context(open_deployment(settings, directory, watched=True))
            await Chaos(deployment, engines, seed).run(seconds=minutes * 60)
            late = await deployment.domain.store.lateness()
            print("settled late:", *(f"{b.status} by {b.decided_by} ≤ {b.at_most:g} s: {b.settlements}" for b in late))


async def _settings(engines: Engines, directory: Path) -> Settings:
    connection = await asyncpg.connect(engines.database_url)
    await connection.execute("create database chaos")
    await connection.close()
    settings = Settings(
        database_url=engines.database_url.rsplit("/", 1)[0] + "/chaos",
        redis_url=engines.redis_url,
        data=directory,
        queue_timeout=timedelta(seconds=30),
        sweep_interval=timedelta(seconds=0.5),
        lease=timedelta(seconds=2),
        heartbeat=timedelta(seconds=0.4),
        run_timeout=timedelta(seconds=30),
        resync_interval=timedelta(seconds=0.5),
        tick_interval=timedelta(seconds=1),
        worker_concurrency=2,
    )
    await migrate.run(settings)
    return settings


def main() -> int:
    """Exit 1 when something happened that must never happen."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.chaos", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    print(f"chaos for {asked.minutes:g} minutes with seed {asked.seed}", flush=True)
    try:
        asyncio.run(run(minutes=asked.minutes, seed=asked.seed))
    except (AssertionError, TimeoutError, ExceptionGroup) as error:
        print(f"chaos with seed {asked.seed} found: {error!r}", file=sys.stderr)
        return 1
    print("nothing was lost, nothing left a terminal state, every watcher knew")
    return 0


if __name__ == "__main__":
    sys.exit(main())
