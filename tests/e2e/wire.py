"""graphql-transport-ws, spoken by hand: what goes over the wire is what is tested."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from websockets.asyncio.client import ClientConnection

FRAME_SECONDS = 60


class Socket:
    """One connection with one subscription at a time."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection

    async def send(self, message: dict[str, Any]) -> None:
        """One message."""
        await self._connection.send(json.dumps(message))

    async def receive(self) -> Any:
        """The next message."""
        return json.loads(await self._connection.recv())

    async def subscribe(self, query: str, **variables: Any) -> AsyncIterator[dict[str, Any]]:
        """The data of each frame, until the server completes the subscription."""
        payload = {"query": query, "variables": variables}
        await self.send({"id": "1", "type": "subscribe", "payload": payload})
        while True:
            async with asyncio.timeout(FRAME_SECONDS):
                message = await self.receive()
            match message["type"]:
                case "next":
                    assert "errors" not in message["payload"], message
                    yield message["payload"]["data"]
                case "complete":
                    return
                case "ping":
                    await self.send({"type": "pong"})
                case other:
                    raise AssertionError(f"{other}: {message}")
