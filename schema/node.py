"""The interface of everything that has an id of its own."""

from typing import Any

import strawberry


def described(description: str, *, name: str | None = None) -> Any:
    """A plain attribute with its description."""
    return strawberry.field(description=description, name=name)


@strawberry.interface(description="A thing that `node(id)` finds again.")
class Node:
    id: strawberry.ID = described("Opaque, and never used for another thing.")
