"""One tree of errors, one code each, the same from SQL to GraphQL to TypeScript.

NovelFoundryError
├── Refused                 a request that an honest client may make and is told no; `code` is the API's RefusalCode
│   ├── NotFound            NF404  no such row, or another author's: the two cannot be told apart
│   ├── NotAllowedNow       NF409  the state does not permit the step
│   ├── TooLarge            NF413
│   ├── UnsupportedFormat   NF415
│   ├── Unreadable          NF422  the right kind of file, but damaged, empty or without text
│   ├── InvalidInput        NF400
│   ├── LimitReached        NF429
│   └── Forbidden           NF403  an operator's affair; no SQL function asks who calls
├── LeaseLost               NF412  the worker no longer holds the job: stop, write nothing more
├── Unauthenticated                no token, or one that does not verify
├── Unavailable                    a service that we stand on does not do its work now; try again
│   ├── Held                       jobs past their deadline whose rows somebody's open transaction holds
│   └── NotSetUp                   … until its operator has changed something; also a ConfigurationError
│       └── NotMigrated
└── ConfigurationError             a wrong or missing setting: one line, exit 2
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from jobs.models import Job


class RefusalCode(StrEnum):
    """Why a request was refused; the words of the public API."""

    NOT_FOUND = "NOT_FOUND"
    NOT_ALLOWED_NOW = "NOT_ALLOWED_NOW"
    TOO_LARGE = "TOO_LARGE"
    UNREADABLE = "UNREADABLE"
    UNSUPPORTED_FORMAT = "UNSUPPORTED_FORMAT"
    INVALID_INPUT = "INVALID_INPUT"
    LIMIT_REACHED = "LIMIT_REACHED"
    FORBIDDEN = "FORBIDDEN"


class NovelFoundryError(Exception):
    """Every error of ours. `message` is a sentence that the person who meets it can act on.

    `remedy` is a sentence for the operator, where there is more to do than the message says: never for a client.
    """

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


class Refused(NovelFoundryError):
    """A request that was understood and turned down. Shown to the client as `Refusal`."""

    code: ClassVar[RefusalCode]
    sqlstate: ClassVar[str]


class NotFound(Refused):
    """No such thing for this caller."""

    code = RefusalCode.NOT_FOUND
    sqlstate = "NF404"


class NotAllowedNow(Refused):
    """The state of the thing does not permit the step."""

    code = RefusalCode.NOT_ALLOWED_NOW
    sqlstate = "NF409"


class TooLarge(Refused):
    """Over a size limit that the message names."""

    code = RefusalCode.TOO_LARGE
    sqlstate = "NF413"


class UnsupportedFormat(Refused):
    """A kind of file that is not read here."""

    code = RefusalCode.UNSUPPORTED_FORMAT
    sqlstate = "NF415"


class Unreadable(Refused):
    """A supported kind of file that is damaged, empty, hostile or without text."""

    code = RefusalCode.UNREADABLE
    sqlstate = "NF422"


class InvalidInput(Refused):
    """An argument that has the right type and a wrong value."""

    code = RefusalCode.INVALID_INPUT
    sqlstate = "NF400"


class LimitReached(Refused):
    """The caller has as many as one caller may have."""

    code = RefusalCode.LIMIT_REACHED
    sqlstate = "NF429"


class Forbidden(Refused):
    """What only an operator may do, asked by somebody else."""

    code = RefusalCode.FORBIDDEN
    sqlstate = "NF403"


class LeaseLost(NovelFoundryError):
    """The worker that writes no longer holds the job: it must stop and write nothing more."""

    sqlstate: ClassVar[str] = "NF412"


class Unauthenticated(NovelFoundryError):
    """No token, or one that does not verify."""


class Unavailable(NovelFoundryError):
    """A service that we stand on does not do its work now. Trying again is right.

    `detail` is what it said itself, its code first: for the log, never for a client.
    """

    def __init__(self, message: str, *, detail: str = "", remedy: str = "") -> None:
        super().__init__(message, remedy=remedy)
        self.detail = detail


class Held(Unavailable):
    """Jobs past their deadline that nobody can settle now, since somebody's open transaction holds their rows.

    `held` are those, `true` the others that were asked for with them.
    """

    def __init__(self, jobs: "Iterable[Job]") -> None:
        super().__init__("This analysis is held by another change just now, so that its state is not known. Try again.")
        self.held: list[Job] = []
        self.true: list[Job] = []
        for job in jobs:
            (self.held if job.is_overdue else self.true).append(job)


# For who waited in vain for one of our own connections to something: it is not known to be away.
BUSY = "The service has more to do than it can just now. Try again in a moment."


class ConfigurationError(NovelFoundryError):
    """A wrong or missing setting; the message names it and the remedy."""


class NotSetUp(Unavailable, ConfigurationError):
    """A service answers and will not serve us until its operator has changed something.

    At the start of a process that is a wrong setting, and ends it; later it is an outage like any other.
    """


class NotMigrated(NotSetUp):
    """The database lacks our functions. Whoever migrates it may be at it already: no reason not to start."""


BY_SQLSTATE: dict[str, type[Refused] | type[LeaseLost]] = {
    error.sqlstate: error
    for error in (
        NotFound,
        NotAllowedNow,
        TooLarge,
        UnsupportedFormat,
        Unreadable,
        InvalidInput,
        LimitReached,
        LeaseLost,
    )
}
