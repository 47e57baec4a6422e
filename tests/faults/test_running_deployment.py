"""A whole deployment, api included, while its database refuses what it needs: read-only, full, a right or a connection
lost. Nothing ends, what can be read is read, what cannot be done is refused in a sentence that is true."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import httpx
import pytest

from jobs.settings import Settings
from schema.ids import global_id
from tests.conftest import Databases
from tests.faults.deployment import LONG, Deployment, open_deployment
from tests.faults.processes import Api
from tests.faults.waiting import until
from tests.faults.wire import Client

ROLE = "novelfoundry_app"
_REPORT = "query ($id: ID!) { job(id: $id) { status report { summary { words } } } }"
_START = "mutation ($id: ID!) { startAnalysis(manuscriptId: $id) { __typename ... on Job { id } } }"

# What befalls the database, how it is undone, and the sentence that is true of it.
_REFUSED = "create trigger refuse before insert or update on public.{} for each row execute function audit.refuse()"
FAULTS = {
    "gone read-only": (
        "alter role {role} in database {database} set default_transaction_read_only = on",
        "alter role {role} in database {database} reset all",
        "takes no changes",
    ),
    "full": (
        "create function audit.refuse() returns trigger language plpgsql as"
        " $$ begin raise exception 'no space left' using errcode = '53100'; end $$;"
        + "; ".join(_REFUSED.format(table) for table in ("jobs", "processes", "unowned_files")),
        "drop function audit.refuse cascade",
        "no room left",
    ),
    "a right taken": (
        "revoke all on public.processes, public.jobs, public.unowned_files from service_role;"
        " grant select on public.processes, public.jobs, public.unowned_files to service_role",
        "grant all on public.processes, public.jobs, public.unowned_files to service_role",
        "refuses us a right",
    ),
    "all connections taken": (
        "alter role {role} connection limit 0",
        "alter role {role} connection limit -1",
        "no connection",
    ),
}
CANNOT_READ = {"all connections taken"}


@pytest.fixture
async def settings(settings: Settings, databases: Databases) -> AsyncIterator[Settings]:
    """Processes that connect as a role of their own, as a project's would: one that rights can be taken from."""
    url = urlsplit(settings.need_database_url())
    owner = await asyncpg.connect(settings.need_database_url())
    await owner.execute(
        f"""
        create role {ROLE} login bypassrls password 'secret' in role service_role;
        grant usage on schema supabase_migrations to {ROLE};
        grant select on all tables in schema supabase_migrations to {ROLE};
        """
    )
    app = url._replace(netloc=f"{ROLE}:secret@{url.hostname}:{url.port}").geturl()
    try:
        yield replace(settings, database_url=app, lease=LONG)
    finally:
        await owner.execute(f"drop owned by {ROLE} cascade; drop role {ROLE}")
        await owner.close()


@pytest.fixture
async def deployment(settings: Settings, database_url: str, tmp_path: Path) -> AsyncIterator[Deployment]:
    """A deployment that is audited by the database's owner."""
    async with open_deployment(settings, tmp_path, watched=False, audited_at=database_url) as deployment:
        yield deployment


async def test_a_deployment_whose_database_refuses_goes_on_and_says_so(
    deployment: Deployment, database_url: str
) -> None:
    api = await deployment.api()
    await deployment.worker()
    await deployment.scheduler()
    client = deployment.client(api)
    finished = await deployment.job()
    await deployment.completes(finished)
    manuscript = global_id("Manuscript", await deployment.manuscript())
    names = {"role": ROLE, "database": urlsplit(database_url).path.removeprefix("/")}

    for fault, (befall, undo, sentence) in FAULTS.items():
        await deployment.audit.execute(befall.format(**names))
        await _reconnect(deployment)

        await _holds(partial(_refused, client, manuscript, sentence), f"{fault}: a mutation is refused")
        await _holds(partial(_unready, api, sentence), f"{fault}: /readyz says so")
        if fault not in CANNOT_READ:
            await _holds(lambda: _reads(client, global_id("Job", finished)), f"{fault}: reports are read")
        assert (await _get(api, "/livez")).status_code == 200

        await deployment.audit.execute(undo.format(**names))
        await _reconnect(deployment)

        await _holds(lambda: _started(client, manuscript), f"{fault}: over, an analysis starts")
        await _holds(lambda: _ready(api), f"{fault}: over, /readyz is well")
        await deployment.verify()

    for process in deployment.processes:
        assert process.is_running
        assert "Traceback" not in process.log.read_text(errors="replace")


async def _reconnect(deployment: Deployment) -> None:
    """Ends what stands, so that each process meets the fault now."""
    await deployment.audit.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity"
        " where datname = current_database() and application_name like 'novelfoundry%'"
    )


async def _holds(ask: Callable[[], Awaitable[bool]], claim: str) -> None:
    # Its end may be a growing pause away, on a machine that is busy.
    await until(ask, claim, limit=60)


async def _refused(client: Client, manuscript: str, sentence: str) -> bool:
    answer = await client.answer(_START, id=manuscript)
    [error] = answer.get("errors", [{}])
    assert error.get("extensions", {}).get("code") in (None, "UNAVAILABLE"), answer
    return sentence in error.get("message", "")


async def _started(client: Client, manuscript: str) -> bool:
    answer = await client.answer(_START, id=manuscript)
    return "errors" not in answer and answer["data"]["startAnalysis"]["__typename"] == "Job"


async def _reads(client: Client, job: str) -> bool:
    answer = await client.answer(_REPORT, id=job)
    return "errors" not in answer and answer["data"]["job"]["report"]["summary"]["words"] > 0


async def _unready(api: Api, sentence: str) -> bool:
    answer = await _get(api, "/readyz")
    return answer.status_code == 503 and sentence in answer.json()["reasons"][0]


async def _ready(api: Api) -> bool:
    return (await _get(api, "/readyz")).status_code == 200


async def _get(api: Api, path: str) -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False, timeout=30) as web:
        return await web.get(f"http://127.0.0.1:{api.port}{path}")
