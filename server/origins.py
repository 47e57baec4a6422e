"""Who may call from where: one rule for every request, upload and socket that names the page it comes from."""

from collections.abc import Sequence

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from server.problems import ForeignOrigin, answered

# What a client needs of an answer beside its body, and a browser keeps from a page of another origin unless told.
EXPOSED = ("Retry-After", "WWW-Authenticate", "Allow", "RateLimit", "RateLimit-Policy")
# How long a browser may remember that a page may ask: as long as Chromium remembers anything of the kind.
_PREFLIGHT_SECONDS = 7200


class Origins:
    """Middleware around the whole application. The empty tuple allows the server's own pages, and programs, only.

    A bearer token is no cookie, so a page of another origin has nothing that it could abuse. It is refused all the
    same, and at once: a page that hears by socket and cannot press a button is worse than one that is told why.
    """

    def __init__(self, app: ASGIApp, allowed: Sequence[str]) -> None:
        self._app = app
        self._allowed = frozenset(allowed)
        # Without credentials: tokens come in a header that the page itself sets.
        self._shared = CORSMiddleware(
            app,
            allow_origins=allowed,
            allow_methods=("GET", "POST"),
            allow_headers=("*",),
            expose_headers=EXPOSED,
            max_age=_PREFLIGHT_SECONDS,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        origin = headers.get("origin")
        if origin is None or _is_own(origin, headers):
            await self._app(scope, receive, send)
        elif origin in self._allowed:
            await self._shared(scope, receive, send)
        else:
            await answered(ForeignOrigin(origin))(scope, receive, send)


def _is_own(origin: str, headers: Headers) -> bool:
    """Whether a page of this server asks: the browser says so itself, or the page's host is the one asked.

    The rule of Go's net/http.CrossOriginProtection. No page can set either header. The scheme is left out: behind a
    proxy that ends TLS it is not known here.
    """
    if headers.get("sec-fetch-site") == "same-origin":
        return True
    scheme, _, host = origin.partition("://")
    default = {"http": ":80", "https": ":443"}.get(scheme, "")
    return bool(host) and host in (asked := headers.get("host", ""), asked.removesuffix(default))
