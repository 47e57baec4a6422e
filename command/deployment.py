"""Whole servers of ours, on ports and data of their own, while a block runs: what `verify --deployment` verifies."""

import asyncio
import os
import secrets
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx

from command.supervised import Child
from engines.pair import Engines
from engines.server import HOST
from jobs.database import migrate
from jobs.errors import Unavailable
from jobs.settings import Settings

_READY_LIMIT = 60.0


def environment(**settings: str) -> dict[str, str]:
    """The environment of such a server: none of the caller's settings, and these."""
    strangers = ("NF_", "SUPABASE_", "DATABASE_URL", "REDIS_URL")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(strangers)}
    return kept | {"NF_JWT_SECRET": secrets.token_urlsafe(48), "PYTHONUNBUFFERED": "1"} | settings


@asynccontextmanager
async def deployment(data: Path, given: Mapping[str, str], *services: str) -> AsyncIterator[str]:
    """The api, with these services beside it; gives its address once it has heard from each. Raises Unavailable."""
    async with AsyncExitStack() as stack:
        engines = await stack.enter_async_context(Engines(data, durable=False))
        ours = {"NF_DATA": str(data), "DATABASE_URL": engines.database_url, "REDIS_URL": engines.redis_url}
        variables = {**given, **ours}
        await migrate.run(Settings.from_environment(variables))
        port = _free_port()
        api = Child("api", f"--host={HOST}", f"--port={port}", environment=variables)
        kept = await stack.enter_async_context(_kept([Child(each, environment=variables) for each in services], api))
        url = f"http://{HOST}:{port}"
        await _until_ready(url, services, kept)
        yield url


@asynccontextmanager
async def _kept(services: list[Child], api: Child) -> AsyncIterator[list[asyncio.Task[None]]]:
    children = [*services, api]
    tasks: list[asyncio.Task[None]] = [asyncio.create_task(child.keep()) for child in children]
    try:
        yield tasks
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for child in reversed(children):
            await child.stop()


async def _until_ready(url: str, services: tuple[str, ...], kept: list[asyncio.Task[None]]) -> None:
    names = {"worker": "workers", "scheduler": "sweeper"}
    try:
        async with asyncio.timeout(_READY_LIMIT), httpx.AsyncClient(trust_env=False, timeout=5) as client:
            while not await _is_ready(client, url, [names[each] for each in services]):
                for task in kept:
                    if task.done():
                        task.result()
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise Unavailable(f"The server at {url} was not ready after {_READY_LIMIT:g} s.") from None


async def _is_ready(client: httpx.AsyncClient, url: str, components: list[str]) -> bool:
    try:
        seen = (await client.get(f"{url}/readyz")).json()["components"]
    except (httpx.TransportError, ValueError, KeyError):
        return False
    return all(seen[each]["live"] for each in components)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
