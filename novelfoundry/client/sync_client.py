"""The operations of the contract without async: for scripts and notebooks."""

from collections.abc import AsyncGenerator, Callable, Generator
from typing import Any, TypeVar, cast

import httpx
from anyio.from_thread import start_blocking_portal
from pydantic_core import to_jsonable_python

from novelfoundry.client import answers
from novelfoundry.client.async_client import AsyncClient
from novelfoundry.client.board import JobBoard
from novelfoundry.client.errors import RequestFailed
from novelfoundry.client.generated.job_progress import JobProgress
from novelfoundry.client.generated.job_updates import JobUpdates
from novelfoundry.client.generated.operations import Operations

T = TypeVar("T")
# Gives the bearer token; with True the last one was refused. None: there is none.
GetToken = Callable[[bool], str | None]


class Client(Operations):
    """One author at one server. Used as a context, which closes its connections. `token` as of AsyncClient."""

    def __init__(self, url: str, token: str | GetToken | None, *, http: httpx.Client | None = None) -> None:
        self._root = url.rstrip("/")
        self._token = token
        self._http = http or httpx.Client(timeout=answers.REQUEST_LIMIT)
        super().__init__(url=f"{self._root}/graphql", http_client=cast(Any, self._http))

    def upload(self, name: str, content: bytes, *, title: str | None = None) -> str:
        """The id of the manuscript that the file becomes. Raises Turned, RequestFailed."""
        form = answers.form_of(name, content, title)
        return answers.manuscript_of(self._post(f"{self._root}/manuscripts", **form, timeout=answers.UPLOAD_LIMIT))

    def execute(
        self, query: str, operation_name: str | None = None, variables: dict[str, Any] | None = None, **kwargs: Any
    ) -> Any:
        """The answer to an operation; what the generated methods call."""
        given = to_jsonable_python(self._convert_dict_to_json_serializable(variables or {}))
        asked = {"query": query, "operationName": operation_name, "variables": given}
        return self._post(self.url, json=asked, headers={"Accept": answers.ACCEPT}, **kwargs)

    def get_data(self, response: Any) -> dict[str, Any]:
        """The data of an answer. Raises RequestFailed."""
        return answers.data_of(response)

    def job_progress(self, id: str) -> Generator[JobProgress, None, None]:
        """The job as it stands and each newer version, up to the terminal one."""
        return self._each(lambda client: client.job_progress(id=id))

    def job_updates(self) -> Generator[JobUpdates, None, None]:
        """All jobs of the author: the present, then what changes."""
        return self._each(lambda client: client.job_updates())

    def watch(self) -> Generator[JobBoard, None, None]:
        """What is known of the author's jobs, after each frame."""
        return self._each(lambda client: client.watch())

    def _each(self, subscribe: Callable[[AsyncClient], Any]) -> Generator[Any, None, None]:
        """What an async subscription gives, from a loop of its own that lives as long as somebody reads."""
        with start_blocking_portal() as portal:
            client = AsyncClient(self._root, self._token_later)
            told: AsyncGenerator[Any, None] = subscribe(client)
            try:
                while (each := portal.call(_next, told)) is not None:
                    yield each
            finally:
                portal.call(told.aclose)
                portal.call(client.__aexit__, None, None, None)

    async def _token_later(self, refresh: bool) -> str | None:
        return self._bearer(refresh)

    def _post(self, url: str, *, headers: dict[str, str] | None = None, **request: Any) -> httpx.Response:
        for refresh in (False, True):
            token = answers.bearer(self._bearer(refresh))
            try:
                response = self._http.post(url, headers={**(headers or {}), **token}, **request)
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                raise answers.unreachable(self._root) from error
            if response.status_code != httpx.codes.UNAUTHORIZED:
                return response
        raise RequestFailed("unauthenticated", answers.SIGNED_OUT)

    def _bearer(self, refresh: bool) -> str | None:
        return self._token(refresh) if callable(self._token) else self._token


async def _next(told: AsyncGenerator[T, None]) -> T | None:
    return await anext(told, None)
