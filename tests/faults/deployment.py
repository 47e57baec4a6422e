"""A deployment on real engines whose parts a test starts, breaks and ends; and what must hold of it afterwards."""

import asyncio
import socket
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import psutil
import redis.asyncio

from jobs.errors import Unavailable
from jobs.models import Job
from jobs.processes.wiring import Domain, open_domain
from jobs.settings import Settings
from jobs.states import DecidedBy, JobStatus
from tests.conftest import TEXT
from tests.faults.audit import Audit
from tests.faults.processes import Api, Process, environment, held_analysis, holding, mortal
from tests.faults.waiting import until
from tests.faults.watching import Watcher
from tests.faults.wire import Client

_TERMINAL = tuple(status for status in JobStatus if status.is_terminal)
# The promise to a subscriber: her last frame equals the row within this many seconds.
FRAME_LIMIT = 5.0
# A lease that no machine is so busy as to lose, for the workers that are to keep their jobs.
LONG = timedelta(minutes=1)
# Takes seconds to read.
LONG_TEXT = b"It rained on the town, and nobody said that it had. " * 12_000


@dataclass(slots=True, kw_only=True)
class Deployment:
    """What runs, and what an author and an operator may do with it. `domain` stands for an api process."""

    settings: Settings
    domain: Domain
    audit: Audit
    directory: Path
    owner_id: UUID = field(default_factory=uuid4)
    processes: list[Process] = field(default_factory=list)
    held: list[psutil.Process] = field(default_factory=list)
    watcher: Watcher | None = None

    # The operator

    def begin(self, kind: str, **changes: object) -> Process:
        """Starts a worker or a scheduler and does not wait for it. `changes` are settings of its own."""
        return self._begin(kind, self._environment(**changes))

    async def worker(self, **changes: object) -> Process:
        """A new worker that has said who it is."""
        return await self.begin("worker", **changes).started()

    async def at_work(self, **changes: object) -> tuple[Process, psutil.Process]:
        """A new worker that has taken the job that waits, and its analysis, held at its start until it is resumed."""
        folder = self.directory / f"{len(self.processes)}-holding"
        worker = await self._begin("worker", self._environment(**changes) | holding(folder)).started()
        analysis = await held_analysis(worker.pid)
        self.held.append(analysis)
        return worker, analysis

    async def mortal(self, **changes: object) -> Process:
        """A new worker that dies when it begins to read `POISON`, and has said who it is."""
        folder = self.directory / f"{len(self.processes)}-mortal"
        return await self._begin("worker", self._environment(**changes) | mortal(folder)).started()

    async def scheduler(self, **changes: object) -> Process:
        """A new scheduler that has said who it is."""
        return await self.begin("scheduler", **changes).started()

    async def api(self, *, port: int | None = None) -> Api:
        """A new api process that answers."""
        log = self.directory / f"{len(self.processes)}-api.log"
        api = Api(port=port or free_port(), environment=environment(self.settings), log=log)
        self.processes.append(api)
        return await api.started()

    def client(self, api: Api) -> Client:
        """The author at an api process."""
        return Client(port=api.port, settings=self.settings, owner_id=self.owner_id)

    def end(self) -> None:
        """Ends every process that still runs."""
        for process in self.processes:
            if process.is_running:
                process.resume()
                process.kill()
        # Nobody else would: one that is held does not notice that its worker is gone.
        for analysis in self.held:
            with suppress(psutil.NoSuchProcess):
                analysis.kill()

    def _environment(self, **changes: object) -> dict[str, str]:
        return environment(replace(self.settings, **changes))  # type: ignore[arg-type]

    def _begin(self, kind: str, environment: dict[str, str]) -> Process:
        process = Process(kind, environment=environment, log=self.directory / f"{len(self.processes)}-{kind}.log")
        self.processes.append(process)
        return process

    # The author

    async def manuscript(self, content: bytes = TEXT) -> UUID:
        """A manuscript of hers."""
        made = await self.domain.service.add_manuscript(
            self.owner_id, title="The Rain", filename="rain.txt", content=content
        )
        return made.id

    async def job(self, content: bytes = TEXT) -> UUID:
        """A new manuscript's analysis, started."""
        return (await self.domain.service.start(self.owner_id, await self.manuscript(content))).id

    # What stands in the database, unsettled

    async def row(self, job_id: UUID) -> Job:
        """The row as it stands: reading it so changes nothing, overdue or not."""
        [job] = await self.domain.store.get(self.owner_id, [job_id])
        return job

    async def reaches(self, job_id: UUID, *statuses: JobStatus, attempt: int | None = None, limit: float = 60) -> Job:
        """Waits until the row has one of these statuses (and this attempt)."""

        async def there() -> Job | None:
            job = await self.row(job_id)
            return job if job.status in statuses and attempt in (None, job.attempt) else None

        claim = f"job {job_id} becomes {' or '.join(statuses)}"
        job = await until(there, claim, limit=limit)
        assert job is not None
        return job

    async def completes(self, job_id: UUID, *, limit: float = 60) -> Job:
        """Waits for the end, which must be a good one."""
        job = await self.reaches(job_id, *_TERMINAL, limit=limit)
        assert job.status is JobStatus.COMPLETED, job
        return job

    async def messages(self, job_id: UUID) -> list[str]:
        """What its events say, oldest first."""
        return [event.message or "" for event in await self.domain.store.events(self.owner_id, [job_id])]

    async def settled(self) -> Counter[tuple[JobStatus, DecidedBy]]:
        """How late settlements came in all, in seconds, by status and by who settled: what they wrote down."""
        seconds: Counter[tuple[JobStatus, DecidedBy]] = Counter()
        for bucket in await self.domain.store.lateness():
            seconds[bucket.status, bucket.decided_by] += bucket.seconds  # type: ignore[assignment]
        return seconds

    async def silent_for(self, process: Process) -> float:
        """Seconds since the process last wrote that it lives, by the database's clock; infinite before the first."""
        seconds = await self.audit.value(
            "select extract(epoch from clock_timestamp() - last_seen_at) from public.processes where id = $1",
            process.id,
        )
        return float("inf") if seconds is None else float(seconds)

    # The subscriber

    @property
    def watched(self) -> Watcher:
        """The subscriber of this test."""
        assert self.watcher is not None
        return self.watcher

    # What must hold after every fault

    async def verify(self, *, limit: float = 60) -> None:
        """None lost, nothing left a terminal state, one report a completed job, and the subscriber knows.

        Every job has `limit` seconds to end.
        """

        async def none_unfinished() -> bool:
            return not await self.audit.unfinished()

        await until(none_unfinished, "every job ends, none is lost", limit=limit)
        assert await self.audit.violations() == []
        if self.watcher is not None:
            await self._verify_watcher(self.watcher)

    async def _verify_watcher(self, watcher: Watcher) -> None:
        rows = await self.audit.rows("select id, status, version from public.jobs where owner_id = $1", self.owner_id)
        truth = {row["id"]: (row["status"], row["version"]) for row in rows}

        async def knows() -> bool:
            watcher.hold_up()
            last = {job_id: watcher.last(job_id) for job_id in truth}
            return truth == {job_id: (job.status, job.version) for job_id, job in last.items() if job}

        await until(knows, f"the subscriber's last frames equal the rows: {truth}", limit=FRAME_LIMIT)


