"""How the service is: /livez for a supervisor, /readyz for a balancer, /metrics for Prometheus."""

import asyncio
import logging
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from jobs import migrate
from jobs.errors import NovelFoundryError
from jobs.models import Component, SystemHealth
from jobs.ports import Row
from jobs.states import ComponentState
from server.answers import answer
from server.lifespan import Services, services_of
from server.metrics import CONTENT_TYPE

_LIMIT = 5.0
_LIVES = (ComponentState.HEALTHY, ComponentState.LATE)

_log = logging.getLogger(__name__)


async def livez(request: Request) -> Response:
    """200 as long as the loop turns."""
    return answer({"status": "alive"})


async def readyz(request: Request) -> Response:
    """200 when this process can accept jobs and tell the truth about them, else 503 with the reasons.

    A missing worker or sweeper, or Redis away, does not make it unready: jobs are accepted and kept, and
    what is shown stays true. They are named in `missing`, and shown to authors as `system`.
    """
    services = services_of(request)
    reasons = await _reasons(services)
    health = None if reasons else await _health(services)
    if health is None and not reasons:
        reasons = ["The database does not answer."]
    body: dict[str, Any] = {"status": "unready" if reasons else "ready", "reasons": reasons}
    if health is not None:
        body |= {"missing": _missing(health), "components": _components(health)}
    return answer(body, status=503 if reasons else 200)


async def metrics(request: Request) -> Response:
    """The metrics of this process and, where the database answers, of the deployment."""
    services = services_of(request)
    health = await _health(services)
    lateness = await _lateness(services) if health is not None else []
    services.metrics.sockets.set(services.sockets.total())
    services.metrics.subscriptions.set(services.domain.feed.watchers)
    return Response(services.metrics.page(health, lateness), media_type=CONTENT_TYPE)


async def _reasons(services: Services) -> list[str]:
    try:
        async with asyncio.timeout(_LIMIT):
            pending = await migrate.pending(services.settings.need_database_url())
    except NovelFoundryError as error:
        return [error.message]
    except TimeoutError:
        return [f"The database does not answer within {_LIMIT:g} seconds."]
    if pending:
        return [f"The database lacks {len(pending)} migrations: run `novelfoundry migrate`."]
    return []


async def _health(services: Services) -> SystemHealth | None:
    try:
        async with asyncio.timeout(_LIMIT):
            return await services.domain.presence.health()
    except (NovelFoundryError, TimeoutError) as error:
        _log.warning("the deployment's health is not known: %s", error)
        return None


async def _lateness(services: Services) -> list[Row]:
    try:
        async with asyncio.timeout(_LIMIT):
            return await services.domain.store._gateway.call("lateness_get")
    except (NovelFoundryError, TimeoutError) as error:
        _log.warning("the lateness of settlements is not known: %s", error)
        return []


def _missing(health: SystemHealth) -> list[str]:
    parts = {"workers": health.workers, "sweeper": health.sweeper, "push": health.push}
    return [name for name, component in parts.items() if component.state not in _LIVES]


def _components(health: SystemHealth) -> dict[str, Any]:
    return {
        "workers": _component(health.workers),
        "sweeper": _component(health.sweeper),
        "push": _component(health.push),
    }


def _component(component: Component) -> dict[str, Any]:
    return {"state": component.state.value, "live": component.live}
