"""What is sent, over HTTP and in frames, is to the letter what graphql-core would have been sent for."""

import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from random import Random
from typing import Any

import asyncpg
import pytest
from graphql import parse, validate

import schema.api
from jobs.database.rows import read_manuscript
from jobs.errors import Unavailable
from jobs.models import Manuscript
from jobs.service import JobService
from jobs.settings import Settings
from schema.ids import cursor_of, global_id
from tests.api.conftest import Api, Hand
from tests.conftest import AddManuscript
from tests.unit.plans.operations import Made, Maker

_TABLES = ("manuscripts", "jobs", "job_events", "analysis_reports", "report_passages", "report_marks")
_MADE_BY_POSTGRES = "select attname from pg_attribute where attrelid = $1::text::regclass and attgenerated <> ''"
# What the clock, chance and the health of the moment make differ from one execution to the next.
_OF_THE_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+\+00:00|Internal error [0-9a-f]{8}")


class World:
    """An author's things, the same before each answer: jobs in every state, one of them overdue."""

    def __init__(self, api: Api, settings: Settings) -> None:
        self.api = api
        self._url = settings.need_database_url()
        self._saved: dict[str, list[asyncpg.Record]] = {}
        self.ids: list[str] = []
        self._cursor = ""
        # Of two errors that exclude each other, the one that came first is told: time decides.
        self.is_honest = False

    async def save(self) -> None:
        """Remembers everything as it is, but for one job, which is overdue from now on."""
        async with self._connected() as connection:
            overdue = "update jobs set queued_at = now() - interval '1 hour', deadline_at = now() - interval '1 minute'"
            await connection.execute(f"{overdue} where status = 'queued'")
            for table in _TABLES:
                self._saved[table] = await connection.fetch(f"select * from {table}")
        self._cursor = cursor_of(read_manuscript(dict(self._saved["manuscripts"][0])))
        kinds = {"manuscripts": "Manuscript", "jobs": "Job", "analysis_reports": "AnalysisReport"}
        self.ids = [global_id(kind, row["id"]) for table, kind in kinds.items() for row in self._saved[table]]

    async def restore(self) -> None:
        """Makes everything as it was."""
        async with self._connected() as connection:
            for table in reversed(_TABLES):
                await connection.execute(f"delete from {table}")
            for table in _TABLES:
                made = {row["attname"] for row in await connection.fetch(_MADE_BY_POSTGRES, table)}
                columns = [name for name, _ in self._saved[table][0].items() if name not in made]
                rows = [tuple(row[name] for name in columns) for row in self._saved[table]]
                await connection.copy_records_to_table(table, records=rows, columns=columns)

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
        connection = await asyncpg.connect(self._url)
        try:
            async with connection.transaction():
                # No trigger: rows are put back, not changed.
                await connection.execute("set local session_replication_role = replica")
                yield connection
        finally:
            await connection.close()

    def operation(self, seed: int, kind: str) -> Made | None:
        """A random operation that is valid and within the limits; None where chance made none."""
        core = schema.api.api._schema
        maker = Maker(core, Random(seed), depth=3, choose=self._choose, without=frozenset({"system", "node"}))
        made = maker.operation(kind)
        return None if validate(core, parse(made.text), schema.api.RULES) else made

    def _choose(self, random: Random, field: str, argument: str) -> Any:
        if argument in ("id", "manuscriptId"):
            return random.choice([*self.ids, "nothing", self.ids[0]])
        if argument == "first":
            return random.choice([1, 2, 50, 50 if self.is_honest else 0])
        return self._cursor if argument == "after" and self.is_honest else None

    def normal(self, body: str) -> str:
        """The answer without what is of the moment, and without the ids of what it made."""
        known = set(self.ids)
        body = _OF_THE_MOMENT.sub("…", body)
        return re.sub(
            r'"(?:TWFudX|Sm9i|QW5hbH)[\w+/=]+"', lambda found: found[0] if found[0][1:-1] in known else '"…"', body
        )


@pytest.fixture
async def world(api: Api, settings: Settings, add_manuscript: AddManuscript, hand: Hand) -> World:
    for number in range(5):
        await _job(hand, await add_manuscript(title=f"Book {number}"), number)
    world = World(api, settings)
    await world.save()
    return world


async def _job(hand: Hand, manuscript: Manuscript, number: int) -> None:
    if number == 0:
        await hand.whole(manuscript)
        await hand.start(manuscript)
    elif number == 1:
        await hand.begin(await hand.claim(await hand.start(manuscript)))
    elif number == 2:
        await hand.whole(manuscript)
    elif number == 3:
        job = await hand.start(manuscript)
        await hand.services.domain.service.cancel(manuscript.owner_id, job.id)


async def _alike(
    world: World, monkeypatch: pytest.MonkeyPatch, ask: Callable[[Made], Awaitable[str]], kind: str, seeds: range
) -> None:
    operations = [made for seed in seeds if (made := world.operation(seed, kind))]
    assert len(operations) >= len(seeds) / 3
    for made in operations:
        await world.restore()
        by_plan = world.normal(await ask(made))
        await world.restore()
        with monkeypatch.context() as without:
            without.setattr(schema.api, "_plan", lambda *_: None)
            by_core = world.normal(await ask(made))
        assert by_plan == by_core, made


def _over_http(world: World) -> Callable[[Made], Awaitable[str]]:
    async def ask(made: Made) -> str:
        answer = await world.api.post(made.text, **made.variables)
        return f"{answer.status_code} {answer.text}"

    return ask


async def test_a_query_is_answered_alike(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await _alike(world, monkeypatch, _over_http(world), "query", range(16))


async def test_a_mutation_is_answered_alike(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await _alike(world, monkeypatch, _over_http(world), "mutation", range(12))


async def test_a_query_of_which_a_part_cannot_be_read_is_answered_alike(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def is_away(*_: Any, **__: Any) -> Any:
        raise Unavailable("Away.")

    async def is_broken(*_: Any, **__: Any) -> Any:
        raise ValueError("a fault of ours")

    world.is_honest = True
    for broken in ("manuscripts", "waiting", "jobs_of_manuscripts", "reports_of_jobs", "events"):
        with monkeypatch.context() as breaking:
            breaking.setattr(JobService, broken, is_broken if broken == "events" else is_away)
            await _alike(world, monkeypatch, _over_http(world), "query", range(100, 104))


async def test_a_frame_is_written_alike(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def ask(made: Made) -> str:
        async with world.api.socket() as socket:
            await socket.subscribe("1", made.text, **made.variables)
            return json.dumps(_in_order(await socket.hear()))

    await _alike(world, monkeypatch, ask, "subscription", range(200, 212))


def _in_order(value: Any) -> Any:
    """The frame with its jobs in one order: they come as the database read them."""
    if isinstance(value, dict):
        return {key: _in_order(each) for key, each in value.items()}
    return sorted(map(_in_order, value), key=json.dumps) if isinstance(value, list) else value
