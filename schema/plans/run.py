"""One execution of a plan: what its resolvers gave, and what is waited for."""

from asyncio import CancelledError, Future, ensure_future, get_running_loop, sleep
from collections.abc import Awaitable, Callable
from inspect import iscoroutine
from math import inf
from types import GeneratorType
from typing import TYPE_CHECKING, Any, TypeAlias

from graphql import VariableValues
from graphql.pyutils import UndefinedType

from schema.plans.handover import Came, NotPlanned, Record
from schema.plans.later import Later

if TYPE_CHECKING:
    from schema.plans.variant import Variant

# A place in the answer: the one above it, its key, and the type that has the field; a number's type is None.
PIECE = 30_000
"""Fields that are written in one turn of the loop, and a list that begins below: 20 to 40 ms."""

Place: TypeAlias = "tuple[Place | None, str | int, str | None] | None"
Complete: TypeAlias = Callable[[Any, "Run", Place], Any]


class Waiting:
    """A value of the answer that is still to come. It stands in `answer` under `key` as null meanwhile."""

    __slots__ = ("answer", "complete", "given", "index", "key", "place")

    def __init__(
        self, given: Any, index: int, answer: dict[str, Any], key: str, complete: Complete, place: Place
    ) -> None:
        self.given = given
        self.index = index
        self.answer = answer
        self.key = key
        self.complete = complete
        self.place = place


