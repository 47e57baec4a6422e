"""graphql-transport-ws, as its PROTOCOL.md says it, over one WebSocket.

docs/decisions/0004-our-own-socket.md says why Strawberry's handler does not do.
"""

import asyncio
import logging
import time
from collections.abc import Mapping
from contextlib import ExitStack, aclosing
from enum import IntEnum
from typing import Any

from graphql import GraphQLError
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketDisconnected

from jobs.errors import LimitReached, Unauthenticated, Unavailable
from schema.context import Caller
from schema.errors import as_graphql, internal
from server.auth import bearer
from server.frames import answers
from server.lifespan import Services, services_of
from server.measured import Measured
from server.operation import Malformed, Operation, read_json
from server.responses import encoded
from server.uvicorn_limits import TRUST

PROTOCOL = "graphql-transport-ws"
# Seconds: for connection_init to come, and for a reader that reads nothing.
INIT_LIMIT = 10.0
SEND_LIMIT = 30.0
# Per socket. A dashboard has one or two under way; each subscription costs an execution for every frame.
MAX_OPERATIONS = 20
# Characters of a request, which is kept while its operation runs: room for the longest document, and escapes in it.
MAX_SUBSCRIBE = 131_072
# What a send raises to a client that left, the first time and after.
_GONE = (WebSocketDisconnect, WebSocketDisconnected)
# The longest reason that a close frame holds, in bytes.
_REASON_BYTES = 123

_log = logging.getLogger(__name__)


class Close(IntEnum):
    """Why the server ends a connection."""

    INTERNAL_ERROR = 1011
    TRY_AGAIN_LATER = 1013
    BAD_REQUEST = 4400
    UNAUTHORIZED = 4401
    FORBIDDEN = 4403
    SUBPROTOCOL_NOT_ACCEPTABLE = 4406
    INIT_TIMEOUT = 4408
    SUBSCRIBER_EXISTS = 4409
    TOO_MANY_REQUESTS = 4429


