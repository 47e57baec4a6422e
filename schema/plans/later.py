"""A value that a resolver cannot give yet."""

from asyncio import Future, shield
from collections.abc import Awaitable, Callable, Generator
from typing import Any, Generic, TypeVar, cast

_Given = TypeVar("_Given")
_Next = TypeVar("_Next")
_NOTHING: Any = object()


class Later(Generic[_Given]):
    """What `change` makes, once, of what `source` comes to, or of what that holds under `key`.

    Any executor can await it, as often as it likes; a plan needs no coroutine and no task for it.
    """

    __slots__ = ("_made", "change", "key", "source")

    def __init__(self, source: Awaitable[Any], change: Callable[[Any], _Given] | None, key: Any = _NOTHING) -> None:
        self.source = source
        self.change = change
        self.key = key
        self._made: _Given = _NOTHING

    def then(self, change: Callable[[_Given], _Next]) -> "Later[_Next]":
        """What `change` makes of this one's value."""
        first = self.change
        if first is None:
            return Later(self.source, change, self.key)
        return Later(self.source, lambda found: change(first(found)), self.key)

    def made(self) -> _Given:
        """The value. `source` must be a future that is done. Raises what it raises, and what `change` raises."""
        return self._make(cast("Future[Any]", self.source).result()) if self._made is _NOTHING else self._made

    def _make(self, found: Any) -> _Given:
        # Another may have awaited it meanwhile: two things must not be made of one.
        if self._made is _NOTHING:
            value = found if self.key is _NOTHING else found[self.key]
            self._made = value if self.change is None else self.change(value)
        return self._made

    def __await__(self) -> Generator[Any, Any, _Given]:
        if self._made is not _NOTHING:
            return self._made
        # A future may be awaited by many; one of them that is stopped must not stop it for the others.
        source = shield(self.source) if isinstance(self.source, Future) else self.source
        return self._make((yield from source.__await__()))


_Found = TypeVar("_Found")


def later(source: Awaitable[_Found], change: Callable[[_Found], _Given]) -> _Given:
    """What a plain resolver returns in place of `change(await source)`: at once where the source has come already.

    `change` must not wait, and does nothing but make an answer of what was found. The type is that of the field, as
    Strawberry reads a resolver's annotation as the field's type: both executors await what is not there yet.
    """
    waiting = source.then(change) if isinstance(source, Later) else Later(source, change)
    source = waiting.source
    if isinstance(source, Future) and source.done() and not source.cancelled() and source.exception() is None:
        return waiting.made()
    return cast(_Given, waiting)
