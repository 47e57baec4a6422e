"""arq as a doorbell: a ring says that there may be something in the line, names no job and decides nothing.

The only importer of arq. What arq 0.28 does by itself and must not decide is guarded here, by number of the list in
docs/decisions/0002-arq-is-a-doorbell.md.
"""

import asyncio
import contextlib
import json
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from arq.connections import ArqRedis
from arq.cron import CronJob, cron
from arq.worker import Worker, func
from redis.asyncio import ConnectionPool

from jobs.errors import ConfigurationError
from jobs.log_outage import Outage
from jobs.redis.echo import Echoes, Road, echoed
from jobs.redis.line import RING, CircuitBreaker, Gathering, Listener

__all__ = ["ArqDoorbell", "ArqRedis", "Beats", "RingListener", "open_redis", "ring_aloud"]

QUEUE = "novelfoundry:jobs"
# The name of the function and the id of its message: of rings that nobody has answered, arq keeps one (8).
_RING = "ring"
_BEAT = "beat"
# arq asks for messages whose score is up to its own clock: this one is due by every clock (12). Not 0, which arq takes
# for a message that is gone.
_DUE = datetime.fromtimestamp(0.001, UTC)
_RING_LASTS = timedelta(hours=1)
_ECHO_LASTS = timedelta(minutes=1)
# The handler only sets an event: nothing that commits runs inside arq's time limit (13), and in-progress keys, which
# arq keeps for this long plus ten seconds and never renews, cannot pile up at the head of the queue (3, 6).
_HANDLER_SECONDS = 5
# How often a bell looks into the queue. The listener beside it hears a ring at once, so this is for a lost wake.
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
    """Rings for the workers. See Doorbell."""

    def __init__(self, redis: ArqRedis, breaker: CircuitBreaker) -> None:
        self._redis = redis
        self._breaker = breaker
        self._outage = Outage(_log, "rings are not heard, and workers look by themselves")
        self._waking = Gathering(self._wake)
        self._leaving = Gathering(self._leave_message)
        self._last_message = float("-inf")
        self._is_ending = asyncio.Event()

    async def ring(self) -> None:
        """See Doorbell.ring."""
        if not self._breaker.is_open():
            self._waking.ask()
            self._leaving.ask()

    async def finish(self) -> None:
        """Returns when all is said, or Redis was found away."""
        self._is_ending.set()
        await self._waking.finish()
        await self._leaving.finish()

    async def _wake(self) -> None:
        await self._tried(self._redis.publish(RING, ""))

    async def _leave_message(self) -> None:
        """For a worker whose line to Redis was just then lost; that is read once a second, and written no oftener."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._last_message + _LOOK_SECONDS - time.monotonic()):
                await self._is_ending.wait()
        self._last_message = time.monotonic()
        await self._tried(
            self._redis.enqueue_job(_RING, _job_id=_RING, _defer_until=_DUE, _expires=_RING_LASTS),
        )

    async def _tried(self, command: Awaitable[object]) -> None:
        try:
            async with self._breaker.guard():
                await command
            self._outage.is_over()
        except Exception as error:
            self._outage.lasts(error)


async def ring_aloud(redis: ArqRedis, *, workers: int, limit: float) -> Counter[Road]:
    """Rings by both roads and asks whoever hears it to say so; how many did by each, within `limit` seconds.

    Does not wait on once each worker has answered by the channel and one by the queue. Raises what Redis comes up with.
    """

    async def ring(token: str) -> None:
        await redis.publish(RING, token)
        await redis.enqueue_job(_RING, token, _job_id=f"{_RING}:{token}", _defer_until=_DUE, _expires=_ECHO_LASTS)

    return await echoed(redis, ring, expected={Road.CHANNEL: workers, Road.QUEUE: 1}, limit=limit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Beats:
    """What is to be called at each multiple of `every`, by one worker of all."""

    every: timedelta
    call: Callable[[], None]


class RingListener:
    """A worker's end of the doorbell: hears rings, by a channel of Redis and by arq's queue; and its turn of a beat."""

    def __init__(self, redis: ArqRedis, *, rung: Callable[[], None], beats: Beats | None = None) -> None:
        self._echoes = Echoes(redis)
        self._rung = rung
        self._listener = Listener(redis, RING, heard=self._hear, joined=rung)
        self._arq = _Answering(redis, rung=self._read_from_queue, beats=beats)
        self._outage = Outage(_log, "no rings are read from Redis, and the worker looks by itself")

    @property
    def is_cut_off(self) -> bool:
        """Whether arq's queue was found away last: then no beat comes either."""
        return self._outage.is_on

    async def hear(self) -> None:
        """Hears rings until cancelled, through every absence of Redis."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._listener.run(), name="hear rings")
            tasks.create_task(self._read(), name="read rings")
            tasks.create_task(self._echoes.run(), name="answer rings")

    def _hear(self, token: str) -> None:
        self._rung()
        self._echoes.answer(token, Road.CHANNEL)

    def _read_from_queue(self, token: str) -> None:
        self._rung()
        self._echoes.answer(token, Road.QUEUE)

    async def _read(self) -> None:
        while True:
            try:
                await self.look()
                self._outage.is_over()
                await asyncio.sleep(_LOOK_SECONDS)
            except Exception as error:
                # Whatever it is: no error of a duty ends a process.
                await asyncio.sleep(self._outage.lasts(error))

    async def look(self) -> None:
        """Answers what rings there are. Raises whatever Redis or arq comes up with."""
        try:
            async with asyncio.timeout(_HANDLER_SECONDS):
                await self._arq.look()
        except Exception:
            # arq may have counted a place for a handler that never began, and would be deaf once all are counted so.
            self._arq = self._arq.renewed()
            raise


class _Answering(Worker):
    """arq's worker, driven by our loop, so that a blip of Redis ends an iteration and never the process (5)."""

    def __init__(self, redis: ArqRedis, *, rung: Callable[[str], None], beats: Beats | None) -> None:
        async def ring(_: dict[Any, Any], *said: object) -> None:
            rung(str(said[0]) if said else "")

        super().__init__(
            functions=[
                func(cast("WorkerCoroutine", ring), name=_RING, timeout=_HANDLER_SECONDS, keep_result=0, max_tries=1)
            ],
            cron_jobs=[_Beat.of(beats)] if beats else None,
            redis_pool=redis,
            queue_name=QUEUE,
            handle_signals=False,
            job_timeout=_HANDLER_SECONDS,
            keep_result=0,  # a kept result makes enqueue_job drop its id (8)
            allow_abort_jobs=False,  # cancelling goes through the row (9)
            job_serializer=_to_json,
            job_deserializer=json.loads,
            log_results=False,
        )
        self._asked = rung, beats

    def renewed(self) -> "_Answering":
        """The same with a fresh count of places, and the handlers under way."""
        rung, beats = self._asked
        renewed = _Answering(self.pool, rung=rung, beats=beats)
        renewed.tasks = self.tasks
        return renewed

    async def look(self) -> None:
        """One iteration of arq's loop."""
        await self._poll_iteration()


@dataclass(repr=False)
class _Beat(CronJob):
    """arq's cron job at each multiple of an interval. Its id is that multiple, so that one worker of all has it."""

    every: timedelta = field(kw_only=True)

    @classmethod
    def of(cls, beats: Beats) -> "_Beat":
        async def beat(_: dict[Any, Any]) -> None:
            beats.call()

        usual = cron(cast("WorkerCoroutine", beat), name=_BEAT, timeout=_HANDLER_SECONDS)
        return cls(**vars(usual), every=beats.every)

    def calculate_next(self, prev_run: datetime) -> None:
        # From now on where a beat was missed: a worker that slept has nothing to make up for.
        last = max(prev_run, datetime.now(UTC)).timestamp() // self.every.total_seconds()
        self.next_run = datetime.fromtimestamp((last + 1) * self.every.total_seconds(), UTC)


def _to_json(message: dict[str, Any]) -> bytes:
    return json.dumps(message, default=str).encode()
