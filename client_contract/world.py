"""A job held against the world: the verifier's own clock, and what can be true of any job."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

Json = Any
Finding = tuple[str, bool, str]

# How far the server's clock and the verifier's may be apart, with a frame that was long on its way.
CLOCK_SLACK = timedelta(seconds=60)
# Beyond the queue timeout, the longest that any job may be promised.
LONGEST_DEADLINE = timedelta(days=1)
_ACTIVE_ON_A_WORKER = ("RUNNING_INITIALIZING", "RUNNING")
_STARTED = (*_ACTIVE_ON_A_WORKER, "COMPLETED")
# Who may bring a job into a status. A status or a decider of a later contract is nobody's lie.
_DECIDERS: Mapping[str, tuple[str, ...]] = {
    "RUNNING_INITIALIZING": ("WORKER",),
    "RUNNING": ("WORKER",),
    "COMPLETED": ("WORKER",),
    "CANCELLED": ("USER",),
    "FAILED": ("WORKER", "SWEEPER", "READER"),
}
# Of a longer history the newest are told, so that its beginning may be missing.
_MOST_EVENTS = 500


def moment(value: Json) -> datetime | None:
    """The instant that a DateTime of the schema tells; None for anything else."""
    try:
        read = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return read if read.tzinfo else None


def findings(job: Json, *, queue_timeout: timedelta) -> Iterator[Finding]:
    """What is so of the job and what cannot be, each by its promise, with what was seen."""
    yield from _clock(job, queue_timeout)
    yield from _numbers(job)
    yield from _line(job)
    yield from _times(job)
    yield from _words(job)
    yield from _start(job)
    if "events" in job:
        yield from _events(job)


def is_present(as_of: datetime) -> bool:
    """Whether the instant is now."""
    return abs(datetime.now(UTC) - as_of) <= CLOCK_SLACK


def _clock(job: Json, queue_timeout: timedelta) -> Iterator[Finding]:
    as_of, deadline = moment(job.get("asOf")), moment(job.get("deadlineAt"))
    if as_of is not None:
        yield "NF-CLOCK-1", is_present(as_of), f"Job {job['id']} is told as of {as_of}, at {datetime.now(UTC)}."
    if as_of is not None and deadline is not None:
        near = deadline - as_of <= LONGEST_DEADLINE + queue_timeout
        yield "NF-DEADLINE-8", near, f"Job {job['id']} has until {deadline}, as of {as_of}."


def _numbers(job: Json) -> Iterator[Finding]:
    progress, attempt, most = job.get("progress"), job.get("attempt"), job.get("maxAttempts")
    if progress is not None:
        yield "NF-STATUS-8", _is_between(progress, 0, 1), f"Job {job['id']} has the progress {progress!r}."
    if attempt is not None and most is not None:
        least = 1 if job["status"] in _ACTIVE_ON_A_WORKER else 0
        said = f"Job {job['id']} is {job['status']} in attempt {attempt!r} of {most!r}."
        yield "NF-STATUS-8", _is_between(most, 1, 1000) and _is_between(attempt, least, most), said


def _line(job: Json) -> Iterator[Finding]:
    waiting, retried = job.get("waiting"), job.get("retryOf")
    if isinstance(waiting, dict) and waiting.get("position") is not None:
        said = f"Job {job['id']} waits at the place {waiting['position']!r}."
        yield "NF-STATUS-8", _is_between(waiting["position"], 1, float("inf")), said
    if isinstance(retried, dict) and "id" in retried:
        yield "NF-STEP-4", retried["id"] != job["id"], f"Job {job['id']} says that it retries itself."


def _is_between(value: Json, least: float, most: float) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most


def _times(job: Json) -> Iterator[Finding]:
    told = [(name, job[name]) for name in ("queuedAt", "startedAt", "finishedAt") if job.get(name) is not None]
    read = [moment(value) for _, value in told]
    times = [each for each in read if each is not None]
    fits = len(times) == len(read) and times == sorted(times)
    fits = fits and all(each <= datetime.now(UTC) + CLOCK_SLACK for each in times)
    if "startedAt" in job and job["status"] in _STARTED:
        fits = fits and job["startedAt"] is not None
    yield "NF-STATUS-9", fits, f"Job {job['id']} is {job['status']} and tells of its times {dict(told)}."


def _words(job: Json) -> Iterator[Finding]:
    for name in ("waiting", "failure"):
        told = job.get(name)
        if isinstance(told, dict) and "message" in told:
            message = told["message"]
            fits = isinstance(message, str) and " " in message.strip()
            yield "NF-STATUS-9", fits, f"Job {job['id']}: the message of `{name}` is {message!r}, no sentence."


def _start(job: Json) -> Iterator[Finding]:
    waiting, as_of = job.get("waiting"), moment(job.get("asOf"))
    if not isinstance(waiting, dict) or "expectedStartAt" not in waiting:
        return
    expected, start = waiting["expectedStartAt"], moment(waiting["expectedStartAt"])
    said = f"Job {job['id']} waits, {waiting.get('reason')}, as of {as_of}, and is expected to start at {expected}."
    if expected is None:
        yield "NF-DEADLINE-7", True, said
        return
    # Where no worker lives, or the line is held, or a worker is about to take it, any time would be a guess.
    fits = waiting.get("reason", "WORKERS_BUSY") == "WORKERS_BUSY" and start is not None
    # What stands beside a job may be a little older than the job.
    yield "NF-DEADLINE-7", fits and (as_of is None or start is None or as_of - CLOCK_SLACK <= start), said


def _events(job: Json) -> Iterator[Finding]:
    events = [each for each in job["events"] if isinstance(each, dict)]
    said = f"Job {job['id']} is {job['status']} in version {job['version']} and tells of {events}."
    yield "NF-STATUS-7", bool(events), said
    if not events or not {"version", "status"} <= events[0].keys():
        return
    yield "NF-STATUS-7", events[-1]["status"] == job["status"], said
    yield "NF-STATUS-7", all(each["version"] <= job["version"] for each in events), said
    if len(events) < _MOST_EVENTS:
        yield "NF-STATUS-7", (events[0]["status"], events[0].get("decidedBy", "USER")) == ("QUEUED", "USER"), said
    # A later word under the same version is a note, and changes nothing.
    decisions = {each["version"]: each for each in reversed(events)}.values()
    yield "NF-STATUS-10", all(_is_decided_well(each) for each in decisions), said
    times = [moment(each["at"]) for each in events if "at" in each]
    known = [each for each in times if each is not None]
    late = any(each > datetime.now(UTC) + CLOCK_SLACK for each in known)
    yield "NF-STATUS-7", len(known) == len(times) and known == sorted(known) and not late, said


def _is_decided_well(event: Json) -> bool:
    decider, allowed = event.get("decidedBy"), _DECIDERS.get(event["status"])
    return decider is None or allowed is None or decider in allowed or decider not in _KNOWN_DECIDERS


_KNOWN_DECIDERS = ("USER", "WORKER", "SWEEPER", "READER", "DISPATCHER")
