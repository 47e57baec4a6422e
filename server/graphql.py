"""GraphQL over HTTP, as https://graphql.github.io/graphql-over-http/draft/ says it.

Strawberry's own view answers `application/json` only, with 200 or 400 by its own rules (strawberry.http,
0.341): so the schema is executed here, and the answer chosen by the draft.
"""

from contextlib import nullcontext
from typing import Any

from graphql import GraphQLError
from starlette.requests import Request
from starlette.responses import Response
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types.graphql import OperationType

from jobs.errors import RefusalCode
from schema.api import api, first_field, kind_of
from schema.context import Caller, Context
from schema.errors import as_graphql, is_request_error
from schema.limits import MAX_ANSWER
from schema.refusals import RETRY_AFTER
from server.budget import fields_in
from server.lifespan import Services, services_of
from server.manuscript_text import need_short
from server.measured import Measured
from server.operation import Malformed, Operation, read_json
from server.pages import graphiql
from server.request_body import whole_body
from server.responses import answer, problem
from server.stream import EVENT_STREAM, MAX_REQUEST, EventStream

JSON = "application/json"
RESPONSE_JSON = "application/graphql-response+json"
# Room for JSON's escapes and the query around a pasted text of the largest size.
_AROUND_A_TEXT = 1.25
_QUERY_BYTES = 65_536


async def graphql(request: Request) -> Response:
    """`/graphql`: POST, GET for queries, and GraphiQL for a browser."""
    services = services_of(request)
    if request.method != "POST" and _is_browser(request) and not services.settings.production:
        return await graphiql(request)
    media_type = negotiated(request.headers.get("accept"))
    if media_type is None:
        known = f"{RESPONSE_JSON}, {JSON} or {EVENT_STREAM}"
        return problem(406, "NOT_ACCEPTABLE", f"Answers come as {known}: accept one of them.")
    caller = await services.caller(request)
    if media_type == EVENT_STREAM:
        return await _streamed(request, services, caller)
    services.budget.need(caller.owner_id)
    context = services.context(caller, idempotency_key=request.headers.get("idempotency-key"))
    refused = _noted(context)
    with services.upload(context.caller.owner_id) if _may_be_large(request) else nullcontext():
        try:
            operation = await _operation(request, services)
        except GraphQLError as error:
            return _answered(services, None, [error], media_type, Measured(services.metrics, "http", "refused"))
        measured = Measured(services.metrics, "http", first_field(operation.query, operation.name))
        # Inside: what was read is held until it is answered.
        response = await _executed(request, services, operation, context, media_type, measured)
    services.budget.spend(caller.owner_id, context.cost or fields_in(bytes(response.body)))
    response.headers.update(services.budget.headers(caller.owner_id))
    if RefusalCode.LIMIT_REACHED in refused:
        response.headers["Retry-After"] = str(RETRY_AFTER)
    return response


def _noted(context: Context) -> set[RefusalCode]:
    """The refusals that the answer will hold."""
    codes: set[RefusalCode] = set()
    count = context.note_refusal

    def note(code: RefusalCode) -> None:
        codes.add(code)
        count(code)

    context.note_refusal = note
    return codes


async def _streamed(request: Request, services: Services, caller: Caller) -> Response:
    """The answers as events. Raises Malformed and TooLarge; what GraphQL has against an operation is an event too."""
    try:
        operation = services.documents.admitted(await _parameters(request, MAX_REQUEST))
    except GraphQLError as error:
        return EventStream(services, caller, error)
    if request.method != "POST" and kind_of(operation.query, operation.name) is OperationType.MUTATION:
        return _wrong_kind(OperationType.MUTATION)
    return EventStream(services, caller, operation)


def negotiated(accept: str | None) -> str | None:
    """The media type of the answer: what the client prefers, `application/json` where it does not say."""
    if not accept or not accept.strip():
        return JSON
    ranges = [_media_range(part, place) for place, part in enumerate(accept.split(","))]
    for _, _, name in sorted(ranges):
        if name in (JSON, RESPONSE_JSON, EVENT_STREAM):
            return name
        if name in ("*/*", "application/*"):
            return JSON
    return None


