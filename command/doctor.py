"""`doctor`: checks the whole deployment, a line a check, each failure with its remedy."""

import argparse
import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from command import process_check
from command.process import of_what_runs
from jobs.database import migrate
from jobs.errors import NovelFoundryError
from jobs.models import Component, Job
from jobs.processes.wiring import Domain, open_domain
from jobs.redis.line import CHANGED, REDIS_AWAY
from jobs.settings import Settings
from jobs.states import ComponentState, JobStatus
from server.auth import open_authority

DETAIL = "Beside `make up` it needs no settings; after `make up DATA=DIR`, set NF_DATA=DIR."

_LIMIT = 10.0
_CANARY_LIMIT = 60.0
# Deadlines are the database's affair; tokens and people go by the other clocks.
_CLOCKS_APART = timedelta(seconds=2)
_CANARY = b"Chapter One\n\nA canary sang in the mine. Nobody fell asleep.\n\nChapter Two\n\nEverybody went home.\n"
_NEEDS_DATABASE = "not checked, for it needs the database"
_NEEDS_REDIS = "not checked, for it needs Redis"


class Unwell(Exception):
    """A check that failed: what is wrong, and what to do."""

    def __init__(self, finding: str, remedy: str) -> None:
        super().__init__(finding)
        self.finding = finding
        self.remedy = remedy


Check = Callable[[], Awaitable[str]]


