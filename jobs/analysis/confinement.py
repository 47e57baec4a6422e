"""What a process that reads a stranger's file may use, and when it must end."""

import contextlib
import ctypes
import os
import resource
import signal
import sys
import threading
from types import FrameType

MEMORY_BYTES = 1536 * 1024 * 1024
LEAST_SECONDS = 60
"""Of processor time, for any file. A novel of 120,000 words takes 2 on one core of 2026: a slow machine has room."""
SECONDS_PER_MEBIBYTE = 60
"""Of the file, which may be packed; the longest text that is read, 1,500,000 words, takes a third of that."""
MOST_SECONDS = 600
_GRACE_SECONDS = 10
_LISTEN_SECONDS = 5
_MEBIBYTE = 1024 * 1024
_ORPHANED = 3
_PR_SET_PDEATHSIG = 1
_PR_SET_NAME = 15


class OutOfTime(Exception):
    """The processor time that a file of its size may take is used up."""


TOO_LONG = (
    "This manuscript takes far longer to read than any novel of its length, so that we stopped. "
    "Export it again from your writing program and upload the new file."
)
OUT_OF_TIME_SIGNALS = frozenset({signal.SIGXCPU, signal.SIGPROF})
"""An analysis that one of these ends was out of time: the manuscript takes too long, and would on every try."""


def confine(file_bytes: int) -> None:
    """Limits memory and processor time, forbids core dumps, and yields to others.

    Raises OutOfTime, from then on at any place, when a file of `file_bytes` took more time than it may. Code that
    does not listen for five seconds more is ended by the system, by one of OUT_OF_TIME_SIGNALS.
    """
    _limit(resource.RLIMIT_AS, MEMORY_BYTES)
    _limit(resource.RLIMIT_CORE, 0)
    _limit_time(seconds_for(file_bytes))
    with contextlib.suppress(OSError):
        os.nice(5)


def end_with_parent(parent: int) -> None:
    """Ends this process with `parent` (a pid), the process that started it, and by no signal meant for others.

    Linux kills it at once, whatever it does. Elsewhere the parent holds our standard input open while it lives, and a
    thread waits for that to end. A terminal and systemd send their signals to all processes of a service: it is the
    parent that decides what becomes of this one.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if sys.platform == "linux":
        _prctl(_PR_SET_PDEATHSIG, ctypes.c_ulong(signal.SIGKILL))
    else:
        threading.Thread(target=_wait_for_the_end, daemon=True).start()
    if os.getppid() != parent:  # it died before we asked
        os._exit(_ORPHANED)


def name_process(name: str) -> None:
    """Names this process, as `top` shows it; at most 15 bytes."""
    _prctl(_PR_SET_NAME, ctypes.create_string_buffer(name.encode()))


def seconds_for(file_bytes: int) -> int:
    """The processor time that a file of that size may take."""
    return min(MOST_SECONDS, LEAST_SECONDS + SECONDS_PER_MEBIBYTE * file_bytes // _MEBIBYTE)


def _limit(kind: int, most: int, *, hard_most: int | None = None) -> None:
    _, hard = resource.getrlimit(kind)
    wanted = most if hard_most is None else hard_most
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(kind, (most, wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)))


def _limit_time(seconds: int) -> None:
    signal.signal(signal.SIGXCPU, _out_of_time)
    # Nobody's to catch, and no SIGKILL, as the hard limit is: that would look like memory that ran out.
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, seconds + _LISTEN_SECONDS)
    _limit(resource.RLIMIT_CPU, seconds, hard_most=seconds + _GRACE_SECONDS)


def _out_of_time(signum: int, frame: FrameType | None) -> None:
    raise OutOfTime


def _wait_for_the_end() -> None:
    """Nothing is ever written to it."""
    with contextlib.suppress(OSError):
        while os.read(0, 4096):
            pass
    os._exit(_ORPHANED)


def _prctl(option: int, argument: object) -> None:
    ctypes.CDLL(None).prctl(option, argument, *[ctypes.c_ulong(0)] * 3)
