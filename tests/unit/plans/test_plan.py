"""What a plan does itself, what it leaves to graphql-core, and what it leaves behind."""

import asyncio
import gc
import warnings
from collections.abc import AsyncGenerator
from typing import Any

import pytest
import strawberry
from graphql import parse
from strawberry.types import Info

from schema.plans import Loader, NotPlanned, Plan, later
from schema.plans.run import Run
from tests.unit.plans.kinds import Asked, World, kinds


def planned(text: str) -> Plan:
    return Plan(kinds, parse(text))


@pytest.mark.parametrize(
    "text",
    [
        "query @unknown { now { id } }",
        "{ now { ... @defer { id } } }",
        "{ now { id @upper } }",
        "{ __schema { queryType { name } } }",
        '{ __type(name: "Leaf") { name } }',
        "query A { now { id } } query B { now { id } }",
    ],
)
def test_what_no_plan_knows_is_refused_at_once(text: str) -> None:
    with pytest.raises(NotPlanned):
        planned(text)


def test_a_type_whose_objects_only_its_author_tells_apart_is_left_to_graphql_core() -> None:
    @strawberry.type
    class Cat:
        name: str

        @classmethod
        def is_type_of(cls, obj: Any, info: Info) -> bool:
            return isinstance(obj, dict)

    @strawberry.type
    class Query:
        @strawberry.field
        def cat(self) -> Cat | None:
            return None

    with pytest.raises(NotPlanned):
        Plan(strawberry.Schema(Query), parse("{ cat { name } }"))


async def test_fragments_that_multiply_do_not_make_a_plan_without_end() -> None:
    parts = [f"fragment F{n} on Branch {{ a: must {{ ...F{n + 1} }} b: must {{ ...F{n + 1} }} }}" for n in range(9)]
    text = "\n".join(["{ now { ...F0 } }", *parts, "fragment F9 on Branch { id }"])
    plan = planned(text)

    answer = await plan.execute(context_value=Quiet(1))

    assert answer.errors is None
    assert plan.handed_over == 1
    assert len(plan.text) < 1_000_000


class Quiet(World):
    """Counts nothing, so that a large answer costs little."""

    def called(self, info: Asked) -> None:
        """Nothing."""


async def test_conditions_without_end_do_not_make_variants_without_end() -> None:
    names = [f"v{n}" for n in range(6)]
    declared = ", ".join(f"${name}: Boolean!" for name in names)
    fields = " ".join(f"{name}: id @include(if: ${name})" for name in names)
    plan = planned(f"query Q({declared}) {{ now {{ ok: id {fields} }} }}")

    for number in range(64):
        given = {name: bool(number >> place & 1) for place, name in enumerate(names)}
        answer = await plan.execute(variable_values=given, context_value=World(1))
        assert answer.data is not None
        assert list(answer.data["now"]) == ["ok", *(name for name in names if given[name])]

    assert plan.handed_over == 64 - 16


async def test_a_plan_is_freed_of_its_run_without_the_collector() -> None:
    plan = planned("{ roots { text loaded { id } batched { id } near { id } } now { far { id } } }")
    await plan.execute(context_value=World(1))
    gc.collect()
    before = _runs()
    gc.disable()
    try:
        for number in range(5):
            await plan.execute(context_value=World(number))
        await asyncio.sleep(0)
        left = _runs() - before
    finally:
        gc.enable()

    assert left == set()


def _runs() -> set[int]:
    return {id(each) for each in gc.get_objects() if type(each) is Run}


async def test_a_resolver_is_told_where_it_stands_as_by_graphql_core() -> None:
    plan = planned("{ roots { many(first: 2) { again: fieldName } } }")
    world = World(1)

    answer = await plan.execute(context_value=world)

    assert answer.errors is None
    assert set(world.calls) == {f"roots.{number}.many" for number in range(3)}
    assert answer.data is not None
    assert answer.data["roots"][0]["many"][0]["again"].startswith("fieldName field_name <class 'str'> ")


async def test_whoever_stops_an_operation_stops_what_it_waits_for() -> None:
    stopped: list[str] = []

    @strawberry.type
    class Query:
        @strawberry.field
        async def one(self) -> str:
            return await _until_stopped("one", stopped)

        @strawberry.field
        async def two(self) -> str:
            return await _until_stopped("two", stopped)

    plan = Plan(strawberry.Schema(Query), parse("{ one two }"))
    running = asyncio.ensure_future(plan.execute())
    while len(stopped) < 2:
        await asyncio.sleep(0)

    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    while len(stopped) < 4:
        await asyncio.sleep(0)

    assert sorted(stopped[2:]) == ["one stopped", "two stopped"]


