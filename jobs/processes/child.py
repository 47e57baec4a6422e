"""A child process as the kernel counts it."""

import signal
from contextlib import suppress
from pathlib import Path


def most_memory(pid: int | None) -> int | None:
    """The most memory that the process has held so far, in bytes; None where that cannot be read."""
    with suppress(OSError, ValueError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return None


def signal_name(number: int) -> str:
    """SIGKILL for 9; a number that this system has no name for is told as it is."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
