"""Watches everything that a server says in a run for what it must never say, whatever the scenario."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from client_contract.promises import Ledger, Outcome
from client_contract.world import findings, is_present, moment

Json = Any

ACTIVE = frozenset({"QUEUED", "RUNNING_INITIALIZING", "RUNNING"})
TERMINAL = frozenset({"COMPLETED", "FAILED", "CANCELLED"})
# What two readings of one version agree in.
_OF_THE_ROW = ("status", "attempt", "stage", "progress", "failure", "queuedAt", "startedAt", "finishedAt")
# Seconds that the network and two event loops may add to a tick.
_TICK_SLACK = 2.0

# Seconds between two answers after which the later one must be of a later instant.
_A_WHILE = 1.0
# As a server is delivered, in seconds.
QUEUE_TIMEOUT = 300.0

# What came unasked may have been read at any time before.
_UNASKED = float("-inf")


@dataclass(slots=True)
class _Subscription:
    asked_at: float
    versions: dict[str, int] = field(default_factory=dict)
    last_frame_at: float | None = None


@dataclass(frozen=True, slots=True)
class _Delivered:
    job: dict[str, Json]
    at: float

    def allows(self, job: dict[str, Json], asked_at: float) -> bool:
        """Whether an older version may come: an answer that was overtaken on its way is no lie."""
        return int(job["version"]) < int(self.job["version"]) and asked_at <= self.at


class Observer:
    """One for a run. In seconds: `tick` is the longest silence of a job feed, `queue_timeout` the server's setting."""

    def __init__(self, ledger: Ledger, *, tick: float, queue_timeout: float = QUEUE_TIMEOUT) -> None:
        self._queue_timeout = timedelta(seconds=queue_timeout)
        self._titles: dict[str, str] = {}
        self._answered: dict[str, _Delivered] = {}
        self._told: dict[str, dict[int, str]] = {}
        self._ledger = ledger
        self._tick = tick
        self._scenario = ""
        self._ends: dict[str, _Delivered] = {}
        self._rows: dict[tuple[str, int], dict[str, Json]] = {}
        self._latest: dict[str, _Delivered] = {}
        self._subscriptions: dict[tuple[object, str], _Subscription] = {}

    def begin(self, scenario: str) -> None:
        """What is seen from here on belongs to this scenario."""
        self._scenario = scenario

    def sent(self, request: Json) -> None:
        """Forgets the title of a manuscript that is to be deleted or renamed: a frame on its way may have either."""
        match request:
            case {"query": str(query), "variables": {"id": str(id)}} if "deleteManuscript" in query:
                self._titles.pop(id, None)
            case {"query": str(query), "variables": {"input": {"id": str(id)}}} if "updateManuscript" in query:
                self._titles.pop(id, None)

    def answer(self, body: Json, *, asked_at: float, at: float, sent: Json = None) -> None:
        """Looks at an answer over HTTP. Times are readings of a monotonic clock in seconds, here and below."""
        self._learn(sent, body)
        for job in _jobs(body):
            if self._job(job, asked_at, at):
                self._grows(job, asked_at, at)
        for manuscript in _manuscripts(body):
            self._manuscript(manuscript)
        self._echo(body)

    def _learn(self, sent: Json, body: Json) -> None:
        """Keeps the title that a manuscript was given: it comes back as it was sent."""
        match sent, body:
            case {"variables": {"input": {"title": str(title)}}}, {
                "data": {"addManuscript": {"id": str(id)}} | {"updateManuscript": {"id": str(id)}}
            }:
                self._titles[id] = title

    def _echo(self, body: Json) -> None:
        for each in _objects(body):
            title = self._titles.get(each["id"]) if isinstance(each.get("id"), str) else None
            if title is not None and "title" in each:
                said = f"{each['id']} was sent as {title!r} and is told as {each['title']!r}."
                self._check("NF-ECHO-1", each["title"] == title, said)

    def _grows(self, job: dict[str, Json], asked_at: float, at: float) -> None:
        """Who asks a second later is told of a later instant."""
        before = self._answered.get(job["id"])
        if before is not None and asked_at < before.at + _A_WHILE:
            return
        self._answered[job["id"]] = _Delivered(job, at)
        then, now = moment(before.job.get("asOf")) if before else None, moment(job.get("asOf"))
        if then is not None and now is not None:
            said = f"{_named(job)}, and its `asOf` stands at {now}."
            self._check("NF-CLOCK-1", now > then, said)

    def asked(self, socket: object, message: Json, at: float) -> None:
        """Notes when a subscription was asked for."""
        if isinstance(message, dict) and message.get("type") == "subscribe":
            self._subscriptions[socket, str(message.get("id"))] = _Subscription(at)

    def message(self, socket: object, message: Json, at: float) -> None:
        """Looks at a message of a socket."""
        if not isinstance(message, dict) or not isinstance(message.get("id"), str):
            return
        subscription = self._subscriptions.get((socket, message["id"]))
        if subscription is None:
            return
        match message:
            case {"type": "next", "payload": {"data": dict(data), **beside}}:
                self._data(subscription, data, at, came_whole=not beside.get("errors"))
        if message.get("type") == "complete":
            del self._subscriptions[socket, message["id"]]
            self._check("NF-PUSH-4", subscription.last_frame_at is None, "jobUpdates completed by itself.")

    def leave(self, socket: object, at: float) -> None:
        """The socket is closed: how long was it silent at the end?"""
        for key in [key for key in self._subscriptions if key[0] is socket]:
            subscription = self._subscriptions.pop(key)
            if subscription.last_frame_at is not None:
                self._silence(at - subscription.last_frame_at)

    def _data(self, subscription: _Subscription, data: Json, at: float, *, came_whole: bool) -> None:
        for job in _jobs(data):
            # What came with errors is told again: it does not count as delivered.
            if self._job(job, subscription.asked_at, at) and came_whole:
                self._delivered(subscription, job)
        subscription.asked_at = _UNASKED
        if "jobUpdates" in data:
            self._frame(subscription, at)
            as_of = moment((data["jobUpdates"] or {}).get("asOf"))
            if as_of is not None:
                self._check("NF-CLOCK-1", is_present(as_of), f"A frame is told as of {as_of}.")
        self._echo(data)

    def _job(self, job: dict[str, Json], asked_at: float, at: float) -> bool:
        """Looks at one job; false when it is of other types than the schema's, and there is no more to look at."""
        if not self._well_formed(job):
            return False
        self._check("NF-STATUS-1", job["status"] in ACTIVE | TERMINAL, f"{_named(job)}.")
        self._in_itself(job)
        self._in_time(job)
        self._events(job)
        for promise_id, kept, said in findings(job, queue_timeout=self._queue_timeout):
            self._check(promise_id, kept, said)
        self._history(job)
        self._beside_itself(job)
        self._after_the_end(job, asked_at, at)
        self._after_the_latest(job, asked_at, at)
        return True

    def _well_formed(self, job: dict[str, Json]) -> bool:
        wrong = [(id, name) for id, name, fits in _FORMS if name in job and not fits(job[name])]
        for id, name in wrong:
            self._check(id, False, f"Job {job['id']}: `{name}` is {job[name]!r}.")
        return not wrong

    def _after_the_end(self, job: dict[str, Json], asked_at: float, at: float) -> None:
        end = self._ends.get(job["id"])
        if end is not None:
            kept = job["status"] == end.job["status"] or end.allows(job, asked_at)
            self._check("NF-STATUS-2", kept, f"{_named(end.job)}; then {_named(job)}.")
        elif job["status"] in TERMINAL:
            self._ends[job["id"]] = _Delivered(job, at)
            self._check("NF-STATUS-2", True, "")

    def _after_the_latest(self, job: dict[str, Json], asked_at: float, at: float) -> None:
        latest = self._latest.get(job["id"])
        if latest is None or job["version"] > latest.job["version"]:
            self._latest[job["id"]] = _Delivered(job, at)
        elif job["version"] < latest.job["version"]:
            self._check("NF-VERSION-1", latest.allows(job, asked_at), f"{_named(latest.job)}; then {_named(job)}.")

    def _beside_itself(self, job: dict[str, Json]) -> None:
        known = self._rows.setdefault((job["id"], job["version"]), job)
        for name in _OF_THE_ROW:
            same = name not in job or name not in known or job[name] == known[name]
            self._check("NF-VERSION-1", same, f"{_named(job)}, and has two kinds of `{name}` in it.")

    def _events(self, job: Json) -> None:
        events = job.get("events")
        if not events or not {"version", "status"} <= events[0].keys():
            return
        versions = [each["version"] for each in events]
        said = f"Job {job['id']} is {job['status']} in version {job['version']} and tells of {events}."
        self._check("NF-STATUS-7", versions == sorted(versions), said)
        # One version is one status, also where a late word of a worker is told under it.
        told = {each["version"]: each["status"] for each in reversed(events)}
        self._check("NF-STATUS-7", all(told[each["version"]] == each["status"] for each in events), said)
        self._check("NF-STATUS-7", told.get(job["version"], job["status"]) == job["status"], said)

    def _history(self, job: Json) -> None:
        """Each status that was told stands in the events, and nothing else under its version."""
        told = self._told.setdefault(job["id"], {})
        told[job["version"]] = job["status"]
        events = job.get("events")
        if not events or not {"version", "status"} <= events[0].keys():
            return
        for version, status in told.items():
            until = [each["status"] for each in events if each["version"] <= version]
            said = f"Job {job['id']} was told as {status} in version {version}, and tells of {events}."
            self._check("NF-STATUS-7", version > job["version"] or until[-1:] == [status], said)

    def _in_itself(self, job: Json) -> None:
        id, status = job["id"], job["status"]
        over = status in TERMINAL
        self._agrees("NF-STATUS-3", job, "isTerminal", over)
        self._agrees("NF-LOCK-1", job, "locksManuscript", status in ACTIVE)
        for name, there in (("failure", status == "FAILED"), ("finishedAt", over)):
            same = name not in job or (job[name] is not None) == there
            self._check("NF-STATUS-4", same, f"Job {id} is {status} and `{name}` is {job.get(name)!r}.")
        for name, allowed in (("waiting", "QUEUED"), ("stage", "RUNNING"), ("progress", "RUNNING")):
            fits = job.get(name) is None or status == allowed
            self._check("NF-STATUS-4", fits, f"Job {id} is {status} and `{name}` is {job.get(name)!r}.")
        if "deadlineAt" in job:
            said = f"Job {id} is {status} and `deadlineAt` is {job['deadlineAt']!r}."
            self._check("NF-DEADLINE-1", (job["deadlineAt"] is None) == over, said)

    def _in_time(self, job: Json) -> None:
        deadline, as_of = moment(job.get("deadlineAt")), moment(job.get("asOf"))
        if job["status"] not in ACTIVE or deadline is None or as_of is None:
            return
        alive = deadline > as_of
        said = f"Job {job['id']} is {job['status']} as of {job['asOf']} with the deadline {job['deadlineAt']}."
        self._check("NF-DEADLINE-2", alive, said)

    def _delivered(self, subscription: _Subscription, job: Json) -> None:
        before = subscription.versions.get(job["id"], 0)
        said = f"Job {job['id']} came in version {job['version']} after version {before} on one subscription."
        self._check("NF-VERSION-2", job["version"] > before, said)
        subscription.versions[job["id"]] = job["version"]

    def _frame(self, subscription: _Subscription, at: float) -> None:
        if subscription.last_frame_at is not None:
            self._silence(at - subscription.last_frame_at)
        subscription.last_frame_at = at

    def _silence(self, seconds: float) -> None:
        # A short gap shows nothing: only the broken promise is written down here.
        if seconds > self._tick + _TICK_SLACK:
            self._check("NF-PUSH-3", False, f"The feed was silent for {seconds:.1f} s.")

    def _manuscript(self, manuscript: Json) -> None:
        latest = manuscript["latestJob"]
        locks = latest is not None and latest.get("locksManuscript", False)
        said = f"Manuscript {manuscript['id']}: isLocked is {manuscript['isLocked']}, its latest job says {locks}."
        self._check("NF-LOCK-1", manuscript["isLocked"] == locks, said)

    def _agrees(self, promise_id: str, job: Json, name: str, expected: bool) -> None:
        said = f"Job {job['id']} is {job['status']} and `{name}` is {job.get(name)!r}."
        self._check(promise_id, job.get(name, expected) is expected, said)

    def _check(self, promise_id: str, kept: bool, said: str) -> None:
        outcome = Outcome.KEPT if kept else Outcome.BROKEN
        self._ledger.note(promise_id, outcome, self._scenario, "In everything that was seen." if kept else said)