@asynccontextmanager
async def open_deployment(
    settings: Settings, directory: Path, *, watched: bool, audited_at: str | None = None
) -> AsyncIterator[Deployment]:
    """A deployment in which nothing runs yet but the api's domain in this process, and its subscriber if `watched`.

    `audited_at` is the database's address for its owner, where the deployment has a lesser role.
    """
    audit = Audit(database_url=audited_at or settings.need_database_url())
    await audit.install()
    async with AsyncExitStack() as stack:
        domain = await stack.enter_async_context(open_domain(settings, kind="api"))
        deployment = Deployment(settings=settings, domain=domain, audit=audit, directory=directory)
        stack.callback(deployment.end)
        if watched:
            deployment.watcher = await stack.enter_async_context(Watcher(domain.feed, deployment.owner_id))
        yield deployment


@asynccontextmanager
async def redis_client(redis_url: str) -> AsyncIterator["redis.asyncio.Redis"]:
    """A client of the test's own, for an operator's commands."""
    async with redis.asyncio.Redis.from_url(redis_url) as client:
        yield client


def free_port() -> int:
    """A port on which nothing listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def until_unavailable(deployment: Deployment) -> None:
    """Waits until the database is found away."""

    async def away() -> bool:
        try:
            await deployment.domain.store.clock()
        except Unavailable:
            return True
        return False

    await asyncio.sleep(0)
    await until(away, "the database is away")
