"""The operations of the contract as coroutines, its subscriptions as async iterators."""

import asyncio
import random
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from typing import Any, TypeVar, cast

import httpx
from pydantic_core import to_jsonable_python

from novelfoundry.client import answers
from novelfoundry.client.board import JobBoard
from novelfoundry.client.errors import RequestFailed
from novelfoundry.client.generated.async_operations import AsyncOperations
from novelfoundry.client.generated.job_updates import JobUpdates
from novelfoundry.client.rules import pause_before
from novelfoundry.client.socket import Broken, frames

T = TypeVar("T")
# Gives the bearer token; with True the last one was refused. None: there is none.
GetToken = Callable[[bool], Awaitable[str | None]]


class AsyncClient(AsyncOperations):
    """One author at one server. Used as an async context, which closes its connections.

    `token` is a bearer token, or a coroutine function that gives one. A line that breaks is made anew up to `attempts`
    times in a row without a frame.
    """

    def __init__(
        self, url: str, token: str | GetToken | None, *, http: httpx.AsyncClient | None = None, attempts: int = 5
    ) -> None:
        self._root = url.rstrip("/")
        self._token = token
        self._attempts = attempts
        self._http = http or httpx.AsyncClient(timeout=answers.REQUEST_LIMIT)
        super().__init__(url=f"{self._root}/graphql", http_client=cast(Any, self._http))

    async def upload(self, name: str, content: bytes, *, title: str | None = None) -> str:
        """The id of the manuscript that the file becomes. Raises Turned, RequestFailed."""
        form = answers.form_of(name, content, title)
        response = await self._post(f"{self._root}/manuscripts", **form, timeout=answers.UPLOAD_LIMIT)
        return answers.manuscript_of(response)

    async def execute(
        self, query: str, operation_name: str | None = None, variables: dict[str, Any] | None = None, **kwargs: Any
    ) -> Any:
        """The answer to an operation; what the generated methods call."""
        asked = {"query": query, "operationName": operation_name, "variables": self._given(variables)}
        return await self._post(self.url, json=asked, headers={"Accept": answers.ACCEPT}, **kwargs)

    def get_data(self, response: Any) -> dict[str, Any]:
        """The data of an answer. Raises RequestFailed."""
        return answers.data_of(response)

    async def execute_ws(
        self, query: str, operation_name: str | None = None, variables: dict[str, Any] | None = None, **kwargs: Any
    ) -> AsyncGenerator[dict[str, Any], None]:
        """The data of each frame, through broken lines; with `refresh` given, of one line."""
        payload = {"query": query, "operationName": operation_name, "variables": self._given(variables)}
        url = self.url.replace("http", "ws", 1)

        async def line(refresh: bool) -> AsyncIterator[dict[str, Any]]:
            token = answers.bearer(await self._bearer(refresh))
            async with aclosing(cast(AsyncGenerator[dict[str, Any], None], frames(url, token, payload))) as told:
                async for data in told:
                    yield data

        told = line(kwargs["refresh"]) if "refresh" in kwargs else self._kept(line)
        async with aclosing(cast(AsyncGenerator[dict[str, Any], None], told)) as all_told:
            async for data in all_told:
                yield data

    async def watch(self) -> AsyncGenerator[JobBoard, None]:
        """What is known of the author's jobs, after each frame: the same board, which never takes what is older."""
        board, is_first = JobBoard(), True

        async def line(refresh: bool) -> AsyncIterator[JobUpdates]:
            nonlocal is_first
            is_first = True
            async for told in self.job_updates(refresh=refresh):
                yield told

        async for told in self._kept(line):
            frame = told.job_updates
            if is_first:
                board.take_present(frame.jobs, frame.as_of, time.monotonic())
            else:
                for job in frame.jobs:
                    board.take(job, time.monotonic())
            board.forget(frame.removed)
            is_first = False
            yield board

    async def _kept(self, line: Callable[[bool], AsyncIterator[T]]) -> AsyncGenerator[T, None]:
        """What comes over one line after the other, by the contract's table of close codes, until one completes."""
        failures, refresh = 0, False
        while True:
            heard = False
            try:
                async for each in line(refresh):
                    heard = True
                    yield each
                return
            except Broken as broken:
                if broken.action == "refresh" and refresh and not heard:
                    raise RequestFailed("unauthenticated", answers.SIGNED_OUT) from broken
                failures = 0 if heard else failures + 1
                if broken.action == "poll" or failures > self._attempts:
                    raise RequestFailed("unavailable", f"No line to {self._root} holds: {broken}") from broken
                refresh = broken.action == "refresh"
                pause = pause_before(broken.action, failures, random.random())  # noqa: S311 (a jitter is no secret)
            await asyncio.sleep(pause)

    async def _post(self, url: str, *, headers: dict[str, str] | None = None, **request: Any) -> httpx.Response:
        for refresh in (False, True):
            token = answers.bearer(await self._bearer(refresh))
            try:
                response = await self._http.post(url, headers={**(headers or {}), **token}, **request)
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                raise answers.unreachable(self._root) from error
            if response.status_code != httpx.codes.UNAUTHORIZED:
                return response
        raise RequestFailed("unauthenticated", answers.SIGNED_OUT)

    async def _bearer(self, refresh: bool) -> str | None:
        return await self._token(refresh) if callable(self._token) else self._token

    def _given(self, variables: dict[str, Any] | None) -> Any:
        return to_jsonable_python(self._convert_dict_to_json_serializable(variables or {}))
