"""The web application and the server that runs it."""

import gc
import logging
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route, WebSocketRoute

from jobs.settings import Settings
from schema.errors import internal
from server.answers import problem
from server.edge import Edge
from server.graphql import graphql
from server.health import livez, metrics, readyz
from server.lifespan import Services, open_services
from server.pages import Assets, config, dashboard
from server.session import session
from server.socket import socket
from server.uploads import manuscripts

# A subscription's messages are small; a text goes over HTTP.
MAX_MESSAGE_BYTES = 1_048_576
PING_SECONDS = 20.0
STOP_SECONDS = 5


def create_app(services: Services) -> Starlette:
    """The application over services that are open already, and stay so while it serves."""
    app = Starlette(
        routes=[
            Route("/", dashboard),
            Route("/config.json", config),
            Route("/session", session, methods=["POST"]),
            Route("/graphql", graphql, methods=["GET", "POST"]),
            WebSocketRoute("/graphql", socket),
            Route("/manuscripts", manuscripts, methods=["POST"]),
            Route("/livez", livez),
            Route("/readyz", readyz),
            Route("/metrics", metrics),
            Mount("/assets", Assets()),
        ],
        middleware=[Middleware(Edge, metrics=services.metrics)],
        exception_handlers={HTTPException: _http_problem, Exception: _fault},
    )
    app.state.services = services
    return app


async def serve(settings: Settings, *, host: str, port: int) -> None:
    """Serves until SIGINT or SIGTERM. Raises ConfigurationError when a setting is missing or wrong."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    async with open_services(settings) as services:
        await server(create_app(services), host=host, port=port).serve()


def server(app: Starlette, *, host: str, port: int) -> uvicorn.Server:
    """The server, ready to serve. Its sockets close with 1012 when it stops."""
    # What start-up made lives as long as the process: a collection need not walk through it.
    gc.collect()
    gc.freeze()
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        lifespan="off",
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        ws_max_size=MAX_MESSAGE_BYTES,
        ws_ping_interval=PING_SECONDS,
        ws_ping_timeout=PING_SECONDS,
        # Addresses with what came in them are nobody's business; /metrics counts.
        access_log=False,
        log_level="warning",
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=STOP_SECONDS,
    )
    return uvicorn.Server(config)


async def _http_problem(request: Request, error: Any) -> Response:
    code = error.detail.upper().replace(" ", "_")
    return problem(error.status_code, code, f"{error.detail}.", error.headers)


async def _fault(request: Request, error: Exception) -> Response:
    return problem(500, "INTERNAL", internal(error))
