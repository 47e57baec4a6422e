"""A subscription that lives for a month holds what it held after a minute, and tells what is true then."""

import gc
import sys
from collections.abc import AsyncGenerator, Collection, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID, uuid4

import pytest

from client_contract.verify import operations
from jobs.feed import Feed
from jobs.models import Component, Job, Line, Manuscript, SystemHealth
from jobs.presence import Presence
from jobs.service import JobService
from jobs.states import ComponentState, JobStatus
from jobs.watcher import Frame
from schema.api import api
from schema.context import Caller, Context
from schema.ids import global_id
from schema.plans import SharedAnswer

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
OWNER = uuid4()
WELL = Component(state=ComponentState.HEALTHY, live=1, last_seen_at=NOW)
JOB = Job(
    id=uuid4(),
    owner_id=OWNER,
    manuscript_id=uuid4(),
    kind="analysis",
    status=JobStatus.RUNNING,
    stage="Reading the chapters",
    progress=0.5,
    attempt=1,
    max_attempts=3,
    version=1,
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
    progressed_at=NOW,
    as_of=NOW,
)
# Frames until everything that is kept once is there.
WARM = 200


@dataclass
class Surroundings:
    """The parts that a frame is made with, each as a frame meets it: changing, and never away."""

    frames: int
    told: int = 0
    version: int = 0
    held: list[tuple[int, int]] = field(default_factory=list)

    async def watch(self, owner_id: UUID, **options: object) -> AsyncGenerator[Frame, None]:
        """As many frames as are asked for: jobs, and every other time a tick without any."""
        for _ in range(self.frames):
            self.version += 1
            as_of = NOW + timedelta(seconds=self.version)
            job = replace(JOB, version=self.version, as_of=as_of)
            yield Frame(as_of=as_of, jobs=(job,) if self.version % 2 else ())

    async def follow(self, owner_id: UUID, job_id: UUID, **options: object) -> AsyncGenerator[Job, None]:
        """One job's versions."""
        async for frame in self.watch(owner_id):
            yield replace(JOB, version=self.version, as_of=frame.as_of)

    async def manuscripts(self, owner_id: UUID, ids: Collection[UUID]) -> list[Manuscript]:
        """Renamed with every version."""
        title = f"Draft {self.version}"
        return [
            Manuscript(
                id=id, owner_id=owner_id, title=title, filename=None, byte_size=1, word_count=None, created_at=NOW
            )
            for id in ids
        ]

    def fresh(self) -> SystemHealth | None:
        """Never: so that it is waited for."""
        return None

    async def latest(self) -> SystemHealth:
        """All is well."""
        return SystemHealth(
            line=Line(hold=None, mean_run=None, runs=0),
            as_of=NOW,
            sweeper=WELL,
            workers=WELL,
            push=WELL,
            queued=0,
            running=1,
            capacity=2,
            busy=1,
            message=None,
        )

    def context(self) -> Context:
        """What the schema is given."""
        caller = Caller(owner_id=OWNER, subject="ann", email=None, expires_at=NOW)
        return Context(
            caller=caller,
            operators=cast(Any, None),
            belongings=cast(Any, None),
            service=cast(JobService, self),
            presence=cast(Presence, self),
            feed=cast(Feed, self),
        )

    def count(self) -> None:
        """Notes how many objects live, and their bytes."""
        gc.collect()
        self.held.append((sys.getallocatedblocks(), sum(map(sys.getsizeof, gc.get_objects()))))


@pytest.mark.parametrize(("name", "count"), [("JobUpdates", 10_000), ("JobProgress", 2_000)])
async def test_thousands_of_frames_leave_nothing_behind(name: str, count: int) -> None:
    around = Surroundings(frames=WARM + count)

    async with aclosing(await frames_of(name, around)) as frames:
        async for frame in frames:
            assert not frame.errors
            around.told += 1
            if around.told in (WARM, WARM + count):
                around.count()

    (objects, size), (objects_later, size_later) = around.held
    # The least leak is one object a frame: this is one for ten frames, and ten bytes a frame.
    assert objects_later - objects < count // 10
    assert size_later - size < count * 10


@pytest.mark.parametrize("name", ["JobUpdates", "JobProgress"])
async def test_a_frame_is_freed_without_the_collector(name: str) -> None:
    around = Surroundings(frames=300)

    async with aclosing(await frames_of(name, around)) as frames:
        for _ in range(100):
            await anext(frames)
        gc.collect()
        with collector_off():
            for _ in range(100):
                await anext(frames)
            in_circles = gc.collect()

    assert in_circles == 0


async def test_an_answer_and_a_subscription_are_freed_without_the_collector() -> None:
    around = Surroundings(frames=300)

    async def once() -> None:
        assert not (await api.execute("{ system { queued } }", context_value=around.context())).errors
        async with aclosing(await frames_of("JobUpdates", around)) as frames:
            await anext(frames)

    await once()
    gc.collect()
    with collector_off():
        await once()
        in_circles = gc.collect()

    assert in_circles == 0


async def test_who_is_told_of_the_same_frame_by_the_same_operation_shares_its_answer() -> None:
    one, two, other = (Surroundings(frames=0) for _ in range(3))
    frame = Frame(as_of=NOW, jobs=(JOB,), answers={})

    async def watch(owner_id: UUID, **_: object) -> AsyncGenerator[Frame, None]:
        yield frame

    answers = []
    for around, name in ((one, "JobUpdates"), (two, "JobUpdates"), (other, "other")):
        around.watch = watch  # type: ignore[method-assign]
        operation = operations()["JobUpdates"] if name == "JobUpdates" else "subscription { jobUpdates { asOf } }"
        results = cast(AsyncGenerator[Any, None], await api.stream(operation, context_value=around.context()))
        async with aclosing(results):
            answers.append(await anext(results))

    assert answers[0] is answers[1]
    assert isinstance(answers[0], SharedAnswer)
    assert set(answers[2].data["jobUpdates"]) == {"asOf"}


async def test_every_frame_tells_what_is_true_then() -> None:
    around = Surroundings(frames=5)

    async with aclosing(await frames_of("JobUpdates", around)) as frames:
        told = [job async for frame in frames for job in frame.data["jobUpdates"]["jobs"]]

    assert [(job["version"], job["manuscript"]["title"]) for job in told] == [
        (1, "Draft 1"),
        (3, "Draft 3"),
        (5, "Draft 5"),
    ]


@contextmanager
def collector_off() -> Iterator[None]:
    """What is left to the collector stays, for the block."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


async def frames_of(name: str, around: Surroundings) -> AsyncGenerator[Any, None]:
    """The results of one of the contract's subscriptions."""
    variables = {"id": global_id("Job", JOB.id)} if name == "JobProgress" else None
    context = around.context()
    results = await api.stream(operations()[name], variable_values=variables, context_value=context)
    return cast(AsyncGenerator[Any, None], results)
