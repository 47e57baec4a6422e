"""arq as a doorbell: a message says that a job may wait, nothing more. The claim in the database decides.

The only importer of arq. What arq 0.28 does by itself and must not decide is guarded here, by number of the list in
docs/decisions/0002-arq-is-a-doorbell.md.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from arq.connections import ArqRedis
from arq.worker import Worker, func
from redis.asyncio import ConnectionPool
from redis.exceptions import RedisError

from jobs.errors import ConfigurationError
from jobs.redis.announcements import REDIS_AWAY, RING, Listener, Patience

__all__ = ["ArqDoorbell", "ArqRedis", "Bell", "open_redis"]

QUEUE = "novelfoundry:jobs"
_RING = "ring"
# The handler only claims and returns, so in-progress keys, which arq keeps for this long plus ten seconds and never
# renews, cannot keep a job from being rung for again (3), nor pile up at the head of the queue (6).
_HANDLER_SECONDS = 5
_MAX_RINGS = 10_000
# How often a bell looks by itself. The listener beside it wakes it at once, so this is only for a lost wake.
_LOOK_SECONDS = 1.0

if TYPE_CHECKING:
    from arq.typing import WorkerCoroutine

_log = logging.getLogger(__name__)
# It would write two lines for each ring.
logging.getLogger("arq").setLevel(logging.WARNING)


def open_redis(redis_url: str) -> ArqRedis:
    """A client on a pool of its own; connects when first used, so that a Redis that is away stops nobody from starting.

    Raises ConfigurationError.
    """
    try:
        # No socket_timeout: with one, redis-py sends through asyncio.wait_for, which on Python 3.11 now and then
        # swallows a cancellation, and a worker told to stop goes on. Whoever waits for Redis here sets a limit.
        pool = ConnectionPool.from_url(redis_url, socket_connect_timeout=1, health_check_interval=15)
    except ValueError as error:
        raise ConfigurationError("REDIS_URL is not a Redis address such as redis://:password@host:6379/0.") from error
    return ArqRedis(
        pool,
        job_serializer=_to_json,  # the default is pickle (10)
        job_deserializer=json.loads,
        default_queue_name=QUEUE,
    )


class ArqDoorbell:
    """Rings for the workers."""

    def __init__(self, redis: ArqRedis, patience: Patience) -> None:
        self._redis = redis
        self._patience = patience

    async def ring(self, job_ids: Sequence[UUID]) -> Sequence[UUID]:
        """See Doorbell.ring. Each ring has a fresh id, for arq drops a repeated one silently (8)."""
        if self._patience.is_exhausted():
            return []
        rung: list[UUID] = []
        try:
            async with self._patience.wait(things=len(job_ids)):
                # Without workers rings pile up: beyond this many, more would only have to be dropped one by one.
                if await self._redis.zcard(QUEUE) < _MAX_RINGS:
                    for job_id in job_ids:
                        await self._enqueue(job_id)
                        rung.append(job_id)
                await self._redis.publish(RING, "")
        except REDIS_AWAY as error:
            why = str(error) or type(error).__name__
            _log.warning("could not ring for %d jobs (%s); the sweeper will", len(job_ids) - len(rung), why)
        return rung

    async def _enqueue(self, job_id: UUID) -> None:
        if await self._redis.enqueue_job(_RING, str(job_id), _expires=timedelta(hours=1)) is None:
            raise RedisError(f"the ring for job {job_id} was dropped")


class Bell:
    """A worker's end of the doorbell: answers rings for as long as there is room."""

    def __init__(
        self,
        redis: ArqRedis,
        *,
        answer: Callable[[UUID], Awaitable[None]],
        room: Callable[[], int],
    ) -> None:
        self._wake = asyncio.Event()
        self._listener = Listener(redis, RING, lambda _: self._wake.set())
        self._arq = _RoomyWorker(redis, answer=answer, room=room, answered=self.wake)

    def wake(self) -> None:
        """Room has come free, or something else is worth a look at once."""
        self._wake.set()

    async def listen(self) -> None:
        """Hears the wake beside the queue, until cancelled."""
        await self._listener.run()

    async def wait(self, timeout: float) -> None:
        """Waits for a wake, or for the next look that is due anyway."""
        try:
            async with asyncio.timeout(min(timeout, _LOOK_SECONDS)):
                await self._wake.wait()
        except TimeoutError:
            pass

    async def look(self) -> None:
        """Takes what rings there are. Raises one of REDIS_AWAY."""
        self._wake.clear()
        try:
            async with asyncio.timeout(_HANDLER_SECONDS):
                await self._arq.look()
        except REDIS_AWAY:
            # arq may have counted a place for a handler that never began, and would be deaf once all are counted so.
            self._arq = self._arq.renewed()
            raise

    async def close(self) -> None:
        """Waits for the handlers under way; they are short."""
        await self._arq.finish()


class _RoomyWorker(Worker):
    """arq's worker, driven by our loop, so that a blip of Redis ends an iteration and never the process (5)."""

    def __init__(
        self,
        redis: ArqRedis,
        *,
        answer: Callable[[UUID], Awaitable[None]],
        room: Callable[[], int],
        answered: Callable[[], None],
    ) -> None:
        async def ring(_: dict[Any, Any], job_id: str) -> None:
            await answer(UUID(job_id))

        super().__init__(
            functions=[
                func(cast("WorkerCoroutine", ring), name=_RING, timeout=_HANDLER_SECONDS, keep_result=0, max_tries=1)
            ],
            redis_pool=redis,
            queue_name=QUEUE,
            handle_signals=False,
            max_jobs=1000,  # room() limits, not arq
            job_timeout=_HANDLER_SECONDS,
            keep_result=0,  # a kept result makes enqueue_job drop its id (8)
            allow_abort_jobs=False,  # cancelling goes through the row (9)
            job_serializer=_to_json,
            job_deserializer=json.loads,
            log_results=False,
        )
        self._answer = answer
        self._room = room
        self._answered = answered

    def renewed(self) -> "_RoomyWorker":
        """The same with a fresh count of places, and the handlers under way."""
        renewed = _RoomyWorker(self.pool, answer=self._answer, room=self._room, answered=self._answered)
        renewed.tasks = self.tasks
        return renewed

    async def look(self) -> None:
        """One iteration of arq's loop."""
        await self._poll_iteration()

    async def start_jobs(self, job_ids: list[bytes]) -> None:
        """Starts handlers while there is room: the rings left in the queue are for workers that have some."""
        for job_id in job_ids:
            if self._room() <= sum(not task.done() for task in self.tasks.values()):
                return
            await super().start_jobs([job_id])
            if handler := self.tasks.get(job_id.decode()):
                # A ring for nothing takes no place: after an outage thousands may stand before the next job's.
                handler.add_done_callback(lambda _: self._answered())

    async def finish(self) -> None:
        """Waits for the handlers under way, and leaves those that a hanging Redis holds."""
        if self.tasks:
            await asyncio.wait(self.tasks.values(), timeout=_HANDLER_SECONDS)


def _to_json(message: dict[str, Any]) -> bytes:
    return json.dumps(message, default=str).encode()
