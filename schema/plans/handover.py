"""From a plan to graphql-core: it executes the operation, but a resolver that ran already does not run again."""

from asyncio import CancelledError, Future
from collections import defaultdict, deque
from collections.abc import Callable, Generator, Iterable
from contextlib import suppress
from inspect import iscoroutine
from math import inf
from typing import Any, TypeAlias

from graphql import FieldNode, GraphQLResolveInfo

from schema.plans.later import Later


class NotPlanned(Exception):
    """Something that a plan leaves to graphql-core: an error, a null that must not be, a value of an odd kind."""


class TooMuch(Exception):
    """The answer holds more than it may; nobody makes it after all."""


class Raised:
    """What a resolver raised, in place of what it gave."""

    __slots__ = ("error",)

    def __init__(self, error: Exception) -> None:
        self.error = error


class Came:
    """What was awaited already, in place of the awaitable; graphql-core awaits it in its turn."""

    __slots__ = ("error", "value")

    def __init__(self, value: Any = None, error: Exception | None = None) -> None:
        self.value = value
        self.error = error

    def __await__(self) -> Generator[Any, Any, Any]:
        if self.error is not None:
            raise self.error
        return self.value
        yield


# The field's first node, the object that it was asked of, and what the resolver gave: for each call, in order.
Record: TypeAlias = list[tuple[FieldNode, Any, Any]]


class Replay:
    """A middleware of graphql-core: gives what the record holds, and calls the resolvers that are not in it.

    The record keeps the objects, so that none of their ids can belong to another one by now.
    """

    def __init__(self, record: Record, *, most: float = inf) -> None:
        """`most` is how many fields may be resolved at all: graphql-core cannot make an answer in pieces."""
        self._fields_left = most
        self._left: dict[tuple[int, int], deque[Any]] = defaultdict(deque)
        for node, source, given in record:
            self._left[id(node), id(source)].append(given)

    def resolve(
        self, following: Callable[..., Any], source: Any, info: GraphQLResolveInfo[Any], **arguments: Any
    ) -> Any:
        """What the resolver gave, or gives now. Raises TooMuch."""
        self._fields_left -= 1
        if self._fields_left < 0:
            raise TooMuch
        left = self._left.get((id(info.field_nodes[0]), id(source)))
        if not left:
            return following(source, info, **arguments)
        given = left.popleft()
        if isinstance(given, Raised):
            raise given.error
        return given

    def close(self) -> None:
        """Lets go of what graphql-core did not ask for, as an error ended it sooner than the plan."""
        leave(given for left in self._left.values() for given in left)


def leave(values: Iterable[Any]) -> None:
    """Ends coroutines that never began; what runs may end by itself, and its error is nobody's."""
    for value in values:
        if type(value) is Later:
            leave([value.source])
        elif iscoroutine(value):
            value.close()
        elif isinstance(value, Future):
            value.add_done_callback(_look)


def _look(future: "Future[Any]") -> None:
    with suppress(CancelledError):
        future.exception()
