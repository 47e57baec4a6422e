"""Random operations over any schema: aliases, fragments, conditions, variables, and whatever the types offer."""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    Undefined,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
    is_required_argument,
)

# The value for an argument of a field, by their names; None leaves it to chance.
Choose = Callable[[Random, str, str], Any]


@dataclass(frozen=True, slots=True)
class Made:
    """A document with one operation, and values for its variables."""

    text: str
    variables: dict[str, Any]


@dataclass(slots=True)
class Maker:
    """Makes one document. `depth` is how many levels of objects it asks for at most, `without` what it leaves out."""

    schema: GraphQLSchema
    random: Random
    depth: float = 2
    choose: Choose = lambda *_: None
    without: frozenset[str] = frozenset()
    _variables: dict[str, tuple[str, Any]] = field(default_factory=dict)
    _fragments: dict[str, str] = field(default_factory=dict)

    def operation(self, kind: str) -> Made:
        """A `query`, `mutation` or `subscription`."""
        root = {
            "query": self.schema.query_type,
            "mutation": self.schema.mutation_type,
            "subscription": self.schema.subscription_type,
        }[kind]
        assert root is not None
        body = self._selection(root, self.depth, one=kind == "subscription")
        declared = ", ".join(f"${name}: {type_}" for name, (type_, _) in self._variables.items())
        values = {name: value for name, (_, value) in self._variables.items() if value is not Undefined}
        head = f"{kind} Made({declared})" if declared else kind
        return Made("\n".join([f"{head} {body}", *self._fragments.values()]), values)

    def _selection(self, type_: GraphQLNamedType, depth: float, *, one: bool = False) -> str:
        count = 1 if one else self.random.randint(1, 4)
        parts = [self._part(type_, depth, whole=one) for _ in range(count)]
        return "{ " + " ".join(parts or ["__typename"]) + " }"

    def _part(self, type_: GraphQLNamedType, depth: float, *, whole: bool) -> str:
        chance = 1.0 if whole else self.random.random()
        if chance < 0.07 or depth < 0 or (isinstance(type_, GraphQLUnionType) and chance < 0.3):
            return f"{self._alias('__typename')}__typename{self._condition()}"
        if chance < 0.2 or isinstance(type_, GraphQLUnionType):
            on = self._possible(type_)
            return f"... on {on.name}{self._condition()} {self._selection(on, depth - 0.5)}"
        if chance < 0.25:
            return f"...{self._condition()} {self._selection(type_, depth - 0.5)}"
        if chance < 0.35:
            return f"...{self._fragment(self._possible(type_), depth)}{self._condition()}"
        assert isinstance(type_, GraphQLObjectType | GraphQLInterfaceType)
        return self._field(type_, depth, whole=whole)

    def _field(self, type_: GraphQLObjectType | GraphQLInterfaceType, depth: float, *, whole: bool) -> str:
        known = [(name, each) for name, each in type_.fields.items() if name not in self.without]
        fields = [(name, each) for name, each in known if depth > 0 or _is_leaf(each)]
        if not fields:
            return "__typename"
        name, each = self.random.choice(fields)
        arguments = self._arguments(name, each)
        # The same name with other arguments would not be one field.
        alias = self._alias(name, always=bool(each.args))
        below = "" if _is_leaf(each) else " " + self._selection(get_named_type(each.type), depth - 1)
        return f"{alias}{name}{arguments}{'' if whole else self._condition()}{below}"

    def _alias(self, name: str, *, always: bool = False) -> str:
        if not always and self.random.random() < 0.8:
            return ""
        return f"{name}_{self.random.randrange(10**6)}: "

    def _condition(self) -> str:
        if self.random.random() < 0.85:
            return ""
        directive, value = self.random.choice(("skip", "include")), self.random.random() < 0.5
        if self.random.random() < 0.4:
            return f" @{directive}(if: {str(value).lower()})"
        return f" @{directive}(if: ${self._variable('Boolean!', value, reuse=True)})"

    def _fragment(self, type_: GraphQLNamedType, depth: float) -> str:
        name = f"F{len(self._fragments)}"
        self._fragments[name] = ""
        self._fragments[name] = f"fragment {name} on {type_.name} {self._selection(type_, depth - 0.5)}"
        return name

    def _possible(self, type_: GraphQLNamedType) -> GraphQLNamedType:
        if not is_abstract_type(type_):
            assert isinstance(type_, GraphQLObjectType)
            possible: list[GraphQLNamedType] = [type_, *type_.interfaces]
        else:
            possible = list(self.schema.get_possible_types(type_))
        return self.random.choice(possible)

    def _arguments(self, field_name: str, field_: GraphQLField) -> str:
        given = [self._argument(field_name, name, each) for name, each in field_.args.items()]
        inside = ", ".join(each for each in given if each)
        return f"({inside})" if inside else ""

    def _argument(self, field_name: str, name: str, argument: GraphQLArgument) -> str:
        chosen = self.choose(self.random, field_name, name)
        if chosen is None and not is_required_argument(argument) and self.random.random() < 0.4:
            return ""
        value = self._value(argument.type) if chosen is None else chosen
        if self.random.random() < 0.5:
            return f"{name}: ${self._variable(str(argument.type), value)}"
        return f"{name}: {_literal(value)}"

    def _variable(self, type_: str, value: Any, *, reuse: bool = False) -> str:
        same = [name for name, (declared, _) in self._variables.items() if declared == type_]
        if reuse and len(same) > 2:
            return self.random.choice(same)
        name = f"v{len(self._variables)}"
        missing = not type_.endswith("!") and self.random.random() < 0.2
        self._variables[name] = type_, Undefined if missing else value
        return name

    def _value(self, type_: Any) -> Any:
        if isinstance(type_, GraphQLNonNull):
            return self._plain(type_.of_type)
        return None if self.random.random() < 0.1 else self._plain(type_)

    def _plain(self, type_: Any) -> Any:
        if isinstance(type_, GraphQLList):
            return [self._value(type_.of_type) for _ in range(self.random.randint(0, 3))]
        if isinstance(type_, GraphQLInputObjectType):
            return {name: self._value(each.type) for name, each in type_.fields.items()}
        if isinstance(type_, GraphQLEnumType):
            return _Word(self.random.choice(list(type_.values)))
        plain = {"Int": self.random.randint(0, 3), "Boolean": True, "Float": 1.5}
        return plain.get(type_.name, self.random.choice(["a", 'ä " \\ \n', ""]))


class _Word(str):
    """The name of an enum's value."""

    __slots__ = ()


def _is_leaf(field_: GraphQLField) -> bool:
    return is_leaf_type(get_named_type(field_.type))


def _literal(value: Any) -> str:
    if isinstance(value, _Word):
        return str(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_literal(each)}" for name, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_literal, value)) + "]"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'"{escaped}"'
    return str(value)