def _named(job: dict[str, Json]) -> str:
    return f"Job {job['id']} is {job['status']} in version {job['version']}"


def _jobs(value: Json) -> list[dict[str, Json]]:
    """Every whole job in an answer, however deep."""
    jobs = [each for each in _objects(value) if {"id", "status", "version", "locksManuscript"} <= each.keys()]
    return [each for each in jobs if isinstance(each["id"], str)]


def _manuscripts(value: Json) -> list[dict[str, Json]]:
    manuscripts = [each for each in _objects(value) if {"id", "isLocked", "latestJob"} <= each.keys()]
    return [each for each in manuscripts if isinstance(each["latestJob"], dict | None)]


def _objects(value: Json) -> list[dict[str, Json]]:
    match value:
        case dict():
            return [value, *(found for each in value.values() for found in _objects(each))]
        case list():
            return [found for each in value for found in _objects(each)]
        case _:
            return []


def _is_number(value: Json) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_text(value: Json) -> bool:
    return isinstance(value, str)


def _is_moment(value: Json) -> bool:
    return moment(value) is not None


def _is_deadline(value: Json) -> bool:
    return value is None or _is_moment(value)


def _are_events(value: Json) -> bool:
    return isinstance(value, list) and all(_is_event(each) for each in value)


def _is_event(value: Json) -> bool:
    if not isinstance(value, dict):
        return False
    return _is_number(value.get("version", 0)) and _is_text(value.get("status", ""))


# What the checks above take for granted of a job, and the promise that is broken where it is not so.
_FORMS: tuple[tuple[str, str, Callable[[Json], bool]], ...] = (
    ("NF-STATUS-1", "status", _is_text),
    ("NF-VERSION-1", "version", _is_number),
    ("NF-DEADLINE-2", "asOf", _is_moment),
    ("NF-DEADLINE-1", "deadlineAt", _is_deadline),
    ("NF-STATUS-7", "events", _are_events),
)
