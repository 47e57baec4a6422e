"""One subscription over one socket, from its opening to its end: graphql-transport-ws."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, WebSocketException
from websockets.typing import Subprotocol

from novelfoundry.client.errors import RequestFailed
from novelfoundry.client.rules import CloseAction, close_action

# Seconds until the first frame, which the server sends at once. Later the library's own pings notice a dead line.
_OPENING = 15.0
_MOST_BYTES = 2**24


class Broken(Exception):
    """The line ended; `action` is what follows from how."""

    def __init__(self, action: CloseAction, message: str) -> None:
        super().__init__(message)
        self.action: CloseAction = action


async def frames(url: str, token: Mapping[str, str], payload: Mapping[str, Any]) -> AsyncIterator[dict[str, Any]]:
    """The data of each frame. A frame with errors is left out: the server tells again what it held.

    Raises Broken, and RequestFailed when the server refuses the operation.
    """
    try:
        async with connect(url, subprotocols=[Subprotocol("graphql-transport-ws")], max_size=_MOST_BYTES) as socket:
            await socket.send(json.dumps({"type": "connection_init", "payload": dict(token)}))
            within: float | None = _OPENING
            while True:
                async with asyncio.timeout(within):
                    message = json.loads(await socket.recv())
                match message["type"]:
                    case "connection_ack":
                        await socket.send(json.dumps({"type": "subscribe", "id": "1", "payload": payload}))
                    case "next":
                        within = None
                        result = message["payload"]
                        if not result.get("errors"):
                            yield result["data"]
                    case "error":
                        errors = message["payload"]
                        raise RequestFailed("rejected", errors[0]["message"], errors)
                    case "complete":
                        return
    except ConnectionClosed as error:
        raise Broken(close_action(error.rcvd.code if error.rcvd else None), str(error)) from error
    except (OSError, TimeoutError, InvalidHandshake, WebSocketException, ValueError) as error:
        raise Broken("reconnect", str(error) or type(error).__name__) from error
