"""Refusals as clients see them: data, not errors."""

from collections.abc import Mapping

import strawberry

from jobs.errors import RefusalCode, Refused
from schema import enums as enums  # describes the enums before a type uses them
from schema.node import described

# Seconds after which a limit may have room again: an upload ends by then, or a job.
RETRY_AFTER = 30
_REMEDIES: Mapping[RefusalCode, str] = {
    RefusalCode.NOT_FOUND: "Read the list again: it was deleted, or it is another author's.",
    RefusalCode.NOT_ALLOWED_NOW: "Read it again: it has changed since.",
    RefusalCode.TOO_LARGE: "Send less: the message names the limit.",
    RefusalCode.UNREADABLE: "Open the file with the program that made it, save it anew, and send that.",
    RefusalCode.UNSUPPORTED_FORMAT: "Save it in one of the formats that the message names.",
    RefusalCode.INVALID_INPUT: "Correct the value that the message names.",
    RefusalCode.FORBIDDEN: "Sign in as an operator: `app_metadata.role` of the token says who is one.",
    RefusalCode.LIMIT_REACHED: "Let something end, or delete something, and try again.",
}


@strawberry.interface(name="Error", description="Why a request was turned down; every kind of refusal has these.")
class ErrorInterface:
    code: RefusalCode = described("For programs.")
    message: str = described("For the author: what is wrong and what to do.")
    remedy: str | None = described("What to do, as far as the code alone tells; the message may know more.")


@strawberry.type(description="A request that was understood and turned down.")
class Refusal(ErrorInterface):
    retry_after_seconds: int | None = described(
        "When to try again at the soonest; null where waiting does not help. Over HTTP, `Retry-After` says it too."
    )

    @classmethod
    def of(cls, error: Refused) -> "Refusal":
        """The refusal as clients see it."""
        return cls(
            code=error.code,
            message=error.message,
            remedy=_REMEDIES[error.code],
            retry_after_seconds=RETRY_AFTER if error.code is RefusalCode.LIMIT_REACHED else None,
        )
