"""Says over Redis that rows have changed. An announcement only wakes; a lost one is healed by resync."""

import json
import logging
from collections.abc import Collection
from uuid import UUID

from redis.asyncio import Redis

from jobs.log_outage import Outage
from jobs.redis.line import CHANGED, CircuitBreaker, Gathering

_log = logging.getLogger(__name__)


class RedisAnnouncer:
    """Announces to the push hub of every api process: one message for all that changed while the last was sent."""

    def __init__(self, redis: Redis, breaker: CircuitBreaker) -> None:
        self._redis = redis
        self._breaker = breaker
        self._outage = Outage(_log, "changes are not announced, and wait for the resync")
        self._changed: set[UUID] = set()
        self._saying = Gathering(self._say)

    async def announce(self, owner_ids: Collection[UUID]) -> None:
        """See Announcer.announce."""
        if owner_ids and not self._breaker.is_open():
            self._changed.update(owner_ids)
            self._saying.ask()

    async def finish(self) -> None:
        """Returns when all is said, or Redis was found away."""
        await self._saying.finish()

    async def _say(self) -> None:
        changed, self._changed = self._changed, set()
        try:
            async with self._breaker.guard():
                await self._redis.publish(CHANGED, json.dumps([str(owner_id) for owner_id in changed]))
            self._outage.is_over()
        except Exception as error:
            self._outage.lasts(error)
