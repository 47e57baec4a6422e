"""The whole API: queries, mutations, subscriptions, and the limits on all three."""

from collections.abc import Iterator

from graphql import DocumentNode, GraphQLError, MaxIntrospectionDepthRule, OperationDefinitionNode
from strawberry import Schema
from strawberry.extensions import AddValidationRules, MaxTokensLimiter, ParserCache, SchemaExtension, ValidationCache
from strawberry.types import ExecutionContext

from schema.errors import NO_OPERATION
from schema.limits import MAX_TOKENS, RequestLimits
from schema.mutations import Mutation
from schema.queries import Query
from schema.report import AnalysisReport
from schema.subscriptions import Subscription


class OneOperation(SchemaExtension):
    """Refuses a document of several operations of which none is named.

    Strawberry 0.341 runs the first (strawberry.types.execution.ExecutionContext.operation_name); the
    specification of GraphQL, 6.1, says that this is an error.
    """

    def on_validate(self) -> Iterator[None]:
        """After ValidationCache, whose errors are kept."""
        context = self.execution_context
        if context._provided_operation_name is None and _operations(context.graphql_document) > 1:
            context.pre_execution_errors = [*(context.pre_execution_errors or ()), GraphQLError(NO_OPERATION)]
        yield


def _operations(document: DocumentNode | None) -> int:
    definitions = document.definitions if document else ()
    return sum(isinstance(definition, OperationDefinitionNode) for definition in definitions)


class Api(Schema):
    """The schema as it is served."""

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Leaves logging to schema.errors, which knows a client's mistake from a fault of ours."""


api = Api(
    query=Query,
    mutation=Mutation,
    subscription=Subscription,
    types=[AnalysisReport],
    extensions=[
        lambda: MaxTokensLimiter(max_token_count=MAX_TOKENS),
        lambda: AddValidationRules([RequestLimits, MaxIntrospectionDepthRule]),
        ParserCache,
        ValidationCache,
        OneOperation,
    ],
)