async def _until_stopped(name: str, stopped: list[str]) -> str:
    stopped.append(name)
    try:
        await asyncio.get_running_loop().create_future()
    finally:
        stopped.append(f"{name} stopped")
    return name


async def test_an_error_that_ends_all_leaves_no_coroutine_behind() -> None:
    calls: list[str] = []

    @strawberry.type
    class Query:
        @strawberry.field
        async def never(self) -> str:
            calls.append("never")
            return "never"

        @strawberry.field
        def broken(self) -> str:
            calls.append("broken")
            raise ValueError("broken")

    plan = Plan(strawberry.Schema(Query), parse("{ broken never }"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        answer = await plan.execute()
        gc.collect()

    assert answer.data is None
    assert [error.message for error in answer.errors or ()] == ["broken"]
    assert calls == ["broken"]


async def test_a_subscription_whose_source_fails_ends_with_that_error() -> None:
    @strawberry.type
    class Subscription:
        @strawberry.subscription
        async def ticks(self) -> AsyncGenerator[int, None]:
            yield 1
            raise ValueError("the source is dry")

    @strawberry.type
    class Query:
        ok: bool = True

    schema = strawberry.Schema(Query, subscription=Subscription)
    text = "subscription { ticks }"
    expected = [(each.data, str(each.errors)) async for each in await schema.subscribe(text)]

    answers = [(each.data, str(each.errors)) async for each in Plan(schema, parse(text)).subscribe()]

    assert answers == expected
    assert answers[0] == ({"ticks": 1}, "None")


async def test_a_loader_reads_once_what_is_asked_for_twice() -> None:
    read: list[list[int]] = []

    async def squares(keys: list[int]) -> list[int]:
        read.append(keys)
        return [key * key for key in keys]

    loader = Loader(squares)
    assert [*await asyncio.gather(loader.load(2), loader.load(3), loader.load(2))] == [4, 9, 4]
    assert later(loader.load(3), str) == "9", "what is there already needs no waiting"
    assert await loader.load(4) == 16

    assert read == [[2, 3], [4]]


async def test_what_a_loader_could_not_read_is_raised_by_each_that_waits() -> None:
    async def broken(keys: list[int]) -> list[int]:
        raise ValueError("no database")

    loader = Loader(broken)
    answers = await asyncio.gather(loader.load(1), loader.load(2), return_exceptions=True)

    assert [str(answer) for answer in answers] == ["no database", "no database"]


async def test_one_who_stops_waiting_for_a_batch_does_not_stop_it_for_the_others() -> None:
    begun = asyncio.Event()

    async def squares(keys: list[int]) -> list[int]:
        begun.set()
        await asyncio.sleep(0)
        return [key * key for key in keys]

    loader = Loader(squares)

    async def wait_for(key: int) -> int:
        return await loader.load(key)

    one, other = asyncio.ensure_future(wait_for(2)), asyncio.ensure_future(wait_for(3))
    await begun.wait()
    one.cancel()

    assert await other == 9
    assert one.cancelled()


async def test_an_error_beside_a_batch_does_not_cost_what_the_batch_brings() -> None:
    async def squares(keys: list[int]) -> list[int]:
        await asyncio.sleep(0)
        return [key * key for key in keys]

    @strawberry.type
    class Part:
        number: strawberry.Private[int]

        @strawberry.field
        async def square(self, info: Info[Loader[int, int], None]) -> int:
            return await info.context.load(self.number)

        @strawberry.field
        async def broken(self) -> int:
            await asyncio.sleep(0)
            raise ValueError("broken")

    @strawberry.type
    class Query:
        @strawberry.field
        def one(self) -> Part | None:
            return Part(number=2)

        @strawberry.field
        def other(self) -> Part | None:
            return Part(number=3)

    plan = Plan(strawberry.Schema(Query), parse("{ one { square broken } other { square } }"))

    answer = await plan.execute(context_value=Loader(squares))

    assert answer.data == {"one": None, "other": {"square": 9}}
    assert [error.path for error in answer.errors or ()] == [["one", "broken"]]
