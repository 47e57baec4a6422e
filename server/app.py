"""The web application and the server that runs it."""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from socket import AF_INET, AF_INET6, create_server, socket

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Mount, Route, WebSocketRoute

from jobs.errors import ConfigurationError
from jobs.processes.stop_signal import stop_signal
from jobs.settings import Settings
from server import memory
from server.base_path import BasePath
from server.downloads import everything
from server.graphql import graphql
from server.health import livez, metrics, readyz
from server.lifespan import Services, open_services
from server.local_sign_in import session
from server.middleware import Edge
from server.origins import Origins
from server.pages import Assets, config, dashboard
from server.problems import handlers
from server.socket import serve_socket
from server.uploads import manuscripts
from server.uvicorn_limits import Http, Sockets

# A subscription's messages are small; a text goes over HTTP.
MAX_MESSAGE_BYTES = 1_048_576
PING_SECONDS = 20.0
STOP_SECONDS = 5
# libuv, since 1.45, takes one connection for each listener in a turn of the loop: with one, a client that comes behind
# a crowd of two thousand waits for two thousand turns before its request is read.
_ACCEPTED_EACH_TURN = 16
# Idle, longer than clients and balancers keep a connection: who closes it as the other sends loses a request.
IDLE_SECONDS = 75
# A novel's report is 210 kB of JSON, and 38 packed: 2 ms at this level, beside the loop from so many bytes on.
# Level 6 takes twice as long for 3 kB less. What fits into one packet is left as it is.
# The token is no cookie: no page of another site can have an answer packed whose length tells it something.
PACKED = Middleware(GZipMiddleware, minimum_size=1400, compresslevel=4, thread_minimum_size=32_768)

_log = logging.getLogger(__name__)


def create_app(services: Services) -> Starlette:
    """The application over services that are open already, and stay so while it serves."""
    app = Starlette(
        routes=[
            Route("/", dashboard),
            Route("/config.json", config),
            Route("/session", session, methods=["POST"]),
            Route("/graphql", graphql, methods=["GET", "POST"], middleware=[PACKED]),
            WebSocketRoute("/graphql", serve_socket),
            Route("/manuscripts", manuscripts, methods=["POST"]),
            Route("/everything", everything),
            Route("/livez", livez),
            Route("/readyz", readyz),
            Route("/metrics", metrics),
            Mount("/assets", Assets()),
        ],
        middleware=[
            *([Middleware(BasePath, base=base)] if (base := services.settings.base_path) else []),
            Middleware(Edge, metrics=services.metrics),
            Middleware(Origins, allowed=services.settings.allowed_origins),
        ],
        exception_handlers=handlers(),
    )
    app.state.services = services
    return app


async def serve(settings: Settings, *, host: str, port: int) -> None:
    """Serves until SIGINT or SIGTERM. Raises ConfigurationError when a setting is missing or wrong."""
    stop = stop_signal()
    with listening(host, port) as listener:
        async with open_services(settings) as services:
            app = create_app(services)
            memory.settle()
            _log.info("the api listens on %s, port %d", host, listener.getsockname()[1])
            await Server(app).run_until(stop, listener)


def listening(host: str, port: int) -> socket:
    """A socket that listens. Raises ConfigurationError when the address is taken or not this machine's."""
    try:
        return create_server((host, port), family=AF_INET6 if ":" in host else AF_INET, backlog=2048)
    except OSError as error:
        raise ConfigurationError(f"Cannot listen on {host}:{port}: {error.strerror}. Choose another port.") from error


class Server(uvicorn.Server):
    """The server of the application. Its sockets close with 1012 when it stops."""

    def __init__(self, app: Starlette) -> None:
        self._app = app
        super().__init__(
            uvicorn.Config(
                app,
                lifespan="off",
                http=Http,
                ws=Sockets,
                ws_per_message_deflate=False,
                ws_max_size=MAX_MESSAGE_BYTES,
                ws_ping_interval=PING_SECONDS,
                ws_ping_timeout=PING_SECONDS,
                # Addresses with what came in them are nobody's business; /metrics counts.
                access_log=False,
                log_level="warning",
                log_config=None,  # its lines look like ours
                proxy_headers=False,
                server_header=False,
                timeout_graceful_shutdown=STOP_SECONDS,
                timeout_keep_alive=IDLE_SECONDS,
            )
        )

    async def run_until(self, stop: asyncio.Event, listener: socket) -> None:
        """Serves until the event is set."""

        async def watch() -> None:
            await stop.wait()
            # First: whatever else is told, the server stops.
            self.should_exit = True
            services: Services | None = getattr(self._app.state, "services", None)
            if services is not None:
                services.stopping.set()

        watching = asyncio.create_task(watch())
        try:
            await self.serve([listener, *(listener.dup() for _ in range(_ACCEPTED_EACH_TURN - 1))])
        finally:
            watching.cancel()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leaves signals alone: uvicorn would end the process by the same signal again, as if it had failed."""
        yield
