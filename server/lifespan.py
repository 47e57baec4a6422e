"""What the api process holds while it serves: the domain, who may ask, and what it counts."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

from graphql import GraphQLError
from starlette.requests import HTTPConnection

from jobs.database import migrate
from jobs.errors import RefusalCode
from jobs.log_outage import Outage
from jobs.presence import ProcessBeat
from jobs.processes.wiring import Domain, open_domain
from jobs.settings import Settings
from jobs.shared import Shared
from schema.context import Caller, Context
from schema.errors import shown
from server.auth import Authority, bearer, open_authority
from server.budget import Budget
from server.concurrency import Quota
from server.documents import Documents
from server.metrics import Metrics
from server.turns import Turns

# Per author, streams of server-sent events included. The tabs of a browser share one, GraphiQL has another. A guess.
MAX_SOCKETS = 50
# Per author, and for all. Each upload may hold NF_MAX_UPLOAD_BYTES of memory.
MAX_UPLOADS = 3
MAX_UPLOADS_IN_ALL = 24
# Often enough that one long turn of the loop among many short ones is met.
_LOOP_CHECK_SECONDS = 0.5
# One that is larger, for its pictures, lies in the folder for temporary files, which may be memory as well.
MAX_LARGE_UPLOADS = 1
MAX_LARGE_UPLOADS_IN_ALL = 4
# An archive holds one manuscript in memory, and a thread that packs it.
MAX_DOWNLOADS = 1
MAX_DOWNLOADS_IN_ALL = 4

_TOO_MANY_UPLOADS = "Too many uploads at once. Let one end, then try again."
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Everything that an endpoint needs."""

    settings: Settings
    domain: Domain
    authority: Authority
    metrics: Metrics
    documents: Documents
    pending_migrations: Shared[list[str]] | None
    turns: Turns = field(default_factory=Turns)
    budget: Budget = field(default_factory=Budget)
    # Set when the server stops: uvicorn closes sockets itself, and waits for streams.
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    sockets: Quota = field(default_factory=lambda: Quota(each=MAX_SOCKETS))
    uploads: Quota = field(default_factory=lambda: Quota(each=MAX_UPLOADS, in_all=MAX_UPLOADS_IN_ALL))
    large_uploads: Quota = field(default_factory=lambda: Quota(each=MAX_LARGE_UPLOADS, in_all=MAX_LARGE_UPLOADS_IN_ALL))
    downloads: Quota = field(default_factory=lambda: Quota(each=MAX_DOWNLOADS, in_all=MAX_DOWNLOADS_IN_ALL))

    async def caller(self, request: HTTPConnection) -> Caller:
        """Who sent the request. Raises Unauthenticated, Unavailable."""
        return await self.authority.caller(bearer(request.headers.get("authorization")))

    def upload(self, owner_id: UUID) -> AbstractContextManager[None]:
        """Reserves memory for one large body while the block runs. Raises LimitReached when none is left."""
        return self.uploads.hold(owner_id, _TOO_MANY_UPLOADS)

    def large_upload(self, owner_id: UUID) -> AbstractContextManager[None]:
        """A place for a body larger than a manuscript may be without its pictures, beside that of any upload."""
        return self.large_uploads.hold(owner_id, _TOO_MANY_UPLOADS)

    def download(self, owner_id: UUID) -> AbstractContextManager[None]:
        """A place for one archive while it is made. Raises LimitReached when none is left."""
        return self.downloads.hold(owner_id, "Your archive is being made already. Let it end, then try again.")

    def shown(self, error: GraphQLError) -> dict[str, Any]:
        """The error's JSON, as this deployment tells it."""
        return shown(error, suggests=not self.documents.production)

    def context(self, caller: Caller, *, idempotency_key: str | None = None) -> Context:
        """The context that one GraphQL operation is executed in."""
        return Context(
            caller=caller,
            service=self.domain.service,
            operators=self.domain.operators,
            belongings=self.domain.belongings,
            presence=self.domain.presence,
            feed=self.domain.feed,
            note_refusal=self.note_refusal,
            idempotency_key=idempotency_key,
        )

    def note_refusal(self, code: RefusalCode) -> None:
        """Counts a refusal."""
        self.metrics.refusals.labels(code.value).inc()


@asynccontextmanager
async def open_services(settings: Settings) -> AsyncIterator[Services]:
    """Opens the domain and keeps its push hub and this process's beat going. Raises ConfigurationError."""
    async with open_authority(settings) as authority, open_domain(settings, kind="api") as domain:
        services = Services(
            settings=settings,
            domain=domain,
            authority=authority,
            metrics=Metrics(),
            documents=Documents(production=settings.production, only_trusted=settings.trusted_documents),
            pending_migrations=_pending_migrations(settings.database_url),
        )
        async with asyncio.TaskGroup() as tasks:
            kept = [
                tasks.create_task(domain.feed.run(), name="push hub"),
                tasks.create_task(_beat(domain.process_beat, settings), name="process_beat"),
                tasks.create_task(domain.probes.run(), name="probes"),
                tasks.create_task(_watch_loop(services.metrics), name="loop lag"),
            ]
            try:
                yield services
            finally:
                for task in kept:
                    task.cancel()
                await domain.process_beat.stop()


def _pending_migrations(address: str | None) -> Shared[list[str]] | None:
    # Over REST a missing function says so itself.
    return None if address is None else Shared(partial(migrate.pending, address), fresh_for=0)


def services_of(connection: HTTPConnection) -> Services:
    """The services of the app that a request came to."""
    services: Services = connection.app.state.services
    return services


async def _watch_loop(metrics: Metrics) -> None:
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + _LOOP_CHECK_SECONDS
        await asyncio.sleep(_LOOP_CHECK_SECONDS)
        metrics.loop_lag.observe(max(0.0, loop.time() - due))


async def _beat(process_beat: ProcessBeat, settings: Settings) -> None:
    outage = Outage(_log, "no sign of life is written")
    while True:
        try:
            await process_beat.beat()
            outage.is_over()
        except Exception as error:
            # Whatever it is: no error of a duty ends a process.
            await asyncio.sleep(min(outage.lasts(error), settings.heartbeat.total_seconds()))
            continue
        await asyncio.sleep(settings.heartbeat.total_seconds())
