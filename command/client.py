"""Our own API from a terminal: signing in, uploading, asking, following a job."""

import os
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx

from jobs.errors import ConfigurationError, NovelFoundryError, Unauthenticated, Unavailable
from novelfoundry import client
from novelfoundry.client import AsyncClient
from novelfoundry.client.generated.terminal_follow import TerminalFollowJobProgress

_LIMIT = 30.0
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Turned(NovelFoundryError):
    """The server turned a request down; `message` is its own sentence."""


class Client:
    """One author at one server: the contract's operations, with the errors of a command."""

    def __init__(self, http: httpx.AsyncClient, url: str, token: str) -> None:
        self._operations = AsyncClient(url, token, http=http)

    async def upload(self, filename: str, content: bytes) -> str:
        """The id of the manuscript that the file becomes. Raises Turned, Unauthenticated, Unavailable."""
        with _told():
            return await self._operations.upload(filename, content)

    async def start(self, manuscript_id: str) -> str:
        """The id of the job that analyses it. Raises Turned, Unauthenticated, Unavailable."""
        with _told():
            started = (await self._operations.terminal_start(id=manuscript_id)).start_analysis
        if started.typename__ == "Refusal":
            raise Turned(started.message)
        return started.id

    async def follow(self, job_id: str) -> AsyncGenerator[TerminalFollowJobProgress, None]:
        """The job as it stands and every newer version, up to the terminal one, through broken connections."""
        with _told():
            async for told in self._operations.terminal_follow(id=job_id):
                job = told.job_progress
                yield job
                if job.is_terminal:
                    return
        raise Turned("The job is gone, with its manuscript.")

    async def report(self, job_id: str) -> tuple[str, dict[str, Any]]:
        """The manuscript's title, and the report as the API tells it. Raises Turned, Unauthenticated, Unavailable."""
        with _told():
            job = (await self._operations.terminal_report(id=job_id)).job
        if job is None or job.report is None:
            raise Turned("The report is gone, with its manuscript.")
        return job.manuscript.title, job.report.model_dump(mode="json", by_alias=True)


@contextmanager
def _told() -> Iterator[None]:
    """Failures of the client as a command tells them."""
    try:
        yield
    except client.Turned as error:
        raise Turned(str(error)) from error
    except client.RequestFailed as error:
        kinds = {"unauthenticated": Unauthenticated, "unavailable": Unavailable, "rejected": Turned}
        raise kinds[error.failure](str(error)) from error


@asynccontextmanager
async def open_client(url: str, *, token: str | None) -> AsyncIterator[Client]:
    """A client at `url`: with this token, else NF_TOKEN, else as the page of a local server signs itself in.

    Raises ConfigurationError when there is no token to be had, Unavailable when nothing of ours answers.
    """
    if not _is_address(url):
        raise ConfigurationError(f"{url} is not the address of a server, such as http://127.0.0.1:8000.")
    url = url.rstrip("/")
    async with httpx.AsyncClient(timeout=_LIMIT) as http:
        found = token or os.environ.get("NF_TOKEN", "").strip() or await _signed_in(http, url)
        yield Client(http, url, found)


def _origin(url: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=""))


async def _signed_in(http: httpx.AsyncClient, url: str) -> str:
    wanted = ConfigurationError("No token: give one with --token or in NF_TOKEN.")
    if urlsplit(url).hostname not in _LOOPBACK:
        raise wanted
    try:
        response = await http.post(f"{url}/session", headers={"Origin": _origin(url)})
    except httpx.HTTPError as error:
        raise Unavailable(f"Nothing answers at {url}. Start it with `make up`, or name another with --url.") from error
    if response.status_code == 403:
        raise wanted
    try:
        return str(response.json()["token"])
    except (ValueError, KeyError, TypeError) as error:
        raise _stranger(url) from error


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port over 65535, half of a bracket
        return False


def _stranger(url: str) -> Unavailable:
    return Unavailable(f"{url} does not answer as NovelFoundry does. Is the address right?")
