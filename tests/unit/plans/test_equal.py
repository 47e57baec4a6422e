"""What a plan answers is what graphql-core answers, to the letter."""

import json
import os
from collections.abc import Callable, Coroutine
from inspect import isawaitable
from random import Random
from typing import Any, cast

import pytest
from graphql import ExecutionResult, GraphQLError, execute, parse, subscribe, validate
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from strawberry.execution import optimized_is_awaitable

from schema.plans import Plan
from tests.unit.plans.kinds import World, kinds
from tests.unit.plans.operations import Made, Maker

core = kinds._schema
seeds = st.integers(0, 2**32)


def made(seed: int, kind: str) -> Made:
    operation = Maker(core, Random(seed)).operation(kind)
    assume(not validate(core, parse(operation.text)))
    return operation


async def by_core(operation: Made, world: World, root: Any = None) -> ExecutionResult:
    result = execute(
        core,
        parse(operation.text),
        root,
        world,
        operation.variables,
        executor_class=kinds.execution_context_class,
        is_awaitable=cast(Any, optimized_is_awaitable),
        operation_extensions=None,
    )
    return result if isinstance(result, ExecutionResult) else await result


async def by_plan(operation: Made, world: World) -> tuple[Plan, ExecutionResult]:
    plan = Plan(kinds, parse(operation.text))
    return plan, await plan.execute(variable_values=operation.variables, context_value=world)


def written(result: ExecutionResult) -> str:
    return json.dumps({"data": result.data, "errors": [_told(error) for error in result.errors or ()]}, indent=1)


def _told(error: GraphQLError) -> Any:
    return {**error.formatted, "cause": repr(error.original_error)}


def equal_operations(examples: int) -> Callable[[Callable[[int], Coroutine[Any, Any, None]]], Callable[..., None]]:
    """A property over random operations: the same ones each time, so that a suite that was green stays so.

    `PLANS_EXAMPLES=5000` tries that many.
    """
    count = int(os.environ.get("PLANS_EXAMPLES", examples))
    return lambda test: given(seeds)(settings(max_examples=count, deadline=None, derandomize=True)(test))


@equal_operations(40)
async def test_a_query_without_faults_is_answered_alike_and_by_the_plan_alone(seed: int) -> None:
    operation = made(seed, "query")
    expected = await by_core(operation, World(seed, waits=True))

    plan, answer = await by_plan(operation, World(seed, waits=True))

    assert written(answer) == written(expected), operation
    if "walkedOnce" not in operation.text:
        assert plan.handed_over == 0, operation


@pytest.mark.parametrize(
    "text",
    [
        "{ roots { loaded { text } loadedToo { id } } }",
        "{ roots { near { loaded { id } } far { loadedText near { loadedToo { id } } } } }",
        "{ roots { many(first: 3) { farMust { loaded { id } batched } some(first: 2) { loadedText batched } } } }",
    ],
)
async def test_a_loader_reads_in_no_more_batches_than_under_graphql_core(text: str) -> None:
    by_one, by_other = World(1), World(1)
    await by_core(Made(text, {}), by_one)

    plan, _ = await by_plan(Made(text, {}), by_other)

    assert len(by_other.batches) <= len(by_one.batches)
    assert sum(by_other.batches) == sum(by_one.batches)
    assert plan.handed_over == 0


@equal_operations(60)
async def test_a_query_with_faults_is_answered_alike_down_to_the_order_of_errors(seed: int) -> None:
    operation = made(seed, "query")
    expected = await by_core(operation, World(seed, faults=0.15))
    world = World(seed, faults=0.15)

    _, answer = await by_plan(operation, world)

    assert written(answer) == written(expected), operation
    assert max(world.calls.values(), default=1) == 1, operation


@equal_operations(40)
async def test_a_load_that_fails_late_is_told_as_graphql_core_tells_it(seed: int) -> None:
    text = "{ roots { id loaded { text } near { loaded { id length } far(steps: 2) { loaded { color } text } } } }"
    operation, world = Made(text, {}), World(seed, loads=0.4, waits=True)
    expected = await by_core(operation, World(seed, loads=0.4, waits=True))

    _, answer = await by_plan(operation, world)

    assert (answer.data, _sorted(answer)) == (expected.data, _sorted(expected))
    assert max(world.calls.values(), default=1) == 1


@equal_operations(40)
async def test_a_mutation_is_answered_alike_and_nothing_is_done_twice_or_too_much(seed: int) -> None:
    operation = made(seed, "mutation")
    by_one, by_other = World(seed, faults=0.15), World(seed, faults=0.15)
    expected = await by_core(operation, by_one)

    _, answer = await by_plan(operation, by_other)

    assert written(answer) == written(expected), operation
    assert _changes(by_other) == _changes(by_one), operation


@equal_operations(40)
async def test_each_event_of_a_subscription_is_answered_alike(seed: int) -> None:
    operation = made(seed, "subscription")
    expected = await events_by_core(operation, World(seed, faults=0.1))
    plan = Plan(kinds, parse(operation.text))

    answers = [
        written(each)
        async for each in plan.subscribe(variable_values=operation.variables, context_value=World(seed, faults=0.1))
    ]

    assert answers == expected, operation


async def events_by_core(operation: Made, world: World) -> list[str]:
    stream = subscribe(
        core,
        parse(operation.text),
        None,
        world,
        operation.variables,
        executor_class=kinds.execution_context_class,
        operation_extensions=None,
    )
    source = stream if not isawaitable(stream) else await stream
    if isinstance(source, ExecutionResult):
        return [written(source)]
    answers: list[str] = []
    try:
        async for each in source:
            answers.append(written(each))  # noqa: PERF401
    except Exception as error:
        # What Strawberry makes of it, for both.
        answers.append(written(ExecutionResult(None, [GraphQLError(str(error), original_error=error)])))
    return answers


def _sorted(result: ExecutionResult) -> list[str]:
    return sorted(json.dumps(_told(error)) for error in result.errors or ())


def _changes(world: World) -> dict[str, int]:
    return {place: count for place, count in world.calls.items() if "." not in place}
