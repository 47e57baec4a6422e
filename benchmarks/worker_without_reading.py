"""`python -m benchmarks.worker_without_reading`: a worker that does all that a job needs but read."""

from contextlib import AsyncExitStack
from typing import Any

import uvloop

from jobs.models import ClaimedJob
from jobs.processes import runner, worker
from jobs.settings import Settings


async def _read(self: Any, claimed: ClaimedJob, work: object, turn: AsyncExitStack) -> object:
    await turn.enter_async_context(self._turn(claimed.job))
    await self._persistently(lambda: self._files.load(claimed.job.manuscript_id))
    await self._persistently(lambda: self._begin(claimed.job))
    return runner._Outcome(report={"read": False}, word_count=1)


if __name__ == "__main__":
    runner.Runner._read = _read  # type: ignore[method-assign,assignment]
    uvloop.run(worker.run(Settings.from_environment()))
