"""How an operation is executed: by graphql-core, which must neither grow with a subscription nor outlive an answer."""

from collections.abc import Callable, Sequence
from typing import Any
from weakref import ref

from graphql import GraphQLObjectType, OperationType
from graphql.execution.collect_fields import DeferUsage, GroupedFieldSet
from graphql.pyutils import AwaitableOrValue
from graphql.type import GraphQLResolveInfoHelpers
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext


class Executor(StrawberryGraphQLCoreExecutionContext):
    """Collects a subscription's root fields once, where graphql-core does it anew for every event.

    graphql-core 3.3.2 makes each event's executor by `copy(self)` (`Executor.build_per_event_executor`): all share the
    memo of sub-fields, whose keys hold the ids of lists (`Executor.collect_subfields`), and `execute_operation` makes
    the topmost of these lists anew each time. So no event finds what an earlier one noted, and none of it is dropped:
    14 kB for every frame of the contract's JobUpdates. With the first event's lists, the later ones find everything.
    What the fields are follows from the document and its variables, which stay the same for a whole subscription.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # graphql-core 3.3.2 keeps two bound methods of the executor in the executor: a circle round all that an answer
        # was made of, the rows of a report too, which only the collector would find.
        self.async_helpers = _helpers(ref(self))
        # One dict for all copies.
        self._root_fields: dict[GraphQLObjectType, GroupedFieldSet] = {}

    def execute_collected_root_fields(
        self,
        root_type: GraphQLObjectType,
        root_value: Any,
        grouped_field_set: GroupedFieldSet,
        serially: bool,
        new_defer_usages: Sequence[DeferUsage],
    ) -> AwaitableOrValue[dict[str, Any]]:
        """The same, over the fields that the first event collected."""
        if self.operation.operation is OperationType.SUBSCRIPTION:
            grouped_field_set = self._root_fields.setdefault(root_type, grouped_field_set)
        return super().execute_collected_root_fields(
            root_type, root_value, grouped_field_set, serially, new_defer_usages
        )


def _helpers(executor: Callable[[], Any]) -> GraphQLResolveInfoHelpers:
    """As graphql-core makes them. Who calls them is a resolver, and while one runs its executor lives."""
    return GraphQLResolveInfoHelpers(
        gather=lambda values: executor().gather_async_work(values),
        track=lambda values: executor().track_async_work(values),
    )
