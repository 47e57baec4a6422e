"""One answer for all who are told of the same event by the same operation."""

from typing import Any

from graphql import ExecutionResult


class SharedAnswer(ExecutionResult):
    """An answer without errors that others get too. Who writes it keeps the text here, for the next one."""

    __slots__ = ("text",)

    def __init__(self, data: dict[str, Any] | None) -> None:
        super().__init__(data, None)
        self.text: bytes | None = None