def _media_range(part: str, place: int) -> tuple[float, int, str]:
    name, *parameters = (piece.strip().lower() for piece in part.split(";"))
    quality = 1.0
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                quality = float(parameter[2:])
            except ValueError:
                quality = 0.0
    return -quality, place, name if quality > 0 else ""


def _is_browser(request: Request) -> bool:
    is_asked = {"query", "extensions"} & request.query_params.keys()
    return not is_asked and "text/html" in request.headers.get("accept", "")


def _may_be_large(request: Request) -> bool:
    """Whether the body may hold a manuscript: it says so, or does not say its length."""
    length = request.headers.get("content-length", "")
    return request.method == "POST" and not (length.isdecimal() and int(length) <= _QUERY_BYTES)


async def _operation(request: Request, services: Services) -> Operation:
    """The operation to execute. Raises Malformed, TooLarge, and GraphQLError for one that is not admitted."""
    limit = int(services.settings.max_upload_bytes * _AROUND_A_TEXT) + _QUERY_BYTES
    parameters = await _parameters(request, limit)
    operation = services.documents.admitted(parameters)
    if _may_be_large(request):
        need_short(parameters, operation)
    return operation


async def _parameters(request: Request, limit: int) -> Any:
    """What is asked, of at most so many bytes. Raises Malformed, TooLarge."""
    if request.method == "POST":
        _need_json(request.headers.get("content-type"))
        return read_json(await whole_body(request, limit))
    parameters: dict[str, Any] = dict(request.query_params)
    for name in ("variables", "extensions"):
        if parameters.get(name):
            parameters[name] = read_json(parameters[name])
        else:
            parameters.pop(name, None)
    return parameters


def _need_json(content_type: str | None) -> None:
    name, *parameters = (piece.strip().lower() for piece in (content_type or "").split(";"))
    charset = next((p.partition("=")[2].strip('"') for p in parameters if p.startswith("charset=")), "utf-8")
    if name != JSON or charset not in ("utf-8", "utf8"):
        raise Malformed(f"Send the request as {JSON} in UTF-8.")


async def _executed(
    request: Request,
    services: Services,
    operation: Operation,
    context: Context,
    media_type: str,
    measured: Measured,
) -> Response:
    allowed = {OperationType.QUERY} if request.method != "POST" else {OperationType.QUERY, OperationType.MUTATION}
    try:
        result = await api.execute(
            operation.query,
            variable_values=operation.variables,
            operation_name=operation.name,
            context_value=context,
            allowed_operation_types=allowed,
        )
    except InvalidOperationTypeError as error:
        return _wrong_kind(error.operation_type)
    except CannotGetOperationTypeError as error:
        return _answered(services, None, [as_graphql(error)], media_type, measured)
    cost = context.cost if operation.wants_cost else None
    return _answered(services, result.data, result.errors, media_type, measured, cost=cost)


def _wrong_kind(kind: OperationType) -> Response:
    if kind is OperationType.SUBSCRIPTION:
        return problem(
            400,
            "INVALID_INPUT",
            f"A subscription goes over a WebSocket with graphql-transport-ws, or with `Accept: {EVENT_STREAM}`.",
        )
    return problem(405, "METHOD_NOT_ALLOWED", "A mutation is sent with POST.", {"Allow": "POST"})


def _answered(
    services: Services,
    data: Any,
    errors: list[GraphQLError] | None,
    media_type: str,
    measured: Measured,
    *,
    cost: int | None = None,
) -> Response:
    body: dict[str, Any] = {}
    if errors:
        body["errors"] = [services.shown(error) for error in errors]
    measured.answered(body.get("errors", ()))
    failed = is_request_error(data, errors)
    if not failed:
        body["data"] = data
    if cost:
        body["extensions"] = {"cost": {"fields": cost, "most": MAX_ANSWER}}
    # The older media type leaves 4xx to proxies: a well-formed request is answered with 200.
    return answer(body, status=400 if failed and media_type == RESPONSE_JSON else 200, media_type=media_type)
