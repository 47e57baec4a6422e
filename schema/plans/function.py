"""The Python of one selection: a function that takes an object and gives its part of the answer.

It reads attributes, calls resolvers and tests values inline, and ends in one dictionary. What it cannot write inline it
names: those names are the function's globals, so that nothing of a document but its names of fields, quoted, is in the
text.
"""

from collections.abc import Callable, Mapping
from typing import Any

from graphql import GraphQLList, GraphQLNonNull, GraphQLObjectType, GraphQLOutputType, Undefined, is_leaf_type
from strawberry.types.cast import get_strawberry_type_cast

from schema.plans.handover import NotPlanned, Raised, TooMuch
from schema.plans.leaves import Leaf
from schema.plans.resolvers import Site, called
from schema.plans.run import PLAIN, Waiting
from schema.plans.shapes import Shapes, Write

ShapesOf = Callable[[Any, Site, bool], Shapes]
_LATE = object()
# Values of a list of scalars that cost what one field does: 0.05 µs each beside 0.7.
_LEAVES_A_FIELD = 10


class Function:
    """Writes the function of one selection on one object type."""

    def __init__(self, parent: GraphQLObjectType, sites: Mapping[str, Site], shapes: ShapesOf) -> None:
        self._parent = parent
        self._shapes = shapes
        self._globals: dict[str, Any] = {
            "late": _LATE,
            "undefined": Undefined,
            "cast_of": get_strawberry_type_cast,
            "NotPlanned": NotPlanned,
            "Raised": Raised,
            "plain": PLAIN,
            "TooMuch": TooMuch,
            "Waiting": Waiting,
            "items_of": _items,
            "items_or_null": _items_or_null,
        }
        self._helpers: list[str] = []
        self._body: list[str] = []
        self._ends: list[str] = []
        if parent.is_type_of is not None:
            # The mark that `strawberry.cast` leaves is the object's own, while all else here goes by its class.
            self._body += ["if cast_of(source) is not None:", "    raise NotPlanned"]
        # Each object costs its fields, as they are written: what an answer holds is known before it is too much.
        self._body += [f"run.cost += {max(len(sites), 1)}", "if run.cost > run.most:", "    raise TooMuch"]
        pairs = ", ".join(
            f"{key!r}: {self._field(number, key, site)}" for number, (key, site) in enumerate(sites.items())
        )
        self._body += [f"answer = {{{pairs}}}", *self._ends, "return answer"]

    @property
    def text(self) -> str:
        """The Python."""
        return "\n".join([*self._helpers, "def write(source, run, place):", *(f"    {line}" for line in self._body)])

    def made(self) -> Write:
        """The function itself."""
        # The text holds our own words, quoted names of a validated document, and attributes of the program's classes.
        exec(compile(self.text, f"<plan of {self._parent.name}>", "exec"), self._globals)  # noqa: S102
        write: Write = self._globals["write"]
        return write

    def _field(self, number: int, key: str, site: Site) -> str:
        """Lines for one field; returns the expression that stands for its value."""
        if site.name == "__typename":
            return repr(self._parent.name)
        value, place = f"value_{number}", f"(place, {key!r}, {self._parent.name!r})"
        if site.is_event:
            self._body.append(f"{value} = source")
        elif (attribute := site.attribute) is not None:
            self._body.append(f"{value} = source.{attribute}")
        else:
            self._resolved(number, key, site, place)
            return value
        self._completed(site.field.type, value, place, site)
        return value

    def _completed(self, type_: GraphQLOutputType, value: str, place: str, site: Site) -> None:
        written = self._written(type_, value, place, site)
        self._body.append(f"{value} = {written}")

    def _resolved(self, number: int, key: str, site: Site, place: str) -> None:
        value, here, index = f"value_{number}", f"place_{number}", f"index_{number}"
        call, complete = called(site, here, self._global), f"complete_{number}"
        node = self._global("node", site.nodes[0])
        self._helpers += [
            f"def {complete}(value, run, place):",
            f"    return {self._written(site.field.type, 'value', 'place', site)}",
        ]
        self._body += [
            f"{here} = {place}",
            "try:",
            f"    {value} = {call}",
            "except Exception as error:",
            f"    run.record.append(({node}, source, Raised(error)))",
            "    raise NotPlanned from error",
            f"run.record.append(({node}, source, {value}))",
            f"if plain[type({value})]:",
            f"    {value} = {complete}({value}, run, {here})",
            "else:",
            f"    given_{number}, {value}, {index} = {value}, late, len(run.record) - 1",
        ]
        self._ends += [
            f"if {value} is late:",
            f"    answer[{key!r}] = None",
            f"    run.waiting.append(Waiting(given_{number}, {index}, answer, {key!r}, {complete}, {here}))",
        ]

    def _written(self, type_: GraphQLOutputType, value: str, place: str, site: Site) -> str:
        """The expression that completes a value of this type."""
        nullable = not isinstance(type_, GraphQLNonNull)
        inner = type_ if not isinstance(type_, GraphQLNonNull) else type_.of_type
        if isinstance(inner, GraphQLList):
            return f"{self._list(inner, nullable, site)}({value}, run, {place})"
        if is_leaf_type(inner):
            return Leaf(inner, nullable=nullable).expression(value, self._global)
        shapes = self._shapes(inner, site, nullable)
        known, learn = self._global("known", shapes.known.get), self._global("learn", shapes.learn)
        return f"({known}(type({value})) or {learn}({value}))({value}, run, {place})"

    def _list(self, type_: GraphQLList[Any], nullable: bool, site: Site) -> str:
        item_type = type_.of_type
        inner = item_type.of_type if isinstance(item_type, GraphQLNonNull) else item_type
        written = self._written(item_type, "item", "(place, number, None)", site)
        loop = "item in items" if is_leaf_type(inner) else "number, item in enumerate(items)"
        name = f"list_{len(self._globals)}"
        self._globals[name] = None
        self._helpers += [
            f"def {name}(items, run, place):",
            "    if type(items) is not list and type(items) is not tuple:",
            f"        items = {'items_or_null' if nullable else 'items_of'}(items)",
            *(["        if items is None:", "            return None"] if nullable else []),
            *([f"    run.cost += len(items) // {_LEAVES_A_FIELD}"] if is_leaf_type(inner) else []),
            f"    return [{written} for {loop}]",
        ]
        return name

    def _global(self, word: str, value: Any) -> str:
        name = f"{word}_{len(self._globals)}"
        self._globals[name] = value
        return name


def _items(value: Any) -> Any:
    """What can be walked again, if it comes to that: no iterator. Raises NotPlanned."""
    if isinstance(value, list | tuple | set | frozenset) and PLAIN[type(value)]:
        return value
    raise NotPlanned


def _items_or_null(value: Any) -> Any:
    return None if value is None else _items(value)
