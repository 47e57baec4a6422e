"""So much and no more in one turn of the loop: a crowd that comes at once leaves room for everything else."""

import asyncio
from collections import deque

# Steps of half a millisecond or less. Between two turns the loop reads every connection that has something to say.
_EACH_TURN = 10


class Turns:
    """A line in which a few go on in each turn of the loop. Used from one event loop, not from threads."""

    def __init__(self) -> None:
        self._left = _EACH_TURN
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._is_counting = False

    async def wait(self) -> None:
        """Until it is the caller's turn: at once, where no crowd is there."""
        self._count()
        if self._left > 0 and not self._waiting:
            self._left -= 1
            return
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        await turn

    def _count(self) -> None:
        if not self._is_counting:
            self._is_counting = True
            asyncio.get_running_loop().call_soon(self._begin)

    def _begin(self) -> None:
        """A new turn of the loop."""
        self._is_counting = False
        self._left = _EACH_TURN
        while self._waiting and self._left > 0:
            turn = self._waiting.popleft()
            # Who left meanwhile takes nobody's turn.
            if not turn.done():
                turn.set_result(None)
                self._left -= 1
        if self._waiting:
            self._count()
