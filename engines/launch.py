"""Becomes another program that ends with its parent and, for root, runs as another account.

It is started as a script: what it sets must be set between fork and exec, and a parent with threads must run no Python
there. It imports nothing of ours, so that it starts in milliseconds (`python -I -S`).
"""

import argparse
import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
PR_SET_SECUREBITS = 28
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
SECBIT_NO_SETUID_FIXUP = 1 << 2
CAPABILITY_VERSION_3 = 0x20080522

CAP_DAC_OVERRIDE = 1
CAP_DAC_READ_SEARCH = 2


def command(
    program: list[str],
    *,
    on_parent_death: signal.Signals,
    account: tuple[int, int] | None = None,
    capability: int | None = None,
) -> list[str]:
    """The command line that starts `program` by way of this file.

    `account` is a uid and gid to become; `capability`, the number of the one capability to keep in doing so.
    """
    line = [
        sys.executable,
        "-I",
        "-S",
        __file__,
        f"--parent={os.getpid()}",
        f"--signal={int(on_parent_death)}",
    ]
    if account is not None:
        line += [f"--uid={account[0]}", f"--gid={account[1]}"]
    if capability is not None:
        line += [f"--capability={capability}"]
    return [*line, "--", *program]


def end_with_parent(sign: signal.Signals, *, parent: int) -> None:
    """Asks Linux for `sign` at the parent's death; elsewhere the next start cleans up.

    Exits at once when `parent` (a pid) is no longer there.
    """
    if sys.platform == "linux":
        _prctl(PR_SET_PDEATHSIG, int(sign))
    if os.getppid() != parent:  # it died before we asked
        os._exit(1)


def become(uid: int, gid: int, *, capability: int | None) -> None:
    """Gives root up for good. Of its powers, one capability at most remains."""
    if capability is not None:
        # Without this bit the kernel answers access(2) as if the capability were not there,
        # and PostgreSQL asks access(2) whether it may run its own program.
        _prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP)
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
    if capability is not None:
        _keep_only(capability)


class _CapabilityHeader(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


class _CapabilitySets(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint32) for name in ("effective", "permitted", "inheritable")]


def _keep_only(capability: int) -> None:
    bits = 1 << capability
    header = _CapabilityHeader(CAPABILITY_VERSION_3, 0)
    sets = (_CapabilitySets * 2)(_CapabilitySets(bits, bits, bits))
    _check(_libc().capset(ctypes.byref(header), ctypes.byref(sets)))
    _prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _prctl(option: int, *arguments: int) -> None:
    padded = [*arguments, 0, 0, 0, 0][:4]
    _check(_libc().prctl(option, *(ctypes.c_ulong(argument) for argument in padded)))


def _check(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parent", type=int, required=True)
    parser.add_argument("--signal", type=int, required=True)
    parser.add_argument("--uid", type=int)
    parser.add_argument("--gid", type=int)
    parser.add_argument("--capability", type=int)
    parser.add_argument("program", nargs="+")
    asked = parser.parse_args()
    if asked.uid is not None:
        become(asked.uid, asked.gid, capability=asked.capability)
    # Last: the kernel forgets the death signal when the account changes.
    end_with_parent(signal.Signals(asked.signal), parent=asked.parent)
    os.execv(asked.program[0], asked.program)  # noqa: S606 (no shell is what we want)


if __name__ == "__main__":
    main()
