"""HTTP, WebSockets and streams to one server, with everything that comes in shown to the observer."""

import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, InvalidURI
from websockets.typing import Origin, Subprotocol

from client_contract.inbox import Closed, Inbox
from client_contract.observer import Observer
from client_contract.stream import EVENT_STREAM, Stream

Json = Any
_LIMIT_SECONDS = 20.0
_IDLE_SECONDS = 1.0


class Unreachable(Exception):
    """The server does not answer at all; the text says where it was sought."""


class NoStream(Exception):
    """The server answers otherwise than by events; the text says how."""


class SocketRefused(Unreachable):
    """The server answers the handshake of a socket with an HTTP status."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


@dataclass(slots=True, eq=False, kw_only=True)
class Socket(Inbox):
    """One socket."""

    connection: ClientConnection

    @property
    def subprotocol(self) -> str | None:
        """What the server chose."""
        return self.connection.subprotocol

    async def send(self, message: Json) -> None:
        """Sends a text as it stands, anything else as JSON. A socket that is closed takes it and says nothing."""
        text = message if isinstance(message, str) else json.dumps(message)
        self.observer.asked(self, message, time.monotonic())
        try:
            await self.connection.send(text)
        except ConnectionClosed:
            return

    async def listen(self) -> None:
        """Until the socket closes."""
        try:
            async for text in self.connection:
                self.take(_decoded(text))
        except ConnectionClosed:
            pass
        code, reason = self.connection.close_code, self.connection.close_reason
        self.end(Closed(code=code or 1006, reason=reason or ""))

    async def close(self) -> None:
        """Closes it with a goodbye."""
        await self.connection.close()

    def drop(self) -> None:
        """Cuts the line without a goodbye, as a lost network does."""
        self.connection.transport.abort()


class Wire:
    """The ways to one server. Used as an async context; closes what is still open when it ends."""

    def __init__(self, url: str, observer: Observer) -> None:
        self._observer = observer
        # A server may close an idle connection just as a request goes out: that is no promise broken.
        limits = httpx.Limits(keepalive_expiry=_IDLE_SECONDS)
        self._http = httpx.AsyncClient(base_url=url, timeout=_LIMIT_SECONDS, limits=limits)
        self._listening: dict[Inbox, asyncio.Task[None]] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.hang_up()
        await self._http.aclose()

    async def request(self, method: str, path: str, *, headers: Mapping[str, str], **content: Any) -> httpx.Response:
        """One request. Raises Unreachable."""
        asked_at = time.monotonic()
        self._observer.sent(content.get("json"))
        try:
            response = await self._http.request(method, path, headers=headers, **content)
        except httpx.HTTPError as error:
            raise Unreachable(f"{method} {self._at(path)}: {_named(error)}") from error
        if "json" in response.headers.get("content-type", ""):
            self._observer.answer(
                _decoded(response.content), asked_at=asked_at, at=time.monotonic(), sent=content.get("json")
            )
        return response

    async def open(self, protocols: Sequence[str], *, origin: str | None = None) -> Socket:
        """A new socket on /graphql, as from a page of that origin. Raises SocketRefused, Unreachable."""
        scheme = "wss" if self._http.base_url.scheme == "https" else "ws"
        url = str(self._at("/graphql").copy_with(scheme=scheme))
        try:
            connection = await connect(
                url,
                subprotocols=[Subprotocol(each) for each in protocols] or None,
                compression=None,
                max_size=None,
                open_timeout=_LIMIT_SECONDS,
                # A verifier's own pings would keep alive what the server lets die.
                ping_interval=None,
                origin=None if origin is None else Origin(origin),
            )
        except InvalidStatus as error:
            raise SocketRefused(error.response.status_code, f"WebSocket {url}: {_named(error)}") from error
        except (OSError, TimeoutError, InvalidHandshake, InvalidURI) as error:
            raise Unreachable(f"WebSocket {url}: {_named(error)}") from error
        socket = Socket(connection=connection, observer=self._observer)
        self._listening[socket] = asyncio.create_task(socket.listen())
        return socket

    async def stream(self, id: str, request: Json, headers: Mapping[str, str]) -> Stream:
        """An operation's answers as events. Raises NoStream for any other answer, Unreachable."""
        asked = self._http.build_request(
            "POST",
            "/graphql",
            json=request,
            headers={**headers, "Accept": EVENT_STREAM},
            # Of its silence the promises tell.
            timeout=httpx.Timeout(_LIMIT_SECONDS, read=None),
        )
        asked_at = time.monotonic()
        try:
            response = await self._http.send(asked, stream=True)
        except httpx.HTTPError as error:
            raise Unreachable(f"POST {asked.url}: {_named(error)}") from error
        kind = response.headers.get("content-type", "nothing")
        if response.status_code != httpx.codes.OK or not kind.startswith(EVENT_STREAM):
            await response.aclose()
            raise NoStream(f"A stream was asked for, and {response.status_code} with {kind} came.")
        stream = Stream(observer=self._observer, response=response, id=id)
        self._observer.asked(stream, {"type": "subscribe", "id": id}, asked_at)
        self._listening[stream] = asyncio.create_task(stream.listen())
        return stream

    def _at(self, path: str) -> httpx.URL:
        """The address of a path, under the server's own where that has one, as a proxy gives it."""
        return self._http.base_url.join(path.removeprefix("/"))

    async def hang_up(self) -> None:
        """Closes every connection."""
        for connection, listening in self._listening.items():
            await connection.close()
            await listening
        self._listening.clear()


def bearer(token: str | None) -> dict[str, str]:
    """The headers that say who asks."""
    return {"Authorization": f"Bearer {token}"} if token else {}


def body_of(response: httpx.Response) -> Json:
    """The JSON of an answer, or the text where it is none."""
    return _decoded(response.content)


def _named(error: Exception) -> str:
    return str(error).rstrip(".") or type(error).__name__


def _decoded(text: str | bytes) -> Json:
    try:
        return json.loads(text)
    except ValueError:
        return text.decode(errors="replace") if isinstance(text, bytes) else text
