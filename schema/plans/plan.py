"""How one operation is executed, made once and used each time that it comes."""

from asyncio import CancelledError
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Mapping
from contextlib import aclosing
from inspect import isawaitable
from math import inf
from typing import Any, cast

import strawberry
from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    MiddlewareManager,
    OperationType,
    VariableValues,
    create_source_event_stream,
    execute,
)
from graphql.execution import map_async_iterable
from strawberry.execution import optimized_is_awaitable

from schema.plans.handover import NotPlanned, Record, Replay, TooMuch, leave
from schema.plans.operation import NO_VARIABLES, Operation
from schema.plans.run import Run
from schema.plans.shared import SharedAnswer
from schema.plans.variant import Variant

# Each boolean of @skip and @include doubles them; clients use few.
_MOST_VARIANTS = 16


class Plan:
    """One operation of a validated document. Raises NotPlanned for one that graphql-core must execute.

    Its answers are graphql-core's: at the first error, and at whatever else a plan does not know, graphql-core executes
    the operation from what the resolvers gave so far. `handed_over` counts how often that was.
    """

    def __init__(
        self,
        schema: strawberry.Schema,
        document: DocumentNode,
        operation_name: str | None = None,
        *,
        most: float = inf,
        most_of_core: float = inf,
    ) -> None:
        """`most` fields an answer may hold, `most_of_core` where graphql-core makes it; a mutation's, any number."""
        if schema.exception_handlers or schema.config.enable_experimental_incremental_execution:
            raise NotPlanned
        self._schema = schema
        self._operation = Operation(schema, document, operation_name)
        is_change = self.kind is OperationType.MUTATION
        # What was done cannot be refused any more.
        self._most, self._most_of_core = (inf, inf) if is_change else (most, most_of_core)
        self._variants: dict[tuple[Any, ...], Variant] = {}
        self.handed_over = 0
        if not self._operation.has_conditions:
            self._variants[()] = Variant(schema, self._operation, NO_VARIABLES)

    @property
    def kind(self) -> OperationType:
        """Query, mutation or subscription."""
        return self._operation.node.operation

    @property
    def text(self) -> str:
        """The Python that was made so far, to be read."""
        return "\n\n".join(text for variant in self._variants.values() for text in variant.texts)

    async def execute(
        self,
        *,
        variable_values: Mapping[str, Any] | None = None,
        context_value: Any = None,
        root_value: Any = None,
        costed: Callable[[int], None] | None = None,
    ) -> ExecutionResult:
        """The answer, as `graphql.execute` gives it. `costed` is told how many fields it holds, where that is known."""
        record: Record = []
        try:
            variables = self._operation.variables(variable_values)
            run = Run(self._variant(variables), variables, root_value, context_value, most=self._most)
            record = run.record
            data = await run.variant.execute(run)
            if costed is not None:
                costed(run.cost)
            return ExecutionResult(data, None)
        except TooMuch as error:
            leave(given for _, _, given in record)
            return ExecutionResult(None, [GraphQLError("The answer holds too much.", original_error=error)])
        except CancelledError:
            leave(given for _, _, given in record)
            raise
        except Exception:
            return await self._hand_over(record, variable_values, context_value, root_value)

    def stream(
        self, *, variable_values: Mapping[str, Any] | None = None, context_value: Any = None, root_value: Any = None
    ) -> AsyncGenerator[ExecutionResult, None]:
        """The answers to an operation of any kind."""
        way = self.subscribe if self.kind is OperationType.SUBSCRIPTION else self._once
        return way(variable_values=variable_values, context_value=context_value, root_value=root_value)

    async def _once(self, **given: Any) -> AsyncGenerator[ExecutionResult, None]:
        yield await self.execute(**given)

    async def subscribe(
        self, *, variable_values: Mapping[str, Any] | None = None, context_value: Any = None, root_value: Any = None
    ) -> AsyncGenerator[ExecutionResult, None]:
        """An answer for each event, as `graphql.subscribe` gives them; an error of the stream itself is the last."""
        source = await self._source(variable_values, context_value, root_value)
        if isinstance(source, ExecutionResult):
            yield source
            return

        async def answer(event: Any) -> ExecutionResult:
            # An event that many are told of brings a dict for what was answered; with variables, answers differ.
            shared: dict[Plan, SharedAnswer] | None = None if variable_values else getattr(event, "answers", None)
            if shared is not None and (known := shared.get(self)):
                return known
            made = await self.execute(variable_values=variable_values, context_value=context_value, root_value=event)
            if shared is not None and made.errors is None:
                made = shared[self] = SharedAnswer(made.data)
            return made

        try:
            async with aclosing(map_async_iterable(source, answer)) as answers:
                async for each in answers:
                    yield each
        except Exception as error:
            known = error if isinstance(error, GraphQLError) else GraphQLError(str(error), original_error=error)
            yield ExecutionResult(None, [known])

    def _variant(self, variables: VariableValues) -> Variant:
        key = self._operation.conditions(variables)
        variant = self._variants.get(key)
        if variant is None:
            if len(self._variants) >= _MOST_VARIANTS:
                raise NotPlanned
            variant = self._variants[key] = Variant(self._schema, self._operation, variables)
        return variant

    async def _hand_over(
        self, record: Record, variable_values: Mapping[str, Any] | None, context_value: Any, root_value: Any
    ) -> ExecutionResult:
        self.handed_over += 1
        replay = Replay(record, most=self._most_of_core)
        try:
            result = execute(
                self._schema._schema,
                self._operation.document,
                root_value,
                context_value,
                dict(variable_values or {}),
                self._operation.name,
                middleware=MiddlewareManager(replay),
                executor_class=self._schema.execution_context_class,
                is_awaitable=cast(Any, optimized_is_awaitable),
                operation_extensions=None,
            )
            return await result if isawaitable(result) else result
        finally:
            replay.close()

    async def _source(
        self, variable_values: Mapping[str, Any] | None, context_value: Any, root_value: Any
    ) -> AsyncIterable[Any] | ExecutionResult:
        executor = self._schema.execution_context_class.build(
            self._schema._schema,
            self._operation.document,
            root_value,
            context_value,
            dict(variable_values or {}),
            self._operation.name,
            operation_extensions=None,
        )
        if isinstance(executor, list):
            return ExecutionResult(None, executor)
        source = create_source_event_stream(executor)
        return await source if isawaitable(source) else source
