"""Our own API from a terminal: signing in, uploading, asking, following a job."""

import asyncio
import json
import mimetypes
import os
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.typing import Subprotocol

from jobs.errors import ConfigurationError, NovelFoundryError, Unauthenticated, Unavailable

_LIMIT = 30.0
_UPLOAD_LIMIT = 600.0
# A frame or a tick comes at least this often, or the line is broken.
_PATIENCE = 60.0
_ATTEMPTS = 5
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_FOLLOW = """
subscription TerminalFollow($id: ID!) {
  jobProgress(id: $id) { id status isTerminal stage progress waiting { message } failure { message } }
}
"""


class Turned(NovelFoundryError):
    """The server turned a request down; `message` is its own sentence."""


class Client:
    """One author at one server."""

    def __init__(self, http: httpx.AsyncClient, url: str, token: str) -> None:
        self._http = http
        self._url = url
        self._token = token

    async def upload(self, filename: str, content: bytes) -> str:
        """The id of the manuscript that the file becomes. Raises Turned, Unavailable."""
        kind = mimetypes.guess_type(filename)[0] or "application/octet-stream"
        answer = await self._post("/manuscripts", files={"file": (filename, content, kind)}, timeout=_UPLOAD_LIMIT)
        return str(answer["id"])

    async def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """The data of an operation. Raises Turned for an error or a refusal, Unavailable."""
        answer = await self._post("/graphql", json={"query": query, "variables": variables}, timeout=_LIMIT)
        if errors := answer.get("errors"):
            raise Turned(errors[0]["message"])
        data: dict[str, Any] = answer["data"]
        for field in data.values():
            if isinstance(field, dict) and field.get("__typename") == "Refusal":
                raise Turned(field["message"])
        return data

    async def follow(self, job_id: str) -> AsyncGenerator[dict[str, Any], None]:
        """The job as it stands and every newer version, up to the terminal one, through broken connections."""
        failures = 0
        while True:
            try:
                async for job in self._followed(job_id):
                    failures = 0
                    yield job
                    if job["isTerminal"]:
                        return
            except (OSError, TimeoutError, WebSocketException) as error:
                failures += 1
                if isinstance(error, ConnectionClosed) and error.rcvd and error.rcvd.code == 4403:
                    raise Unauthenticated("The sign-in has expired; the analysis goes on. Sign in again.") from error
                if failures > _ATTEMPTS:
                    raise Unavailable(f"The connection to {self._url} broke, and could not be made again.") from error
                await asyncio.sleep(min(0.2 * 2**failures, 5))

    async def _followed(self, job_id: str) -> AsyncGenerator[dict[str, Any], None]:
        url = f"{self._url.replace('http', 'ws', 1)}/graphql"
        async with connect(url, subprotocols=[Subprotocol("graphql-transport-ws")], max_size=2**24) as socket:
            init = {"type": "connection_init", "payload": {"Authorization": f"Bearer {self._token}"}}
            await socket.send(json.dumps(init))
            while True:
                async with asyncio.timeout(_PATIENCE):
                    message = json.loads(await socket.recv())
                match message["type"]:
                    case "connection_ack":
                        payload = {"query": _FOLLOW, "variables": {"id": job_id}}
                        await socket.send(json.dumps({"type": "subscribe", "id": "1", "payload": payload}))
                    case "next" if errors := message["payload"].get("errors"):
                        # What it held is told again: here, or after coming back, which is not tried without end.
                        raise ConnectionError(errors[0]["message"])
                    case "next":
                        yield message["payload"]["data"]["jobProgress"]
                    case "error":
                        raise Turned(message["payload"][0]["message"])
                    case "complete":
                        raise Turned("The job is gone, with its manuscript.")

    async def _post(self, path: str, **request: Any) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self._token}"}
        try:
            response = await self._http.post(f"{self._url}{path}", headers=headers, **request)
            answer = response.json()
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            raise _stranger(self._url) from error
        if response.status_code == 401:
            raise Unauthenticated(answer["message"])
        if "code" in answer:
            raise Turned(answer["message"])
        return dict(answer)


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
