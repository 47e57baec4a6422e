"""What is done with an object at a place of the answer, told by its class: each class is looked at once."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, TypeAlias, cast

from graphql import GraphQLAbstractType, GraphQLObjectType, GraphQLSchema, is_abstract_type
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.base import StrawberryObjectDefinition, get_object_definition
from strawberry.types.cast import get_strawberry_type_cast

from schema.plans.handover import NotPlanned
from schema.plans.run import PLAIN, Place, Run

Write: TypeAlias = Callable[[Any, Run, Place], Any]
# A program has few classes at one place; some make them as they go.
_MOST_CLASSES = 64


class Shapes:
    """The functions that write the objects at one place. `known` holds them by class, `learn` finds a new one."""

    def __init__(
        self,
        schema: GraphQLSchema,
        named: GraphQLObjectType | GraphQLAbstractType,
        field_name: str,
        *,
        nullable: bool,
        writes: Callable[[GraphQLObjectType], Write],
    ) -> None:
        self._schema = schema
        self._named = named
        self._field_name = field_name
        self._writes = writes
        self.known: dict[type, Write] = {type(None): _null if nullable else _no_null}

    def learn(self, value: Any) -> Write:
        """What writes an object of this class. Raises NotPlanned for one that graphql-core must tell."""
        if not PLAIN[type(value)]:
            raise NotPlanned
        object_type = self._object_type(value)
        write = self._writes(object_type)
        if object_type.is_type_of is not None and not object_type.is_type_of(value, cast(Any, None)):
            raise NotPlanned
        if len(self.known) < _MOST_CLASSES:
            self.known[type(value)] = write
        return write

    def _object_type(self, value: Any) -> GraphQLObjectType:
        if isinstance(self._named, GraphQLObjectType):
            return self._named
        # Strawberry's own rules, which go by the class alone for a class of its own that is not generic.
        definition = get_object_definition(value)
        if definition is None or definition.is_graphql_generic or get_strawberry_type_cast(value) is not None:
            raise NotPlanned
        info = SimpleNamespace(schema=self._schema, field_name=self._field_name)
        name = cast(Any, self._named.resolve_type)(value, info, self._named)
        found = self._schema.get_type(name) if isinstance(name, str) else None
        if not isinstance(found, GraphQLObjectType) or not self._schema.is_sub_type(self._named, found):
            raise NotPlanned
        return found


def need_told_by_class(schema: GraphQLSchema, named: GraphQLObjectType | GraphQLAbstractType) -> None:
    """Raises NotPlanned unless Strawberry tells the objects of this type by their class."""
    concrete = schema.get_possible_types(named) if is_abstract_type(named) else [named]
    if is_abstract_type(named) and not _is_told_by_strawberry(named):
        raise NotPlanned
    for each in cast("list[GraphQLObjectType]", concrete):
        known = each.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
        if each.is_type_of is not None and (
            not isinstance(known, StrawberryObjectDefinition) or known.is_type_of or known.concrete_of
        ):
            raise NotPlanned


_STRAWBERRY = (GraphQLCoreConverter.__module__, "strawberry.types.union")


def _is_told_by_strawberry(named: GraphQLAbstractType) -> bool:
    definition = named.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    module = getattr(named.resolve_type, "__module__", "")
    return module in _STRAWBERRY and getattr(definition, "resolve_type", None) is None


def _null(value: Any, run: Run, place: Place) -> None:
    return None


def _no_null(value: Any, run: Run, place: Place) -> Any:
    raise NotPlanned
