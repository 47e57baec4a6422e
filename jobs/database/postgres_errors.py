"""What the database's errors are called here. No list has a remainder that is fatal: what is not known is an outage."""

import asyncpg

from jobs.database.faults import fault_of, remedy_for
from jobs.errors import BY_SQLSTATE, NotMigrated, NotSetUp, NovelFoundryError, Unavailable

_AWAY = "The database does not answer. Try again in a moment."
_UNKNOWN = "The database could not do this just now. What you have is safe; try again later."

# By the beginning of the SQLSTATE, the longest that fits. A sentence for whoever asked: true, and no more than that.
_SENTENCES = {
    "08": _AWAY,
    "57P": "The database is restarting. Try again in a moment.",
    "57014": "The database took too long over this. Try again in a moment.",
    "40": "The database was busy with another change of the same thing. Try again.",
    "55P03": "The database was busy with another change of the same thing. Try again.",
    "53": "The database is at a limit of its own just now. What you have is safe; try again later.",
    "53100": "The database has no room left, so nothing can be kept. What you have is safe; try again later.",
    "53300": "The database has no connection left for us. Try again in a moment.",
    "25006": "The database takes no changes just now. What you have is safe and can be read; try again later.",
    "42501": "The database refuses us a right that we need. What you have is safe; the operator has to grant it again.",
    "58": "The database has a fault of its own. What you have is safe; try again later.",
    "XX": "The database has a fault of its own. What you have is safe; try again later.",
}
_NO_FUNCTIONS = ("42883", "42P01", "3F000")
LACKS_FUNCTIONS = "The database lacks our functions or an older version of them. Run `novelfoundry migrate`."


def sentence(sqlstate: str) -> str:
    """What whoever asked is told of an error with this code."""
    return next((_SENTENCES[sqlstate[:size]] for size in (5, 3, 2) if sqlstate[:size] in _SENTENCES), _UNKNOWN)


def named_error(error: Exception) -> NovelFoundryError:
    """The error of ours for one of the database or its driver, with what it said for the log."""
    if not isinstance(error, asyncpg.PostgresError):
        # The line broke, nobody answered in time, or the driver met what it does not know.
        return Unavailable(_AWAY, detail=f"{type(error).__name__}: {error}", remedy=fault_of(error).remedy)
    code = error.sqlstate or ""
    said = str(error.args[0]) if error.args else ""
    detail = f"SQLSTATE {code}: {said}"
    if known := BY_SQLSTATE.get(code):
        return known(said)
    if code in _NO_FUNCTIONS:
        return NotMigrated(LACKS_FUNCTIONS, detail=detail)
    if code.startswith(("28", "3D")):
        message = f"DATABASE_URL: the database refuses the connection: {said}."
        return NotSetUp(message, detail=detail, remedy=remedy_for(code))
    return Unavailable(sentence(code), detail=detail, remedy=remedy_for(code))
