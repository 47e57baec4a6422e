"""The answers to one operation, written for the wire: the same over a socket as over a stream."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from strawberry.types.graphql import OperationType

from schema.api import api, first_field, kind_of
from schema.context import Caller
from schema.errors import is_request_error
from schema.plans import SharedAnswer
from server.budget import fields_in
from server.lifespan import Services
from server.measured import Measured
from server.operation import Operation
from server.responses import encoded


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. `refused`: the operation was not executed, and these errors are all there is."""

    text: bytes = b""
    refused: list[dict[str, Any]] | None = None


async def answers(
    services: Services, operation: Operation, caller: Caller, transport: str
) -> AsyncGenerator[Answer, None]:
    """What the operation answers, of a subscription until it ends. An answer that was asked after has arrived."""
    # A subscription is bounded by what changes.
    is_counted = kind_of(operation.query, operation.name) is not OperationType.SUBSCRIPTION
    if is_counted:
        services.budget.need(caller.owner_id)
    context, field = services.context(caller), first_field(operation.query, operation.name)
    measured, frames = Measured(services.metrics, transport, field), services.metrics.frames.labels(field)
    results = await api.stream(
        operation.query,
        variable_values=operation.variables,
        operation_name=operation.name,
        context_value=context,
    )
    async with aclosing(results):
        async for result in results:
            errors = [services.shown(error) for error in result.errors or ()]  # type: ignore[union-attr]
            measured.answered(errors)
            if is_request_error(result.data, result.errors):  # type: ignore[union-attr]
                yield Answer(refused=errors)
                return
            text = _written(result, errors)
            if is_counted:
                services.budget.spend(caller.owner_id, fields_in(text))
            yield Answer(text)
            frames.inc()
            if not errors:
                context.note_arrival()


def _written(result: Any, errors: list[dict[str, Any]]) -> bytes:
    """The result in JSON; one that many share is written once for all."""
    if not isinstance(result, SharedAnswer):
        return encoded({"data": result.data, **({"errors": errors} if errors else {})})
    if result.text is None:
        result.text = encoded({"data": result.data})
    return result.text
