"""All that an author has here: taken along as one archive, or gone for good."""

import asyncio
import json
import re
import unicodedata
import zipfile
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import asdict
from datetime import datetime
from itertools import count
from typing import Any
from uuid import UUID

from jobs.database.store import JobStore
from jobs.errors import NotFound
from jobs.models import Erased, Job, JobEvent, Manuscript, Report
from jobs.ports import Files
from jobs.service import JobService

_PAGE = 100
# A report is two hundred kilobytes of JSON.
_REPORTS_AT_ONCE = 20
# Of a name as a part of a path: what no system refuses, and short enough for all of them.
_NO_NAME = re.compile(r"[\x00-\x1f\x7f<>:\"/\\|?*]+")
_LONGEST_NAME = 80

_ABOUT = """Everything that you keep at NovelFoundry, as it was on {today}.

A folder holds a manuscript: its file as you sent it, manuscript.json with its title and dates, jobs.json with
each analysis and what happened to it, and a report for each analysis that was completed.
Times are UTC. A file that could not be found is named in missing.txt.
"""


class Belongings:
    """Reads or deletes by the same doors as the author herself, so that nothing is seen or left that she would not."""

    def __init__(self, *, service: JobService, store: JobStore, files: Files, backup_days: int | None) -> None:
        self._service = service
        self._store = store
        self._files = files
        self._backup_days = backup_days

    async def archive(self, owner_id: UUID) -> AsyncGenerator[bytes, None]:
        """A ZIP archive, piece by piece; one manuscript at a time is in memory."""
        sink = _Sink()
        missing: list[str] = []
        with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("about.txt", _ABOUT.format(today=(await self._store.clock()).date()))
            number = count(1)
            async for manuscript in self._manuscripts(owner_id):
                folder = f"{next(number):04} {_name(manuscript.title)}"
                async for name, content in self._contents(manuscript):
                    if content is None:
                        missing.append(f"{folder}/{name}")
                        continue
                    # A novel takes the tenth of a second to pack: beside the loop.
                    await asyncio.to_thread(archive.writestr, f"{folder}/{name}", content)
                    yield sink.taken()
            if missing:
                archive.writestr("missing.txt", "\n".join(missing) + "\n")
        yield sink.taken()

    async def erase(self, owner_id: UUID) -> Erased:
        """Deletes every manuscript with all that belongs to it, then whatever else is kept of the author.

        Done again after a failure, it goes on where it stopped.
        """
        manuscripts = 0
        # The first page each time: what was on it is gone.
        while page := await self._store.manuscripts_page(owner_id, limit=_PAGE):
            for manuscript in page:
                try:
                    await self._service.delete_manuscript(owner_id, manuscript.id)
                except NotFound:  # deleted in another window
                    continue
                manuscripts += 1
        await self._store.author_forget(owner_id)
        return Erased(manuscripts=manuscripts, remains=_remains(self._backup_days))

    async def _manuscripts(self, owner_id: UUID) -> AsyncIterator[Manuscript]:
        after: tuple[datetime, UUID] | None = None
        while page := await self._store.manuscripts_page(owner_id, limit=_PAGE, after=after):
            for manuscript in page:
                yield manuscript
            after = (page[-1].created_at, page[-1].id)

    async def _contents(self, manuscript: Manuscript) -> AsyncIterator[tuple[str, str | bytes | None]]:
        """The files of a manuscript's folder by their names; None for what is missing."""
        yield "manuscript.json", _json(_of_manuscript(manuscript))
        yield _name(manuscript.filename or "text.txt"), await self._file(manuscript.id)
        owner_id = manuscript.owner_id
        jobs = await self._service.truthful(
            await self._store.of_manuscripts(owner_id, [manuscript.id], limit=2_147_483_647)
        )
        events = await self._store.events(owner_id, [job.id for job in jobs], limit=2_147_483_647)
        yield "jobs.json", _json([_of_job(job, events) for job in jobs])
        completed = [job.id for job in jobs if job.status == "completed"]
        for start in range(0, len(completed), _REPORTS_AT_ONCE):
            part = completed[start : start + _REPORTS_AT_ONCE]
            for report in await self._store.reports_of_jobs(owner_id, part):
                yield f"report {report.created_at:%Y-%m-%d %H-%M-%S %f}.json", _json(_of_report(report))

    async def _file(self, manuscript_id: UUID) -> bytes | None:
        try:
            return await self._files.load(manuscript_id)
        except NotFound:
            return None


def _remains(backup_days: int | None) -> str:
    how_long = (
        f"within {backup_days} days" if backup_days else "when those are deleted; who runs this service knows when"
    )
    return (
        f"Backups that were made before now still hold it, and lose it {how_long}. "
        "Your account, by which you sign in, is kept apart and was not touched."
    )


class _Sink:
    """What a ZIP file is written to that goes over the wire: it is never sought in."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, piece: bytes, /) -> int:
        """See io.RawIOBase.write."""
        self._pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """See io.IOBase.flush."""

    def close(self) -> None:
        """See io.IOBase.close."""

    def taken(self) -> bytes:
        """What was written since the last call."""
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


def _name(text: str) -> str:
    """The text as the name of a file or folder, on every system."""
    clean = _NO_NAME.sub(" ", unicodedata.normalize("NFC", text))[-_LONGEST_NAME:]
    return clean.strip(" .") or "untitled"


def _of_manuscript(manuscript: Manuscript) -> dict[str, Any]:
    return _without(asdict(manuscript), "owner_id")


def _of_job(job: Job, events: Sequence[JobEvent]) -> dict[str, Any]:
    told = [_without(asdict(event), "job_id") for event in events if event.job_id == job.id]
    return {**_without(asdict(job), "owner_id", "worker_id", "as_of"), "events": told}


def _of_report(report: Report) -> dict[str, Any]:
    return _without(asdict(report), "owner_id")


def _without(row: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names}


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, default=_text)


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
