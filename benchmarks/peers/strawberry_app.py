"""`python -m benchmarks.peers.strawberry_app PORT`: Strawberry with its caches, under uvicorn, from memory."""

import asyncio
import sys
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import strawberry
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from strawberry.asgi import GraphQL
from strawberry.extensions import ParserCache, ValidationCache

from benchmarks.peers.objects import ROWS

_watchers: set["asyncio.Queue[object]"] = set()


@strawberry.type
class Worker:
    id: strawberry.ID
    host: str
    region: str


@strawberry.type
class Job:
    id: strawberry.ID
    name: str
    status: str
    progress: float
    attempts: int
    priority: int
    queue: str
    created_at: str
    started_at: str | None
    finished_at: str | None
    error_code: str | None
    result_url: str | None
    title: str
    words: int
    chapters: int
    language: str | None
    worker: Worker | None


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


def _job(row: dict[str, Any]) -> SimpleNamespace:
    named = {_snake(name): value for name, value in row.items()}
    return SimpleNamespace(**named | {"worker": SimpleNamespace(**row["worker"])})


JOBS = [_job(row) for row in ROWS]
BY_ID = {job.id: job for job in JOBS}


@strawberry.type
class Query:
    @strawberry.field
    async def jobs(self, first: int) -> list[Job]:
        return JOBS[:first]  # type: ignore[return-value]

    @strawberry.field
    async def job(self, id: strawberry.ID) -> Job | None:
        return BY_ID.get(id)  # type: ignore[return-value]


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def job_changed(self) -> AsyncIterator[Job]:
        changes: asyncio.Queue[object] = asyncio.Queue()
        _watchers.add(changes)
        try:
            while True:
                yield await changes.get()  # type: ignore[misc]
        finally:
            _watchers.discard(changes)


async def push(request: Request) -> Response:
    for each in _watchers:
        each.put_nowait(JOBS[7])
    return Response()


schema = strawberry.Schema(
    Query,
    subscription=Subscription,
    extensions=[lambda: ParserCache(maxsize=100), lambda: ValidationCache(maxsize=100)],
)

if __name__ == "__main__":
    graphql = GraphQL[None, None](schema)
    routes = [Route("/push", push, methods=["POST"]), Route("/graphql", graphql), WebSocketRoute("/graphql", graphql)]
    uvicorn.run(
        Starlette(routes=routes), port=int(sys.argv[1]), ws_per_message_deflate=False, access_log=False,
        log_level="warning", backlog=4096,
    )  # fmt: skip
