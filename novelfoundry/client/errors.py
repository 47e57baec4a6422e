"""Why a request has no answer."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

# Not signed in; not reachable or not ready; the server rejects the operation.
Failure = Literal["unauthenticated", "unavailable", "rejected"]


class RequestFailed(Exception):
    """There is no answer. `failure` says of what kind it is, `code` what the server calls it, `errors` all it said."""

    def __init__(self, failure: Failure, message: str, errors: Sequence[Mapping[str, Any]] = ()) -> None:
        super().__init__(message)
        self.failure: Failure = failure
        self.errors = tuple(errors)

    @property
    def code(self) -> str | None:
        """The code of the server's first error, e.g. `GRAPHQL_VALIDATION_FAILED`; None where it told none."""
        extensions = self.errors[0].get("extensions") if self.errors else None
        code = extensions.get("code") if isinstance(extensions, Mapping) else None
        return code if isinstance(code, str) else None


class Turned(Exception):
    """An upload was turned down: `code` as of a Refusal, and a sentence for the author."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
