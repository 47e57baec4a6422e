"""What a caller may ask: start, cancel, retry, read. Whatever is read overdue is settled before it is answered."""

import asyncio
import logging
import os
import tempfile
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, TypeVar
from uuid import UUID, uuid4

from jobs.analysis.reading.formats import format_of, listed_endings
from jobs.analysis.reading.intake import HEAD_BYTES, check_text, check_upload, inspect_file
from jobs.analysis.reading.slim import may_be_slimmed, without_pictures
from jobs.database.store import JobStore
from jobs.database.texts import TextStore
from jobs.disk import Disk
from jobs.drafts import Drafts
from jobs.errors import Held, InvalidInput, NovelFoundryError, Refused, TooLarge
from jobs.models import (
    FoundManuscript,
    Job,
    JobEvent,
    Manuscript,
    Outcome,
    Page,
    Place,
    Report,
    Sent,
    Settlement,
    SystemHealth,
    Waiting,
)
from jobs.ports import Announcer, Doorbell, Files
from jobs.presence import Presence
from jobs.settings import Settings
from jobs.states import (
    ComponentState,
    DecidedBy,
    FailureCode,
    JobStatus,
    ManuscriptOrder,
    ManuscriptState,
    WaitingReason,
)

MAX_LIVE_JOBS = 100
MAX_MANUSCRIPTS = 2000
MAX_TITLE = 300
MAX_SEARCH = 300
MAX_KEY = 255
MAX_FILENAME = 255
MAX_PAGE = 100
# Jobs that one request may retry or cancel: as many as one author may have live ones.
MAX_AT_ONCE = MAX_LIVE_JOBS
# Between tries to settle a job whose row is held, in seconds: whoever settles it too is done within the first.
_HELD_PAUSES = (0.02, 0.08, 0.2, 0.3, 0.4)
# Fewer runs than this within the hour say nothing about the next one. A guess.
_RUNS_TO_JUDGE_BY = 5
# Behind it the line is not counted: see jobs_in_line.
_LAST_PLACE_COUNTED = 1000

_Item = TypeVar("_Item")

_log = logging.getLogger(__name__)


