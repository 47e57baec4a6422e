"""The gateway over REST: errors by their codes, breaker only where it does no harm, a line for each refusal."""

import asyncio
import random
import string
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from jobs.database.store import JobStore
from jobs.database.supabase import IDEMPOTENT, READS, SupabaseGateway, open_supabase
from jobs.errors import ConfigurationError, NotFound, NovelFoundryError, Unavailable
from jobs.processes.wiring import open_kept
from jobs.settings import Settings
from tests.conftest import AddManuscript, Databases
from tests.sql.life import Connection
from tests.supabase.edge import RESET, SILENCE, Edge, edge
from tests.supabase.lite import Project, running

KEY = "sb_secret_0123456789abcdefghijkl"
BUSY = (503, "<html>upstream connect error</html>")
DONE: tuple[int, Any] = (200, [])


@asynccontextmanager
async def behind(*answers: tuple[int, Any], timeout: float = 15) -> AsyncIterator[tuple[SupabaseGateway, Edge]]:
    async with edge(*answers) as told, open_supabase(told.url, KEY) as client:
        yield SupabaseGateway(client, timeout=timeout), told


async def refusal(gateway: SupabaseGateway, function: str = "job_cancel") -> NovelFoundryError:
    with pytest.raises(NovelFoundryError) as refused:
        await gateway.call(function)
    return refused.value


# Refusals


async def test_a_wrong_key_is_refused_in_one_line_that_names_it(project: Project) -> None:
    for key in ("sb_secret_of_another_project", project.publishable_key):
        async with open_supabase(project.url, key) as client:
            error = await refusal(SupabaseGateway(client), "clock_read")

        assert isinstance(error, ConfigurationError)
        assert "SUPABASE_SECRET_KEY" in error.message


@pytest.mark.parametrize(
    ("answer", "kind", "says"),
    [
        ((401, {"message": "Invalid API key"}), ConfigurationError, "SUPABASE_SECRET_KEY"),
        ((401, {"code": "PGRST301", "message": "x"}), ConfigurationError, "SUPABASE_SECRET_KEY"),
        ((403, {"code": "42501", "message": "permission denied"}), ConfigurationError, "SUPABASE_SECRET_KEY"),
        ((402, {"message": "exceed_db_size_quota"}), Unavailable, "restricted"),
        ((429, {"message": "slow down"}), Unavailable, "limits the rate"),
        ((540, "<html>Project paused</html>"), Unavailable, "paused"),
        ((520, "<html></html>"), Unavailable, "HTTP 520"),
        ((404, "<html>a page of somebody else</html>"), ConfigurationError, "SUPABASE_URL"),
        ((200, "<html>a page of somebody else</html>"), ConfigurationError, "SUPABASE_URL"),
        ((301, None), ConfigurationError, "https://"),
        ((404, {"code": "PGRST125", "message": "Invalid path"}), ConfigurationError, "SUPABASE_URL"),
        ((404, {"code": 404, "msg": "x"}), ConfigurationError, "SUPABASE_URL"),
        ((503, {"code": 503, "message": "x"}), Unavailable, "HTTP 503"),
        ((404, {"code": "PGRST202", "message": "x"}), ConfigurationError, "supabase db push"),
        ((404, {"code": "42883", "message": "x"}), ConfigurationError, "supabase db push"),
        ((504, {"code": "PGRST003", "message": "x"}), Unavailable, "busy or restarting"),
        ((500, {"code": "57014", "message": "x"}), Unavailable, "took too long"),
    ],
)
async def test_every_refusal_is_told_apart_in_one_line(
    answer: tuple[int, Any], kind: type[NovelFoundryError], says: str
) -> None:
    async with behind(answer) as (gateway, told):
        error = await refusal(gateway)

    assert isinstance(error, kind)
    assert says in error.message
    assert "\n" not in error.message
    assert len(told.requests) == 1


async def test_a_refusal_of_ours_comes_by_its_code_whatever_the_http_status() -> None:
    for status in (400, 404, 500):
        async with behind((status, {"code": "NF404", "message": "There is no such job."})) as (gateway, _):
            error = await refusal(gateway)

        assert type(error) is NotFound
        assert error.message == "There is no such job."


async def test_a_code_that_is_nobodys_is_not_taken_for_something_else() -> None:
    async with behind((500, {"code": "P0001", "message": "NF404 is only in the text"})) as (gateway, _):
        with pytest.raises(Unavailable, match="could not do this just now") as raised:
            await gateway.call("clock_read")

    assert "P0001" in raised.value.detail, "the code is kept for the log"


STRANGE = [
    (418, {"code": "TEAPOT", "message": "I am a teapot"}),
    (400, {"code": "ZX81Q", "message": "what is that?"}),
    (409, {"code": "499", "message": "a status in place of a code"}),
    (451, {"code": 451, "message": "x"}),
    (599, {"code": "PGRST999", "message": "x"}),
    (507, {"code": "", "message": "x"}),
    (422, {"code": None, "message": None}),
    (425, {"message": "no code at all"}),
    (500, ["no object at all"]),
]


