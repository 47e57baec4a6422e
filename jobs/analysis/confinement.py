"""What a process that reads a stranger's file may use, and when it must end."""

import contextlib
import os
import resource
import threading

MEMORY_BYTES = 1536 * 1024 * 1024
_ORPHANED = 3


def confine() -> None:
    """Limits memory, forbids core dumps, yields the processor to others and ends with the parent."""
    _limit(resource.RLIMIT_AS, MEMORY_BYTES)
    _limit(resource.RLIMIT_CORE, 0)
    with contextlib.suppress(OSError):
        os.nice(5)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _limit(kind: int, most: int) -> None:
    _, hard = resource.getrlimit(kind)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(kind, (most, most if hard == resource.RLIM_INFINITY else min(most, hard)))


def _end_with_parent() -> None:
    """The parent holds our standard input open for as long as it lives; nothing is ever written to it."""
    with contextlib.suppress(OSError):
        while os.read(0, 4096):
            pass
    os._exit(_ORPHANED)
