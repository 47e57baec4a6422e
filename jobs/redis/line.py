"""Says over Redis that rows have changed, and hears it. An announcement wakes and carries no state; a lost one
is healed by resync."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from jobs.log_outage import Outage

CHANGED = "novelfoundry:changed"
RING = "novelfoundry:ring"

# What a Redis that is away, restarting or hanging raises.
REDIS_AWAY = (RedisError, OSError, TimeoutError)
# An author must not wait longer than this for a Redis that hangs.
_PATIENCE_SECONDS = 1.0
_LISTEN_SECONDS = 5.0

_log = logging.getLogger(__name__)


class CircuitBreaker:
    """Lets one caller find out that Redis is away, and spares the others the wait for a while."""

    def __init__(self) -> None:
        self._away_until = float("-inf")

    def is_open(self) -> bool:
        """Whether Redis was found away within the last second."""
        return time.monotonic() < self._away_until

    @asynccontextmanager
    async def guard(self) -> AsyncIterator[None]:
        """Limits the block to a second; remembers when that was not enough.

        Raises one of REDIS_AWAY.
        """
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                yield
        except REDIS_AWAY:
            self._away_until = time.monotonic() + _PATIENCE_SECONDS
            raise


class Gathering:
    """Does once, a moment later, what many ask for: nobody waits for Redis who has done his work."""

    def __init__(self, do: Callable[[], Awaitable[None]]) -> None:
        """`do` raises nothing. What is asked for while it is done is done after it."""
        self._do = do
        self._is_asked = False
        self._doing: asyncio.Task[None] | None = None

    def ask(self) -> None:
        """It is to be done, once more if it is being done now."""
        self._is_asked = True
        if self._doing is None or self._doing.done():
            self._doing = asyncio.create_task(self._do_all(), name="say over Redis")

    async def finish(self) -> None:
        """Returns when all that was asked for is done."""
        if self._doing:
            await asyncio.wait({self._doing})

    async def _do_all(self) -> None:
        while self._is_asked:
            self._is_asked = False
            await self._do()


class Listener:
    """Hears one channel for as long as `run` runs, through every loss of the connection."""

    def __init__(self, redis: Redis, channel: str, *, heard: Callable[[str], None], joined: Callable[[], None]) -> None:
        """`heard` is called with each message, `joined` with each new line: what was said before it was missed."""
        self._redis = redis
        self._channel = channel
        self._heard = heard
        self._joined = joined
        self._last_answer: float | None = None
        self._outage = Outage(_log, f"no line to Redis for {channel}")

    def silent_for(self) -> float | None:
        """Seconds since Redis last answered on this line; None when it never did."""
        return None if self._last_answer is None else time.monotonic() - self._last_answer

    async def run(self) -> None:
        """Listens until cancelled."""
        while True:
            try:
                async with self._redis.pubsub() as pubsub:
                    await self._listen(pubsub)
            except Exception as error:
                # Whatever it is: no error of a duty ends a process.
                await asyncio.sleep(self._outage.lasts(error))

    async def _listen(self, pubsub: PubSub) -> None:
        async with asyncio.timeout(_LISTEN_SECONDS):
            await pubsub.subscribe(self._channel)
        _log.info("listening on %s", self._channel)
        self._outage.is_over()
        asked = False
        while True:
            message = await pubsub.get_message(timeout=_LISTEN_SECONDS / 2)
            if message is None:
                if asked:
                    raise TimeoutError("no answer to a ping")
                async with asyncio.timeout(_LISTEN_SECONDS):
                    await pubsub.ping()
                asked = True
                continue
            asked = False
            self._last_answer = time.monotonic()
            if message["type"] == "message":
                self._heard(_text(message["data"]))
            elif message["type"] == "subscribe":
                self._joined()


def _text(data: bytes | str) -> str:
    return data.decode(errors="replace") if isinstance(data, bytes) else data