@pytest.mark.parametrize("answer", STRANGE, ids=str)
async def test_an_answer_that_nobody_foresaw_is_an_outage_in_mid_life_and_at_the_start(
    settings: Settings, answer: tuple[int, Any]
) -> None:
    async with behind(answer) as (gateway, told):
        error = await refusal(gateway)

        assert isinstance(error, Unavailable)
        assert not isinstance(error, ConfigurationError)
        project = replace(settings, database_url=None, supabase_url=told.url, supabase_secret_key=KEY)
        # Raises nothing: a process starts, and goes on trying.
        async with open_kept(project, application="test"):
            pass


async def test_no_code_drawn_at_random_passes_for_a_setting_or_a_refusal() -> None:
    chance = random.Random(7)
    for _ in range(60):
        code = "X" + "".join(chance.choices(string.digits + string.ascii_uppercase, k=chance.choice([2, 4, 7])))
        async with behind((chance.randrange(400, 600), {"code": code, "message": "x"})) as (gateway, _):
            error = await refusal(gateway)

        assert isinstance(error, Unavailable)
        assert not isinstance(error, ConfigurationError), code
        assert code in error.detail


@pytest.mark.parametrize("url", ["not an address", "ftp://example.org", "http://["])
async def test_an_address_that_cannot_be_one_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError, match="SUPABASE_URL"):
        async with open_supabase(url, KEY):
            pass


# CircuitBreaker


@pytest.mark.parametrize("function", sorted(IDEMPOTENT))
async def test_what_does_no_harm_twice_is_tried_again(function: str) -> None:
    async with behind(BUSY, (RESET, None), DONE) as (gateway, told):
        assert await gateway.call(function) == []

    assert len(told.requests) == 3


async def test_patience_has_an_end() -> None:
    async with behind(BUSY) as (gateway, told):
        assert isinstance(await refusal(gateway, "clock_read"), Unavailable)

    assert len(told.requests) == 3


@pytest.mark.parametrize(
    "function",
    ["job_start", "job_retry", "job_cancel", "job_complete", "manuscript_add"],
)
@pytest.mark.parametrize("answer", [BUSY, (RESET, None)], ids=["busy", "reset"])
async def test_a_step_is_never_tried_twice(function: str, answer: tuple[int, Any]) -> None:
    async with behind(answer, DONE) as (gateway, told):
        assert isinstance(await refusal(gateway, function), Unavailable)

    assert len(told.requests) == 1


@pytest.mark.parametrize("status", [401, 402, 404, 429, 540])
async def test_what_another_try_cannot_mend_is_not_tried_again(status: int) -> None:
    async with behind((status, {"message": "no"}), DONE) as (gateway, told):
        await refusal(gateway, "clock_read")

    assert len(told.requests) == 1


async def test_a_project_that_says_nothing_is_given_up_in_time() -> None:
    async with behind((SILENCE, None), timeout=0.2) as (gateway, _), asyncio.timeout(30):
        error = await refusal(gateway, "clock_read")

    assert isinstance(error, Unavailable)
    assert "in time" in error.message


async def test_a_project_that_is_not_there_says_what_to_look_at() -> None:
    async with behind(DONE) as (_, told):
        url = told.url
    async with open_supabase(url, KEY) as client:
        error = await refusal(SupabaseGateway(client))

    assert isinstance(error, Unavailable)
    assert "SUPABASE_URL" in error.message


async def test_rows_that_the_project_holds_back_are_missed(
    project_template: str, databases: Databases, tmp_path: Path
) -> None:
    async with databases.fresh(template=project_template) as url:
        with running(url, tmp_path / "sparing", max_rows=2) as project:
            async with open_supabase(project.url, project.secret_key) as client:
                with pytest.raises(ConfigurationError, match="`Max rows`"):
                    await SupabaseGateway(client).call("processes_health", p_late_after=1.0, p_absent_after=1.0)


async def test_every_function_tried_again_exists_and_every_read_is_among_them(connection: Connection) -> None:
    functions = await connection.fetch(
        "select proname, provolatile = 's' as reads from pg_proc where pronamespace = 'public'::regnamespace"
    )
    # Bytes do not go over REST; the others are the database's own helpers.
    unused = {"manuscript_file_load", "duration_in_words", "lateness_bucket", "job_status_read", "job_edge_exists"}
    unused |= {"held_for", "is_pruning", "owners_in_line", "line_service", "jobs_next", "jobs_dispatched"}

    assert {row["proname"] for row in functions} >= IDEMPOTENT
    assert {row["proname"] for row in functions if row["reads"]} - unused == READS - {"clock_read"}


# Values


async def test_times_ids_and_nothing_survive_the_way_there_and_back(
    store: JobStore, add_manuscript: AddManuscript
) -> None:
    first = await add_manuscript(title="„Regen“ – a 🌧 in 100 % of cases")
    second = await add_manuscript(owner_id=first.owner_id)

    newest = await store.manuscripts_page(first.owner_id, limit=1)
    rest = await store.manuscripts_page(first.owner_id, limit=5, after=(second.created_at, second.id))

    assert newest == [second]
    assert rest == [first]
    assert rest[0].created_at.tzinfo is not None
    assert abs(datetime.now(UTC) - rest[0].created_at).total_seconds() < 60
