"""What Linux lets a process give up for good: files that it has no need of, the network, and its siblings.

Landlock (from Linux 5.13) and seccomp, by the kernel's own calls, since Python has neither. What a kernel lacks is left
as it was: these walls stand behind the others.
"""

import ctypes
import os
import platform
import struct
import sys
from contextlib import suppress
from pathlib import Path

import novelfoundry

_PR_SET_NO_NEW_PRIVS = 38
_PR_SET_SECCOMP = 22
_SECCOMP_MODE_FILTER = 2
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_READ_FILE, _READ_DIR, _EXECUTE, _WRITE_FILE = 1 << 2, 1 << 3, 1 << 0, 1 << 1
_PATH_BENEATH = 1
# All rights over files that the first version of Landlock knows: what is named here and allowed by no rule is refused.
_EVERYTHING = (1 << 13) - 1
# By machine: its number in a filter, and those of the calls that are refused: socket, io_uring_setup (which opens
# sockets of its own), ptrace, and the two that read and write another process' memory.
_MACHINES = {
    "x86_64": (0xC000003E, (41, 425, 101, 310, 311)),
    "aarch64": (0xC00000B7, (198, 425, 117, 270, 271)),
}
_LOAD, _JUMP_IF_EQUAL, _JUMP_IF_GREATER_OR_EQUAL, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050001  # EPERM
_X32 = 0x40000000


def stay_inside(*files: int) -> None:
    """From here on this process and its children read Python, its packages and `files` (descriptors); nothing else.

    They write to nothing but what is open already, and have no network.
    """
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, *map(ctypes.c_ulong, (1, 0, 0, 0)))
    with suppress(OSError):
        _refuse_files(libc, files)
    with suppress(OSError):
        _refuse_network(libc)


def _refuse_files(libc: ctypes.CDLL, files: tuple[int, ...]) -> None:
    ruleset = _called(libc, _CREATE_RULESET, struct.pack("Q", _EVERYTHING), ctypes.c_size_t(8), 0)
    try:
        for place in _needed():
            _allow(libc, ruleset, place, _READ_FILE | _READ_DIR | _EXECUTE)
        for place in filter(os.path.isdir, sys.path):
            _allow(libc, ruleset, place, _READ_DIR)  # an import looks for its package there
        _allow(libc, ruleset, os.devnull, _READ_FILE | _WRITE_FILE)
        for file in files:
            _allow(libc, ruleset, file, _READ_FILE)
        _called(libc, _RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _needed() -> set[str]:
    """Where Python, its packages, ours and the libraries of the system are; not the checkout round ours."""
    ours = {str(Path(__file__).parents[1]), str(Path(novelfoundry.__file__).parent)}
    pythons = {sys.prefix, sys.base_prefix, sys.exec_prefix, os.path.dirname(sys.executable)}
    system = {"/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/dev/urandom"}
    installed = {place for place in sys.path if place.endswith(("-packages", ".zip"))}
    return set(filter(os.path.exists, ours | pythons | system | installed))


def _allow(libc: ctypes.CDLL, ruleset: int, what: str | int, rights: int) -> None:
    place = os.open(what, os.O_PATH | os.O_CLOEXEC) if isinstance(what, str) else what
    try:
        if not os.path.isdir(place):
            rights &= _READ_FILE | _EXECUTE | _WRITE_FILE
        _called(libc, _ADD_RULE, ruleset, _PATH_BENEATH, struct.pack("=Qi", rights, place), 0)
    finally:
        if isinstance(what, str):
            os.close(place)


def _refuse_network(libc: ctypes.CDLL) -> None:
    machine, calls = _MACHINES.get(platform.machine(), (0, ()))
    if not calls:
        return
    # Another architecture's calls have other numbers, and so has x32: both are refused whole.
    steps = [(_LOAD, 0, 0, 4), (_JUMP_IF_EQUAL, 0, len(calls) + 2, machine), (_LOAD, 0, 0, 0)]
    steps += [(_JUMP_IF_GREATER_OR_EQUAL, len(calls), 0, _X32)]
    steps += [(_JUMP_IF_EQUAL, len(calls) - 1 - place, 0, call) for place, call in enumerate(calls)]
    steps[-1] = (_JUMP_IF_EQUAL, 0, 1, calls[-1])
    steps += [(_RETURN, 0, 0, _REFUSE), (_RETURN, 0, 0, _ALLOW)]
    program = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in steps))
    described = struct.pack("HxxxxxxP", len(steps), ctypes.addressof(program))
    if libc.prctl(_PR_SET_SECCOMP, ctypes.c_ulong(_SECCOMP_MODE_FILTER), described, *map(ctypes.c_ulong, (0, 0))):
        raise OSError(ctypes.get_errno(), "no seccomp")


def _called(libc: ctypes.CDLL, number: int, *arguments: object) -> int:
    result = int(libc.syscall(ctypes.c_long(number), *arguments))
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result
