"""What Redis's errors mean, by the word that an answer of Redis begins with."""

import re

from redis.exceptions import (
    AuthenticationError,
    AuthenticationWrongNumberOfArgsError,
    BusyLoadingError,
    NoPermissionError,
    OutOfMemoryError,
    ReadOnlyError,
)

from jobs import faults
from jobs.faults import Fault

_SETTING = "REDIS_URL"
# redis-py takes the first word away where it has a class for it.
_CLASSES: dict[type[Exception], str] = {
    OutOfMemoryError: "OOM",
    ReadOnlyError: "READONLY",
    AuthenticationError: "WRONGPASS",
    AuthenticationWrongNumberOfArgsError: "NOAUTH",
    NoPermissionError: "NOPERM",
    BusyLoadingError: "LOADING",
}
_FAULTS = {
    "OOM": Fault(
        finding="Redis is full and takes no writes",
        remedy="Raise its maxmemory, or take away what else lies in it: ours needs a few MB.",
    ),
    "READONLY": Fault(
        finding="Redis is a replica and takes no writes",
        remedy="Give REDIS_URL the address of the primary, or promote this one.",
    ),
    "MISCONF": Fault(
        finding="Redis cannot save to its disk and takes no writes",
        remedy="Make room on its disk, or switch its snapshots off: nothing of ours needs them.",
    ),
    "NOREPLICAS": Fault(
        finding="Redis has too few replicas and takes no writes",
        remedy="Start its replicas, or lower min-replicas-to-write.",
    ),
    "MASTERDOWN": Fault(
        finding="Redis is a replica that has lost its primary",
        remedy="Give REDIS_URL the address of the primary, or promote this one.",
    ),
    "WRONGPASS": Fault(
        finding="Redis refuses the user or the password", remedy="Correct the user and the password in REDIS_URL."
    ),
    "NOAUTH": Fault(finding="Redis asks for a password", remedy="Write the password into REDIS_URL."),
    "NOPERM": Fault(
        finding="Redis refuses us a right",
        remedy="Let its user read and write keys and channels that begin with novelfoundry: and arq:.",
    ),
    "LOADING": Fault(finding="Redis is still reading its data", remedy="Wait; nothing of ours needs what it reads."),
}
_CODE = re.compile(r"[A-Z]{3,}")


def fault_of(error: BaseException) -> Fault:
    """What is wrong with Redis. What is not known here is said in Redis's own word."""
    said = _said(error)
    if known := _FAULTS.get(said):
        return known
    if found := faults.of_network(error, what="Redis", setting=_SETTING):
        return found
    word = f" ({said})" if said else ""
    return Fault(finding=f"Redis refuses what we ask of it{word}", remedy="Look at its log, or correct REDIS_URL.")


def _said(error: BaseException) -> str:
    for kind, code in _CLASSES.items():
        if type(error) is kind:
            return "NOAUTH" if "required" in str(error).lower() else code
    found = _CODE.match(str(error))
    return found[0] if found else ""
