"""`POST /session`: under `novelfoundry up`, in local mode, a page on this machine signs itself in."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from server.auth import local_token
from server.lifespan import services_of
from server.responses import answer, problem

LOCAL_AUTHOR = "local-author"
LIFETIME = timedelta(hours=1)

_NOT_HERE = (
    "This server signs no page in: only the one that `make up` starts does. "
    "Make a token with `novelfoundry token --sub ID`, and send it as a bearer token."
)
_REFUSED = "Only a page of this server, opened on the same machine, signs itself in. Use `novelfoundry token` instead."
_PROXIED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")


async def session(request: Request) -> Response:
    """A token for the author of this machine; 403 to everybody else."""
    settings = services_of(request).settings
    if settings.uses_supabase:
        return problem(403, "FORBIDDEN", "Sign in with Supabase: this server signs no tokens of its own.")
    if not settings.local_sign_in:
        # Behind a proxy that rewrites Host and adds no header, the whole world looks like this machine.
        return problem(403, "FORBIDDEN", _NOT_HERE)
    if not is_from_here(request):
        return problem(403, "FORBIDDEN", _REFUSED)
    expires_at = datetime.now(UTC) + LIFETIME
    token = local_token(
        settings, sub=LOCAL_AUTHOR, expires_in=LIFETIME.total_seconds(), is_operator=settings.local_operator
    )
    return answer({"token": token, "expiresAt": expires_at.isoformat()})


def is_from_here(request: Request) -> bool:
    """Whether a page of ours on this machine asks.

    The address keeps the network out, the Host a page whose name was pointed at this machine, the Origin
    a page of another site; and what came through a proxy may come from anywhere.
    """
    host, origin = request.headers.get("host", ""), request.headers.get("origin", "")
    return (
        request.client is not None
        and _is_loopback(request.client.host)
        and _is_loopback(_name_of(host))
        and origin in (f"http://{host}", f"https://{host}")
        and not any(name in request.headers for name in _PROXIED)
    )


def _name_of(host: str) -> str:
    """The host's name without its port; empty when it is none."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