class JobService:
    """The domain's front door. Every method is scoped to the owner it is given."""

    def __init__(
        self,
        *,
        store: JobStore,
        files: Files,
        announcer: Announcer,
        doorbell: Doorbell,
        presence: Presence,
        settings: Settings,
    ) -> None:
        self.drafts = Drafts(store)
        self._store = store
        self._files = files
        self._announcer = announcer
        self._doorbell = doorbell
        self._presence = presence
        self._settings = settings
        self._disk = Disk(settings)

    # Manuscripts

    async def add_manuscript(
        self, owner_id: UUID, *, title: str | None, filename: str | None, content: bytes, key: str | None = None
    ) -> Manuscript:
        """Keeps a manuscript: a file with its name, or pasted text with a title and no name.

        The same sent again with the same key within a day gives the same manuscript. Raises InvalidInput, TooLarge,
        Unreadable, UnsupportedFormat, LimitReached, Unavailable; then nothing is kept.
        """
        if len(content) > self._settings.max_upload_bytes:
            raise TooLarge(too_large(self._settings.max_upload_bytes))
        name = _clean_filename(filename)
        clean = _clean_title(title, name)
        if name is None:
            check_text(content.decode("utf-8"))
        else:
            await asyncio.to_thread(_inspect, name, content)
        sent = None if key is None else _sent(key, clean, name, content)
        if sent and (known := await self._store.manuscript_added(owner_id, sent)):
            return known
        await self._disk.need_room(len(content))
        manuscript_id = uuid4()
        # Noted first, so that whatever a death half-way leaves behind is found and deleted.
        await self._store.manuscript_begin(manuscript_id)
        await self._files.save(manuscript_id, content)
        try:
            manuscript = await self._store.manuscript_add(
                owner_id,
                manuscript_id,
                title=clean,
                filename=name,
                byte_size=len(content),
                max_manuscripts=MAX_MANUSCRIPTS,
                max_bytes=self._settings.max_author_bytes,
                sent=sent,
            )
        except Refused:
            await self._discard([manuscript_id])
            raise
        # After any other error the manuscript may exist, its answer lost. The note knows: if it is still there,
        # the sweeper deletes the file by it.
        if manuscript.id != manuscript_id:
            # The same came twice at once.
            await self._discard([manuscript_id])
        await self._announcer.announce([owner_id])
        return manuscript

    async def kept_bytes(self, filename: str, file: BinaryIO) -> bytes:
        """What of an upload is kept: all of it, but of a ZIP file over the limit only what is no picture.

        Raises TooLarge, UnsupportedFormat or Unreadable. Holds no more memory than the limit, however large the file.
        """
        return await asyncio.to_thread(_kept, filename, file, self._settings.max_upload_bytes)

    async def delete_manuscript(self, owner_id: UUID, manuscript_id: UUID) -> Manuscript:
        """Deletes the manuscript, its file, jobs and reports. Its live job is cancelled: its watchers still hear so."""
        manuscript = await self._store.manuscript_delete(owner_id, manuscript_id)
        await self._announcer.announce([owner_id])
        await self._discard([manuscript_id])
        return manuscript

    async def manuscripts(self, owner_id: UUID, manuscript_ids: Sequence[UUID]) -> list[Manuscript]:
        """The owner's manuscripts among these, in no order."""
        return await self._store.manuscripts(owner_id, manuscript_ids)

    async def update_manuscript(self, owner_id: UUID, manuscript_id: UUID, *, title: str) -> Manuscript:
        """The manuscript with another title. Raises InvalidInput, NotFound."""
        manuscript = await self._store.manuscript_update(owner_id, manuscript_id, title=_clean_title(title, None))
        await self._announcer.announce([owner_id])
        return manuscript

    async def manuscripts_page(self, owner_id: UUID, *, first: int, after: Place | None) -> Page[Manuscript]:
        """Up to `first` (1 to 100) manuscripts, newest first, after the given one."""
        _check_first(first)
        found = await self._store.manuscripts_page(owner_id, limit=first + 1, after=after)
        return _page(found, first, after)

    async def manuscripts_found(
        self,
        owner_id: UUID,
        *,
        first: int,
        after: tuple[str, UUID] | None,
        search: str,
        state: ManuscriptState | None,
        order: ManuscriptOrder,
    ) -> tuple[int, Page[FoundManuscript]]:
        """How many manuscripts hold all words of `search` and are in that state, and up to `first` of them."""
        _check_first(first)
        if len(search) > MAX_SEARCH:
            raise InvalidInput(f"A search has {MAX_SEARCH} characters at most, not {len(search)}.")
        if state is not None:
            await self._settle_live(owner_id)
        total, found = await self._store.manuscripts_found(
            owner_id, limit=first + 1, search=_printable(search).strip(), state=state, order=order, after=after
        )
        return total, _page(found, first, after)

    async def manuscripts_count(self, owner_id: UUID) -> int:
        """How many manuscripts the owner keeps."""
        return await self._store.manuscripts_count(owner_id)

    @property
    def texts(self) -> TextStore:
        """The texts that analyses kept."""
        return self._store.texts

    # Jobs

    async def start(self, owner_id: UUID, manuscript_id: UUID) -> Job:
        """A new analysis, or the live one. With Redis away it starts seconds later; nothing is lost."""
        job = await self._store.start(
            owner_id,
            manuscript_id,
            queue_timeout=self._settings.queue_timeout,
            max_attempts=self._settings.max_attempts,
            max_live=MAX_LIVE_JOBS,
        )
        return await self._told_of(job)

    async def retry(self, owner_id: UUID, job_id: UUID) -> Job:
        """A new job that names the failed or cancelled one."""
        job = await self._store.retry(
            owner_id,
            job_id,
            queue_timeout=self._settings.queue_timeout,
            max_attempts=self._settings.max_attempts,
            max_live=MAX_LIVE_JOBS,
        )
        return await self._told_of(job)

    async def cancel(self, owner_id: UUID, job_id: UUID) -> Job:
        """The job, cancelled; an overdue one too. Raises NotFound, and NotAllowedNow when it is over."""
        job = await self._store.cancel(owner_id, job_id)
        # Write before announcing: a listener that asks at once must find the new state.
        await self._announcer.announce([owner_id])
        return job

    async def matching(
        self,
        owner_id: UUID,
        *,
        statuses: Collection[JobStatus],
        failure_codes: Collection[FailureCode] | None,
        since: datetime | None,
    ) -> list[UUID]:
        """The owner's jobs, each the newest of its manuscript, that are so: one more than may be changed at once."""
        await self._settle_live(owner_id)
        return await self._store.matching(
            owner_id, statuses=statuses, failure_codes=failure_codes, since=since, limit=MAX_AT_ONCE + 1
        )

    async def retry_jobs(self, owner_id: UUID | None, job_ids: Sequence[UUID]) -> list[Outcome]:
        """What `retry` does, for each of the ids; anybody's for owner None. Meant for MAX_AT_ONCE at most."""
        outcomes = await self._store.retry_jobs(
            owner_id,
            job_ids,
            queue_timeout=self._settings.queue_timeout,
            max_attempts=self._settings.max_attempts,
            max_live=MAX_LIVE_JOBS,
        )
        tried = [outcome.job for outcome in outcomes if outcome.job]
        if tried:
            await self._doorbell.ring()
            await self._announcer.announce({job.owner_id for job in tried})
        return outcomes

    async def cancel_jobs(self, owner_id: UUID, job_ids: Sequence[UUID]) -> list[Outcome]:
        """What `cancel` does, for each of the ids. Meant for MAX_AT_ONCE at most."""
        outcomes = await self._store.cancel_jobs(owner_id, job_ids)
        if any(outcome.job for outcome in outcomes):
            await self._announcer.announce([owner_id])
        return outcomes

    async def jobs(self, owner_id: UUID, job_ids: Sequence[UUID]) -> list[Job]:
        """The owner's jobs among these, in no order, none of them overdue."""
        return await self.truthful(await self._store.get(owner_id, job_ids))

    async def jobs_page(
        self, owner_id: UUID, *, first: int, statuses: Collection[JobStatus] | None, after: Place | None
    ) -> Page[Job]:
        """Up to `first` (1 to 100) of the owner's jobs, newest first, of these statuses or of all; after the place."""
        _check_first(first)
        if statuses is not None:
            await self._settle_live(owner_id)
        page = _page(await self._store.page(owner_id, limit=first + 1, statuses=statuses, after=after), first, after)
        jobs = await self.truthful(list(page.items))
        return replace(page, items=tuple(job for job in jobs if statuses is None or job.status in statuses))

    async def jobs_of_manuscripts(
        self, owner_id: UUID, manuscript_ids: Sequence[UUID], *, limit: int, after: Place | None = None
    ) -> list[Job]:
        """The newest `limit` jobs of each manuscript, newest first; those after the place."""
        found = await self._store.of_manuscripts(owner_id, manuscript_ids, limit=limit, after=after)
        return await self.truthful(found)

    async def events(self, owner_id: UUID, job_ids: Sequence[UUID], *, limit: int = 500) -> list[JobEvent]:
        """What happened to each of the jobs: of each the newest `limit` events, oldest first."""
        return await self._store.events(owner_id, job_ids, limit=limit)

    async def waiting(self, jobs: Sequence[Job]) -> dict[UUID, Waiting]:
        """Why each queued job among these waits."""
        queued = [job for job in jobs if job.status is JobStatus.QUEUED]
        if not queued:
            return {}
        health = await self._presence.latest()
        places = await self._store.in_line([job.id for job in queued])
        return {job.id: _waiting(health, places.get(job.id)) for job in queued}

    async def reports(self, owner_id: UUID, report_ids: Sequence[UUID]) -> list[Report]:
        """The owner's reports among these, in no order."""
        return await self._store.reports(owner_id, report_ids)

    async def reports_of_jobs(self, owner_id: UUID, job_ids: Sequence[UUID]) -> list[Report]:
        """The reports of these jobs."""
        return await self._store.reports_of_jobs(owner_id, job_ids)

    async def reports_of_manuscripts(self, owner_id: UUID, manuscript_ids: Sequence[UUID]) -> list[Report]:
        """The newest report of each manuscript that has one."""
        return await self._store.reports_of_manuscripts(owner_id, manuscript_ids)

    # Truth

    async def truthful(self, jobs: list[Job]) -> list[Job]:
        """The same jobs in the same order, the overdue settled and read again. Costs nothing when none is.

        Raises Held, within a second and a bit, for those that somebody's transaction keeps from being settled.
        """
        for pause in _HELD_PAUSES:
            jobs = await self.settled(jobs)
            if not any(job.is_overdue for job in jobs):
                return jobs
            await asyncio.sleep(pause)
        raise Held(jobs)

    async def settled(self, jobs: list[Job]) -> list[Job]:
        """As `truthful`, without waiting: what somebody's transaction holds comes back as overdue as it was."""
        overdue = {job.id for job in jobs if job.is_overdue}
        if not overdue:
            return jobs
        await self.settle(DecidedBy.READER, job_ids=list(overdue), limit=len(overdue))
        again = await self._store.watched([], overdue, finished_within=timedelta(0))
        fresh = {job.id: job for job in again}
        return [fresh.get(job.id, job) for job in jobs if job.id not in overdue or job.id in fresh]

    async def wake_workers(self) -> None:
        """Says that there may be something in the line. Does not raise."""
        await self._doorbell.ring()

    async def look_at_system(self) -> None:
        """Lets whoever asks next know how the system is, where that can be read at once. Does not raise."""
        with suppress(NovelFoundryError):
            await self._presence.latest()

    async def settle(
        self, decided_by: DecidedBy, *, job_ids: Sequence[UUID] | None = None, limit: int = 1000
    ) -> list[Settlement]:
        """Settles what is overdue, tells the watchers, and wakes the workers for what waits again.

        Returns beside what was settled what is held by others.
        """
        found = await self._store.settle(decided_by, settings=self._settings, job_ids=job_ids, limit=limit)
        # A row that is held has not changed: to announce it would wake those who look after it again at once.
        if changed := {settlement.owner_id for settlement in found if not settlement.is_held}:
            await self._announcer.announce(changed)
            if any(settlement.is_back_in_line for settlement in found):
                await self._doorbell.ring()
        return found

    async def _settle_live(self, owner_id: UUID) -> None:
        """Lets no search by status meet an overdue job of the owner."""
        await self.truthful(await self._store.watched([owner_id], [], finished_within=timedelta(0)))

    async def _told_of(self, job: Job) -> Job:
        """The job, now that the workers and its author's pages are told. It is committed: neither can fail it."""
        if job.status is JobStatus.QUEUED:
            await self._doorbell.ring()
        await self._announcer.announce([job.owner_id])
        return job

    async def _discard(self, manuscript_ids: Sequence[UUID]) -> None:
        """Deletes files that belong to nobody; what fails here, the sweeper does within the hour."""
        try:
            await self._files.delete(manuscript_ids)
            await self._store.forget_unowned_files(manuscript_ids)
        except Exception as error:
            _log.warning("left %d files for the sweeper: %s", len(manuscript_ids), error)

    async def discard_unowned_files(self, *, older_than: timedelta, limit: int = 100) -> int:
        """Deletes what dead uploads and deletions left; returns how many files."""
        left = await self._store.unowned_files(older_than=older_than, limit=limit)
        if left:
            await self._discard(left)
        return len(left)


