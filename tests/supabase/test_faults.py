"""What must hold after a fault holds on a project too: fault tests again, over REST; and a project that goes away."""

from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from jobs.errors import Unavailable
from jobs.models import Job
from jobs.processes.wiring import open_domain
from jobs.settings import Settings
from jobs.states import FailureCode, JobStatus
from tests.conftest import Databases
from tests.faults import deployment as faults
from tests.faults.audit import Audit
from tests.faults.deployment import Deployment, until_unavailable
from tests.faults.processes import environment as of_processes
from tests.faults.test_scheduler import (
    test_with_nobody_reading_the_sweep_settles,
    test_without_a_scheduler_a_watcher_is_told_within_a_second_of_the_deadline,
)
from tests.faults.test_worker_asleep import (
    test_a_worker_that_slept_over_its_lease_is_refused_and_ends_its_analysis,
    test_a_worker_told_to_stop_gives_its_job_back_at_once,
)
from tests.faults.test_worker_killed import (
    test_a_claim_that_outlives_its_worker_ends_with_the_lease,
    test_a_completion_under_way_when_its_worker_is_killed_lands_whole,
    test_a_worker_killed_in_the_analysis_takes_the_analysis_with_it,
)
from tests.faults.waiting import until
from tests.faults.watching import Watcher
from tests.supabase.edge import Edge, switch
from tests.supabase.lite import Project, back, running
from tests.supabase.test_gateway import STRANGE

__all__ = [
    "test_a_claim_that_outlives_its_worker_ends_with_the_lease",
    "test_a_completion_under_way_when_its_worker_is_killed_lands_whole",
    "test_a_worker_killed_in_the_analysis_takes_the_analysis_with_it",
    "test_a_worker_that_slept_over_its_lease_is_refused_and_ends_its_analysis",
    "test_a_worker_told_to_stop_gives_its_job_back_at_once",
    "test_with_nobody_reading_the_sweep_settles",
    "test_without_a_scheduler_a_watcher_is_told_within_a_second_of_the_deadline",
]


@pytest.fixture
def going() -> ExitStack:
    """What ends with the project's process."""
    return ExitStack()


@pytest.fixture
async def project(
    project_template: str, databases: Databases, tmp_path: Path, going: ExitStack
) -> AsyncIterator[Project]:
    """A project for one test, which may take it away."""
    async with databases.fresh(template=project_template) as url:
        with going:
            yield going.enter_context(running(url, tmp_path / "project"))


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Timings as short as two busy processors and a server between can keep."""
    return replace(
        settings,
        queue_timeout=timedelta(seconds=60),
        sweep_interval=timedelta(seconds=0.5),
        lease=timedelta(seconds=3),
        heartbeat=timedelta(seconds=0.4),
        resync_interval=timedelta(seconds=0.5),
        tick_interval=timedelta(seconds=1),
    )


def _knowing(project: Project, url: str) -> Callable[[Settings], dict[str, str]]:
    """The environment of processes that find the project at `url` and know no database."""

    def environment(settings: Settings) -> dict[str, str]:
        names = {
            "SUPABASE_URL": url,
            "SUPABASE_SECRET_KEY": project.secret_key,
            "SUPABASE_PUBLISHABLE_KEY": project.publishable_key,
        }
        return {name: value for name, value in of_processes(settings).items() if name != "DATABASE_URL"} | names

    return environment


@pytest.fixture
def environment(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Starts processes that know the project and no database."""
    monkeypatch.setattr(faults, "environment", _knowing(project, project.url))


@pytest.fixture
async def unwatched(
    settings: Settings, project: Project, environment: None, tmp_path: Path
) -> AsyncIterator[Deployment]:
    """A deployment on the project that nobody looks at."""
    audit = Audit(database_url=project.database_url)
    await audit.install()
    async with open_domain(settings, kind="api") as domain:
        deployment = Deployment(settings=settings, domain=domain, audit=audit, directory=tmp_path)
        try:
            yield deployment
            await deployment.verify()
        finally:
            deployment.end()


