"""Runs one claimed job: fetches the file, reads it in a child process, beats, finishes. Never outlives its lease."""

import asyncio
import json
import logging
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

from jobs.analysis.confinement import OUT_OF_TIME_SIGNALS, TOO_LONG
from jobs.database.store import JobStore
from jobs.errors import ConfigurationError, LeaseLost, NotAllowedNow, NotFound, NotSetUp, NovelFoundryError, Unavailable
from jobs.models import ClaimedJob, Job
from jobs.ports import Announcer, Files
from jobs.processes.analyses import Analyses, Analysis
from jobs.processes.child import most_memory, signal_name
from jobs.processes.counts import count_finished
from jobs.settings import Settings
from jobs.states import FailureCode, JobStatus

# Progress is written at most this often; between two writes the newest wins.
_PROGRESS_SECONDS = 0.25
_RETRY_SECONDS = 0.2

_INTERNAL = "Something went wrong on our side while this manuscript was read. Your manuscript is safe; try again."

_Answer = TypeVar("_Answer")

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Work:
    """Where the child stands."""

    stage: str = "Opening the manuscript"
    progress: float = 0.0
    moved: asyncio.Event = field(default_factory=asyncio.Event)
    is_over: bool = False
    pid: int | None = None
    # The most memory that the child was seen to hold, in bytes; None before it was looked at.
    memory: int | None = None


@dataclass(frozen=True, slots=True)
class _Outcome:
    """How the child ended: a report with its word count, or why there is none.

    `unreadable` ends the job; `lost` costs it a try, for another may do better. Both are for its author.
    """

    report: dict[str, Any] | None = None
    text: dict[str, Any] | None = None
    word_count: int = 0
    unreadable: str | None = None
    lost: str | None = None


