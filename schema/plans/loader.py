"""Many things read in one call: those that are asked for in one turn of the loop."""

from asyncio import CancelledError, Future, ensure_future, get_running_loop
from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Generic, TypeVar

from schema.plans.later import Later

_Key = TypeVar("_Key", bound=Hashable)
_Value = TypeVar("_Value")


class Loader(Generic[_Key, _Value]):
    """Reads what is asked for by key, each key once. Good for one answer only.

    As Strawberry's DataLoader, but with one future for a batch in place of one for each key: a plan completes all that
    a batch brought in one go. `read` takes the keys and gives their values in the same order.
    """

    __slots__ = ("_asked", "_keys", "_open", "_read", "_tasks")

    def __init__(self, read: Callable[[list[_Key]], Awaitable[Sequence[_Value]]]) -> None:
        self._read = read
        self._asked: dict[_Key, Future[dict[_Key, _Value]]] = {}
        # The batch that still takes keys, and its keys.
        self._open: Future[dict[_Key, _Value]] | None = None
        self._keys: list[_Key] = []
        # The loop itself does not keep a task from being freed.
        self._tasks: set[Future[None]] = set()

    def load(self, key: _Key) -> Later[_Value]:
        """The value of the key, once its batch was read. Whoever awaits it is told what `read` raised."""
        batch = self._asked.get(key)
        if batch is None or batch.cancelled():
            batch = self._asked[key] = self._joined(key)
        return Later(batch, None, key)

    def _joined(self, key: _Key) -> Future[dict[_Key, _Value]]:
        if self._open is None or self._open.cancelled():
            loop = get_running_loop()
            self._open, self._keys = loop.create_future(), []
            # In the turn after the next: the tasks that begin in this one and the next ask for theirs before.
            loop.call_soon(self._begin, self._open, self._keys)
        self._keys.append(key)
        return self._open

    def _begin(self, batch: Future[dict[_Key, _Value]], keys: list[_Key]) -> None:
        task = ensure_future(self._fill(batch, keys))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _fill(self, batch: Future[dict[_Key, _Value]], keys: list[_Key]) -> None:
        if self._open is batch:
            self._open = None
        if batch.cancelled():
            return
        try:
            found = dict(zip(keys, await self._read(keys), strict=True))
        except CancelledError:
            batch.cancel()
            raise
        except Exception as error:
            if not batch.done():
                batch.set_exception(error)
                # Told to whoever awaits it; nobody may.
                batch.exception()
        else:
            if not batch.done():
                batch.set_result(found)