class Closing(Exception):
    """The connection is to be closed with this code."""

    def __init__(self, code: Close, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


async def serve_socket(websocket: WebSocket) -> None:
    """The endpoint. A client that offers no protocol that is spoken here is told so, and let go."""
    if PROTOCOL not in websocket.scope["subprotocols"]:
        await websocket.accept()
        await websocket.close(Close.SUBPROTOCOL_NOT_ACCEPTABLE, "Subprotocol not acceptable")
        return
    services = services_of(websocket)
    await services.turns.wait()
    await websocket.accept(PROTOCOL)
    with ExitStack() as held:
        await Connection(websocket, services, held).serve()


class Connection:
    """One socket from its opening to its end, with the operations on it."""

    def __init__(self, websocket: WebSocket, services: Services, held: ExitStack) -> None:
        self._websocket = websocket
        self._services = services
        self._held = held
        self._caller: Caller | None = None
        self._was_initialised = False
        self._operations: dict[str, asyncio.Task[None]] = {}

    async def serve(self) -> None:
        """Until either side ends it. Operations end with it."""
        try:
            async with asyncio.TaskGroup() as tasks:
                try:
                    await self._hear_or_close(tasks)
                finally:
                    self._stop_all()
        except* (*_GONE, TimeoutError):
            # The client is gone, or reads nothing: there is nobody to tell.
            pass

    async def _hear_or_close(self, tasks: asyncio.TaskGroup) -> None:
        try:
            async with asyncio.timeout(INIT_LIMIT) as limit:
                await self._hear(tasks, limit)
        except Closing as closing:
            await self._close(closing.code, closing.reason)
        except _GONE:
            raise
        except TimeoutError:
            if not limit.expired():
                raise
            if self._caller is None:
                await self._close(Close.INIT_TIMEOUT, "Connection initialisation timeout")
            else:
                await self._close(Close.FORBIDDEN, "The token has expired")
        except Exception as error:
            await self._close(Close.INTERNAL_ERROR, internal(error))

    async def _hear(self, tasks: asyncio.TaskGroup, limit: asyncio.Timeout) -> None:
        while (received := await self._websocket.receive())["type"] != "websocket.disconnect":
            await self._take(received.get("text"), tasks, limit)
            # A request is long: none is kept while the next one is waited for.
            del received

    async def _take(self, text: str | None, tasks: asyncio.TaskGroup, limit: asyncio.Timeout) -> None:
        message = _message(text)
        match message["type"]:
            case "connection_init":
                await self._initialise(message, limit)
            case "ping":
                await self._send({"type": "pong", **_payload(message)})
            case "pong":
                _payload(message)
            case "subscribe" if text is not None and len(text) > MAX_SUBSCRIBE:
                raise Closing(Close.BAD_REQUEST, "The request is too long for a socket: send it over HTTP")
            case "subscribe":
                await self._subscribe(message, tasks)
            case "complete":
                self._stop(_id(message))
            case unknown:
                raise Closing(Close.BAD_REQUEST, f"Unknown message type {unknown}")

    async def _initialise(self, message: Mapping[str, Any], limit: asyncio.Timeout) -> None:
        if self._was_initialised:
            raise Closing(Close.TOO_MANY_REQUESTS, "Too many initialisation requests")
        self._was_initialised = True
        await self._services.turns.wait()
        payload = _payload(message).get("payload") or {}
        try:
            caller = await self._services.authority.caller(bearer(payload.get("Authorization")))
            self._held.enter_context(self._services.sockets.hold(caller.owner_id, "Too many sockets of one author"))
        except Unauthenticated:
            raise Closing(Close.FORBIDDEN, "Forbidden") from None
        except Unavailable as error:
            raise Closing(Close.TRY_AGAIN_LATER, error.message) from None
        except LimitReached as error:
            raise Closing(Close.TOO_MANY_REQUESTS, error.message) from None
        # From here on the limit is the token's: past it the socket closes, whatever is under way.
        limit.reschedule(asyncio.get_running_loop().time() + caller.expires_at.timestamp() - time.time())
        self._websocket.scope["extensions"][TRUST]()
        await self._send({"type": "connection_ack"})
        self._caller = caller

    async def _subscribe(self, message: Mapping[str, Any], tasks: asyncio.TaskGroup) -> None:
        id = _id(message)
        await self._services.turns.wait()
        if self._caller is None:
            raise Closing(Close.UNAUTHORIZED, "Unauthorized")
        admitted = self._admitted(message)
        if id in self._operations:
            raise Closing(Close.SUBSCRIBER_EXISTS, f"Subscriber for {id} already exists")
        if len(self._operations) >= MAX_OPERATIONS:
            await self._send({"id": id, "type": "error", "payload": [_TOO_MANY]})
            return
        if isinstance(admitted, GraphQLError):
            refused = [self._services.shown(admitted)]
            Measured(self._services.metrics, "ws", "refused").answered(refused)
            await self._send({"id": id, "type": "error", "payload": refused})
            return
        self._operations[id] = tasks.create_task(self._run(id, admitted, self._caller))

    def _admitted(self, message: Mapping[str, Any]) -> Operation | GraphQLError:
        """The operation to run, or why it is not run here. Raises Closing for what is no operation."""
        try:
            return self._services.documents.admitted(message.get("payload"))
        except Malformed as error:
            raise Closing(Close.BAD_REQUEST, str(error)) from None
        except GraphQLError as error:
            return error

    def _stop(self, id: str) -> None:
        if task := self._operations.pop(id, None):
            task.cancel()

    def _stop_all(self) -> None:
        for id in list(self._operations):
            self._stop(id)

    async def _run(self, id: str, operation: Operation, caller: Caller) -> None:
        """One operation. Its fault ends it and no other."""
        try:
            await self._stream(id, operation, caller)
        except (*_GONE, TimeoutError):
            raise
        except Exception as error:
            await self._end(id, {"type": "error", "payload": [self._services.shown(as_graphql(error))]})

    async def _stream(self, id: str, operation: Operation, caller: Caller) -> None:
        head = b'{"id":' + encoded(id) + b',"type":"next","payload":'
        async with aclosing(answers(self._services, operation, caller, "ws")) as told:
            async for answer in told:
                if answer.refused is not None:
                    await self._end(id, {"type": "error", "payload": answer.refused})
                    return
                await self._send_text(head + answer.text + b"}")
        await self._end(id, {"type": "complete"})

    async def _end(self, id: str, last: Mapping[str, Any]) -> None:
        """Says the last word on an operation, whose id is free again before the client can read it."""
        if self._operations.get(id) is asyncio.current_task():
            del self._operations[id]
            await self._send({"id": id, **last})

    async def _send(self, message: Mapping[str, Any]) -> None:
        await self._send_text(encoded(message))

    async def _send_text(self, text: bytes) -> None:
        # A send waits while the client does not read: so its next frame is the newest, and none is kept for it.
        async with asyncio.timeout(SEND_LIMIT):
            await self._websocket.send({"type": "websocket.send", "text": text.decode()})

    async def _close(self, code: Close, reason: str) -> None:
        self._services.metrics.closes.labels(str(int(code))).inc()
        # First: an operation that waits for a slow reader would send after the close.
        self._stop_all()
        short = reason.encode("utf-8", "replace")[:_REASON_BYTES].decode("utf-8", "ignore")
        async with asyncio.timeout(SEND_LIMIT):
            await self._websocket.close(code, short)


_TOO_MANY = {
    "message": f"At most {MAX_OPERATIONS} operations run on one socket. Complete one first.",
    "extensions": {"code": "LIMIT_REACHED"},
}


def _message(text: str | None) -> Mapping[str, Any]:
    if text is None:
        raise Closing(Close.BAD_REQUEST, "A message is text")
    try:
        message = read_json(text)
    except Malformed:
        raise Closing(Close.BAD_REQUEST, "A message is JSON") from None
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        raise Closing(Close.BAD_REQUEST, "A message is an object with a type")
    return message


def _id(message: Mapping[str, Any]) -> str:
    id = message.get("id")
    if not isinstance(id, str) or not id:
        raise Closing(Close.BAD_REQUEST, "`id` must be a text")
    return id


def _payload(message: Mapping[str, Any]) -> dict[str, Any]:
    """The payload under its name, where there is one."""
    payload = message.get("payload")
    if not isinstance(payload, dict | None):
        raise Closing(Close.BAD_REQUEST, "`payload` must be an object")
    return {} if payload is None else {"payload": payload}
