"""Lets go of what need not be kept any longer: see NF_KEEP_EVENTS_DAYS, NF_KEEP_JOBS_DAYS and NF_KEEP_DRAFTS."""

import logging

from jobs.database.store import JobStore
from jobs.models import Pruned
from jobs.settings import Settings

# Jobs looked at in a transaction, of ten events each. Twice as many took 58 ms on two busy cores (benchmarks/year.py),
# the longest 0.5 s: half of that is to stay below a tenth of a second on an idle machine.
_BATCH = 100

_log = logging.getLogger(__name__)


class Pruner:
    """Prunes in small batches. Each goes on where the last one of any process stopped."""

    def __init__(self, *, store: JobStore, settings: Settings) -> None:
        self._store = store
        self._settings = settings

    async def prune(self) -> bool:
        """One batch of events and one of jobs. Returns whether there is no more to do now."""
        events, jobs = await self._events(), await self._jobs()
        if events.taken or jobs.taken:
            _log.info("pruned %d events and %d jobs", events.taken, jobs.taken)
        return events.is_done and jobs.is_done

    async def _events(self) -> Pruned:
        if not self._settings.keep_events:
            return _NOTHING
        return await self._store.prune_events(keep=self._settings.keep_events, limit=_BATCH)

    async def _jobs(self) -> Pruned:
        if not self._settings.keep_jobs:
            return _NOTHING
        return await self._store.prune_jobs(
            keep=self._settings.keep_jobs, keep_reports=self._settings.keep_drafts, limit=_BATCH
        )


_NOTHING = Pruned(taken=0, is_done=True)