class Run:
    """The state that the functions of a variant share.

    Each value is completed in the turn of the loop in which it comes, whatever else is still to come: so what one batch
    of a loader brought is complete before the next batch is read, which then holds all that it leads to.
    """

    __slots__ = (
        "_awaited",
        "_executor",
        "_over",
        "_tasks",
        "_turn_cost",
        "_turn_is_due",
        "arguments",
        "context",
        "cost",
        "most",
        "record",
        "root",
        "variables",
        "variant",
        "waiting",
    )

    def __init__(
        self, variant: "Variant", variables: VariableValues, root: Any, context: Any, *, most: float = inf
    ) -> None:
        self.variant = variant
        self.variables = variables
        self.root = root
        self.context = context
        # Fields written so far, and how many may be.
        self.cost = 0
        self.most = most
        # What was written when the loop last had a turn for everything else.
        self._turn_cost = 0
        self._turn_is_due = False
        self.record: Record = []
        self.arguments: dict[Any, dict[str, Any]] = {}
        self.waiting: list[Waiting] = []
        self._awaited: dict[Future[Any], list[Waiting]] = {}
        self._tasks: set[Future[Any]] = set()
        self._over: Future[None] | None = None
        self._executor: Any = None

    @property
    def executor(self) -> Any:
        """graphql-core's, for what only it can make; built when it is asked for."""
        if self._executor is None:
            self._executor = self.variant.operation.executor(self)
        return self._executor

    async def settle(self) -> None:
        """Waits until the answer is whole. Raises what a value that came raises, and NotPlanned."""
        while len(self.waiting) == 1 and iscoroutine(self.waiting[0].given):
            await self._await(self.waiting.pop())
        if not self.waiting:
            return
        self._over = get_running_loop().create_future()
        try:
            self._start()
            if self._awaited:
                await self._over
        except CancelledError:
            # Not what others may wait for, too.
            for task in self._tasks:
                task.cancel()
            raise
        finally:
            _end(self._over)

    async def _await(self, waiting: Waiting) -> None:
        """Without a task of its own, as there is nothing beside it."""
        try:
            value = await waiting.given
        except Exception as error:
            self._note(waiting, Came(error=error))
            raise
        self._note(waiting, Came(value))
        await self._turn()
        self._give(waiting, value)

    def _start(self) -> None:
        while self.waiting:
            waiting, self.waiting = self.waiting, []
            for each in waiting:
                self._begin(each)

    def _begin(self, waiting: Waiting) -> None:
        given = waiting.given
        source = given.source if type(given) is Later else given
        if not isinstance(source, Future):
            self._begin_task(waiting, source)
        elif source.done() and not self._has_written_enough():
            self._give(waiting, given.made() if given is not source else source.result())
        elif source in self._awaited:
            self._awaited[source].append(waiting)
        else:
            self._awaited[source] = [waiting]
            self._call(source)

    def _call(self, source: Future[Any]) -> None:
        if source.done():
            get_running_loop().call_soon(self._came, source)
        else:
            source.add_done_callback(self._came)

    def _has_written_enough(self) -> bool:
        """Whether everything else should have its turn of the loop first."""
        is_enough = self.cost - self._turn_cost >= PIECE
        if is_enough and not self._turn_is_due:
            self._turn_is_due = True
            get_running_loop().call_soon(self._begin_turn)
        return is_enough

    def _begin_turn(self) -> None:
        self._turn_is_due = False
        self._turn_cost = self.cost

    async def _turn(self) -> None:
        while self._has_written_enough():
            await sleep(0)

    def _begin_task(self, waiting: Waiting, awaitable: Awaitable[Any]) -> None:
        task = ensure_future(self._follow(awaitable, self._coming(waiting)))
        # The loop itself does not keep a task from being freed.
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _coming(self, waiting: Waiting) -> Future[Any]:
        """A future in place of what can be awaited only once."""
        coming = get_running_loop().create_future()
        if type(waiting.given) is Later:
            waiting.given.source = coming
        else:
            waiting.given = coming
            self._note(waiting, coming)
        self._awaited[coming] = [waiting]
        return coming

    async def _follow(self, awaitable: Awaitable[Any], coming: Future[Any]) -> None:
        """In one task, as long as one leads to one: graphql-core begins no task for that, either."""
        while True:
            await _fill(coming, awaitable)
            await self._turn()
            following = self._came(coming, in_task=True)
            if following is None:
                return
            awaitable, coming = following.given, self._coming(following)

    def _came(self, future: Future[Any], *, in_task: bool = False) -> Waiting | None:
        """Completes what waits for it; returns what alone that leads to, where the task can go on with it."""
        waiting = self._awaited.pop(future)
        if self._over is None or self._over.done():
            return None
        try:
            for number, each in enumerate(waiting):
                if not in_task and self._has_written_enough():
                    self._awaited[future] = waiting[number:]
                    self._call(future)
                    break
                self._give(each, each.given.made() if type(each.given) is Later else future.result())
            if in_task and len(self.waiting) == 1 and iscoroutine(self.waiting[0].given):
                return self.waiting.pop()
            self._start()
        except CancelledError:
            self._over.cancel()
        except Exception as error:
            self._over.set_exception(error)
        else:
            if not self._awaited:
                self._over.set_result(None)
        return None

    def _give(self, waiting: Waiting, value: Any) -> None:
        if not PLAIN[type(value)]:
            raise NotPlanned
        waiting.answer[waiting.key] = waiting.complete(value, self, waiting.place)

    def _note(self, waiting: Waiting, given: Any) -> None:
        node, source, _ = self.record[waiting.index]
        self.record[waiting.index] = node, source, given


async def _fill(coming: Future[Any], awaitable: Awaitable[Any]) -> None:
    """Gives the future what the awaitable comes to, unless graphql-core has stopped waiting for it meanwhile."""
    try:
        value = await awaitable
    except CancelledError:
        coming.cancel()
        raise
    except Exception as error:
        if not coming.done():
            coming.set_exception(error)
    else:
        if not coming.done():
            coming.set_result(value)


def _end(future: Future[None]) -> None:
    """Ends it, if nothing else did; an error in it is known already."""
    if future.done() and not future.cancelled():
        future.exception()
    future.cancel()


class _Plain(dict[type, bool]):
    """Whether values of a class are to be completed, or to be awaited first. Raises NotPlanned for what is neither.

    Kept by class, as it is asked for each value that a resolver gives. A program has few classes; some make them as
    they go, and those are told anew each time.
    """

    _MOST = 1024

    def __missing__(self, class_: type) -> bool:
        if issubclass(class_, Exception | GeneratorType | UndefinedType) or hasattr(class_, "__getattr__"):
            raise NotPlanned
        plain = not hasattr(class_, "__await__")
        if len(self) < self._MOST:
            self[class_] = plain
        return plain


PLAIN = _Plain()
