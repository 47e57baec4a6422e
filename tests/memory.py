"""Directories in memory, for what a test's engines write: on a disk, a new database costs ten times as much."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

_MEMORY = Path("/dev/shm")
_PREFIX = "novelfoundry-tests-"
_ROOM = 4 << 30
"""Bytes that must be free: three clusters took 300 MB each, and a container's /dev/shm of 64 MB is none. A guess."""


@contextmanager
def directory() -> Iterator[Path]:
    """A fresh directory that is removed at the end; on the disk where the machine lends no memory."""
    with tempfile.TemporaryDirectory(prefix=f"{_PREFIX}{os.getpid()}-", dir=_lent()) as name:
        yield Path(name)


def _lent() -> Path | None:
    if not os.access(_MEMORY, os.W_OK) or shutil.disk_usage(_MEMORY).free < _ROOM:
        return None
    _remove_what_was_left()
    return _MEMORY


def _remove_what_was_left() -> None:
    """Removes what tests that were killed have left: nothing else would before the machine restarts."""
    for left in _MEMORY.glob(f"{_PREFIX}*"):
        if not psutil.pid_exists(int(left.name.removeprefix(_PREFIX).split("-")[0])):
            shutil.rmtree(left, ignore_errors=True)
