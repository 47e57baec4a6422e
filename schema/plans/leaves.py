"""How scalars and enums are written: a test in Python's own words for the usual value, a function for all others."""

from collections.abc import Callable
from inspect import isawaitable
from typing import Any

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLLeafType,
    GraphQLString,
    Undefined,
)
from graphql.type.scalars import GRAPHQL_MAX_INT, GRAPHQL_MIN_INT

from schema.plans.handover import NotPlanned

# When a value of this type is written as it stands. Exactly these classes: a subclass may say otherwise.
_AS_IT_STANDS: dict[GraphQLLeafType, str] = {
    GraphQLString: "type({v}) is str",
    GraphQLID: "type({v}) is str",
    GraphQLBoolean: "{v} is True or {v} is False",
    GraphQLInt: f"type({{v}}) is int and {GRAPHQL_MIN_INT} <= {{v}} <= {GRAPHQL_MAX_INT}",
    # What is infinite or no number differs from itself in this.
    GraphQLFloat: "type({v}) is float and {v} - {v} == 0.0",
}
# Classes of values that were seen in a custom scalar and are plain. A program has few; some make them as they go.
_MOST_CLASSES = 64


class Leaf:
    """How one scalar or enum is written where null may be, or must not.

    `write` takes any value, and raises NotPlanned for what graphql-core makes an error of.
    """

    def __init__(self, type_: GraphQLLeafType, *, nullable: bool) -> None:
        self._coerce = type_.coerce_output_value
        self._nullable = nullable
        self._test = _AS_IT_STANDS.get(type_)
        self._names = _names(type_) if isinstance(type_, GraphQLEnumType) else {}
        self._plain: set[type] = set()

    def expression(self, value: str, named: Callable[[str, Any], str]) -> str:
        """Python for the written value; `value` must be a name, `named` gives one to what is none."""
        write, null = f"{named('write', self.write)}({value})", f"{value} is None or " if self._nullable else ""
        if self._test:
            return f"({value} if {null}{self._test.format(v=value)} else {write})"
        if self._names:
            return f"({named('name_of', self._names.get)}(id({value})) or {write})"
        coerced = f"(written := {named('coerce', self._coerce)}({value})) is not None and written is not undefined"
        quick = f"(written if type({value}) in {named('usual', self._plain)} and {coerced} else {write})"
        return f"(None if {value} is None else {quick})" if self._nullable else quick

    def write(self, value: Any) -> Any:
        """The written value of any."""
        if value is None and self._nullable:
            return None
        if type(value) not in self._plain:
            _need_plain(value)
            if len(self._plain) < _MOST_CLASSES:
                self._plain.add(type(value))
        written = self._coerce(value)
        if written is None or written is Undefined:
            raise NotPlanned
        return written


def _need_plain(value: Any) -> None:
    if value is None or value is Undefined or isinstance(value, Exception) or isawaitable(value):
        raise NotPlanned


def _names(type_: GraphQLEnumType) -> dict[int, str]:
    """The names by the members' identity: what hashes or equals a member need not be written like it."""
    members = getattr(type_, "wrapped_cls", ())
    return {id(member): type_.coerce_output_value(member) for member in members}
