"""What may befall a deployment, at random: to its processes, its Redis, its database, and to single rows."""

import asyncio
import os
import random
import signal
import string
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from engines.pair import Engines
from tests.faults.deployment import Deployment, redis_client
from tests.faults.processes import Process

WORKERS, SCHEDULERS = 3, 2
# After the database is back, all must be well within this: what is told later in a window is its fault.
RECOVERS_WITHIN = 5.0
_REFUSE = """
create function audit.refuse() returns trigger language plpgsql as
$$ begin raise exception 'refused by chance' using errcode = '{code}'; end $$;
create trigger refuse before insert or update on public.processes for each row execute function audit.refuse();
create trigger refuse before update on public.jobs for each row execute function audit.refuse();
"""


@dataclass(frozen=True, slots=True)
class Away:
    """When the database did not do its work, by the machine's clock; for one owner, or for all."""

    owner_id: UUID | None
    began: float
    ended: float

    def excuses(self, owner_id: UUID, began: float, ended: float) -> bool:
        """Whether what was to happen for this owner in that time could not."""
        return self.owner_id in (None, owner_id) and self.began < ended and began < self.ended + RECOVERS_WITHIN


class Misfortunes:
    """Befalls one deployment. Of one kind of thing only one breaks at a time; different things break together."""

    def __init__(self, deployment: Deployment, engines: Engines, *, role: str, chance: random.Random) -> None:
        self._deployment = deployment
        self._engines = engines
        self._role = role
        self._chance = chance
        self._broken: set[str] = set()
        self._ended_by_us: set[int] = set()
        self.done: Counter[str] = Counter()
        self.away: list[Away] = []
        # Each with when it began and ended, by the machine's clock.
        self.history: list[tuple[str, float, float]] = []
        self._all: list[tuple[int, str, Callable[[], Awaitable[None]]]] = [
            (6, "", self.kill_worker),
            (4, "", self.stop_worker),
            (4, "worker", self.pause_worker),
            (2, "", self.kill_scheduler),
            (3, "", self.kill_analysis),
            (2, "", self.stall_analysis),
            (2, "redis", self.flush_redis),
            (2, "redis", self.restart_redis),
            (2, "redis", self.hang_redis),
            (2, "redis", self.fill_redis),
            (2, "redis", self.make_redis_a_replica),
            (1, "database", self.restart_postgres),
            (1, "database", self.make_database_read_only),
            (1, "database", self.take_connections),
            (1, "database", self.take_a_right),
            (2, "database", self.refuse_with_any_code),
            (4, "row", self.hold_a_row),
            (1, "", self.shout_nonsense),
        ]

    async def befall(self) -> None:
        """One misfortune, until it is over. A supervisor starts again what has ended."""
        self.keep_numbers()
        able = [each for each in self._all if each[1] not in self._broken]
        [(_, what, fault)] = self._chance.choices(able, [weight for weight, _, _ in able])
        self._broken |= {what} - {""}
        self.done[fault.__name__] += 1
        began = time.time()
        try:
            await fault()
        finally:
            self._broken.discard(what)
            self.history.append((fault.__name__, began, time.time()))

    def keep_numbers(self) -> None:
        """What a supervisor does: starts again what has ended."""
        for kind, count in (("worker", WORKERS), ("scheduler", SCHEDULERS)):
            for _ in range(count - len(self._living(kind))):
                self._deployment.begin(kind)

    def ended_by_themselves(self) -> list[Process]:
        """Processes that ended though nobody ended them."""
        return [
            process
            for process in self._deployment.processes
            if not process.is_running and process.pid not in self._ended_by_us
        ]

    # Processes

    async def kill_worker(self) -> None:
        if worker := self._one("worker"):
            self._ended_by_us.add(worker.pid)
            worker.kill()

    async def stop_worker(self) -> None:
        if worker := self._one("worker"):
            self._ended_by_us.add(worker.pid)
            worker.ask_to_stop()

    async def pause_worker(self) -> None:
        if worker := self._one("worker"):
            worker.pause()
            await self._wait(0.1, 4)
            worker.resume()

    async def kill_scheduler(self) -> None:
        if scheduler := self._one("scheduler"):
            self._ended_by_us.add(scheduler.pid)
            scheduler.kill()

    async def kill_analysis(self) -> None:
        if (worker := self._one("worker")) and (analyses := worker.analyses()):
            analyses[0].kill()

    async def stall_analysis(self) -> None:
        if (worker := self._one("worker")) and (analyses := worker.analyses()):
            analyses[0].suspend()

    # Redis

    async def flush_redis(self) -> None:
        async with redis_client(self._engines.redis_url) as client:
            await client.flushall()

    async def restart_redis(self) -> None:
        await self._engines.valkey.stop("kill")
        await self._wait(0, 2)
        await self._engines.valkey.start()

    async def hang_redis(self) -> None:
        pid = self._engines.valkey.pid
        assert pid is not None
        os.kill(pid, signal.SIGSTOP)
        try:
            await self._wait(0.1, 3)
        finally:
            os.kill(pid, signal.SIGCONT)

    async def fill_redis(self) -> None:
        async with redis_client(self._engines.redis_url) as client:
            await client.config_set("maxmemory", 1)
            await self._wait(0.1, 2)
            await client.config_set("maxmemory", 0)

    async def make_redis_a_replica(self) -> None:
        async with redis_client(self._engines.redis_url) as client:
            await client.replicaof("127.0.0.1", 1)
            await self._wait(0.1, 2)
            await client.replicaof("NO", "ONE")

    async def shout_nonsense(self) -> None:
        async with redis_client(self._engines.redis_url) as client:
            await client.publish("novelfoundry:changed", self._chance.randbytes(20))

    # The database

    async def restart_postgres(self) -> None:
        mode = self._chance.choice(["fast", "immediate", "kill"])
        async with self._away():
            await self._engines.postgres.stop(mode)  # type: ignore[arg-type]
            await self._wait(0, 1)
            await self._engines.postgres.start()

    async def make_database_read_only(self) -> None:
        await self._alter_role("set default_transaction_read_only = on", "reset default_transaction_read_only")

    async def take_connections(self) -> None:
        await self._alter_role("connection limit 0", "connection limit -1")

    async def take_a_right(self) -> None:
        async with self._away():
            await self._deployment.audit.execute("revoke insert, update on public.processes from service_role")
            await self._wait(0.5, 2)
            await self._deployment.audit.execute("grant insert, update on public.processes to service_role")

    async def refuse_with_any_code(self) -> None:
        code = "".join(self._chance.choices(string.digits[1:] + string.ascii_uppercase, k=5))
        async with self._away():
            await self._deployment.audit.execute(_REFUSE.format(code=code))
            await self._wait(0.5, 2)
            await self._deployment.audit.execute("drop function audit.refuse cascade")

    async def hold_a_row(self) -> None:
        """A stranger's open transaction, as of a console that somebody left."""
        connection = await asyncpg.connect(self._deployment.audit.database_url)
        try:
            async with connection.transaction():
                row = await connection.fetchrow(
                    "select owner_id from public.jobs where is_active order by random() limit 1 for update skip locked"
                )
                if row:
                    async with self._away(row["owner_id"]):
                        await self._wait(1, 4)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            # The database went meanwhile, and with it the transaction.
            return
        finally:
            connection.terminate()

    async def _alter_role(self, befall: str, undo: str) -> None:
        async with self._away():
            for change in (befall, undo):
                await self._deployment.audit.execute(f"alter role {self._role} {change}")
                await self._deployment.audit.execute(
                    f"select pg_terminate_backend(pid) from pg_stat_activity where usename = '{self._role}'"
                )
                if change is befall:
                    await self._wait(0.5, 2)

    @asynccontextmanager
    async def _away(self, owner_id: UUID | None = None) -> AsyncIterator[None]:
        began = time.time()
        try:
            yield
        finally:
            self.away.append(Away(owner_id, began, time.time()))

    async def _wait(self, least: float, most: float) -> None:
        await asyncio.sleep(self._chance.uniform(least, most))

    def _living(self, kind: str) -> list[Process]:
        return [process for process in self._deployment.processes if process.name == kind and process.is_running]

    def _one(self, kind: str) -> Process | None:
        living = self._living(kind)
        return self._chance.choice(living) if living else None
