"""What both clients make of an address, of an answer and of a token."""

import mimetypes
from typing import Any

import httpx

from novelfoundry.client.errors import RequestFailed, Turned

ACCEPT = "application/graphql-response+json, application/json;q=0.9"
# Seconds until a request without an answer is given up. A file may go over a slow line.
REQUEST_LIMIT = 30.0
UPLOAD_LIMIT = 600.0
SIGNED_OUT = "The sign-in has run out. Sign in again."


def bearer(token: str | None) -> dict[str, str]:
    """The headers that say who asks."""
    return {} if token is None else {"Authorization": f"Bearer {token}"}


def data_of(response: httpx.Response) -> dict[str, Any]:
    """The data of an answer. Raises RequestFailed."""
    body = json_of(response)
    if body.get("data") is not None and not body.get("errors"):
        return dict(body["data"])
    raise failed(response, body)


def manuscript_of(response: httpx.Response) -> str:
    """The id of the manuscript that an upload became. Raises Turned, RequestFailed."""
    body = json_of(response)
    if isinstance(body.get("id"), str):
        return str(body["id"])
    if isinstance(body.get("code"), str) and response.status_code < httpx.codes.INTERNAL_SERVER_ERROR:
        raise Turned(body["code"], str(body.get("message")))
    raise failed(response, body)


def failed(response: httpx.Response, body: dict[str, Any]) -> RequestFailed:
    """Why there is no answer."""
    errors = [each for each in body.get("errors") or () if isinstance(each, dict)]
    told = str(errors[0].get("message")) if errors else f"The server answered {response.status_code}."
    away = response.status_code >= httpx.codes.INTERNAL_SERVER_ERROR
    away = away or response.status_code == httpx.codes.TOO_MANY_REQUESTS
    return RequestFailed("unavailable" if away else "rejected", told, errors)


def unreachable(url: str) -> RequestFailed:
    """Nothing of ours answers there."""
    return RequestFailed("unavailable", f"{url} does not answer as NovelFoundry does. Is the address right?")


def json_of(response: httpx.Response) -> dict[str, Any]:
    """The JSON object of an answer. Raises RequestFailed for what stands between and answers with anything."""
    try:
        body = response.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise unreachable(str(response.request.url))
    return body


def form_of(name: str, content: bytes, title: str | None) -> dict[str, Any]:
    """An upload as httpx takes it."""
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return {"files": {"file": (name, content, kind)}, "data": {} if title is None else {"title": title}}
