"""What executing an operation costs by a plan, beside graphql-core on the same schema, data and caches in the same run.

Run: python benchmarks/plans.py. The contract's own operations, over objects from memory: no database, no HTTP. Prints
processor time in microseconds, the best of twenty batches, so that other work on the machine tells little; a field is
one that the answer holds. Compare the ratios: they hold from machine to machine.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast
from uuid import UUID, uuid4

from graphql import ExecutionResult, execute, parse

from jobs.models import Component, Job, Line, Manuscript, Page, SystemHealth
from jobs.states import ComponentState, JobStatus
from jobs.watcher import Frame
from schema.api import api
from schema.context import Caller, Context
from schema.ids import global_id
from schema.plans import Plan
from schema.subscriptions import JobUpdate
from server.responses import encoded

OPERATIONS = Path(__file__).parents[1] / "client_contract" / "operations"
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
OWNER = uuid4()
BOOKS = 50
BATCHES, BATCH = 20, 10


class Memory:
    """The service, the presence and the feed, as far as these operations ask them."""

    def __init__(self) -> None:
        self.books = {each.id: each for each in map(_manuscript, range(BOOKS))}
        self._jobs = {id: _job(id) for id in self.books}
        self.job = next(iter(self._jobs.values()))

    async def manuscripts_page(self, owner_id: UUID, *, first: int, after: object) -> Page[Manuscript]:
        return Page(items=tuple(self.books.values())[:first], has_next=False, has_previous=False)

    async def manuscripts_count(self, owner_id: UUID) -> int:
        return BOOKS

    async def manuscripts(self, owner_id: UUID, ids: list[UUID]) -> list[Manuscript]:
        return [self.books[id] for id in ids]

    async def jobs_of_manuscripts(self, owner_id: UUID, ids: list[UUID], *, limit: int, after: object) -> list[Job]:
        return [self._jobs[id] for id in ids]

    async def jobs(self, owner_id: UUID, ids: list[UUID]) -> list[Job]:
        return [self.job] if self.job.id in ids else []

    def fresh(self) -> SystemHealth:
        part = Component(state=ComponentState.HEALTHY, live=2, last_seen_at=NOW)
        return SystemHealth(
            line=Line(hold=None, mean_run=None, runs=0),
            as_of=NOW,
            sweeper=part,
            workers=part,
            push=part,
            queued=1,
            running=3,
            capacity=4,
            busy=3,
            message=None,
        )


def main() -> None:
    asyncio.run(_measure())


async def _measure() -> None:
    memory = Memory()
    page, job = _text("Manuscripts", "ManuscriptFields", "JobFields"), "query ($id: ID!) { job(id: $id) { id status } }"
    frame = _text("JobUpdates", "JobFields", "SystemFields")
    event = JobUpdate.of(Frame(as_of=NOW, jobs=(memory.job,), manuscripts=memory.books))
    rows: list[tuple[str, str, dict[str, Any], object]] = [
        ("page of 50 manuscripts", page, {"first": BOOKS}, None),
        ("one job", job, {"id": global_id("Job", memory.job.id)}, None),
        ("frame of JobUpdates", frame, {}, event),
    ]
    print(f"{'':24}{'fields':>7}{'plan µs':>10}{'core µs':>10}{'a field µs':>12}{'ratio':>8}")
    for name, text, variables, root in rows:
        await _compare(memory, name, text, variables, root)


async def _compare(memory: Memory, name: str, text: str, variables: dict[str, Any], root: Any) -> None:
    document = parse(text)
    plan = Plan(api, document)

    async def by_plan() -> bytes:
        given = await plan.execute(variable_values=variables, context_value=_context(memory), root_value=root)
        return _written(given)

    async def by_core() -> bytes:
        given = execute(
            api._schema,
            document,
            root,
            _context(memory),
            variables,
            executor_class=api.execution_context_class,
            operation_extensions=None,
        )
        return _written(given if isinstance(given, ExecutionResult) else await given)

    written = await by_plan()
    assert written == await by_core()
    assert plan.handed_over == 0
    fields, ours, theirs = _fields(json.loads(written)["data"]), await _best(by_plan), await _best(by_core)
    print(f"{name:24}{fields:7}{ours:10.0f}{theirs:10.0f}{ours / fields:12.2f}{theirs / ours:7.1f}×")


async def _best(answer: Callable[[], Awaitable[object]]) -> float:
    """Microseconds of processor time."""
    best = float("inf")
    for _ in range(BATCHES):
        since = time.process_time()
        for _ in range(BATCH):
            await answer()
        best = min(best, (time.process_time() - since) / BATCH)
    return best * 1e6


def _written(result: ExecutionResult) -> bytes:
    assert result.errors is None
    return encoded({"data": result.data})


def _fields(value: Any) -> int:
    if isinstance(value, dict):
        return len(value) + sum(map(_fields, value.values()))
    return sum(map(_fields, value)) if isinstance(value, list) else 0


def _context(memory: Any) -> Context:
    caller = Caller(owner_id=OWNER, subject="ann", email=None, expires_at=NOW)
    return Context(
        caller=caller,
        service=memory,
        operators=cast(Any, None),
        belongings=cast(Any, None),
        presence=memory,
        feed=cast(Any, None),
    )


def _text(*names: str) -> str:
    return "\n".join((OPERATIONS / f"{name}.graphql").read_text() for name in names)


def _manuscript(number: int) -> Manuscript:
    return Manuscript(
        id=uuid4(),
        owner_id=OWNER,
        title=f"The Lamplighter’s Ledger {number}",
        filename="ledger.docx",
        byte_size=700_000,
        word_count=70_000,
        created_at=NOW - timedelta(minutes=number),
    )


def _job(manuscript_id: UUID) -> Job:
    return Job(
        id=uuid4(),
        owner_id=OWNER,
        manuscript_id=manuscript_id,
        kind="analysis",
        status=JobStatus.RUNNING,
        stage="Reading the chapters",
        progress=0.5,
        attempt=1,
        max_attempts=3,
        version=7,
        worker_id=uuid4(),
        queued_at=NOW,
        dispatched_at=NOW,
        started_at=NOW,
        finished_at=None,
        deadline_at=NOW + timedelta(seconds=30),
        failure_code=None,
        failure_message=None,
        retry_of=None,
        workers_lost=0,
        progressed_at=None,
        as_of=NOW,
    )


if __name__ == "__main__":
    main()