def _check_first(first: int) -> None:
    if not 1 <= first <= MAX_PAGE:
        raise InvalidInput(f"`first` must be from 1 to {MAX_PAGE}, not {first}.")


def _sent(key: str, title: str, filename: str | None, content: bytes) -> Sent:
    if not (1 <= len(key) <= MAX_KEY and key.isascii() and key.isprintable()):
        raise InvalidInput(f"An Idempotency-Key has 1 to {MAX_KEY} printable ASCII characters.")
    hash = sha256(repr((title, filename)).encode("utf-8", "surrogatepass"))
    hash.update(content)
    return Sent(key=key, fingerprint=hash.hexdigest())


def _page(found: Sequence[_Item], first: int, after: object) -> Page[_Item]:
    """A page of what was found, which is one more where there is more."""
    return Page(items=tuple(found[:first]), has_next=len(found) > first, has_previous=after is not None)


def too_large(limit: int) -> str:
    """The sentence for a file over the limit, in bytes."""
    most = f"{limit / 1_048_576:.3g} MB"
    return (
        f"The file is larger than {most}, the most that is taken here. Leave out pictures, or upload it in two parts."
    )


def _kept(filename: str, file: BinaryIO, limit: int) -> bytes:
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    if size <= limit:
        return file.read()
    found = format_of(filename)
    if not may_be_slimmed(found):
        raise TooLarge(too_large(limit))
    return without_pictures(Path(f"/dev/fd/{file.fileno()}"), found, limit)


