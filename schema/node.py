"""The interface of everything that has an id of its own."""

from typing import Any

import strawberry

_NONE: Any = object()


def described(description: str, *, name: str | None = None, default: Any = _NONE) -> Any:
    """A plain attribute with its description; with a default, one that may be left out."""
    given = {} if default is _NONE else {"default": default}
    return strawberry.field(description=description, name=name, **given)


# What is deprecated stays for a year at the least: see client_contract/README.md. The date is that of the first release
# with the deprecation and a year.
GOES = "2027-11-25"


def deprecated(description: str, *, use: str) -> Any:
    """A plain attribute that clients of today should read no more, but `use` instead."""
    return strawberry.field(description=description, deprecation_reason=instead(use))


def instead(use: str) -> str:
    """The reason of a deprecation: what to use instead, and until when the old one stays."""
    return f"Use `{use}`. This stays until {GOES} at the least."


@strawberry.interface(description="A thing that `node(id)` finds again.")
class Node:
    id: strawberry.ID = described("Opaque, and never used for another thing.")