class Runner:
    """Runs jobs for one worker."""

    def __init__(
        self,
        *,
        store: JobStore,
        files: Files,
        announcer: Announcer,
        analyses: Analyses,
        settings: Settings,
        turn: Callable[[Job], AbstractAsyncContextManager[None]],
        hand_on: Callable[[], Awaitable[None]],
        settle: Callable[[UUID], Awaitable[None]],
    ) -> None:
        """`turn` is the time in which a job may be read; `hand_on` tells other workers that one was given back;
        `settle` settles one that was lost.
        """
        self._store = store
        self._files = files
        self._announcer = announcer
        self._analyses = analyses
        self._settings = settings
        self._turn = turn
        self._hand_on = hand_on
        self._settle = settle

    async def run(self, claimed: ClaimedJob) -> None:
        """Runs the job to its end, to the loss of its lease, or, cancelled, to its release."""
        job = claimed.job
        try:
            await self._announcer.announce([job.owner_id])
            await self._analyse(claimed)
        except asyncio.CancelledError:
            await asyncio.shield(self.release(job))
            raise
        except LeaseLost as error:
            _log.info("job %s: %s", job.id, error)
            await self._lost(job, "Its work was stopped.")
        except NotFound as error:
            _log.warning("job %s given up: %s", job.id, error)
            # Gone with its manuscript; or its file alone is, and no other try will find it.
            with suppress(NotFound):
                await self._finish(job, _Outcome(unreadable=f"{error} Upload it again."))
        except ConfigurationError as error:
            _log.error("job %s cannot be done: %s", job.id, error)
            await self._finish(job, None)
        except Unavailable as error:
            # A database that stayed away longer than the lease.
            _log.warning("job %s given up: %s", job.id, error)
        except Exception:
            _log.exception("job %s met an error of ours", job.id)
            await self._finish(job, None)

    async def _analyse(self, claimed: ClaimedJob) -> None:
        # Its turn ends with its last write: whoever is to run alone may take the worker down before that.
        async with AsyncExitStack() as turn:
            outcome = await self._outcome(claimed, turn)
            await self._finish(claimed.job, outcome)

    async def _outcome(self, claimed: ClaimedJob, turn: AsyncExitStack) -> _Outcome | None:
        job, work = claimed.job, _Work()
        # From the claim on: to wait for a turn, or for a large file over a slow line, may take longer than a lease.
        beat = asyncio.create_task(self._beat(job, work))
        read = asyncio.create_task(self._read(claimed, work, turn))
        try:
            await asyncio.wait({read, beat}, return_when=asyncio.FIRST_COMPLETED)
            if beat.done():
                # Beating ends only with an error: the lease is lost, and the child goes with it.
                beat.result()
            return read.result()
        finally:
            # A beat for work that is over would be the lie itself: it ends even if a library swallows its cancel.
            work.is_over = True
            await _stopped(read, beat)

    async def _read(self, claimed: ClaimedJob, work: _Work, turn: AsyncExitStack) -> _Outcome | None:
        await turn.enter_async_context(self._turn(claimed.job))
        async with self._child(claimed) as child:
            work.pid = child.pid
            return await _followed(child, work, stall_timeout=self._settings.stall_timeout)

    @asynccontextmanager
    async def _child(self, claimed: ClaimedJob) -> AsyncIterator[Analysis]:
        """The analysis as a process of its own that ends with the block, and with us however we end."""
        content = await self._persistently(lambda: self._files.load(claimed.job.manuscript_id))
        # A file without a name: a worker that is killed leaves nothing behind.
        with tempfile.TemporaryFile() as file:
            await asyncio.to_thread(file.write, content)
            file.flush()
            async with self._analyses.begun(file.fileno(), claimed.filename or "pasted.txt") as child:
                await self._persistently(lambda: self._begin(claimed.job))
                yield child

    async def _begin(self, job: Job) -> None:
        # Refused though we hold the job: it runs already, by a write of ours whose answer was lost.
        with suppress(NotAllowedNow):
            await self._store.begin(job, lease=self._settings.lease, stage=_Work().stage)
        await self._announcer.announce([job.owner_id])

    async def _beat(self, job: Job, work: _Work) -> None:
        """Renews the lease and tells where the work stands, until a write is refused or fails for a lease's time."""
        heartbeat = self._settings.heartbeat.total_seconds()
        taken = time.monotonic()
        while not work.is_over:
            with suppress(TimeoutError):
                async with asyncio.timeout(heartbeat):
                    await work.moved.wait()
            work.moved.clear()
            work.memory = most_memory(work.pid) or work.memory
            sent = time.monotonic()
            try:
                await self._store.beat(job, lease=self._settings.lease, stage=work.stage, progress=work.progress)
            except Unavailable as error:
                self._give_up_after_lease(taken, error)
                await asyncio.sleep(_RETRY_SECONDS)
                continue
            taken = sent
            await self._announcer.announce([job.owner_id])
            await asyncio.sleep(_PROGRESS_SECONDS if heartbeat > _PROGRESS_SECONDS else heartbeat / 2)

    async def _finish(self, job: Job, outcome: _Outcome | None) -> None:
        try:
            finished = await self._persistently(lambda: self._write(job, outcome))
            _log.info("job %s is %s", job.id, finished.status)
            if finished.status.is_active:
                await self._hand_on()
            else:
                count_finished(finished)
        except LeaseLost as error:
            # Perhaps our own write went through and only its answer was lost.
            if not await self._is_finished_by_us(job):
                _log.info("job %s: %s", job.id, error)
                await self._lost(job, "Its late result was not taken.")
                return
        await self._announcer.announce([job.owner_id])

    async def _write(self, job: Job, outcome: _Outcome | None) -> Job:
        if outcome is None:
            return await self._store.fail(job, FailureCode.INTERNAL_ERROR, _INTERNAL)
        if outcome.lost is not None:
            return await self._store.lose(job, queue_timeout=self._settings.queue_timeout, why=outcome.lost)
        if outcome.report is None:
            return await self._store.fail(job, FailureCode.UNREADABLE_MANUSCRIPT, outcome.unreadable or _INTERNAL)
        return await self._store.complete(job, report=outcome.report, text=outcome.text, word_count=outcome.word_count)

    async def _is_finished_by_us(self, job: Job) -> bool:
        now = await self._store.get(job.owner_id, [job.id])
        return any(
            (found.worker_id, found.attempt) == (job.worker_id, job.attempt)
            and found.status in (JobStatus.COMPLETED, JobStatus.FAILED)
            and found.failure_code not in (FailureCode.WORKER_LOST, FailureCode.RUN_TIMEOUT)
            for found in now
        )

    async def release(self, job: Job) -> None:
        """Gives the job back and lets other workers know. Raises nothing: what is not given back is lost in time."""
        try:
            async with asyncio.timeout(5):
                await self._store.release(job, queue_timeout=self._settings.queue_timeout)
                await self._hand_on()
        except (NovelFoundryError, TimeoutError) as error:
            _log.warning("job %s could not be given back (%s); its lease will end", job.id, error)

    async def _lost(self, job: Job, message: str) -> None:
        """Records that this worker was refused, and settles the row if nobody has yet."""
        try:
            await self._store.note_refused(job, message)
            await self._settle(job.id)
        except NovelFoundryError as error:
            _log.warning("job %s: %s", job.id, error)

    async def _persistently(self, ask: Callable[[], Awaitable[_Answer]]) -> _Answer:
        """Asks again while the database is away, for a lease's time. Raises what the last asking raised."""
        since = time.monotonic()
        while True:
            try:
                return await ask()
            except NotSetUp:
                # Nobody mends that within a lease.
                raise
            except Unavailable as error:
                self._give_up_after_lease(since, error)
                await asyncio.sleep(_RETRY_SECONDS)

    def _give_up_after_lease(self, since: float, error: Unavailable) -> None:
        if time.monotonic() - since > self._settings.lease.total_seconds():
            raise error


