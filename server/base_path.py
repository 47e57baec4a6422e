"""Serving under a path of a larger site: see NF_BASE_PATH."""

from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send


class BasePath:
    """Middleware around the whole application. A path without the base is taken as well.

    So probes and scrapes need not know the base, and a proxy may take it off or leave it on.
    """

    def __init__(self, app: ASGIApp, base: str) -> None:
        self._app = app
        self._base = base

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == self._base:
            # The page's addresses are relative: without the slash they would point beside the base.
            await RedirectResponse(f"{self._base}/", status_code=308)(scope, receive, send)
            return
        if scope["path"].startswith(f"{self._base}/"):
            cut = len(self._base)
            scope = {**scope, "path": scope["path"][cut:], "raw_path": scope["raw_path"][cut:]}
        await self._app(scope, receive, send)
