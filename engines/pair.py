"""PostgreSQL and Valkey together, from PyPI wheels: for `up`, `engines` and the tests.

    async with Engines(Path(".novelfoundry")) as engines:
        engines.database_url, engines.redis_url

They listen on 127.0.0.1 alone, each with a password that is made once. Data, ports and passwords stay in the directory
across restarts. On Linux they end with the process that started them, even when it is killed. Elsewhere the next start
ends what was left. Start them from a thread that lives as long as they do: Linux counts that thread as the parent.
"""

import asyncio
import fcntl
import json
import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Self

from engines.errors import CannotRun, EngineError
from engines.postgres import Postgres, postgres_url
from engines.server import Engine, port_is_free
from engines.valkey import Valkey, valkey_url

# Below the ports that the system gives to clients: one of those could meet itself on a server's port
# while the server is down, and keep it.
PORTS = range(20_000, 32_000)


class Engines:
    """Both engines on one data directory, which is locked against a second user while they run.

    `kinds` leaves one out when the deployment brings its own. `durable=False` is for tests: faster,
    and lost with the power (PostgreSQL) or at each stop (Valkey).
    Raises CannotRun when the directory is in use or an engine cannot run here, NotAnswering when one does not start.
    """

    postgres: Postgres
    valkey: Valkey

    def __init__(self, data: Path, *, durable: bool = True, kinds: Sequence[type[Engine]] = (Postgres, Valkey)) -> None:
        self._data = data.expanduser().resolve()
        self._durable = durable
        self._kinds = kinds
        self._opened = AsyncExitStack()

    @property
    def database_url(self) -> str:
        return self.postgres.url

    @property
    def redis_url(self) -> str:
        return self.valkey.url

    @property
    def _running(self) -> list[Engine]:
        return [engine for engine in (self.postgres, self.valkey) if type(engine) in self._kinds]

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            stack.enter_context(_locked(self._data))
            kept = _kept(self._data)
            self.postgres = Postgres(
                self._data / "postgres",
                port=kept.postgres_port,
                password=kept.postgres_password,
                durable=self._durable,
            )
            self.valkey = Valkey(
                self._data / "valkey",
                port=kept.valkey_port,
                password=kept.valkey_password,
                durable=self._durable,
            )
            for engine in self._running:
                stack.push_async_callback(engine.stop)
                await engine.start()
            self._opened = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._opened.aclose()

    async def tend(self, say: Callable[[str], None]) -> None:
        """Starts an engine again that ends though nobody stopped it, saying so; until cancelled."""
        async with asyncio.TaskGroup() as group:
            for engine in self._running:
                group.create_task(_tend(engine, say))


async def _tend(engine: Engine, say: Callable[[str], None]) -> None:
    while True:
        code = await engine.lost()
        say(f"{engine.program} ended unexpectedly (exit {code}) and is started again.")
        try:
            await engine.start()
        except EngineError as error:
            say(f"{error.message} Next try in 5 s.")
            await asyncio.sleep(5)


@contextmanager
def _locked(data: Path) -> Iterator[None]:
    """Holds the directory's lock, which the system gives back however we end."""
    try:
        # For root, who hands the engines to another account: searchable, not readable.
        data.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
        lock = (data / "engines.lock").open("a+")
    except OSError as error:
        raise CannotRun(
            f"{data} cannot be used for data ({error.strerror}): choose another with DATA or --data."
        ) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            raise CannotRun(
                f"{data} is in use by another NovelFoundry (process {lock.read().strip() or 'unknown'}): "
                "stop that one, or choose another directory with DATA or --data."
            ) from error
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def addresses(data: Path) -> tuple[str, str] | None:
    """The database's and Redis's address of the engines that run on this directory; None when none do."""
    directory = data.expanduser().resolve()
    if not _is_locked(directory):
        return None
    kept = _read(directory / "engines.json")
    return (
        postgres_url(kept.postgres_port, kept.postgres_password),
        valkey_url(kept.valkey_port, kept.valkey_password),
    )


def _is_locked(data: Path) -> bool:
    try:
        with (data / "engines.lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """What stays the same over restarts."""

    postgres_port: int
    postgres_password: str
    valkey_port: int
    valkey_password: str


def _kept(data: Path) -> _Kept:
    """What `engines.json` says, made on the first start; a port that somebody took meanwhile is replaced."""
    file = data / "engines.json"
    kept = _read(file) if file.exists() else _new()
    if not port_is_free(kept.postgres_port):
        kept = replace(kept, postgres_port=_free_port(avoid=kept.valkey_port))
    if not port_is_free(kept.valkey_port):
        kept = replace(kept, valkey_port=_free_port(avoid=kept.postgres_port))
    _write(file, kept)
    return kept


def _new() -> _Kept:
    port = _free_port()
    return _Kept(
        postgres_port=port,
        postgres_password=secrets.token_hex(24),
        valkey_port=_free_port(avoid=port),
        valkey_password=secrets.token_hex(24),
    )


def _read(file: Path) -> _Kept:
    try:
        return _Kept(**json.loads(file.read_text()))
    except (OSError, ValueError, TypeError) as error:
        raise CannotRun(f"{file} cannot be read: put the right file back, or choose another DATA.") from error


def _write(file: Path, kept: _Kept) -> None:
    """Whole or not at all, and for our eyes alone."""
    draft = file.with_suffix(".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        json.dump(asdict(kept), out, indent=2)
    if os.geteuid() == 0:  # root was here for once: the directory stays its owner's
        os.chown(draft, file.parent.stat().st_uid, file.parent.stat().st_gid)
    draft.replace(file)


def _free_port(*, avoid: int | None = None) -> int:
    for port in secrets.SystemRandom().sample(PORTS, 500):
        if port != avoid and port_is_free(port):
            return port
    raise CannotRun(f"No free port on 127.0.0.1 from {PORTS.start} to {PORTS.stop - 1}.")