def _inspect(filename: str, content: bytes) -> None:
    check_upload(filename, content[:HEAD_BYTES], len(content))
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        inspect_file(Path(file.name), filename)


def _clean_filename(filename: str | None) -> str | None:
    if filename is None:
        return None
    name = _printable(filename.replace("\\", "/").rsplit("/", 1)[-1]).strip()
    if not name:
        raise InvalidInput(f"The file has no name. Give it one that ends in {listed_endings('or')}.")
    stem, dot, ending = name.rpartition(".")
    return name if len(name) <= MAX_FILENAME else f"{stem[: MAX_FILENAME - len(ending) - 1]}{dot}{ending}"


def _clean_title(title: str | None, filename: str | None) -> str:
    clean = " ".join(_printable(title or "").split())
    if not clean and filename:
        clean = _title_from(filename)[:MAX_TITLE]
    if not clean:
        raise InvalidInput("Give the manuscript a title.")
    if len(clean) > MAX_TITLE:
        raise InvalidInput(f"The title has {len(clean)} characters; at most {MAX_TITLE} are kept.")
    return clean


def _title_from(filename: str) -> str:
    stem = filename.rpartition(".")[0].replace("_", " ").strip() or filename
    # Hyphens stand for spaces only where there are none: "jean-claude in love.docx" keeps his.
    return stem if " " in stem else stem.replace("-", " ")


