"""Reading a request's body up to a limit, in bytes and in time."""

import asyncio
from collections.abc import AsyncGenerator

from starlette.requests import ClientDisconnect, Request

from jobs.errors import TooLarge
from jobs.service import too_large

# A file of 25 MiB over a slow line takes minutes; a client that stops sending must not hold a place for ever.
READ_LIMIT = 600.0


class Incomplete(Exception):
    """The body did not arrive whole; the text says what to do."""


async def limited(request: Request, limit: int, *, say: int | None = None) -> AsyncGenerator[bytes, None]:
    """The body in pieces. Raises TooLarge past `limit` bytes, at once where the request says its length; Incomplete.

    `say` is the limit to name, where it differs.
    """
    error = TooLarge(too_large(say or limit))
    if declared(request) > limit:
        raise error
    size = 0
    try:
        async with asyncio.timeout(READ_LIMIT):
            async for piece in request.stream():
                size += len(piece)
                if size > limit:
                    raise error
                yield piece
    except (ClientDisconnect, TimeoutError) as cause:
        raise Incomplete("The request did not arrive whole. Send it again.") from cause


async def whole_body(request: Request, limit: int) -> bytes:
    """The body. Raises TooLarge past `limit` bytes, Incomplete."""
    return b"".join([piece async for piece in limited(request, limit)])


def declared(request: Request) -> int:
    """How many bytes the request says that it has; 0 where it does not."""
    length = request.headers.get("content-length", "")
    return int(length) if length.isdecimal() else 0
