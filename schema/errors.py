"""Errors as clients see them: a sentence and a code. What was not expected is logged with a number, never shown."""

import logging
import re
import secrets
from typing import Any

from graphql import GraphQLError, GraphQLSyntaxError
from strawberry.schema.exceptions import CannotGetOperationTypeError

from jobs.errors import ConfigurationError, RefusalCode, Refused, Unavailable
from schema.limits import MAX_ANSWER
from schema.plans import TooMuch

_log = logging.getLogger(__name__)

NO_OPERATION = "`operationName` must name the one operation of the document that is to run."
TOO_MUCH = (
    f"The answer would hold more than {MAX_ANSWER:,} fields. Ask for fewer manuscripts, or for less of each, at once."
)
TOO_DEEP = "The query is nested too deeply."
# The codes of errors before an operation is executed: Apollo's words where there are some.
UNPARSED = "GRAPHQL_PARSE_FAILED"
INVALID = "GRAPHQL_VALIDATION_FAILED"
UNRESOLVED = "OPERATION_RESOLUTION_FAILURE"
TOO_LARGE = "OPERATION_TOO_LARGE"
# graphql-core 3.3 has one class for a text that is no document and for one that has too many tokens.
_TOO_MANY_TOKENS = "Document contains more than"
# What graphql-core appends to the message of an error: names of the schema.
_SUGGESTION = re.compile(r" Did you mean [^?]*\?")


def shown(error: GraphQLError, *, suggests: bool = True) -> dict[str, Any]:
    """The error's JSON, with names that the client may have meant or without. Logs what is a fault of ours."""
    message, code = _told(error, _cause(error))
    told = message if suggests else _SUGGESTION.sub("", message)
    shown: dict[str, Any] = {**error.formatted, "message": told}
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
            return error.message, _code(error)
        case Refused():
            return cause.message, cause.code.value
        # Before the other: what is not set up is both, and its remedy is for the operator alone.
        case ConfigurationError():
            return not_set_up(cause), "UNAVAILABLE"
        case Unavailable():
            return cause.message, "UNAVAILABLE"
        case TooMuch():
            return TOO_MUCH, TOO_LARGE
        case RecursionError():
            return TOO_DEEP, TOO_LARGE
        case CannotGetOperationTypeError():
            return NO_OPERATION, UNRESOLVED
        case _:
            return internal(cause), "INTERNAL"


def coded(error: GraphQLError, code: str) -> GraphQLError:
    """The error with this code, unless it has one."""
    if error.extensions is None or "code" not in error.extensions:
        error.extensions = {**(error.extensions or {}), "code": code}
    return error


def _code(error: GraphQLError) -> str:
    """The code of an error of GraphQL itself: of validation its own, else of the document or of the variables."""
    if error.extensions and "code" in error.extensions:
        return str(error.extensions["code"])
    if isinstance(error, GraphQLSyntaxError):
        return TOO_LARGE if _TOO_MANY_TOKENS in error.message else UNPARSED
    return RefusalCode.INVALID_INPUT.value


def not_set_up(cause: ConfigurationError) -> str:
    """Logs what the operator must mend; returns the sentence for a client."""
    _log.error("%s", cause.message)
    return "The service is not set up completely. Its operator finds the reason in the log."


def internal(cause: BaseException) -> str:
    """Logs a fault under a number; returns the sentence that tells a client the number and no more."""
    number = secrets.token_hex(4)
    _log.error("internal error %s", number, exc_info=cause)
    return f"Internal error {number}. It is logged; try again, and tell us the number if it stays."
