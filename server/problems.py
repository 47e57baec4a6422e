"""Errors as answers over HTTP, from one table. Endpoints raise; nothing else here chooses a status."""

from collections.abc import Callable, Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from jobs.errors import ConfigurationError, NotSetUp, RefusalCode, Refused, Unauthenticated, Unavailable
from schema.errors import internal, not_set_up
from schema.refusals import RETRY_AFTER
from server.lifespan import services_of
from server.operation import Malformed
from server.request_body import Incomplete
from server.responses import problem

_STATUS: Mapping[RefusalCode, int] = {
    RefusalCode.NOT_FOUND: 404,
    RefusalCode.NOT_ALLOWED_NOW: 409,
    RefusalCode.TOO_LARGE: 413,
    RefusalCode.UNREADABLE: 422,
    RefusalCode.UNSUPPORTED_FORMAT: 415,
    RefusalCode.INVALID_INPUT: 400,
    RefusalCode.LIMIT_REACHED: 429,
    RefusalCode.FORBIDDEN: 403,
}

# Of what a client sent, as much as a sentence has room for.
_LONGEST_ORIGIN = 200


class ForeignOrigin(Exception):
    """A page of an origin that may not call; the text says which, and the remedy."""

    def __init__(self, origin: str) -> None:
        super().__init__(
            f"A page of {origin[:_LONGEST_ORIGIN]} may not call this server. "
            "Its operator allows an origin in NF_ALLOWED_ORIGINS."
        )


# In seconds. Somebody's upload ends by then, or a socket; the shortest pause after 4429 too.
_HEADERS: Mapping[RefusalCode, Mapping[str, str]] = {RefusalCode.LIMIT_REACHED: {"Retry-After": str(RETRY_AFTER)}}

_Problem = Callable[[Any], Response]

# An error is answered as the nearest of its classes says.
_PROBLEMS: Mapping[type[Exception], _Problem] = {
    Refused: lambda error: problem(_STATUS[error.code], error.code.value, error.message, _HEADERS.get(error.code)),
    Malformed: lambda error: problem(400, "INVALID_INPUT", str(error)),
    Unauthenticated: lambda error: problem(401, "UNAUTHENTICATED", error.message, {"WWW-Authenticate": "Bearer"}),
    ForeignOrigin: lambda error: problem(403, "ORIGIN_NOT_ALLOWED", str(error)),
    Incomplete: lambda error: problem(408, "TIMEOUT", str(error)),
    NotSetUp: lambda error: problem(503, "UNAVAILABLE", not_set_up(error)),
    Unavailable: lambda error: problem(503, "UNAVAILABLE", error.message),
    ConfigurationError: lambda error: problem(503, "UNAVAILABLE", not_set_up(error)),
    HTTPException: lambda error: problem(error.status_code, _code(error.detail), f"{error.detail}.", error.headers),
    Exception: lambda error: problem(500, "INTERNAL", internal(error)),
}


def answered(error: Exception) -> Response:
    """The answer to an error that is met outside of the endpoints."""
    return _PROBLEMS[type(error)](error)


def handlers() -> dict[Any, Callable[[Request, Exception], Response]]:
    """The table as Starlette takes it."""
    return {error: _handler(answer) for error, answer in _PROBLEMS.items()}


def _handler(answer: _Problem) -> Callable[[Request, Exception], Response]:
    async def handle(request: Request, error: Exception) -> Response:
        if isinstance(error, Refused):
            services_of(request).note_refusal(error.code)
        return answer(error)

    return handle  # type: ignore[return-value]


def _code(detail: str) -> str:
    return detail.upper().replace(" ", "_")
