"""How the value of a field is had: an attribute that a plan reads, a resolver that it calls, or Strawberry's way."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from keyword import iskeyword
from typing import Any, TypeAlias

import strawberry
from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLObjectType,
    GraphQLResolveInfo,
    default_field_resolver,
    get_argument_values,
)
from graphql.pyutils import Path
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.arguments import convert_arguments
from strawberry.types.field import StrawberryField

from schema.plans.handover import NotPlanned
from schema.plans.run import Place, Run

Resolve: TypeAlias = Callable[[Any, Run, Place], Any]
# Values that nobody can change: what holds only such may be shared by many calls.
_UNCHANGING = (str, int, float, bool, type(None), Enum)


@dataclass(frozen=True, eq=False)
class Site:
    """A field where an operation asks for it: the nodes that name it, and what they name."""

    nodes: tuple[FieldNode, ...]
    parent: GraphQLObjectType
    field: GraphQLField
    schema: strawberry.Schema

    @property
    def name(self) -> str:
        """The field's name in the schema."""
        return self.nodes[0].name.value

    @cached_property
    def definition(self) -> StrawberryField | None:
        """Strawberry's own, where it is a plain one whose resolver nobody has wrapped."""
        definition = self.field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
        module = getattr(self.field.resolve, "__module__", None)
        plain = type(definition) is StrawberryField and not definition.extensions
        return definition if plain and module == GraphQLCoreConverter.__module__ else None

    @property
    def is_event(self) -> bool:
        """Whether this is the root of a subscription's answer: the event itself."""
        return self.definition is not None and self.definition.is_subscription and self.field.subscribe is not None

    @property
    def attribute(self) -> str | None:
        """The attribute that the field is, without a resolver."""
        definition = self.definition
        if definition is None or not definition.is_basic_field or definition.default_resolver is not getattr:
            return None
        name = definition.python_name
        return name if name.isidentifier() and not iskeyword(name) else None

    @cached_property
    def takes_info(self) -> bool:
        """Whether its resolver is told where in the answer it is."""
        resolver = self.definition.base_resolver if self.definition else None
        return resolver is None or resolver.info_parameter is not None or bool(self.field.args)

    def arguments(self, run: Run, place: Place) -> dict[str, Any]:
        """As the resolver takes them; made once an execution where nobody can change them."""
        known = run.arguments.get(self)
        if known is None:
            known = self._arguments(run, place)
            if all(isinstance(value, _UNCHANGING) for value in known.values()):
                run.arguments[self] = known
        return known

    def _arguments(self, run: Run, place: Place) -> dict[str, Any]:
        if not self.field.args or self.definition is None:
            return {}
        given, converter = get_argument_values(self.field, self.nodes[0], run.variables), self.schema.schema_converter
        info = PlannedInfo(self, run, place)
        return convert_arguments(given, self.definition.arguments, converter.scalar_registry, converter.config, info)

    def info(self, run: Run, place: Place) -> GraphQLResolveInfo[Any]:
        """graphql-core's, in full."""
        info: GraphQLResolveInfo[Any] = run.executor.build_resolve_info(
            self.field, list(self.nodes), self.parent, _path(place)
        )
        return info


class PlannedInfo(strawberry.Info[Any, Any]):
    """Strawberry's, which makes graphql-core's only when it is asked for more than the context."""

    def __init__(self, site: Site, run: Run, place: Place) -> None:
        self._site = site
        self._run = run
        self._place = place

    @property
    def context(self) -> Any:
        """The context passed to the execution."""
        return self._run.context

    @cached_property
    def _raw_info(self) -> GraphQLResolveInfo[Any]:  # type: ignore[override]
        return self._site.info(self._run, self._place)

    @property
    def _field(self) -> StrawberryField | None:  # type: ignore[override]
        return self._site.definition


def called(site: Site, place: str, named: Callable[[str, Any], str]) -> str:
    """Python that calls the field's resolver; `place` is a name, `named` gives one to what is none."""
    definition = site.definition
    if definition is None or definition.base_resolver is None or site.schema.config.info_class is not strawberry.Info:
        return f"{named('resolve', _as_graphql_core_does(site))}(source, run, {place})"
    function, reserved = definition.base_resolver.wrapped_func, definition.base_resolver
    as_source = [each.name for each in (reserved.parent_parameter, reserved.root_parameter) if each]
    info = reserved.info_parameter.name if reserved.info_parameter else None
    if not reserved.self_parameter or as_source or site.field.args:
        call = _function(site, function, bool(reserved.self_parameter), as_source, info)
        return f"{named('resolve', call)}(source, run, {place})"
    told = f", {info}={named('Info', PlannedInfo)}({named('site', site)}, run, {place})" if info else ""
    return f"{named('resolve', function)}(source{told})"


def _function(site: Site, function: Any, takes_self: bool, as_source: list[str], info: str | None) -> Resolve:
    def call(source: Any, run: Run, place: Place) -> Any:
        named = {**site.arguments(run, place), **dict.fromkeys(as_source, source)}
        if info is not None:
            named[info] = PlannedInfo(site, run, place)
        return function(source, **named) if takes_self else function(**named)

    return call


def _as_graphql_core_does(site: Site) -> Resolve:
    resolve = site.field.resolve or default_field_resolver

    def call(source: Any, run: Run, place: Place) -> Any:
        given = get_argument_values(site.field, site.nodes[0], run.variables) if site.field.args else {}
        return resolve(source, site.info(run, place), **given)

    return call


def _path(place: Place) -> Path:
    if place is None:
        raise NotPlanned
    above, key, type_name = place
    return Path(None if above is None else _path(above), key, type_name)