def _printable(text: str) -> str:
    return "".join(character for character in text if character.isprintable() or character.isspace())


def _waiting(health: SystemHealth, position: int | None) -> Waiting:
    reason = _waiting_reason(health)
    wait = _expected_wait(health, position) if reason is WaitingReason.WORKERS_BUSY else None
    return Waiting(
        reason=reason,
        message=_waiting_message(reason, position, wait),
        position=position,
        expected_start_at=None if wait is None else health.as_of + wait,
    )


def _waiting_reason(health: SystemHealth) -> WaitingReason:
    if health.line.hold:
        return WaitingReason.HELD
    if health.workers.state in (ComponentState.ABSENT, ComponentState.NEVER_SEEN):
        return WaitingReason.NO_LIVE_WORKER
    if health.busy >= health.capacity:
        return WaitingReason.WORKERS_BUSY
    return WaitingReason.STARTING


def _expected_wait(health: SystemHealth, position: int | None) -> timedelta | None:
    """How long the job at this place waits while all places are busy; None where that would be a guess.

    Of so many places one becomes free each mean run divided by their number, and one job ahead is taken each time.
    """
    line = health.line
    if line.mean_run is None or line.runs < _RUNS_TO_JUDGE_BY or not position or position > _LAST_PLACE_COUNTED:
        return None
    return line.mean_run * position / health.capacity


def _waiting_message(reason: WaitingReason, position: int | None, wait: timedelta | None) -> str:
    match reason:
        case WaitingReason.HELD:
            return "New analyses are on hold just now. Yours waits, and starts by itself."
        case WaitingReason.NOT_DISPATCHED:
            return "Your analysis is safe and has not started yet. We try again shortly."
        case WaitingReason.NO_LIVE_WORKER:
            return "Nothing is there to start your analysis right now. It starts by itself once there is."
        case WaitingReason.WORKERS_BUSY:
            place = f"number {position}" if position is not None and position > 1 else "next"
            return f"Other manuscripts come first: yours is {place} in the line.{_about(wait)}"
        case WaitingReason.STARTING:
            return "Your analysis is about to start."


def _about(wait: timedelta | None) -> str:
    if wait is None:
        return ""
    minutes = round(wait.total_seconds() / 60)
    if minutes < 1:
        return " It should start within a minute."
    return f" It should start in about {minutes} minute{'s' if minutes > 1 else ''}."
