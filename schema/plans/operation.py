"""What of a document is executed, and whether a plan can do it."""

from collections.abc import Mapping
from typing import Any

import strawberry
from graphql import (
    BooleanValueNode,
    DirectiveNode,
    DocumentNode,
    FragmentDefinitionNode,
    OperationDefinitionNode,
    VariableNode,
    VariableValues,
    Visitor,
    default_field_resolver,
    default_type_resolver,
    get_variable_values,
    visit,
)
from graphql.execution.collect_fields import FragmentDetails
from strawberry.execution import optimized_is_awaitable

from schema.plans.handover import NotPlanned
from schema.plans.run import Run

NO_VARIABLES = VariableValues({}, {})
# Of all functions of a plan together. Fragments spread in one another multiply: a small document may name any number of
# places in the answer. A field takes a kilobyte and 30 µs to compile; the largest operation of a page of ours has 200.
_MOST_FIELDS = 1000


class Operation:
    """One operation of a validated document. Raises NotPlanned for one that no plan knows."""

    def __init__(self, schema: strawberry.Schema, document: DocumentNode, name: str | None) -> None:
        self.document = document
        self.name = name
        self._schema = schema
        self.node = _named(document, name)
        self._definitions = {
            each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)
        }
        self.fragments = {key: FragmentDetails(each) for key, each in self._definitions.items()}
        self._conditions = _conditions(document)
        self._fields_left = _MOST_FIELDS

    @property
    def has_conditions(self) -> bool:
        """Whether what is selected depends on variables."""
        return bool(self._conditions)

    def variables(self, given: Mapping[str, Any] | None) -> VariableValues:
        """The variables' values, coerced. Raises NotPlanned for values that are none of their types."""
        if not self.node.variable_definitions:
            return NO_VARIABLES
        values = get_variable_values(
            self._schema._schema, self.node.variable_definitions, dict(given or {}), max_errors=1
        )
        if isinstance(values, list):
            raise NotPlanned
        return values

    def conditions(self, variables: VariableValues) -> tuple[Any, ...]:
        """What @skip and @include go by. Raises NotPlanned where a value is missing."""
        values = tuple(variables.coerced.get(name) for name in self._conditions)
        if None in values:
            raise NotPlanned
        return values

    def spend(self, fields: int) -> None:
        """Counts what is compiled. Raises NotPlanned when it is too much."""
        if fields > self._fields_left:
            raise NotPlanned
        self._fields_left -= fields

    def executor(self, run: Run) -> Any:
        """graphql-core's, for the information that it gives to resolvers."""
        # Strawberry's takes more than graphql-core's, by which it is typed.
        executor: Any = self._schema.execution_context_class
        return executor(
            self._schema._schema,
            self._definitions,
            self.fragments,
            run.root,
            run.context,
            self.node,
            run.variables,
            default_field_resolver,
            default_type_resolver,
            default_field_resolver,
            is_awaitable=optimized_is_awaitable,
            operation_extensions=None,
        )


def _named(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    found = [
        each
        for each in document.definitions
        if isinstance(each, OperationDefinitionNode) and name in (None, each.name and each.name.value)
    ]
    if len(found) != 1:
        raise NotPlanned
    return found[0]


def _conditions(document: DocumentNode) -> tuple[str, ...]:
    """The variables of all @skip and @include. Raises NotPlanned for other directives, and variables of fragments."""
    finder = _Directives()
    visit(document, finder)
    return tuple(sorted(finder.variables))


class _Directives(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.variables: set[str] = set()

    def enter_directive(self, node: DirectiveNode, *_: Any) -> None:
        if node.name.value not in ("skip", "include"):
            raise NotPlanned
        for argument in node.arguments or ():
            if isinstance(argument.value, VariableNode):
                self.variables.add(argument.value.name.value)
            elif not isinstance(argument.value, BooleanValueNode):
                raise NotPlanned

    def enter_fragment_definition(self, node: FragmentDefinitionNode, *_: Any) -> None:
        if node.variable_definitions:
            raise NotPlanned
