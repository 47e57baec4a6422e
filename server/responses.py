"""Answers over HTTP that are no GraphQL: JSON, and refusals with `code` and `message`."""

import json
from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from jobs.errors import RefusalCode, Refused

_STATUS: dict[RefusalCode, int] = {
    RefusalCode.NOT_FOUND: 404,
    RefusalCode.NOT_ALLOWED_NOW: 409,
    RefusalCode.TOO_LARGE: 413,
    RefusalCode.UNREADABLE: 422,
    RefusalCode.UNSUPPORTED_FORMAT: 415,
    RefusalCode.INVALID_INPUT: 400,
    RefusalCode.LIMIT_REACHED: 429,
}


def encoded(data: Any) -> bytes:
    """The JSON in UTF-8. Half a surrogate pair, which UTF-8 cannot hold, becomes the JSON escape that can."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")


def answer(
    data: Any,
    *,
    status: int = 200,
    media_type: str = "application/json",
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A JSON answer that nobody keeps."""
    kept = {"Cache-Control": "no-store", **(headers or {})}
    return Response(encoded(data), status, kept, f"{media_type}; charset=utf-8")


def problem(status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> Response:
    """A request that was turned down, for programs and for people."""
    return answer({"code": code, "message": message}, status=status, headers=headers)


def refused(error: Refused) -> Response:
    """A refusal, with the same code and message as in GraphQL."""
    return problem(_STATUS[error.code], error.code.value, error.message)
