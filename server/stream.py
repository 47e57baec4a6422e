"""GraphQL over server-sent events, as PROTOCOL.md of graphql-sse says it, each operation on a connection of its own.

For networks that let no socket through. The same operations, limits and answers as over a socket.
"""

import asyncio
import time
from contextlib import aclosing

from graphql import GraphQLError
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from schema.context import Caller
from schema.errors import as_graphql
from server.frames import answers
from server.lifespan import Services
from server.measured import Measured
from server.operation import Operation
from server.responses import encoded

EVENT_STREAM = "text/event-stream"
# Bytes of a request, which is kept while its operation runs: as over a socket.
MAX_REQUEST = 131_072
# Seconds without an answer until a comment says that the line lives: half of what the most impatient proxies wait.
COMMENT_SECONDS = 15.0
# Seconds for a reader that reads nothing.
SEND_LIMIT = 30.0

_COMMENT = b":\n\n"
_COMPLETE = b"event: complete\ndata:\n\n"
_HEADERS = {
    "Cache-Control": "no-store",
    # nginx keeps an answer back until it has a page of it, but not one that says this.
    "X-Accel-Buffering": "no",
}


class EventStream(Response):
    """One operation's answers as events, until it completes, its reader leaves, her token runs out or we stop."""

    def __init__(self, services: Services, caller: Caller, operation: Operation | GraphQLError) -> None:
        super().__init__(headers=_HEADERS, media_type=EVENT_STREAM)
        del self.headers["content-length"]
        self._services = services
        self._caller = caller
        self._operation = operation
        self._last_sent = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Raises LimitReached before the answer begins, when the author has enough open."""
        await self._services.turns.wait()
        with self._services.sockets.hold(self._caller.owner_id, "Too many sockets and streams of one author."):
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            try:
                await self._serve(receive, send)
            except TimeoutError:
                # The client reads nothing: there is nobody to tell.
                return

    async def _serve(self, receive: Receive, send: Send) -> None:
        # At once: what buffers on the road lets go, and the client knows that it was taken.
        await self._send(send, _COMMENT)
        seconds = self._caller.expires_at.timestamp() - time.time()
        tasks = [
            asyncio.create_task(each)
            for each in (self._tell(send), self._live(send), _left(receive), self._services.stopping.wait())
        ]
        try:
            ended, _ = await asyncio.wait(tasks, timeout=max(seconds, 0), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        for task in ended:
            task.result()
        await self._send(send, b"", more=False)

    async def _tell(self, send: Send) -> None:
        """The events. Whatever goes wrong in the operation is told as one."""
        try:
            if isinstance(self._operation, GraphQLError):
                refused = [self._services.shown(self._operation)]
                Measured(self._services.metrics, "sse", "refused").answered(refused)
                await self._next(send, encoded({"errors": refused}))
            else:
                await self._tell_answers(send, self._operation)
        except TimeoutError:
            raise
        except Exception as error:
            await self._next(send, encoded({"errors": [self._services.shown(as_graphql(error))]}))
        await self._send(send, _COMPLETE)

    async def _tell_answers(self, send: Send, operation: Operation) -> None:
        async with aclosing(answers(self._services, operation, self._caller, "sse")) as told:
            async for answer in told:
                await self._next(send, answer.text if answer.refused is None else encoded({"errors": answer.refused}))

    async def _next(self, send: Send, text: bytes) -> None:
        # JSON as it is written here holds no line breaks.
        await self._send(send, b"event: next\ndata: " + text + b"\n\n")

    async def _live(self, send: Send) -> None:
        """A comment whenever nothing was sent for a while."""
        while True:
            await asyncio.sleep(self._last_sent + COMMENT_SECONDS - time.monotonic())
            if time.monotonic() - self._last_sent >= COMMENT_SECONDS:
                await self._send(send, _COMMENT)

    async def _send(self, send: Send, body: bytes, *, more: bool = True) -> None:
        message: Message = {"type": "http.response.body", "body": body, "more_body": more}
        # A send waits while the client does not read: so its next answer is the newest, and none is kept for it.
        async with asyncio.timeout(SEND_LIMIT):
            await send(message)
        self._last_sent = time.monotonic()


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
