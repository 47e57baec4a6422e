"""Says over Redis that rows have changed. An announcement only wakes; a lost one is healed by resync."""

import json
import logging
from collections.abc import Collection
from uuid import UUID

from redis.asyncio import Redis

from jobs.log_outage import Outage
from jobs.redis.line import CHANGED, CircuitBreaker

_log = logging.getLogger(__name__)


class RedisAnnouncer:
    """Announces to the push hub of every api process."""

    def __init__(self, redis: Redis, breaker: CircuitBreaker) -> None:
        self._redis = redis
        self._breaker = breaker
        self._outage = Outage(_log, "changes are not announced, and wait for the resync")

    async def announce(self, owner_ids: Collection[UUID]) -> None:
        """See Announcer.announce."""
        if not owner_ids or self._breaker.is_open():
            return
        try:
            async with self._breaker.guard():
                await self._redis.publish(CHANGED, json.dumps([str(owner_id) for owner_id in owner_ids]))
            self._outage.is_over()
        except Exception as error:
            self._outage.lasts(error)
