"""Middleware around every HTTP answer: security headers, counts and durations."""

import time

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.metrics import Metrics

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    # For what is no page; a page brings its own.
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
_ROUTES = ("/", "/config.json", "/session", "/graphql", "/manuscripts", "/livez", "/readyz", "/metrics")


class Edge:
    """Middleware around the whole application. Sockets pass untouched."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status, is_stream = time.perf_counter(), 500, False

        async def send_guarded(message: Message) -> None:
            nonlocal status, is_stream
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                is_stream = headers.get("content-type", "").startswith("text/event-stream")
            await send(message)

        try:
            await self._app(scope, receive, send_guarded)
        finally:
            route = _route(scope["path"])
            self._metrics.requests.labels(route, scope["method"], str(status)).inc()
            # A stream lasts as long as somebody listens: no duration of an answer.
            if not is_stream:
                self._metrics.seconds.labels(route).observe(time.perf_counter() - began)


def _route(path: str) -> str:
    """The label of the metrics: a known route or `other`. A client can invent paths, so they are no label."""
    if path in _ROUTES:
        return path
    return "/assets" if path.startswith("/assets/") else "other"
