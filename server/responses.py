"""Answers over HTTP: JSON that nobody keeps, and requests that were turned down."""

import json
from collections.abc import Mapping
from typing import Any

import orjson
from starlette.responses import Response

# What no answer holds: a value that was not written as its type says must fail, as it does by `json`.
_STRICT = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS


def encoded(data: Any) -> bytes:
    """The JSON in UTF-8. Half a surrogate pair, which UTF-8 cannot hold, becomes the JSON escape that can."""
    try:
        return orjson.dumps(data, option=_STRICT)
    except TypeError:
        # Half a pair, a number of more than 64 bits: what orjson refuses.
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
    """A request that was turned down: `code` and `message`, and the same as `errors` for clients of GraphQL."""
    errors = [{"message": message, "extensions": {"code": code}}]
    return answer({"code": code, "message": message, "errors": errors}, status=status, headers=headers)
