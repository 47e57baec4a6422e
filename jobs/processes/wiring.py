"""Puts the domain together for one process: what a process opens here, it closes in reverse."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from jobs.belongings import Belongings
from jobs.database.operators import OperatorStore
from jobs.database.postgres import PostgresGateway, open_postgres
from jobs.database.store import JobStore
from jobs.database.webhooks import WebhookStore
from jobs.disk import FULL, Disk
from jobs.errors import NotMigrated, NotSetUp, Unavailable
from jobs.feed import Feed
from jobs.files.postgres import PostgresFiles
from jobs.operators import Operators
from jobs.ports import Announcer, Doorbell, Files, Gateway
from jobs.presence import Presence, ProcessBeat
from jobs.probes import Probe, Probes
from jobs.processes.pruner import Pruner
from jobs.processes.sweeper import Sweeper
from jobs.redis.announcer import RedisAnnouncer
from jobs.redis.doorbell import ArqDoorbell, ArqRedis, open_redis
from jobs.redis.faults import fault_of
from jobs.redis.line import CircuitBreaker
from jobs.redis.trial import try_ring
from jobs.service import JobService
from jobs.settings import Settings
from jobs.states import TroubleCode

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """Everything that a process may need, on one pool of connections to each engine."""

    settings: Settings
    store: JobStore
    files: Files
    redis: ArqRedis
    announcer: Announcer
    doorbell: Doorbell
    presence: Presence
    service: JobService
    operators: Operators
    belongings: Belongings
    feed: Feed
    sweeper: Sweeper
    pruner: Pruner
    process_beat: ProcessBeat
    probes: Probes
    webhooks: WebhookStore
    # How many connections to the database there are, by state; none over REST.
    connections: Callable[[], Mapping[str, int]]


@asynccontextmanager
async def open_domain(settings: Settings, *, kind: str, capacity: int = 0) -> AsyncIterator[Domain]:
    """The domain for a process of `kind` api, worker or scheduler; `capacity` is how many jobs it runs at once.

    Raises ConfigurationError for a missing or wrong setting. An engine that is away raises with its first use.
    """
    redis = open_redis(settings.need_redis_url())
    async with open_kept(settings, application=f"novelfoundry {kind}") as (gateway, files):
        try:
            domain = _domain(settings, gateway, files, redis, kind=kind, capacity=capacity)
            yield domain
            await domain.announcer.finish()
            await domain.doorbell.finish()
        finally:
            await redis.aclose(close_connection_pool=True)


@asynccontextmanager
async def open_kept(settings: Settings, *, application: str) -> AsyncIterator[tuple[Gateway, Files]]:
    """Where data and files are kept: in Supabase where SUPABASE_URL is set, but data in DATABASE_URL where that is.

    Raises ConfigurationError for a setting that is wrong, or a project that is not set up for us.
    """
    if settings.supabase_url is None:
        async with open_postgres(settings.need_database_url(), application=application) as gateway:
            await _checked(gateway)
            yield gateway, PostgresFiles(gateway)
    elif settings.database_url is None:
        async with _open_project(settings, settings.supabase_url) as kept:
            yield kept
    else:
        async with (
            open_postgres(settings.database_url, application=application) as gateway,
            _open_project(settings, settings.supabase_url, gateway) as kept,
        ):
            yield kept


@asynccontextmanager
async def _open_project(
    settings: Settings, url: str, gateway: Gateway | None = None
) -> AsyncIterator[tuple[Gateway, Files]]:
    # Only where it is used: supabase-py takes half a second to import.
    from jobs.database.supabase import SupabaseGateway, open_supabase
    from jobs.files.supabase import StorageFiles

    async with open_supabase(url, settings.need_secret_key()) as client:
        gateway, files = gateway or SupabaseGateway(client), StorageFiles(client)
        await _checked(gateway, files.check)
        yield gateway, files


async def _checked(gateway: Gateway, check_files: Callable[[], Awaitable[None]] | None = None) -> None:
    """Says at the start what is wrong for good; what may pass is no reason not to start. Raises ConfigurationError."""
    try:
        await gateway.call("clock_read")
        if check_files:
            await check_files()
    except NotMigrated as error:
        _log.warning("%s", error)
    except NotSetUp:
        raise
    except Unavailable as error:
        _log.warning("%s", error)


def _domain(settings: Settings, gateway: Gateway, files: Files, redis: ArqRedis, *, kind: str, capacity: int) -> Domain:
    store = JobStore(gateway)
    # One for both: an author who has waited for the ring need not wait for the announcement as well.
    breaker = CircuitBreaker()
    announcer, doorbell = RedisAnnouncer(redis, breaker), ArqDoorbell(redis, breaker)
    process_beat = ProcessBeat(store, kind, capacity=capacity)
    probes = Probes(store, process_beat, probes=_probes(gateway, redis, Disk(settings)), interval=settings.heartbeat)
    # The feed, made below, asks the service, which asks presence, which asks the feed how the push path is.
    presence = Presence(store, settings, push=lambda: feed.push_health(), finds=probes.troubles)
    service = JobService(
        store=store, files=files, announcer=announcer, doorbell=doorbell, presence=presence, settings=settings
    )
    feed = Feed(store=store, service=service, redis=redis, settings=settings)
    return Domain(
        settings=settings,
        store=store,
        files=files,
        redis=redis,
        announcer=announcer,
        doorbell=doorbell,
        presence=presence,
        service=service,
        operators=Operators(OperatorStore(gateway), store=store, service=service, presence=presence),
        belongings=Belongings(service=service, store=store, files=files, backup_days=settings.backup_days),
        feed=feed,
        sweeper=Sweeper(store=store, service=service),
        pruner=Pruner(store=store, settings=settings),
        process_beat=process_beat,
        probes=probes,
        webhooks=WebhookStore(gateway),
        connections=gateway.connections if isinstance(gateway, PostgresGateway) else dict,
    )


def _probes(gateway: Gateway, redis: ArqRedis, disk: Disk) -> dict[TroubleCode, Probe]:
    """What every process tries. Over REST the project keeps the connections."""
    found = {
        TroubleCode.REDIS: Probe(
            attempt=lambda: try_ring(redis),
            told=lambda error: f"Analyses may start and show some seconds late: {fault_of(error).finding}.",
            away="Redis would take no ring",
        )
    }
    if disk.is_known:
        found[TroubleCode.DISK] = Probe(attempt=disk.need_room, told=lambda _: FULL, away="the disk is almost full")
    if isinstance(gateway, PostgresGateway):
        found[TroubleCode.CONNECTIONS] = Probe(
            attempt=gateway.check_connection,
            told=lambda _: "Some of what you ask may fail just now: we get no further connection to our database.",
            away="no further connection to the database can be had",
        )
    return found
