"""A GraphQL request as its JSON says it, over any transport."""

import json
from dataclasses import dataclass
from sys import intern
from typing import Any

# A document costs the loop time for every character, and is kept for when it comes again; variables are not.
MAX_DOCUMENT = 65_536
# Characters of JSON outside of its texts: each list in them costs fifty bytes of memory, a text one for one.
MAX_STRUCTURE = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """A well-formed request, over any transport."""

    query: str
    name: str | None
    variables: dict[str, Any] | None
    # Whether the answer is to say what it holds.
    wants_cost: bool = False


class Malformed(Exception):
    """A request that is no GraphQL request; the text says why."""


def read_operation(parameters: object) -> Operation:
    """The operation that the parameters of a request name. Raises Malformed."""
    if not isinstance(parameters, dict):
        raise Malformed("A request is a JSON object; batches are not taken.")
    query, name = parameters.get("query"), parameters.get("operationName")
    variables, extensions = parameters.get("variables"), parameters.get("extensions")
    if not isinstance(query, str) or not query.strip():
        raise Malformed("`query` must be a GraphQL document.")
    if len(query) > MAX_DOCUMENT:
        raise Malformed(f"`query` is longer than {MAX_DOCUMENT} characters: send long texts as `variables`.")
    if not isinstance(name, str | None):
        raise Malformed("`operationName` must be a text or null.")
    if not isinstance(variables, dict | None):
        raise Malformed("`variables` must be an object or null.")
    if not isinstance(extensions, dict | None):
        raise Malformed("`extensions` must be an object or null.")
    # A subscription keeps its document for as long as it lives: a thousand of the same one keep one text.
    wants_cost = (extensions or {}).get("cost") is True
    return Operation(query=intern(query), name=name or None, variables=variables, wants_cost=wants_cost)


def read_json(text: str | bytes) -> Any:
    """The JSON value, by the letter of its standard. Raises Malformed, also for more values than any request needs."""
    try:
        json_text = text.decode() if isinstance(text, bytes) else text
        if len(json_text) > MAX_STRUCTURE and _structure(json_text) > MAX_STRUCTURE:
            raise Malformed("The JSON holds too many values: only texts may be long.")
        return json.loads(json_text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise Malformed("The body must be JSON in UTF-8.") from None


def _structure(json_text: str) -> int:
    """How many characters stand outside of the JSON's texts, counted without reading it."""
    bare = json_text.replace(r"\\", "").replace(r"\"", "")
    quotes = bare.count('"')
    # Before the split, which makes a piece for each.
    return quotes if quotes > MAX_STRUCTURE else sum(map(len, bare.split('"')[::2]))


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")
