"""Ids as clients see them: opaque, and different for each type, so that one id finds one thing anywhere."""

import binascii
from base64 import b64decode, b64encode
from datetime import UTC, datetime
from uuid import UUID

from jobs.errors import InvalidInput, NotFound
from jobs.models import FoundManuscript, Job, Manuscript, Place
from jobs.states import ManuscriptOrder


def global_id(type_name: str, id: UUID) -> str:
    """The id of a thing of this type for a client."""
    return b64encode(f"{type_name}:{id}".encode()).decode()


def read_id(text: str) -> tuple[str, UUID]:
    """Type and id. Raises NotFound for what `global_id` never made: there is no such thing."""
    try:
        type_name, _, id = b64decode(text, validate=True).decode().partition(":")
        found = type_name, UUID(id)
    except ValueError:
        raise NotFound("There is no such thing.") from None
    if global_id(*found) != text:
        raise NotFound("There is no such thing.")
    return found


def local_id(type_name: str, text: str) -> UUID:
    """The id within its type. Raises NotFound for an id of another type, or none."""
    missing = NotFound(f"There is no such {type_name.lower()}.")
    try:
        found, id = read_id(text)
    except NotFound:
        raise missing from None
    if found != type_name:
        raise missing
    return id


def cursor_of(thing: Manuscript | Job) -> str:
    """Its place in the list of its kind, newest first."""
    at = thing.queued_at if isinstance(thing, Job) else thing.created_at
    return b64encode(f"{at.isoformat()} {thing.id}".encode()).decode()


def read_cursor(text: str) -> Place:
    """What `cursor_of` wrote down. Raises InvalidInput."""
    try:
        written, _, id = b64decode(text, validate=True).decode().partition(" ")
        created_at = datetime.fromisoformat(written)
        if created_at.tzinfo is None:
            raise ValueError("no time zone")
        # The database knows no offset of 16 hours or more.
        place = created_at.astimezone(UTC), UUID(id)
    except (ValueError, OverflowError, binascii.Error):
        raise _no_cursor() from None
    return place


def found_cursor_of(found: FoundManuscript, order: ManuscriptOrder) -> str:
    """Its place in the list in that order."""
    return b64encode(f"{order} {found.manuscript.id} {found.key}".encode()).decode()


def read_found_cursor(text: str, order: ManuscriptOrder) -> tuple[str, UUID]:
    """The key and the id that `found_cursor_of` wrote down in the same order. Raises InvalidInput."""
    try:
        written, id, key = b64decode(text, validate=True).decode().split(" ", 2)
        if written != order or "\0" in key:
            raise ValueError("of another list")
        place = key, UUID(id)
    except ValueError:
        raise _no_cursor() from None
    return place


def _no_cursor() -> InvalidInput:
    return InvalidInput("`after` must be a cursor that this list gave.")
