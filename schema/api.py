"""The whole API: queries, mutations, subscriptions, and how a request is made ready for execution."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from functools import lru_cache
from typing import Any, cast

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    MaxIntrospectionDepthRule,
    OperationDefinitionNode,
    get_operation_ast,
    parse,
    specified_rules,
    validate,
)
from strawberry import Schema
from strawberry.extensions import SchemaExtension
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.schema import StreamResult
from strawberry.types import ExecutionContext, ExecutionResult
from strawberry.types.graphql import OperationType

from schema.errors import INVALID, NO_OPERATION, TOO_LARGE, UNRESOLVED, coded
from schema.executor import Executor
from schema.limits import MAX_ANSWER, MAX_ANSWER_OF_CORE, MAX_TOKENS, RequestLimits
from schema.mutations import Mutation
from schema.plans import NotPlanned, Plan
from schema.queries import Query
from schema.report import AnalysisReport
from schema.scalars import DATE_TIME
from schema.subscriptions import Subscription

LIMITS = (RequestLimits, MaxIntrospectionDepthRule)
RULES = (*specified_rules, *LIMITS)
# Clients send few documents, again and again; strangers may send any number.
_KEPT_DOCUMENTS = 64


class Preparation(SchemaExtension):
    """Parses and validates each document once.

    One extension for what Strawberry's MaxTokensLimiter, AddValidationRules, ParserCache and ValidationCache do
    together: every extension costs each request a tenth of a millisecond.
    """

    def on_parse(self) -> Iterator[None]:
        """A document that does not parse is left to Strawberry, whose guard makes its error an answer."""
        context = self.execution_context
        context.parse_options["max_tokens"] = MAX_TOKENS
        with suppress(GraphQLError, RecursionError):
            context.graphql_document = parsed(context.query or "")
        yield

    def on_validate(self) -> Iterator[None]:
        """Also refuses a document of several operations of which none is named.

        Strawberry 0.341 runs the first (strawberry.types.execution.ExecutionContext.operation_name); the
        specification of GraphQL, 6.1, says that this is an error.
        """
        context, document = self.execution_context, self.execution_context.graphql_document
        if document is not None:
            errors = list(_validated(document))
            if context._provided_operation_name is None and _operations(document) > 1:
                errors.append(coded(GraphQLError(NO_OPERATION), UNRESOLVED))
            context.pre_execution_errors = errors
        yield


class Api(Schema):
    """The schema as it is served: by plans, and by Strawberry what no plan knows."""

    async def execute(
        self,
        query: str | None,
        variable_values: dict[str, Any] | None = None,
        context_value: Any = None,
        root_value: Any = None,
        operation_name: str | None = None,
        allowed_operation_types: Iterable[OperationType] | None = None,
        operation_extensions: dict[str, Any] | None = None,
    ) -> ExecutionResult:
        """The answer to a query or a mutation."""
        plan = _plan(query or "", operation_name)
        if plan is None or not _is_allowed(plan, allowed_operation_types):
            return await super().execute(
                query,
                variable_values,
                context_value,
                root_value,
                operation_name,
                allowed_operation_types,
                operation_extensions,
            )
        result = await plan.execute(
            variable_values=variable_values,
            context_value=context_value,
            root_value=root_value,
            costed=getattr(context_value, "note_cost", None),
        )
        return ExecutionResult(data=result.data, errors=result.errors)

    async def stream(
        self,
        query: str | None,
        variable_values: dict[str, Any] | None = None,
        context_value: Any = None,
        root_value: Any = None,
        operation_name: str | None = None,
        operation_extensions: dict[str, Any] | None = None,
        allowed_operation_types: Iterable[OperationType] | None = None,
    ) -> StreamResult:
        """The answers to any operation."""
        plan = _plan(query or "", operation_name)
        if plan is None or not _is_allowed(plan, allowed_operation_types):
            return await super().stream(
                query,
                variable_values,
                context_value,
                root_value,
                operation_name,
                operation_extensions,
                allowed_operation_types,
            )
        answers = plan.stream(variable_values=variable_values, context_value=context_value, root_value=root_value)
        return cast(StreamResult, answers)

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Leaves logging to schema.errors, which knows a client's mistake from a fault of ours."""


api = Api(
    query=Query,
    mutation=Mutation,
    subscription=Subscription,
    types=[AnalysisReport],
    extensions=[Preparation],
    config=StrawberryConfig(scalar_map={datetime: DATE_TIME}),
    execution_context_class=Executor,
)


@lru_cache(_KEPT_DOCUMENTS)
def parsed(query: str) -> DocumentNode:
    """The document. Raises GraphQLError for a text that is none, RecursionError for one that is nested too deeply."""
    return parse(query, max_tokens=MAX_TOKENS)


@lru_cache(_KEPT_DOCUMENTS)
def _validated(document: DocumentNode) -> tuple[GraphQLError, ...]:
    errors = [coded(error, INVALID) for error in validate(api._schema, document, specified_rules)]
    excesses = [coded(error, TOO_LARGE) for error in validate(api._schema, document, LIMITS)]
    return (*errors, *excesses)


@lru_cache(_KEPT_DOCUMENTS)
def kind_of(query: str, operation_name: str | None) -> OperationType | None:
    """Whether it is a query, a mutation or a subscription; None for what is no operation."""
    try:
        operation = get_operation_ast(parsed(query), operation_name)
    except (GraphQLError, RecursionError):
        return None
    return None if operation is None else OperationType(operation.operation.value)


def first_field(query: str, operation_name: str | None) -> str:
    """What an operation asks for first, to be counted by: one of the schema's fields, or `invalid`."""
    try:
        document = parsed(query)
        operation = None if _validated(document) else get_operation_ast(document, operation_name)
    except (GraphQLError, RecursionError):
        return "invalid"
    if operation is None:
        return "invalid"
    first = operation.selection_set.selections[0]
    return first.name.value if isinstance(first, FieldNode) else "fragment"


@lru_cache(_KEPT_DOCUMENTS)
def _plan(query: str, operation_name: str | None) -> Plan | None:
    """The plan of a valid operation; None for what is refused, and for what graphql-core must execute."""
    try:
        document = parsed(query)
        if _validated(document) or (operation_name is None and _operations(document) > 1):
            return None
        return Plan(api, document, operation_name, most=MAX_ANSWER, most_of_core=MAX_ANSWER_OF_CORE)
    except (GraphQLError, RecursionError, NotPlanned):
        return None


def _is_allowed(plan: Plan, allowed: Iterable[OperationType] | None) -> bool:
    return allowed is None or any(plan.kind.value == kind.value for kind in allowed)


def _operations(document: DocumentNode) -> int:
    return sum(isinstance(definition, OperationDefinitionNode) for definition in document.definitions)
