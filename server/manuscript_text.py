"""How much of a request is no manuscript's text: only that may be long."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from graphql import FieldNode, GraphQLError, ObjectValueNode, VariableNode, Visitor, visit

from jobs.errors import TooLarge
from schema.api import parsed
from server.operation import Operation
from server.responses import encoded

# Bytes of a request beside a manuscript's text: room for the longest document, and escapes in it.
MAX_BESIDE_TEXT = 131_072


def need_short(parameters: Mapping[str, Any], operation: Operation) -> None:
    """Raises TooLarge for a request that is long for another reason than a manuscript's text."""
    variables = dict(operation.variables or {})
    for name, is_whole in _texts(operation.query):
        value = variables.get(name)
        if is_whole and isinstance(value, str):
            variables[name] = ""
        elif isinstance(value, dict) and isinstance(value.get("text"), str):
            variables[name] = {**value, "text": ""}
    if len(encoded({**parameters, "variables": variables})) > MAX_BESIDE_TEXT:
        raise TooLarge(
            f"Only a manuscript's text may be long: all else of a request has {MAX_BESIDE_TEXT} bytes at most."
        )


@lru_cache(64)
def _texts(query: str) -> frozenset[tuple[str, bool]]:
    """The variables that hold a text for `addManuscript`, and whether the variable is the text itself."""
    try:
        visit(parsed(query), finder := _Texts())
    except (GraphQLError, RecursionError):
        return frozenset()
    return frozenset(finder.found)


class _Texts(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[tuple[str, bool]] = set()

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        if node.name.value != "addManuscript":
            return
        for argument in node.arguments or ():
            if isinstance(argument.value, VariableNode):
                self.found.add((argument.value.name.value, False))
            elif isinstance(argument.value, ObjectValueNode):
                self.found |= {
                    (field.value.name.value, True)
                    for field in argument.value.fields
                    if field.name.value == "text" and isinstance(field.value, VariableNode)
                }
