"""`GET /everything`: all that the author has here, as one archive."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import UTC, datetime
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from server.lifespan import Services, services_of


async def everything(request: Request) -> Response:
    """200 with a ZIP archive, sent while it is made. Raises LimitReached when the author takes one already."""
    services = services_of(request)
    caller = await services.caller(request)
    pieces = _pieces(services, caller.owner_id)
    # The first one before the answer begins: what is wrong from the start is still an error of its own.
    first = await anext(pieces)
    name = f"novelfoundry-{datetime.now(UTC):%Y-%m-%d}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return StreamingResponse(_all(first, pieces), headers=headers, media_type="application/zip")


async def _pieces(services: Services, owner_id: UUID) -> AsyncIterator[bytes]:
    with services.download(owner_id):
        async with aclosing(services.domain.belongings.archive(owner_id)) as pieces:
            async for piece in pieces:
                yield piece


async def _all(first: bytes, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in pieces:
        yield piece
