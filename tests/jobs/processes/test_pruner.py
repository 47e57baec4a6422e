"""The pruner: one batch of each kind, as the settings say."""

from dataclasses import replace

from jobs.database.store import JobStore
from jobs.models import Job
from jobs.processes.pruner import Pruner
from jobs.settings import Settings
from tests.jobs.lines import FailingLine


async def test_it_takes_the_history_of_what_ended_and_then_has_nothing_to_do(
    line: FailingLine, settings: Settings, store: JobStore, job: Job
) -> None:
    await store.cancel(job.owner_id, job.id)
    # The shortest that a setting can say, and less: what has just ended is old.
    pruner = Pruner(store=JobStore(line), settings=replace(settings, keep_events=-settings.lease))

    assert await pruner.prune()

    assert [event.status for event in await store.events(job.owner_id, [job.id])] == ["cancelled"]


async def test_what_is_kept_for_ever_is_not_even_looked_for(line: FailingLine) -> None:
    settings = Settings.from_environment({"NF_KEEP_EVENTS_DAYS": "0", "NF_KEEP_JOBS_DAYS": "0"})

    assert await Pruner(store=JobStore(line), settings=settings).prune()

    assert not line.calls
