"""Tries on Redis what a ring needs, waking nobody: an answer to PING says nothing about writes."""

import asyncio

from redis.asyncio import Redis

_CHANNEL = _KEY = "novelfoundry:trial"
_KEPT_SECONDS = 60
# As long as an author would wait for a ring.
_PATIENCE_SECONDS = 1.0


async def try_ring(redis: Redis) -> None:
    """Publishes and writes as a ring does. Raises what Redis or its client comes up with; see faults.fault_of."""
    async with asyncio.timeout(_PATIENCE_SECONDS):
        await redis.publish(_CHANNEL, "")
        await redis.set(_KEY, "", ex=_KEPT_SECONDS)
