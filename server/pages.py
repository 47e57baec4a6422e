"""The pages that a browser loads before it is signed in: the dashboard, GraphiQL, their assets and settings."""

import asyncio
import gzip
from functools import lru_cache
from pathlib import Path

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from jobs.settings import Settings
from server.lifespan import services_of
from server.responses import answer

_PACKABLE = (".js", ".css", ".svg", ".json", ".map")

STATIC = Path(__file__).parent / "static"

_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
# Monaco sets styles inline and runs its language services in workers.
_GRAPHIQL = {"style-src": "'self' 'unsafe-inline'", "font-src": "'self' data:", "worker-src": "'self' blob:"}
_UNBUILT = "<!doctype html><title>NovelFoundry</title><p>The pages are not built yet: run <code>make dashboard</code>."


async def dashboard(request: Request) -> Response:
    """The author's page."""
    settings = services_of(request).settings
    supabase = {"connect-src": f"'self' {settings.supabase_url}"} if settings.supabase_url else {}
    return _page("index.html", supabase)


async def graphiql(request: Request) -> Response:
    """GraphiQL, from our own bundle."""
    settings = services_of(request).settings
    supabase = {"connect-src": f"'self' {settings.supabase_url}"} if settings.supabase_url else {}
    return _page("graphiql.html", {**_GRAPHIQL, **supabase})


async def config(request: Request) -> Response:
    """How a page signs its author in."""
    return answer(_config(services_of(request).settings))


class Assets(StaticFiles):
    """Files whose names hold a hash of their content: what was fetched once is never asked for again."""

    def __init__(self) -> None:
        super().__init__(directory=STATIC / "assets", check_dir=False)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, packed where that helps, and kept by browsers for a year."""
        response = await super().get_response(path, scope)
        if response.status_code not in (200, 304):
            return response
        if _is_packable(path, scope) and isinstance(response, FileResponse):
            packed = await asyncio.to_thread(_packed, str(response.path))
            response = Response(packed, media_type=response.media_type, headers={"Content-Encoding": "gzip"})
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        response.headers["Vary"] = "Accept-Encoding"
        return response


def _is_packable(path: str, scope: Scope) -> bool:
    return path.endswith(_PACKABLE) and "gzip" in Headers(scope=scope).get("accept-encoding", "")


@lru_cache(128)
def _packed(path: str) -> bytes:
    """Packed once a process: the name holds a hash, so the content under it never changes."""
    return gzip.compress(Path(path).read_bytes(), 6)


def _page(name: str, policy: dict[str, str]) -> Response:
    headers = {"Cache-Control": "no-cache", "Content-Security-Policy": _written({**_POLICY, **policy})}
    path = STATIC / name
    if not path.is_file():
        return HTMLResponse(_UNBUILT, 503, headers)
    return FileResponse(path, headers=headers, media_type="text/html")


def _written(policy: dict[str, str]) -> str:
    return "; ".join(f"{name} {value}" for name, value in policy.items())


def _config(settings: Settings) -> dict[str, str]:
    if settings.supabase_url is None:
        return {"mode": "local"}
    return {
        "mode": "supabase",
        "supabaseUrl": settings.supabase_url,
        "publishableKey": settings.supabase_publishable_key or "",
    }