@dataclass(slots=True)
class _Chart:
    """The lines so far."""

    failures: int = 0

    async def check(self, name: str, check: Check, *, remedy: str = "", limit: float = _LIMIT) -> bool:
        """Runs one check and prints its line. `remedy` is for an error that brings none."""
        try:
            async with asyncio.timeout(limit):
                finding = await check()
        except Unwell as unwell:
            return self.fail(name, unwell.finding, unwell.remedy)
        except NovelFoundryError as error:
            return self.fail(name, error.message, remedy)
        except TimeoutError:
            return self.fail(name, f"no answer within {limit:g} seconds", remedy)
        except REDIS_AWAY as error:
            return self.fail(name, str(error) or type(error).__name__, remedy)
        print(f"ok    {name:<11} {finding}", flush=True)
        return True

    def skip(self, name: str, why: str) -> None:
        """Prints that a check could not be made; the check that it needs has failed already."""
        print(f"skip  {name:<11} {why}", flush=True)

    def fail(self, name: str, finding: str, remedy: str = "") -> bool:
        """Prints a check that failed, and counts it."""
        self.failures += 1
        arrow = f" → {remedy}" if remedy else ""
        print(f"FAIL  {name:<11} {finding}{arrow}", flush=True)
        return False


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The grammar of the subcommand."""
    parser.add_argument("--canary", action="store_true", help="run a job end to end as well")
    parser.add_argument(
        "--process", choices=["worker", "scheduler"], help="check only that one lives on this host: for containers"
    )


def main(asked: argparse.Namespace) -> int:
    """Checks one process, or everything."""
    settings = Settings.from_environment()
    if asked.process is not None:
        return asyncio.run(process_check.run(settings, kind=asked.process))
    return asyncio.run(run(of_what_runs(settings), canary=asked.canary))


async def run(settings: Settings, *, canary: bool) -> int:
    """Prints the checks. Returns 1 when one fails, else 0. Leaves nothing behind."""
    chart = _Chart()
    if await chart.check("settings", lambda: _settings(settings)):
        # Only announcements may carry the canary: a resync would hide a push path that is broken.
        quiet = replace(settings, resync_interval=timedelta(days=1))
        try:
            async with open_domain(quiet, kind="doctor") as domain:
                await _examine(chart, domain, settings, canary=canary)
        except NovelFoundryError as error:
            chart.fail("set-up", error.message)
    return int(chart.failures > 0)


async def _examine(chart: _Chart, domain: Domain, settings: Settings, *, canary: bool) -> None:
    database = await chart.check(
        "database", lambda: _database(domain), remedy="Start PostgreSQL, or correct DATABASE_URL."
    )
    redis = await chart.check("redis", lambda: _redis(domain), remedy="Start Redis, or correct REDIS_URL.")
    migrated = False
    if database:
        migrated = await chart.check("migrations", lambda: _migrations(settings, domain))
    else:
        chart.skip("migrations", _NEEDS_DATABASE)
    of_database: list[tuple[str, Check]] = [
        ("clock", lambda: _clock(domain)),
        ("api", lambda: _api(domain)),
        ("worker", lambda: _worker(domain)),
        ("scheduler", lambda: _scheduler(domain)),
        ("jobs", lambda: _jobs(domain, settings)),
    ]
    for name, check in of_database:
        if migrated:
            await chart.check(name, check)
        else:
            chart.skip(name, _NEEDS_DATABASE if not database else "not checked, for it needs the migrations")
    if redis:
        await chart.check("push", lambda: _push(domain), remedy="Look at the log of Redis: it takes no PUBLISH.")
    else:
        chart.skip("push", _NEEDS_REDIS)
    if canary:
        if migrated and redis:
            await chart.check("canary", lambda: _canary(domain), limit=_CANARY_LIMIT + _LIMIT)
        else:
            chart.skip("canary", "not sent, for something that it needs has failed")


async def _settings(settings: Settings) -> str:
    async with open_authority(settings):
        pass
    settings.need_redis_url()
    if settings.supabase_url is None:
        settings.need_database_url()
    mode = "Supabase" if settings.uses_supabase else "local"
    return f"complete, {mode} sign-in"


async def _database(domain: Domain) -> str:
    if domain.settings.database_url is not None:
        # Before the first migration our functions are missing: that is the next check's affair.
        await migrate.pending(domain.settings.database_url)
        return "answers"
    await domain.store.clock()
    return "answers, over REST"


async def _migrations(settings: Settings, domain: Domain) -> str:
    if settings.database_url is None:
        await domain.store.count()
        return "our functions are there"
    pending = await migrate.pending(settings.database_url)
    if pending:
        raise Unwell(f"{len(pending)} pending, from {pending[0]} on", "Run `novelfoundry migrate`.")
    return "up to date"


async def _redis(domain: Domain) -> str:
    began = time.perf_counter()
    await domain.redis.ping()
    return f"answers in {(time.perf_counter() - began) * 1000:.1f} ms"


async def _clock(domain: Domain) -> str:
    asked = datetime.now(UTC)
    told = await domain.store.clock()
    heard = datetime.now(UTC)
    apart = max(asked - told, told - heard, timedelta(0))
    if apart > _CLOCKS_APART:
        raise Unwell(
            f"this machine's clock and the database's are {apart.total_seconds():.1f} s apart",
            "Set the clocks (NTP): tokens expire too early or too late.",
        )
    return f"within {max(apart, heard - asked).total_seconds() * 1000:.0f} ms of the database's"


async def _api(domain: Domain) -> str:
    api = await domain.presence.api()
    _need(api, "api", "novelfoundry api")
    return f"{api.live} running"


async def _worker(domain: Domain) -> str:
    health = await domain.presence.health()
    _need(health.workers, "worker", "novelfoundry worker")
    return f"{health.workers.live} running, {health.busy} of {health.capacity} places busy"


async def _scheduler(domain: Domain) -> str:
    health = await domain.presence.health()
    _need(health.sweeper, "scheduler", "novelfoundry scheduler")
    return f"{health.sweeper.live} running"


def _need(component: Component, kind: str, command: str) -> None:
    seen = f"last heard from {component.last_seen_at:%Y-%m-%d %H:%M:%S} UTC" if component.last_seen_at else ""
    match component.state:
        case ComponentState.HEALTHY:
            return
        case ComponentState.LATE:
            raise Unwell(f"late, {seen}", f"Look at the {kind}'s log: it lives, but says so slowly.")
        case ComponentState.ABSENT:
            raise Unwell(f"none lives, {seen}", f"Start `{command}`, and have it started again when it ends.")
        case ComponentState.NEVER_SEEN:
            raise Unwell("this deployment never had one", f"Add a service that runs `{command}`.")


async def _jobs(domain: Domain, settings: Settings) -> str:
    count = await domain.store.count()
    if count.oldest_overdue > settings.sweep_interval * 2:
        raise Unwell(
            f"one is overdue since {count.oldest_overdue.total_seconds():.0f} s and nobody settled it",
            "Start `novelfoundry scheduler`, or look at its log.",
        )
    return f"{count.queued} wait, {count.running} run, none is overdue for long"


async def _push(domain: Domain) -> str:
    channel = f"novelfoundry:doctor:{uuid4()}"
    async with domain.redis.pubsub() as line:
        await line.subscribe(channel)
        began = time.perf_counter()
        while (heard := await line.get_message(timeout=_LIMIT)) is None or heard["type"] != "message":
            if heard is not None:
                await domain.redis.publish(channel, "?")
    took = (time.perf_counter() - began) * 1000
    [(_, listeners)] = await domain.redis.pubsub_numsub(CHANGED)
    if not listeners:
        raise Unwell("no api listens for changes: updates come seconds late", "Restart `novelfoundry api`.")
    return f"a message takes {took:.1f} ms, {listeners} listening"


async def _canary(domain: Domain) -> str:
    async with _hub(domain):
        owner_id, began = uuid4(), time.perf_counter()
        manuscript = await domain.service.add_manuscript(
            owner_id, title="A canary", filename="canary.txt", content=_CANARY
        )
        try:
            job = await domain.service.start(owner_id, manuscript.id)
            last = await _followed(domain, job)
        finally:
            await domain.service.delete_manuscript(owner_id, manuscript.id)
    if last.status is not JobStatus.COMPLETED:
        raise Unwell(f"its job {last.status}: {last.failure_message}", "Look at the worker's log.")
    return f"uploaded, analysed and pushed in {time.perf_counter() - began:.2f} s, and cleaned up"


async def _followed(domain: Domain, job: Job) -> Job:
    try:
        async with asyncio.timeout(_CANARY_LIMIT), aclosing(domain.feed.follow(job.owner_id, job.id)) as versions:
            async for version in versions:
                job = version
    except TimeoutError:
        [found] = await domain.service.jobs(job.owner_id, [job.id])
        if found.version > job.version:
            raise Unwell(
                f"its job is {found.status}, which was not pushed", "Look at Redis: pushes get lost."
            ) from None
        waiting = (await domain.service.waiting([found])).get(found.id)
        why = f": {waiting.message}" if waiting else ""
        raise Unwell(
            f"its job is still {found.status} after {_CANARY_LIMIT:g} s{why}", "Look at the worker's log."
        ) from None
    return job


@asynccontextmanager
async def _hub(domain: Domain) -> AsyncIterator[None]:
    hub = asyncio.create_task(domain.feed.run())
    try:
        while domain.feed.push_health().state is ComponentState.NEVER_SEEN:
            await asyncio.sleep(0.01)
        yield
    finally:
        hub.cancel()
        await asyncio.gather(hub, return_exceptions=True)
