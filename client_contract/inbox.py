"""What was heard of one connection and not yet read, whatever it goes over."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

from client_contract.observer import Observer

Json = Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """The last thing that a connection says. A stream has no code: 0."""

    code: int
    reason: str


@dataclass(slots=True, eq=False, kw_only=True)
class Inbox:
    """Messages in order. `heard` keeps all of them, for the evidence."""

    observer: Observer
    unread: asyncio.Queue[Json | Closed] = field(default_factory=asyncio.Queue)
    heard: list[Json] = field(default_factory=list)
    closed: Closed | None = None

    async def next(self, within: float) -> Json | Closed:
        """What comes next. Raises TimeoutError after `within` seconds."""
        if self.closed is not None and self.unread.empty():
            return self.closed
        async with asyncio.timeout(within):
            return await self.unread.get()

    def take(self, message: Json) -> None:
        """A message came."""
        self.heard.append(message)
        self.observer.message(self, message, time.monotonic())
        self.unread.put_nowait(message)

    def end(self, closed: Closed) -> None:
        """No more comes."""
        self.observer.leave(self, time.monotonic())
        self.closed = closed
        self.unread.put_nowait(closed)

    async def listen(self) -> None:
        """Until the connection ends."""
        raise NotImplementedError

    async def close(self) -> None:
        """Ends the connection."""
        raise NotImplementedError
