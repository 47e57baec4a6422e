"""Whether a ring is heard: one that carries a token is answered by whoever hears it. An answer decides nothing."""

import asyncio
import logging
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from enum import StrEnum
from uuid import uuid4

from redis.asyncio import Redis
from redis.asyncio.client import PubSub

from jobs.log_outage import Outage

_HEARD = "novelfoundry:heard:"
_TOKEN = re.compile(r"[0-9a-f]{32}")
# Whoever asks more often than that at once is not answered.
_WAITING = 16
_LIMIT_SECONDS = 2.0

_log = logging.getLogger(__name__)


class Road(StrEnum):
    """How a ring came: by the channel, which wakes at once, or by arq's queue, for who missed that."""

    CHANNEL = "channel"
    QUEUE = "queue"


class Echoes:
    """A worker's answers to rings that ask for one."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._waiting: asyncio.Queue[tuple[str, Road]] = asyncio.Queue(_WAITING)
        self._outage = Outage(_log, "a ring is not answered")

    def answer(self, token: str, road: Road) -> None:
        """Notes that a ring was heard. Most carry no token, and want no answer."""
        if _TOKEN.fullmatch(token):
            with suppress(asyncio.QueueFull):
                self._waiting.put_nowait((token, road))

    async def run(self) -> None:
        """Answers until cancelled."""
        while True:
            token, road = await self._waiting.get()
            try:
                async with asyncio.timeout(_LIMIT_SECONDS):
                    await self._redis.publish(f"{_HEARD}{token}", road.value)
                self._outage.is_over()
            except Exception as error:
                # Whatever it is: no error of a duty ends a process.
                self._outage.lasts(error)


async def echoed(
    redis: Redis, ring: Callable[[str], Awaitable[None]], *, expected: Mapping[Road, int], limit: float
) -> Counter[Road]:
    """Rings with a fresh token; how many answers came by each road until all that are expected have, or `limit` s."""
    token, heard = uuid4().hex, Counter[Road]()
    async with redis.pubsub() as line:
        await line.subscribe(f"{_HEARD}{token}")
        await ring(token)
        with suppress(TimeoutError):
            async with asyncio.timeout(limit):
                while any(heard[road] < number for road, number in expected.items()):
                    await _hear(line, heard, limit)
    return heard


async def _hear(line: PubSub, heard: Counter[Road], limit: float) -> None:
    message = await line.get_message(ignore_subscribe_messages=True, timeout=limit)
    if message is not None and (said := message["data"].decode()) in {road.value for road in Road}:
        heard[Road(said)] += 1
