"""Errors that nobody foresaw, on a running deployment: no error of a duty ends a process, and its end is noticed."""

import random
import string
from contextlib import suppress
from dataclasses import replace
from uuid import UUID

import pytest

from jobs.errors import Unavailable
from jobs.settings import Settings
from tests.faults.deployment import LONG, Deployment
from tests.faults.processes import Process
from tests.faults.waiting import until

_REFUSE = """
create sequence audit.refusals;
create table audit.code (code text);
insert into audit.code values ('25006');
grant usage on schema audit to public;
create function audit.refuse() returns trigger language plpgsql as $$
begin
  perform nextval('audit.refusals');
  raise exception 'an error that nobody foresaw' using errcode = (select code from audit.code);
end;
$$;
create trigger refuse before insert or update on public.processes for each row execute function audit.refuse();
create trigger refuse before update on public.jobs for each row execute function audit.refuse();
"""


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """No worker is lost here."""
    return replace(settings, lease=LONG)


async def test_no_error_of_the_database_ends_a_process_whatever_its_code(deployment: Deployment) -> None:
    processes = [await deployment.worker(), await deployment.scheduler()]
    chance = random.Random(7)
    await deployment.audit.execute(_REFUSE)
    for code in ("".join(chance.choices(string.digits[1:] + string.ascii_uppercase, k=5)) for _ in range(8)):
        await deployment.audit.execute(f"update audit.code set code = '{code}'")
        await _refused_again(deployment)
    job_id = await deployment.job()
    await _refused_again(deployment)

    await deployment.audit.execute("drop trigger refuse on public.processes; drop trigger refuse on public.jobs")

    await deployment.completes(job_id)
    for process in processes:
        await _is_well(process)


async def test_a_read_only_database_ends_no_process_and_jobs_go_on_when_it_is_over(deployment: Deployment) -> None:
    processes = [await deployment.worker(), await deployment.scheduler()]
    job_id = await deployment.job()
    await deployment.completes(job_id)
    name = deployment.settings.need_database_url().rsplit("/", 1)[-1]
    await deployment.audit.execute(f"alter database {name} set default_transaction_read_only = on")
    await deployment.audit.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity"
        " where datname = current_database() and application_name like 'novelfoundry%'"
    )

    async def says_so() -> bool:
        return all("takes no changes" in process.log.read_text() for process in processes)

    await until(says_so, "each says that nothing can be written")

    async def is_read() -> bool:
        # Our own connections were ended too: who meets one is told to try again in a moment.
        with suppress(Unavailable):
            return bool(await deployment.domain.service.reports_of_jobs(deployment.owner_id, [job_id]))
        return False

    await until(is_read, "what needs no write goes on without it")
    await deployment.audit.execute(f"begin read write; alter database {name} reset all; commit")
    await deployment.audit.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity"
        " where datname = current_database() and application_name like 'novelfoundry%'"
    )

    started: list[UUID] = []

    async def is_taken() -> bool:
        with suppress(Unavailable):
            started.append(await deployment.job())
        return bool(started)

    await until(is_taken, "a job is taken again")
    await deployment.completes(started[0])
    for process in processes:
        await _is_well(process)


async def _refused_again(deployment: Deployment) -> None:
    """Waits until two more writes were refused: each process has gone on after the first."""
    before = await deployment.audit.value("select last_value from audit.refusals")

    async def refused() -> bool:
        return bool(await deployment.audit.value("select last_value from audit.refusals") >= before + 2)

    await until(refused, "writes are tried again")


async def _is_well(process: Process) -> None:
    async def says_so() -> bool:
        return " no longer, after " in process.log.read_text(errors="replace")

    # Its next try may be a growing pause away.
    await until(says_so, "it says that the outage is over")
    assert process.is_running
    assert "Traceback" not in process.log.read_text(errors="replace")
