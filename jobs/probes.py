"""What a process finds amiss with what it stands on: tried again and again as jobs need it, and told to all."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from jobs.database.store import JobStore
from jobs.errors import NovelFoundryError
from jobs.log_outage import Outage
from jobs.presence import ProcessBeat
from jobs.states import TroubleCode

# How long one try may take. With the pause before it, what breaks is told within ten seconds.
_LIMIT_SECONDS = 2.0
# While something is amiss its end is looked for this often; and nothing is tried more often.
_AGAIN_SECONDS = 1.0
# Smaller changes of an offset are the network's.
_DRIFT = timedelta(seconds=0.1)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One thing to try. `told` makes the sentence of what `attempt` raised."""

    attempt: Callable[[], Awaitable[None]]
    told: Callable[[Exception], str]
    # As the log says it, before the colon.
    away: str


class Probes:
    """The tries of one process. What they find stands in the process's row, for all the others."""

    def __init__(
        self, store: JobStore, process_beat: ProcessBeat, *, probes: Mapping[TroubleCode, Probe], interval: timedelta
    ) -> None:
        self._store = store
        self._beat = process_beat
        self._probes = probes
        self._pause = max(interval.total_seconds(), _AGAIN_SECONDS)
        self._outages = {code: Outage(_log, probe.away) for code, probe in probes.items()}
        self._found: dict[TroubleCode, str] = {}
        self._reported: tuple[dict[TroubleCode, str], timedelta | None] = {}, None

    def troubles(self) -> dict[TroubleCode, str]:
        """What is amiss by the last tries, and by the last sign of life, which is a write."""
        failure = self._beat.failure
        return self._found if failure is None else {TroubleCode.DATABASE: failure, **self._found}

    async def run(self) -> None:
        """Tries until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(min(_AGAIN_SECONDS, self._pause) if self._found else self._pause)

    async def look(self) -> None:
        """Tries everything once, and tells what has changed. Does not raise."""
        found = await asyncio.gather(*map(self._tried, self._probes))
        self._found = {code: message for code, message in zip(self._probes, found, strict=True) if message}
        try:
            async with asyncio.timeout(_LIMIT_SECONDS):
                await self._report()
        except (NovelFoundryError, TimeoutError):
            # The sign of life is the write that tells of a database that takes none.
            return

    async def _tried(self, code: TroubleCode) -> str | None:
        probe, outage = self._probes[code], self._outages[code]
        try:
            async with asyncio.timeout(_LIMIT_SECONDS):
                await probe.attempt()
        except Exception as error:
            # Whatever it is: no error of a duty ends a process.
            outage.lasts(error)
            return probe.told(error)
        outage.is_over()
        return None

    async def _report(self) -> None:
        offset = self._beat.clock_offset
        if self._found == self._reported[0] and not _has_moved(self._reported[1], offset):
            return
        if await self._store.process_report(self._beat.id, clock_offset=offset, troubles=self._found):
            self._reported = self._found, offset


def _has_moved(before: timedelta | None, now: timedelta | None) -> bool:
    if before is None or now is None:
        return before is not now
    return abs(now - before) > _DRIFT
