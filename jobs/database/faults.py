"""What keeps us from the database, by SQLSTATE or on the way there, and what its operator does about it."""

import asyncpg

from jobs import faults
from jobs.faults import Fault

_SETTING = "DATABASE_URL"
# By the beginning of the SQLSTATE, the longest that fits.
_REMEDIES = {
    "28P01": "Correct the user and the password in DATABASE_URL.",
    "28": "Name a role in DATABASE_URL that may log in from here: the server's pg_hba.conf says who, from where, and "
    "whether with TLS.",
    "3D": "Create the database, or correct its name in DATABASE_URL.",
    "42501": "Grant the role of DATABASE_URL what it lacks, or name the role that ran `novelfoundry migrate`.",
    "42883": "Run `novelfoundry migrate`.",
    "42P01": "Run `novelfoundry migrate`.",
    "3F000": "Run `novelfoundry migrate`.",
    "53100": "Make room on the database's disk.",
    "53300": "Raise its max_connections or the role's limit, run fewer processes, or put a pooler between.",
    "53": "Give the database more of what it is short of: its log says what.",
    "25006": "Give DATABASE_URL the address of the primary, or end its read-only mode.",
    "57P03": "Wait until the database has started.",
    "57014": "Look what holds it up: pg_stat_activity shows who waits for whom.",
    "55P03": "Look what holds it up: pg_stat_activity shows who waits for whom.",
}
_LOOK = "Look at the database's log."


def remedy_for(sqlstate: str) -> str:
    """What an operator does about an error with this code; for one that is not known, where to look."""
    return next((_REMEDIES[sqlstate[:size]] for size in (5, 3, 2) if sqlstate[:size] in _REMEDIES), _LOOK)


def fault_of(error: BaseException) -> Fault:
    """What is wrong with the database, or with the way there."""
    if isinstance(error, asyncpg.PostgresError):
        said = str(error.args[0]) if error.args else type(error).__name__
        return Fault(finding=said.rstrip("."), remedy=remedy_for(error.sqlstate or ""))
    if _was_tls_refused(error):
        return Fault(
            finding="the database refuses TLS",
            remedy="Switch TLS on in the database, or ask for none with sslmode=disable in DATABASE_URL.",
        )
    if found := faults.of_network(error, what="PostgreSQL", setting=_SETTING):
        return found
    return Fault(finding=f"{type(error).__name__}: {error}".rstrip(": "), remedy=_LOOK)


def _was_tls_refused(error: BaseException) -> bool:
    # asyncpg raises the plain ConnectionError for this, and for nothing else; the system's have a number.
    return type(error) is ConnectionError and error.errno is None
