"""Errors as clients see them: a sentence and a code. What was not expected is logged with a number, never shown."""

import logging
import secrets
from typing import Any

from graphql import GraphQLError
from strawberry.schema.exceptions import CannotGetOperationTypeError

from jobs.errors import ConfigurationError, Refused, Unavailable

_log = logging.getLogger(__name__)

NO_OPERATION = "`operationName` must name the one operation of the document that is to run."
TOO_DEEP = "The query is nested too deeply."


def shown(error: GraphQLError) -> dict[str, Any]:
    """The error's JSON. Logs what is a fault of ours."""
    message, code = _told(error, _cause(error))
    shown: dict[str, Any] = {**error.formatted, "message": message}
    if code is not None:
        shown["extensions"] = {"code": code}
    return shown


def as_graphql(error: Exception) -> GraphQLError:
    """The error as one of GraphQL, with itself as the cause where it is none."""
    return error if isinstance(error, GraphQLError) else GraphQLError(str(error), original_error=error)


def is_request_error(data: object, errors: list[GraphQLError] | None) -> bool:
    """Whether an operation failed before it was executed: no data, and no error at a place in them."""
    return data is None and bool(errors) and all(error.path is None for error in errors or ())


def _cause(error: GraphQLError) -> BaseException | None:
    cause: BaseException | None = error
    while isinstance(cause, GraphQLError):
        cause = cause.original_error
    return cause


def _told(error: GraphQLError, cause: BaseException | None) -> tuple[str, str | None]:
    match cause:
        case None:
            return error.message, None
        case Refused():
            return cause.message, cause.code.value
        case Unavailable():
            return cause.message, "UNAVAILABLE"
        case ConfigurationError():
            return not_set_up(cause), "UNAVAILABLE"
        case RecursionError():
            return TOO_DEEP, None
        case CannotGetOperationTypeError():
            return NO_OPERATION, None
        case _:
            return internal(cause), "INTERNAL"


def not_set_up(cause: ConfigurationError) -> str:
    """Logs what the operator must mend; returns the sentence for a client."""
    _log.error("%s", cause.message)
    return "The service is not set up completely. Its operator finds the reason in the log."


def internal(cause: BaseException) -> str:
    """Logs a fault under a number; returns the sentence that tells a client the number and no more."""
    number = secrets.token_hex(4)
    _log.error("internal error %s", number, exc_info=cause)
    return f"Internal error {number}. It is logged; try again, and tell us the number if it stays."
