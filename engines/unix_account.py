"""The account that the embedded engines run as.

An ordinary user runs them as herself. PostgreSQL refuses to run as root, so root hands them to another account: the one
that owns the data already, else a system account of our own, else `nobody`. Only the permissions of the engines' own
directories are changed. Where the account cannot reach a path, such as a checkout under /root, it keeps the one
capability of root's that lets it.
"""

import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

from engines.errors import CannotRun
from engines.launch import CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH

SYSTEM_ACCOUNT = "novelfoundry"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An unprivileged account that an engine runs as when it was root who started it."""

    uid: int
    gid: int
    capability: int | None

    @property
    def ids(self) -> tuple[int, int]:
        return self.uid, self.gid

    def own(self, path: Path) -> None:
        """Hands `path` and all that is in it to the account."""
        for each in (path, *path.rglob("*")):
            os.chown(each, self.uid, self.gid, follow_symlinks=False)


def account_for(directory: Path, *, reaching: list[Path]) -> Account | None:
    """The account for an engine with its data in `directory`, able to reach those paths.

    None when we are not root. Raises CannotRun when no account can reach them.
    """
    if os.geteuid() != 0:
        return None
    entry = _owner(directory) or _named(SYSTEM_ACCOUNT) or _made() or _named("nobody")
    if entry is None:
        raise CannotRun("PostgreSQL refuses to run as root and this machine has no other account: be an ordinary user.")
    blocked = next((path for path in reaching if not _reaches(entry, path)), None)
    capability = _reading_capability(entry, blocked) if blocked else None
    return Account(uid=entry.pw_uid, gid=entry.pw_gid, capability=capability)


def _owner(directory: Path) -> pwd.struct_passwd | None:
    if not directory.exists() or directory.stat().st_uid == 0:
        return None
    try:
        return pwd.getpwuid(directory.stat().st_uid)
    except KeyError:
        return None


def _named(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _made() -> pwd.struct_passwd | None:
    useradd = shutil.which("useradd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if useradd is None:
        return None
    options = ["--system", "--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin"]
    subprocess.run([useradd, *options, SYSTEM_ACCOUNT], capture_output=True, check=False)  # noqa: S603
    return _named(SYSTEM_ACCOUNT)  # there as well when another process made it meanwhile


def _reaches(entry: pwd.struct_passwd, path: Path) -> bool:
    resolved = path.resolve()
    return all(_may_search(entry, each.stat()) for each in (resolved, *resolved.parents))


def _may_search(entry: pwd.struct_passwd, found: os.stat_result) -> bool:
    if found.st_uid == entry.pw_uid:
        return bool(found.st_mode & stat.S_IXUSR)
    if found.st_gid == entry.pw_gid:
        return bool(found.st_mode & stat.S_IXGRP)
    return bool(found.st_mode & stat.S_IXOTH)


def _reading_capability(entry: pwd.struct_passwd, blocked: Path) -> int:
    """The weakest capability we hold that passes closed directories; containers often lack the weaker one."""
    ours = _effective_capabilities()
    for capability in (CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE):
        if ours >> capability & 1:
            return capability
    raise CannotRun(
        f"PostgreSQL refuses to run as root and {entry.pw_name} cannot reach {blocked}: "
        "run as an ordinary user, or put the project where every user can reach it, such as /srv."
    )


def _effective_capabilities() -> int:
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1], 16) for line in lines if line.startswith("CapEff:")), 0)
