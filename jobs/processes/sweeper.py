"""Keeps the truth though nobody looks: settles overdue rows, deletes loose files."""

import logging
from datetime import timedelta

from jobs.database.store import JobStore
from jobs.service import JobService
from jobs.states import DecidedBy

# Rows a transaction: a thousand take about a tenth of a second, so that no lock is held for long.
_BATCH = 1000
_LOOSE_AFTER = timedelta(hours=1)

_log = logging.getLogger(__name__)


class Sweeper:
    """The duty to doubt rows. Many sweepers at once do no harm; each row changes once."""

    def __init__(self, *, store: JobStore, service: JobService) -> None:
        self._store = store
        self._service = service

    async def sweep(self) -> int:
        """Settles everything overdue, in batches; returns how many jobs have another status now."""
        settled = 0
        while batch := await self._service.settle(DecidedBy.SWEEPER, limit=_BATCH):
            settled += sum(settlement.was is not settlement.status for settlement in batch)
            if held := [settlement.job_id for settlement in batch if settlement.is_held]:
                _log.warning("passed over %d overdue jobs whose rows somebody holds, %s the first", len(held), held[0])
            if len(batch) < _BATCH:
                break
        if settled:
            _log.warning("settled %d overdue jobs", settled)
        return settled

    async def tidy(self) -> None:
        """Deletes files of uploads and deletions that died, and rows of processes long gone."""
        await self._service.discard_unowned_files(older_than=_LOOSE_AFTER)
        await self._store.processes_prune()
        await self._store.manuscripts_gone_prune()
        await self._store.idempotency_prune()
