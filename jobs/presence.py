"""Who lives, who is late, who was never seen: what the deployment says of itself."""

import asyncio
import logging
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from importlib.metadata import version
from uuid import UUID, uuid4

from jobs.database.store import JobStore
from jobs.errors import NovelFoundryError, Unavailable
from jobs.models import Component, Hold, ProcessesOfKind, SystemHealth
from jobs.settings import Settings
from jobs.states import ComponentState

# A burst of frames to many watchers reads the same answer; one this young is as true as a new one.
_FRESH_SECONDS = 0.5
# How long who asks waits for an answer; what stands beside a job waits less, where an older answer is known.
_PATIENCE_SECONDS = 2.0
_BESIDE_SECONDS = 0.25

_log = logging.getLogger(__name__)


class ProcessBeat:
    """One process's signs of life. A fresh id per start: an id is never used again."""

    def __init__(self, store: JobStore, kind: str, *, capacity: int = 0) -> None:
        self.id: UUID = uuid4()
        self._store = store
        self._kind = kind
        self._capacity = capacity
        self._last_beat: float | None = None

    def silent_for(self) -> float:
        """Seconds since the last beat that the database took; infinite before the first."""
        return float("inf") if self._last_beat is None else time.monotonic() - self._last_beat

    async def beat(self, *, busy: int = 0) -> None:
        """Writes that the process lives. Raises Unavailable when the database does not take it."""
        sent = time.monotonic()
        await self._store.process_beat(
            self.id,
            kind=self._kind,
            version=version("novelfoundry"),
            host=socket.gethostname(),
            capacity=self._capacity,
            busy=busy,
        )
        self._last_beat = sent

    async def stop(self) -> None:
        """Writes that the process ends in good order. Does not raise: the process ends anyway."""
        try:
            await asyncio.wait_for(self._store.process_stop(self.id), timeout=4)
        except (NovelFoundryError, TimeoutError) as error:
            _log.warning("could not say goodbye: %s", error)


def no_push() -> Component:
    """The push path as a process sees it that has none."""
    return Component(state=ComponentState.NEVER_SEEN, live=0, last_seen_at=None)


class Presence:
    """What `processes` adds up to, with this process's own view of the push path."""

    def __init__(
        self, store: JobStore, settings: Settings, *, push: Callable[[], Component] = no_push, host: str | None = None
    ) -> None:
        """`host` leaves out the processes of all others."""
        self._store = store
        self._host = host
        self._late_after = settings.heartbeat * 3
        self._absent_after = settings.absent_after
        self._push = push
        self._read: asyncio.Task[SystemHealth] | None = None
        self._read_at = float("-inf")
        self._known: SystemHealth | None = None

    async def health(self) -> SystemHealth:
        """How the deployment is, at most half a second old. Many who ask at once share one reading.

        Raises Unavailable when there is no answer within two seconds, whatever holds it up: the database, or the line
        of questions to it.
        """
        return await self._within(_PATIENCE_SECONDS)

    def fresh(self) -> SystemHealth | None:
        """How the deployment is, where that was read within the last half second."""
        if self._read is None or not self._read.done() or time.monotonic() - self._read_at > _FRESH_SECONDS:
            return None
        return None if self._read.cancelled() or self._read.exception() else self._read.result()

    async def latest(self) -> SystemHealth:
        """How the deployment is, or, where that is not known at once, how it was when last read: `as_of` tells.

        What stands beside a job must not cost the job. Raises Unavailable only while nothing was ever read.
        """
        if self._known is None:
            return await self.health()
        with suppress(NovelFoundryError):
            return await self._within(_BESIDE_SECONDS)
        return self._known

    async def api(self) -> Component:
        """How the api processes are."""
        return _component((await self._kinds())["api"])

    async def _within(self, seconds: float) -> SystemHealth:
        reading = self._reading()
        # Not cancelled past the limit: a connection would wait for the server to confirm that, as long as it hangs.
        await asyncio.wait({reading}, timeout=seconds)
        if not reading.done():
            raise Unavailable(f"How the service is could not be read within {seconds:g} seconds. Try again soon.")
        try:
            return reading.result()
        except NovelFoundryError:
            if self._read is reading:
                self._read = None
            raise

    def _reading(self) -> asyncio.Task[SystemHealth]:
        """The one under way, the last one while it is fresh, else a new one."""
        if self._read is None or (self._read.done() and time.monotonic() - self._read_at > _FRESH_SECONDS):
            self._read_at = time.monotonic()
            self._read = asyncio.create_task(self._health())
            # One that fails after everybody has gone is nobody's error.
            self._read.add_done_callback(lambda read: read.cancelled() or read.exception())
        return self._read

    async def _kinds(self) -> dict[str, ProcessesOfKind]:
        return await self._store.processes(
            late_after=self._late_after, absent_after=self._absent_after, host=self._host
        )

    async def _health(self) -> SystemHealth:
        kinds = await self._kinds()
        count, line = await self._store.count(), await self._store.line()
        workers, sweeper, push = _component(kinds["worker"]), _component(kinds["scheduler"]), self._push()
        self._known = SystemHealth(
            as_of=kinds["worker"].as_of,
            sweeper=sweeper,
            workers=workers,
            push=push,
            queued=count.queued,
            running=count.running,
            capacity=kinds["worker"].capacity,
            busy=kinds["worker"].busy,
            line=line,
            message=_message(sweeper=sweeper, workers=workers, push=push, hold=line.hold),
        )
        return self._known


def _component(kind: ProcessesOfKind) -> Component:
    return Component(state=kind.state, live=kind.live, last_seen_at=kind.last_seen_at)


def _message(*, sweeper: Component, workers: Component, push: Component, hold: Hold | None) -> str | None:
    """One sentence for an author, about what matters most to her; None when all is well."""
    if hold:
        return f"New analyses are on hold: {hold.why.rstrip('.')}. What you add now waits, and starts by itself."
    match workers.state:
        case ComponentState.ABSENT | ComponentState.NEVER_SEEN:
            return "Nothing is there to start analyses right now. They wait, and start by themselves once there is."
        case ComponentState.LATE:
            return "Analyses may take longer than usual right now."
        case ComponentState.HEALTHY:
            pass
    if not sweeper.state.is_alive:
        return "The scheduler is not running: a stuck analysis is noticed only when somebody looks at it."
    if not push.state.is_alive:
        return "Live updates are slow just now: changes may show a few seconds late."
    return None