async def _followed(child: Analysis, work: _Work, *, stall_timeout: timedelta) -> _Outcome | None:
    """Follows the child's lines to its end; None when it ended by an error of ours."""
    assert child.stdout is not None  # noqa: S101 - a pipe
    assert child.stderr is not None  # noqa: S101
    errors = asyncio.create_task(child.stderr.read())
    outcome: _Outcome | None = None
    try:
        async with asyncio.timeout(stall_timeout.total_seconds()) as patience:
            async for line in child.stdout:
                before = (work.stage, work.progress)
                outcome = _heard(json.loads(line), work) or outcome
                if (work.stage, work.progress) != before:
                    patience.reschedule(asyncio.get_running_loop().time() + stall_timeout.total_seconds())
            code = await child.wait()
        if code < 0:
            return _ended_by(code, work)
        if code != 0 or outcome is None:
            said = (await errors).decode(errors="replace")[-4000:]
            _log.error("the analysis ended with %s and said: %s", code, said)
            return None
        return outcome
    except TimeoutError:
        _log.warning("the analysis stood still at %r, %.2f, and is stopped", work.stage, work.progress)
        seconds = f"{stall_timeout.total_seconds():g}"
        return _Outcome(lost=f"The reading of this manuscript stood still for {seconds} seconds and was stopped.")
    except ValueError as error:
        _log.error("the analysis said what cannot be read: %s", error)
        return None
    finally:
        await _stopped(errors)


def _ended_by(code: int, work: _Work) -> _Outcome:
    """What an end by a signal means: asyncio gives its number below zero."""
    name = signal_name(-code)
    _log.warning("the analysis was ended by %s, after it held %s bytes of memory", name, work.memory)
    if -code in OUT_OF_TIME_SIGNALS:
        return _Outcome(unreadable=TOO_LONG)
    held = f" when it held {work.memory // 1_048_576} MB of memory" if work.memory else ""
    return _Outcome(lost=f"The reading of this manuscript was ended by the system ({name}){held}.")


def _heard(message: dict[str, Any], work: _Work) -> _Outcome | None:
    match message:
        case {"report": dict() as report, "text": dict() | None as text, "word_count": int() as words}:
            return _Outcome(report=report, text=text, word_count=words)
        case {"unreadable": str() as sentence}:
            return _Outcome(unreadable=sentence)
        case {"stage": str() as stage, "progress": int() | float() as progress}:
            work.stage, work.progress = stage, min(1.0, max(work.progress, progress))
            work.moved.set()
            return None
        case _:
            raise ValueError(f"an unknown message with {sorted(message)}")


async def _stopped(*tasks: asyncio.Task[Any]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