@pytest.fixture
async def deployment(unwatched: Deployment) -> AsyncIterator[Deployment]:
    """A deployment on the project with a subscriber."""
    async with Watcher(unwatched.domain.feed, unwatched.owner_id) as watcher:
        unwatched.watcher = watcher
        yield unwatched
        await unwatched.verify()
        unwatched.watcher = None


async def test_a_project_that_goes_away_in_mid_analysis_costs_no_job_and_no_process(
    deployment: Deployment, project: Project, going: ExitStack
) -> None:
    job_id = await deployment.job()
    deployment.begin("scheduler")
    _, analysis = await deployment.at_work()
    await deployment.reaches(job_id, JobStatus.RUNNING)

    going.close()
    await until_unavailable(deployment)
    analysis.resume()
    going.enter_context(back(project))

    await deployment.completes(job_id)
    assert all(process.is_running for process in deployment.processes)


async def test_a_key_that_is_refused_for_a_while_costs_no_watcher(
    deployment: Deployment, project: Project, going: ExitStack, caplog: pytest.LogCaptureFixture
) -> None:
    job_id = await deployment.job()
    config = project.home / "supabase" / "config.toml"
    right = config.read_text()
    going.close()
    config.write_text(right.replace(project.secret_key, "sb_secret_0123456789_of_nobody"))

    async def told() -> bool:
        deployment.watched.hold_up()
        return "watchers wait: Supabase refuses SUPABASE_SECRET_KEY" in caplog.text

    with back(project):
        await until(told, "the push hub meets the refusal")
    config.write_text(right)
    going.enter_context(back(project))
    await until(deployment.domain.store.clock, "the key is taken again")
    await deployment.domain.service.cancel(deployment.owner_id, job_id)

    await deployment.watched.hears(job_id, JobStatus.CANCELLED)


async def test_a_project_that_answers_what_nobody_foresaw_costs_no_job_and_no_process(
    settings: Settings, project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async with switch(project.url) as line:
        at_switch = replace(settings, supabase_url=line.url, lease=faults.LONG)
        monkeypatch.setattr(faults, "environment", _knowing(project, line.url))
        audit = Audit(database_url=project.database_url)
        await audit.install()
        async with open_domain(at_switch, kind="api") as domain:
            deployment = Deployment(settings=at_switch, domain=domain, audit=audit, directory=tmp_path)
            try:
                processes = [await deployment.worker(), await deployment.scheduler()]
                await deployment.completes(await deployment.job())
                manuscript_id = await deployment.manuscript()
                for answer in STRANGE:
                    line.turn(Edge(answers=[answer]))
                    with pytest.raises(Unavailable):
                        await domain.service.start(deployment.owner_id, manuscript_id)

                async def all_say_so() -> bool:
                    return all(" waits: " in process.log.read_text() for process in processes)

                await until(all_say_so, "each meets it")
                line.turn(None)

                async def starts() -> Job:
                    return await domain.service.start(deployment.owner_id, manuscript_id)

                await deployment.completes((await until(starts, "it is over")).id)
                for process in processes:
                    assert process.is_running
                    assert "Traceback" not in process.log.read_text()
            finally:
                deployment.end()


async def test_a_bucket_that_went_missing_ends_the_job_and_is_told_in_one_line(
    unwatched: Deployment, project: Project
) -> None:
    manuscript_id = await unwatched.manuscript()
    worker = await unwatched.worker()
    async with httpx.AsyncClient(base_url=f"{project.url}/storage/v1", headers={"apikey": project.secret_key}) as web:
        (await web.post("/bucket/manuscripts/empty")).raise_for_status()
        (await web.delete("/bucket/manuscripts")).raise_for_status()

    job = await unwatched.domain.service.start(unwatched.owner_id, manuscript_id)

    ended = await unwatched.reaches(job.id, JobStatus.FAILED)
    assert ended.failure_code is FailureCode.INTERNAL_ERROR
    said = worker.log.read_text()
    assert "no bucket `manuscripts`" in said
    assert "Traceback" not in said
    assert worker.is_running
