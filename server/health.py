"""How the service is: /livez for a supervisor, /readyz for a balancer, /metrics for Prometheus."""

import asyncio
import logging
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from jobs.errors import ConfigurationError, NovelFoundryError
from jobs.models import Component, SystemHealth
from jobs.states import TroubleCode
from server.lifespan import Services, services_of
from server.metrics import Deployment
from server.responses import answer

_LIMIT = 5.0
# With one of these in this very process, what a job needs may not be written.
_CANNOT_WRITE = {TroubleCode.DATABASE, TroubleCode.CONNECTIONS}

_log = logging.getLogger(__name__)


async def livez(request: Request) -> Response:
    """200 as long as the loop turns."""
    return answer({"status": "alive"})


async def readyz(request: Request) -> Response:
    """200 when this process can accept jobs and tell the truth about them, else 503 with the reasons, the cause first.

    A missing worker or sweeper, or Redis away, does not make it unready: jobs are accepted and kept, and
    what is shown stays true. They are named in `missing` and `troubles`, and shown to authors as `system`.
    """
    services = services_of(request)
    try:
        async with asyncio.timeout(_LIMIT):
            await _need_migrations(services)
            health = await services.domain.presence.health()
    except ConfigurationError as error:
        return _unready(error.message)
    except NovelFoundryError as error:
        return _unready(*_found(services, error.message))
    except TimeoutError:
        away = f"There is no answer from the database within {_LIMIT:g} seconds: it is away, or this process is busy."
        return _unready(*_found(services, away))
    body = {"missing": _missing(health), "troubles": _troubles(health), "components": _components(health)}
    if _CANNOT_WRITE & services.domain.probes.troubles().keys():
        return _unready(*_reasons(services, health), **body)
    return answer({"status": "ready", "reasons": [], **body})


async def metrics(request: Request) -> Response:
    """The metrics of this process and, where the database answers, of the deployment."""
    services = services_of(request)
    deployment = await _deployment(services)
    services.metrics.sockets.set(services.sockets.total())
    services.metrics.subscriptions.set(services.domain.feed.watchers)
    services.metrics.connections(services.domain.connections())
    services.metrics.troubles(services.domain.probes.troubles())
    page, media_type = services.metrics.page(deployment, accept=request.headers.get("accept"))
    return Response(page, headers={"Content-Type": media_type})


def _found(services: Services, why: str) -> list[str]:
    """What this process finds amiss, where nothing can be read of the others: the database first."""
    found = {TroubleCode.DATABASE: why, **services.domain.probes.troubles()}
    return [found[code] for code in TroubleCode if code in found and code is not TroubleCode.CONNECTIONS]


def _reasons(services: Services, health: SystemHealth) -> list[str]:
    """What is known of all, and what this process has found since that was read."""
    known = {trouble.code: trouble.message for trouble in health.troubles}
    known |= services.domain.probes.troubles()
    if TroubleCode.DATABASE in known:
        known.pop(TroubleCode.CONNECTIONS, None)
    return [known[code] for code in TroubleCode if code in known]


def _unready(*reasons: str, **more: Any) -> Response:
    return answer({"status": "unready", "reasons": reasons, **more}, status=503)


async def _need_migrations(services: Services) -> None:
    """Raises ConfigurationError when some are pending.

    Asked until there are none, of what this program needs: that does not grow while it runs.
    """
    migrations = services.pending_migrations
    if migrations is None or migrations.last == []:
        return
    if pending := await migrations.value():
        raise ConfigurationError(f"The database lacks {len(pending)} migrations: run `novelfoundry migrate`.")


async def _deployment(services: Services) -> Deployment | None:
    domain = services.domain
    try:
        async with asyncio.timeout(_LIMIT):
            return Deployment(
                health=await domain.presence.health(),
                lateness=await domain.store.lateness(),
                oldest_waiting=await domain.store.oldest_waiting(),
                webhook=await domain.webhooks.backlog(),
            )
    except (NovelFoundryError, TimeoutError) as error:
        _log.warning("the deployment's numbers are not known: %s", error)
        return None


def _troubles(health: SystemHealth) -> list[dict[str, str]]:
    return [{"code": trouble.code.value, "message": trouble.message} for trouble in health.troubles]


def _missing(health: SystemHealth) -> list[str]:
    parts = {"workers": health.workers, "sweeper": health.sweeper, "push": health.push}
    return [name for name, component in parts.items() if not component.state.is_alive]


def _components(health: SystemHealth) -> dict[str, Any]:
    return {
        "workers": _component(health.workers),
        "sweeper": _component(health.sweeper),
        "push": _component(health.push),
    }


def _component(component: Component) -> dict[str, Any]:
    return {"state": component.state.value, "live": component.live}
