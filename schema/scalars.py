"""The scalars of the API that are its own."""

from dataclasses import replace
from datetime import datetime
from typing import cast

from strawberry.exceptions import StrawberryInputCoercionError
from strawberry.schema.types.base_scalars import DateTimeDefinition
from strawberry.types.scalar import ScalarDefinition


def _with_offset(value: object) -> datetime:
    read = cast(datetime, DateTimeDefinition.parse_value(value))  # type: ignore[misc]
    if read.tzinfo is None:
        raise StrawberryInputCoercionError(f'Value cannot represent a DateTime: "{value}". It has no offset, as `Z`.')
    return read


DATE_TIME: ScalarDefinition = replace(
    DateTimeDefinition,
    description="An instant with its offset, as RFC 3339 writes it.",
    specified_by_url="https://www.rfc-editor.org/rfc/rfc3339",
    parse_value=_with_offset,
)
