"""`doctor`: checks the whole deployment, a line a check, each failure with its remedy."""

import argparse
import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

from command import doctor_checks as checks
from command import process_check
from command.canary import CANARY_LIMIT, fly
from command.chart import LIMIT, Chart, Check
from command.process import of_what_runs
from jobs.errors import NovelFoundryError
from jobs.processes.wiring import Domain, open_domain
from jobs.redis.doorbell import open_redis
from jobs.settings import Settings

DETAIL = (
    "Beside `make up` it needs no settings; after `make up DATA=DIR`, set NF_DATA=DIR. Exit 3: nothing failed, but the "
    "canary waits in a line that is busy or held."
)

_NEEDS_DATABASE = "not checked, for it needs the database"
_NEEDS_MIGRATIONS = "not checked, for it needs the migrations"
_NEEDS_REDIS = "not checked, for it needs Redis"
_NEEDS_WORKER = "not rung, for no worker lives"
_OF_DATABASE = {
    "write": checks.write,
    "clock": checks.clock,
    "api": checks.api,
    "worker": checks.worker,
    "scheduler": checks.scheduler,
    "processes": checks.processes,
    "jobs": checks.jobs,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The grammar of the subcommand."""
    parser.add_argument("--canary", action="store_true", help="run a job end to end as well")
    parser.add_argument("--json", action="store_true", help="print one JSON document at the end")
    parser.add_argument(
        "--process",
        choices=["worker", "scheduler"],
        help="check only that those which run beside this one live, in a container its own: for health checks",
    )
    parser.add_argument("--pid", type=int, metavar="N", help="with --process: only the one of this number")


def main(asked: argparse.Namespace) -> int:
    """Checks one process, or everything."""
    settings = Settings.from_environment()
    if asked.process is not None:
        return asyncio.run(process_check.run(settings, kind=asked.process, pid=asked.pid))
    return asyncio.run(run(of_what_runs(settings), canary=asked.canary, as_json=asked.json))


async def run(settings: Settings, *, canary: bool, as_json: bool = False) -> int:
    """Makes the checks and tells them; 1 when one fails, 3 when the canary waits, else 0. Leaves nothing behind."""
    chart = Chart(as_json=as_json)
    if await chart.check("settings", lambda: checks.settings(settings)):
        database, redis = await _engines(chart, settings)
        async with _opened(chart, settings, wanted=database) as domain:
            await _examine(chart, domain, settings, redis=redis, canary=canary)
    return chart.end()


async def _engines(chart: Chart, settings: Settings) -> tuple[bool, bool]:
    """Whether the database and Redis do their work, each by a line of its own: one may be there without the other."""
    database = True
    if settings.database_url is not None:
        database = await chart.check("database", lambda: checks.database(settings))
    redis = open_redis(settings.need_redis_url())
    try:
        return database, await chart.check("redis", lambda: checks.redis(redis))
    finally:
        await redis.aclose(close_connection_pool=True)


@asynccontextmanager
async def _opened(chart: Chart, settings: Settings, *, wanted: bool) -> AsyncIterator[Domain | None]:
    """The domain; None, with a line that says why, where it cannot be had."""
    if not wanted:
        yield None
        return
    # Only announcements may carry the canary: a resync would hide a push path that is broken.
    opening = open_domain(replace(settings, resync_interval=timedelta(days=1)), kind="doctor")
    try:
        domain = await opening.__aenter__()
    except NovelFoundryError as error:
        chart.fail("set-up", error.message, error.remedy)
        yield None
        return
    try:
        over_rest = settings.database_url is None
        answers = not over_rest or await chart.check("database", lambda: checks.database_over_rest(domain))
        yield domain if answers else None
    finally:
        await opening.__aexit__(None, None, None)


async def _examine(chart: Chart, domain: Domain | None, settings: Settings, *, redis: bool, canary: bool) -> None:
    migrated = worker = False
    if domain is None:
        chart.skip("migrations", _NEEDS_DATABASE)
    else:
        migrated = await chart.check("migrations", lambda: checks.migrations(domain))
    for name, of_database in _OF_DATABASE.items():
        if domain is None or not migrated:
            chart.skip(name, _NEEDS_DATABASE if domain is None else _NEEDS_MIGRATIONS)
        else:
            found = await chart.check(name, _bound(of_database, domain))
            worker = found if name == "worker" else worker
    missing = _NEEDS_REDIS if not redis else _NEEDS_DATABASE if domain is None else None
    if domain is None or missing:
        chart.skip("ring", missing or _NEEDS_DATABASE)
        chart.skip("push", missing or _NEEDS_DATABASE)
    else:
        if worker:
            await chart.check("ring", lambda: checks.ring(domain))
        else:
            chart.skip("ring", _NEEDS_WORKER if migrated else _NEEDS_MIGRATIONS)
        await chart.check("push", lambda: checks.push(domain))
    if canary:
        if domain is not None and migrated and redis:
            await chart.check("canary", lambda: fly(domain), limit=CANARY_LIMIT + LIMIT)
        else:
            chart.skip("canary", "not sent, for something that it needs has failed")


def _bound(check: "checks.OfDomain", domain: Domain) -> Check:
    return lambda: check(domain)
