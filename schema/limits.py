"""How much one request may ask, and why just so much. Refused before anything is executed."""

from dataclasses import dataclass
from typing import Any

from graphql import (
    ASTValidationRule,
    DocumentNode,
    FieldNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValidationContext,
    get_named_type,
)

from jobs.service import MAX_PAGE

# The deepest operation of the dashboard has 6 levels, and the schema itself is a circle.
MAX_DEPTH = 12
# Introspection and the dashboard's largest operation have about 200 tokens each. Parsing costs 8 µs a token.
MAX_TOKENS = 2000
# Enough to compare a handful of jobs in one request; an alias repeats work without adding to the depth.
MAX_ALIASES = 30
# Fields that an answer may hold: twice the dashboard's largest operation, which by its variables weighs 42,000 and in
# truth holds a tenth. Executing a field costs a plan 1 µs, and graphql-core, to which errors go, 5 to 20: at worst that
# takes a second or two.
MAX_COST = 100_000
# Fields that an answer holds in truth, counted while it is made, in pieces: a report of 1,900 chapters has 60,000 with
# all that can be asked of it.
MAX_ANSWER = 300_000
# Of an answer with an error, which graphql-core makes, and not in pieces.
MAX_ANSWER_OF_CORE = 100_000
# What a list without `first` is taken to hold: chapters, findings, events.
LIST_SIZE = 20
# What stands for more than one field of an answer: a passage's text is as long as forty titles, on average.
HEAVY = {("Passage", "text"): 40, ("ChapterMarks", "start"): 100}
# Events of one job. A try makes three or four, so a job has a hundred only where it is given back again and again.
MAX_EVENTS = 500


@dataclass(frozen=True, slots=True)
class _Weight:
    depth: int
    aliases: int
    cost: int

    def beside(self, other: "_Weight") -> "_Weight":
        return _Weight(max(self.depth, other.depth), self.aliases + other.aliases, self.cost + other.cost)


_NOTHING = _Weight(0, 0, 0)


class RequestLimits(ASTValidationRule):
    """Depth, aliases and cost of each operation; a fragment is weighed once, however often it is spread."""

    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        self._schema = context.schema
        self._fragments: dict[str, _Weight] = {}

    def enter_document(self, node: DocumentNode, *_: Any) -> None:
        """Weighs every operation of the document."""
        for definition in node.definitions:
            if isinstance(definition, OperationDefinitionNode):
                root = self._schema.get_root_type(definition.operation)
                weight = self._weigh(definition.selection_set, root)
                for message in _excesses(weight):
                    self.context.report_error(GraphQLError(message, definition))

    def _weigh(self, selections: SelectionSetNode, parent: GraphQLNamedType | None) -> _Weight:
        total = _NOTHING
        for selection in selections.selections:
            match selection:
                case FieldNode():
                    total = total.beside(self._field(selection, parent))
                case FragmentSpreadNode():
                    total = total.beside(self._fragment(selection.name.value))
                case InlineFragmentNode():
                    on = selection.type_condition
                    inner = self._schema.get_type(on.name.value) if on else parent
                    total = total.beside(self._weigh(selection.selection_set, inner))
        return total

    def _field(self, node: FieldNode, parent: GraphQLNamedType | None) -> _Weight:
        aliases = int(node.alias is not None)
        known = isinstance(parent, GraphQLObjectType | GraphQLInterfaceType)
        field = parent.fields.get(node.name.value) if known else None  # type: ignore[union-attr]
        if field is None or node.selection_set is None:
            # Introspection has a limit of its own: MaxIntrospectionDepthRule.
            return _Weight(1, aliases, HEAVY.get((getattr(parent, "name", ""), node.name.value), 1))
        inner = self._weigh(node.selection_set, get_named_type(field.type))
        return _Weight(inner.depth + 1, inner.aliases + aliases, 1 + inner.cost * _size(node, field.type))

    def _fragment(self, name: str) -> _Weight:
        if name not in self._fragments:
            # A fragment that spreads itself is refused by another rule; here it must only end.
            self._fragments[name] = _NOTHING
            fragment = self.context.get_fragment(name)
            if fragment:
                on = self._schema.get_type(fragment.type_condition.name.value)
                self._fragments[name] = self._weigh(fragment.selection_set, on)
        return self._fragments[name]


def _size(node: FieldNode, type_: Any) -> int:
    """How many things the field gives: `first`, by a variable as many as may be."""
    for argument in node.arguments or ():
        if argument.name.value == "first":
            value = argument.value
            return min(int(value.value), MAX_PAGE) if isinstance(value, IntValueNode) else MAX_PAGE
    plain = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
    # A connection's edges are counted by its `first`.
    is_list = isinstance(plain, GraphQLList) and node.name.value != "edges"
    return LIST_SIZE if is_list or getattr(plain, "name", "").endswith("Connection") else 1


def _excesses(weight: _Weight) -> list[str]:
    excesses = []
    if weight.depth > MAX_DEPTH:
        excesses.append(f"The operation is {weight.depth} levels deep; at most {MAX_DEPTH} are allowed.")
    if weight.aliases > MAX_ALIASES:
        excesses.append(f"The operation has {weight.aliases} aliases; at most {MAX_ALIASES} are allowed.")
    if weight.cost > MAX_COST:
        excesses.append(
            f"The answer could hold {weight.cost} fields; at most {MAX_COST} are allowed. Ask for fewer with `first`."
        )
    return excesses
