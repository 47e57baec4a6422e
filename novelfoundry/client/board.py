"""The newest version of each job that a client was told, and what it may conclude from them.

The same rules as the TypeScript client's; client_contract/vectors/locks.json holds both to them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class _Manuscript(Protocol):
    id: str


class JobLike(Protocol):
    """What the rules need of a job; every job of the generated models has it."""

    id: str
    version: int
    is_terminal: bool
    locks_manuscript: bool
    as_of: datetime
    deadline_at: datetime | None

    @property
    def manuscript(self) -> _Manuscript:
        """What it analyses."""
        ...


def lock_seconds(job: JobLike) -> float:
    """Seconds until the job's lock ends, counted from the instant of receipt; 0 when it locks nothing."""
    if not job.locks_manuscript or job.deadline_at is None:
        return 0.0
    return max((job.deadline_at - job.as_of).total_seconds(), 0.0)


@dataclass(frozen=True, slots=True)
class _Sighting:
    job: JobLike
    seen_at: float


class JobBoard:
    """Every `now` is a reading of `time.monotonic()`: it must never jump. No wall clock takes part."""

    def __init__(self) -> None:
        self._sightings: dict[str, _Sighting] = {}

    def take(self, job: JobLike, now: float) -> bool:
        """Takes what is newer than what is held: a higher version, or the same one read later."""
        held = self._sightings.get(job.id)
        if held is not None and not _is_newer(job, held.job):
            return False
        self._sightings[job.id] = _Sighting(job, now)
        return True

    def take_present(self, jobs: Iterable[JobLike], as_of: datetime, now: float) -> None:
        """Takes all there is, as a first frame tells it: what was read before and is not among them is gone."""
        present = list(jobs)
        named = {job.id for job in present}
        for id, sighting in list(self._sightings.items()):
            if id not in named and sighting.job.as_of < as_of:
                del self._sightings[id]
        for job in present:
            self.take(job, now)

    def forget(self, ids: Iterable[str]) -> None:
        """Forgets jobs that went with their manuscript."""
        for id in ids:
            self._sightings.pop(id, None)

    def jobs(self) -> list[JobLike]:
        """All that is held, in the order in which each was first told of."""
        return [sighting.job for sighting in self._sightings.values()]

    def locked_manuscripts(self, now: float) -> set[str]:
        """The ids of the manuscripts that some job locks."""
        sightings = self._sightings.values()
        return {each.job.manuscript.id for each in sightings if now - each.seen_at < lock_seconds(each.job)}


def _is_newer(job: JobLike, held: JobLike) -> bool:
    # The same row read later: its place in the line and what else surrounds it may have changed.
    return job.version > held.version or (job.version == held.version and job.as_of > held.as_of)
