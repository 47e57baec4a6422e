"""The whole API: queries, mutations, subscriptions, and how a request is made ready for execution."""

from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache

from graphql import (
    DocumentNode,
    GraphQLError,
    MaxIntrospectionDepthRule,
    OperationDefinitionNode,
    parse,
    specified_rules,
    validate,
)
from strawberry import Schema
from strawberry.extensions import SchemaExtension
from strawberry.types import ExecutionContext

from schema.errors import NO_OPERATION
from schema.executor import Executor
from schema.limits import MAX_TOKENS, RequestLimits
from schema.mutations import Mutation
from schema.queries import Query
from schema.report import AnalysisReport
from schema.subscriptions import Subscription

RULES = (*specified_rules, RequestLimits, MaxIntrospectionDepthRule)
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
            context.graphql_document = _parsed(context.query or "")
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
                errors.append(GraphQLError(NO_OPERATION))
            context.pre_execution_errors = errors
        yield


class Api(Schema):
    """The schema as it is served."""

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Leaves logging to schema.errors, which knows a client's mistake from a fault of ours."""


api = Api(
    query=Query,
    mutation=Mutation,
    subscription=Subscription,
    types=[AnalysisReport],
    extensions=[Preparation],
    execution_context_class=Executor,
)


@lru_cache(_KEPT_DOCUMENTS)
def _parsed(query: str) -> DocumentNode:
    return parse(query, max_tokens=MAX_TOKENS)


@lru_cache(_KEPT_DOCUMENTS)
def _validated(document: DocumentNode) -> tuple[GraphQLError, ...]:
    return tuple(validate(api._schema, document, RULES))


def _operations(document: DocumentNode) -> int:
    return sum(isinstance(definition, OperationDefinitionNode) for definition in document.definitions)
