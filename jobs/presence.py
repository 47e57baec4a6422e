"""Who lives, who is late, who was never seen: what the deployment says of itself."""

import asyncio
import logging
import os
import socket
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from uuid import UUID, uuid4

from jobs import place
from jobs.database.store import JobStore
from jobs.errors import ConfigurationError, NovelFoundryError, Unavailable
from jobs.models import Component, Process, ProcessesOfKind, SystemHealth, Trouble
from jobs.settings import Settings
from jobs.shared import Shared
from jobs.states import ComponentState, TroubleCode
from jobs.troubles import all_troubles, message

# A burst of frames to many watchers reads the same answer; one this young is as true as a new one.
_FRESH_SECONDS = 0.5
# How long who asks waits for an answer; what stands beside a job waits less, where an older answer is known.
_PATIENCE_SECONDS = 2.0
_BESIDE_SECONDS = 0.25

_log = logging.getLogger(__name__)


def _now() -> datetime:
    return datetime.now(UTC)


class ProcessBeat:
    """One process's signs of life. A fresh id per start: an id is never used again.

    `failure` says in a sentence why the last one was not taken. `clock_offset` is how far this process's clock was
    ahead of the database's at the last one, as far as the way there lets it be known.
    """

    def __init__(self, store: JobStore, kind: str, *, capacity: int = 0, clock: Callable[[], datetime] = _now) -> None:
        self.id: UUID = uuid4()
        self.failure: str | None = None
        self.clock_offset: timedelta | None = None
        self._store = store
        self._kind = kind
        self._capacity = capacity
        self._clock = clock
        self._last_beat: float | None = None

    def silent_for(self) -> float:
        """Seconds since the last beat that the database took; infinite before the first."""
        return float("inf") if self._last_beat is None else time.monotonic() - self._last_beat

    async def beat(self, *, busy: int = 0) -> None:
        """Writes that the process lives. Raises Unavailable when the database does not take it."""
        sent, asked = time.monotonic(), self._clock()
        try:
            told = await self._store.process_beat(
                self.id,
                kind=self._kind,
                version=version("novelfoundry"),
                host=socket.gethostname(),
                capacity=self._capacity,
                busy=busy,
                place=place.of(os.getpid()),
                pid=os.getpid(),
            )
        except NovelFoundryError as error:
            self.failure = _failure(error)
            raise
        self.failure = None
        self.clock_offset = apart(asked, told, self._clock())
        self._last_beat = sent

    async def stop(self) -> None:
        """Writes that the process ends in good order. Does not raise: the process ends anyway."""
        try:
            await asyncio.wait_for(self._store.process_stop(self.id), timeout=4)
        except (NovelFoundryError, TimeoutError) as error:
            _log.warning("could not say goodbye: %s", error)


def apart(asked: datetime, told: datetime, heard: datetime) -> timedelta:
    """How far the clock that was read before and after is ahead of the one that was told in between; 0 if it may be."""
    if asked > told:
        return asked - told
    return min(heard - told, timedelta(0))


def _failure(error: NovelFoundryError) -> str:
    """For whoever asks: what must be set up is the operator's affair."""
    if isinstance(error, ConfigurationError):
        return "The database does not let us in. Its operator finds the reason in the log."
    return error.message


def no_push() -> Component:
    """The push path as a process sees it that has none."""
    return Component(state=ComponentState.NEVER_SEEN, live=0, last_seen_at=None)


class Presence:
    """What `processes` adds up to, with this process's own view of the push path."""

    def __init__(
        self,
        store: JobStore,
        settings: Settings,
        *,
        push: Callable[[], Component] = no_push,
        finds: Callable[[], Mapping[TroubleCode, str]] = dict,
    ) -> None:
        """`finds` tells what this process finds amiss itself, though nothing can be read."""
        self._store = store
        self._finds = finds
        self._late_after = settings.heartbeat * 3
        self._absent_after = settings.absent_after
        self._push = push
        self._read = Shared(self._health, fresh_for=_FRESH_SECONDS)

    async def health(self) -> SystemHealth:
        """How the deployment is, at most half a second old. Many who ask at once share one reading.

        Raises Unavailable when there is no answer within two seconds, whatever holds it up: the database, or the line
        of questions to it.
        """
        return await self._within(_PATIENCE_SECONDS)

    def fresh(self) -> SystemHealth | None:
        """How the deployment is, where that was read within the last half second."""
        return self._read.fresh()

    async def latest(self) -> SystemHealth:
        """How the deployment is, or, where that is not known at once, how it was when last read: `as_of` tells.

        What stands beside a job must not cost the job. Raises Unavailable only while nothing was ever read.
        """
        if self._read.last is None:
            return await self.health()
        with suppress(NovelFoundryError):
            return await self._within(_BESIDE_SECONDS)
        return self._with_what_is_found(self._read.last)

    async def processes(self, *, at: str | None = None) -> list[Process]:
        """Each process that did not say goodbye, at a place or wherever. Raises Unavailable."""
        return await self._store.processes_list(late_after=self._late_after, absent_after=self._absent_after, place=at)

    async def api(self) -> Component:
        """How the api processes are."""
        return _component((await self._kinds())["api"])

    async def _within(self, seconds: float) -> SystemHealth:
        try:
            return await self._read.value(within=seconds)
        except TimeoutError:
            raise Unavailable(
                f"How the service is could not be read within {seconds:g} seconds. Try again soon."
            ) from None

    async def _kinds(self) -> dict[str, ProcessesOfKind]:
        return await self._store.processes(late_after=self._late_after, absent_after=self._absent_after)

    async def _health(self) -> SystemHealth:
        kinds = await self._kinds()
        count, line = await self._store.count(), await self._store.line()
        workers, sweeper, push = _component(kinds["worker"]), _component(kinds["scheduler"]), self._push()
        told = {code: said for kind in kinds.values() for code, said in kind.troubles.items()}
        offset = max((kind.clock_offset for kind in kinds.values() if kind.clock_offset), key=abs, default=None)
        troubles = all_troubles(
            {**told, **self._finds()}, clock_offset=offset, workers=workers, sweeper=sweeper, push=push
        )
        return SystemHealth(
            as_of=kinds["worker"].as_of,
            sweeper=sweeper,
            workers=workers,
            push=push,
            queued=count.queued,
            running=count.running,
            capacity=kinds["worker"].capacity,
            busy=kinds["worker"].busy,
            line=line,
            message=message(troubles, line.hold),
            troubles=troubles,
            clock_offset=offset,
        )

    def _with_what_is_found(self, known: SystemHealth) -> SystemHealth:
        """What was read last, and what this process has found since: nobody is told that all is well meanwhile."""
        found = self._finds()
        kept = {trouble.code: trouble for trouble in known.troubles}
        kept |= {code: Trouble(code=code, message=said) for code, said in found.items()}
        troubles = tuple(kept[code] for code in TroubleCode if code in kept)
        return replace(known, troubles=troubles, message=message(troubles, known.line.hold))


def _component(kind: ProcessesOfKind) -> Component:
    return Component(state=kind.state, live=kind.live, last_seen_at=kind.last_seen_at)
