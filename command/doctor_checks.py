"""The checks of `doctor`, one a function. Each tells what it found, or raises what is wrong with the remedy."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import uuid4

from command.chart import LIMIT, Unwell
from jobs import settings as settings_room
from jobs.database import migrate
from jobs.models import Component, Process
from jobs.presence import apart
from jobs.processes.wiring import Domain
from jobs.redis.doorbell import ArqRedis, ring_aloud
from jobs.redis.echo import Road
from jobs.redis.faults import fault_of
from jobs.redis.line import CHANGED, REDIS_AWAY
from jobs.redis.trial import try_ring
from jobs.states import ComponentState
from jobs.troubles import CLOCKS_APART, offset_in_words
from server.auth import open_authority

OfDomain = Callable[[Domain], Awaitable[str]]

_SET_CLOCKS = "Set the clocks (NTP): tokens and certificates expire too early or too late."
_LOOK = "Look at the log of each: it says what it is refused."
# arq's queue is looked into once a second by each worker.
_RING_SECONDS = 5.0


async def settings(given: settings_room.Settings) -> str:
    """Whether what must be set is, and whether tokens can be told from forged ones."""
    async with open_authority(given):
        pass
    given.need_redis_url()
    if given.supabase_url is None:
        given.need_database_url()
    mode = "Supabase" if given.uses_supabase else "local"
    return f"complete, {mode} sign-in"


async def database(given: settings_room.Settings) -> str:
    """Whether the database lets us in. Before the first migration our functions are missing: another check's affair."""
    began = time.perf_counter()
    await migrate.pending(given.need_database_url())
    return f"answers in {_since(began)}"


async def database_over_rest(domain: Domain) -> str:
    """Whether the project answers."""
    began = time.perf_counter()
    await domain.store.clock()
    return f"answers over REST in {_since(began)}"


async def redis(client: ArqRedis) -> str:
    """Whether Redis takes what a ring needs: an answer to PING says nothing about writes."""
    began = time.perf_counter()
    async with _redis_faults():
        await try_ring(client)
    return f"takes what a ring needs, in {_since(began)}"


async def migrations(domain: Domain) -> str:
    """Whether the database has our functions."""
    address = domain.settings.database_url
    if address is None:
        await domain.store.count()
        return "our functions are there"
    if pending := await migrate.pending(address):
        raise Unwell(f"{len(pending)} pending, from {pending[0]} on", "Run `novelfoundry migrate`.")
    return "up to date"


async def write(domain: Domain) -> str:
    """Whether the rows of a job can be written."""
    began = time.perf_counter()
    await domain.store.check()
    return f"a manuscript and a job were written and undone in {_since(began)}"


async def clock(domain: Domain) -> str:
    """Whether this machine's clock agrees with the database's."""
    asked = datetime.now(UTC)
    told = await domain.store.clock()
    heard = datetime.now(UTC)
    offset = apart(asked, told, heard)
    if abs(offset) > CLOCKS_APART:
        raise Unwell(
            f"this machine's clock is {offset_in_words(offset)} of the database's "
            f"({abs(offset).total_seconds():.1f} s apart)",
            _SET_CLOCKS,
        )
    return f"within {max(abs(offset), heard - asked).total_seconds() * 1000:.0f} ms of the database's"


async def api(domain: Domain) -> str:
    """Whether an api lives."""
    found = await domain.presence.api()
    _need(found, "api", "novelfoundry api")
    return f"{found.live} running"


async def worker(domain: Domain) -> str:
    """Whether a worker lives, and how busy they are."""
    health = await domain.presence.health()
    _need(health.workers, "worker", "novelfoundry worker")
    return f"{health.workers.live} running, {health.busy} of {health.capacity} places busy"


async def scheduler(domain: Domain) -> str:
    """Whether a scheduler lives."""
    health = await domain.presence.health()
    _need(health.sweeper, "scheduler", "novelfoundry scheduler")
    return f"{health.sweeper.live} running"


async def processes(domain: Domain) -> str:
    """What each process that lives says of its clock, its release and what it stands on."""
    living = [each for each in await domain.presence.processes() if each.state.is_alive]
    off = [each for each in living if each.clock_offset and abs(each.clock_offset) > CLOCKS_APART]
    ailing = [each for each in living if each.troubles]
    if off or ailing:
        faults = [f"{_name(each)}: its clock is {offset_in_words(each.clock_offset or CLOCKS_APART)}" for each in off]
        faults += [f"{_name(each)}: {' '.join(each.troubles.values()).rstrip('.')}" for each in ailing]
        raise Unwell("; ".join(faults), _SET_CLOCKS if off else _LOOK)
    releases = sorted({each.version for each in living})
    compared = sum(each.clock_offset is not None for each in living)
    release = f"all of release {releases[0]}" if len(releases) == 1 else f"of releases {', '.join(releases)}"
    return f"{len(living)} living, {release}, {compared} clocks compared" if living else "none lives"


async def jobs(domain: Domain) -> str:
    """Whether somebody settles what is overdue."""
    count = await domain.store.count()
    if count.oldest_overdue > domain.settings.sweep_interval * 2:
        raise Unwell(
            f"one is overdue since {count.oldest_overdue.total_seconds():.0f} s and nobody settled it",
            "Start `novelfoundry scheduler`, or look at its log.",
        )
    return f"{count.queued} wait, {count.running} run, none is overdue for long"


async def ring(domain: Domain) -> str:
    """Whether each worker hears a ring, and one of them reads it from the queue."""
    living = (await domain.presence.health()).workers.live
    began = time.perf_counter()
    async with _redis_faults():
        heard = await ring_aloud(domain.redis, workers=living, limit=_RING_SECONDS)
    if heard[Road.CHANNEL] < living or not heard[Road.QUEUE]:
        queue = "" if heard[Road.QUEUE] else ", and none reads it from the queue"
        raise Unwell(
            f"{heard[Road.CHANNEL]} of {living} workers hear a ring{queue}: jobs start some seconds late",
            "Look at the workers' logs for their line to Redis, and whether their REDIS_URL is this one.",
        )
    return f"heard by {living} of {living} workers and read from the queue in {_since(began)}"


async def push(domain: Domain) -> str:
    """Whether announcements are carried, and an api listens for them."""
    async with _redis_faults():
        took = await _message(domain)
        [(_, listeners)] = await domain.redis.pubsub_numsub(CHANGED)
    if not listeners:
        raise Unwell("no api listens for changes: updates come seconds late", "Restart `novelfoundry api`.")
    return f"a message takes {took}, {listeners} listening"


async def _message(domain: Domain) -> str:
    """How long a message takes from its sender to who listens."""
    channel = f"novelfoundry:doctor:{uuid4()}"
    async with domain.redis.pubsub() as line:
        await line.subscribe(channel)
        began = time.perf_counter()
        while (heard := await line.get_message(timeout=LIMIT)) is None or heard["type"] != "message":
            if heard is not None:
                await domain.redis.publish(channel, "?")
    return _since(began)


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


def _name(process: Process) -> str:
    number = f" (process {process.pid})" if process.pid else ""
    return f"the {process.kind} on {process.host}{number}"


def _since(began: float) -> str:
    return f"{(time.perf_counter() - began) * 1000:.1f} ms"


@asynccontextmanager
async def _redis_faults() -> AsyncIterator[None]:
    """Names what Redis comes up with in the block, with its remedy."""
    try:
        yield
    except REDIS_AWAY as error:
        fault = fault_of(error)
        raise Unwell(fault.finding, fault.remedy) from error
