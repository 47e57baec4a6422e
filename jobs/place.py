"""Where a process runs, so that another beside it can tell which one it is."""

import socket
from contextlib import suppress
from pathlib import Path

# Of /proc/PID/stat, what comes after the name in brackets: when the process began is the 22nd of all.
_BEGAN = 22 - 3


def here() -> str:
    """What every process that shares our numbers says alike: each container is a place of its own.

    Whatever a container calls the host, several may call it the same.
    """
    with suppress(OSError):
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot}/{Path('/proc/self/ns/pid').stat().st_ino}"
    return socket.gethostname()


def of(pid: int) -> str | None:
    """The one process that has this number here now; None when none has. Numbers are used again, a place never is."""
    try:
        told = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except FileNotFoundError:
        # No such process; or a system without /proc, which tells us nothing but our own number.
        return None if Path("/proc/self").exists() else f"{here()}/{pid}"
    except OSError:
        return None
    return f"{here()}/{pid}/{told.rpartition(')')[2].split()[_BEGAN]}"
