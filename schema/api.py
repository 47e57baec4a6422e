"""The whole API: queries, mutations, subscriptions, and the limits on all three."""

from graphql import GraphQLError, MaxIntrospectionDepthRule
from strawberry import Schema
from strawberry.extensions import AddValidationRules, MaxTokensLimiter, ParserCache, ValidationCache
from strawberry.types import ExecutionContext

from schema.limits import MAX_TOKENS, RequestLimits
from schema.mutations import Mutation
from schema.queries import Query
from schema.report import AnalysisReport
from schema.subscriptions import Subscription


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
    ],
)
