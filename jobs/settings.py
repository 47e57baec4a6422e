"""The settings of every process, read once from the environment. docs: .env.example lists all."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from jobs.errors import ConfigurationError

_HOST = r"(\[[0-9A-Fa-f:.]+\]|[^\s:/?#\[\]@,]*)(:[0-9]+)?"
_POSTGRES = re.compile(rf"postgres(ql)?://([^/?#]*@)?{_HOST}(,{_HOST})*(/[^#]*)?")
_MAX_SECRET_BYTES = 65_536
_REDIS = re.compile(rf"(rediss?://([^/?#]*@)?{_HOST}(/[^#]*)?|unix://[^#]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the environment says. A timing is a `timedelta`, to a tenth of a second and below."""

    database_url: str | None = None
    redis_url: str | None = None
    data: Path = Path(".novelfoundry")
    jwt_secret: str | None = None
    local_sign_in: bool = False
    supabase_url: str | None = None
    supabase_secret_key: str | None = None
    supabase_publishable_key: str | None = None
    supabase_jwt_secret: str | None = None
    queue_timeout: timedelta = timedelta(seconds=300)
    sweep_interval: timedelta = timedelta(seconds=60)
    lease: timedelta = timedelta(seconds=30)
    heartbeat: timedelta = timedelta(seconds=5)
    run_timeout: timedelta = timedelta(seconds=1800)
    max_attempts: int = 3
    redispatch_after: timedelta = timedelta(seconds=15)
    resync_interval: timedelta = timedelta(seconds=5)
    tick_interval: timedelta = timedelta(seconds=15)
    max_upload_bytes: int = 26_214_400
    worker_concurrency: int = os.cpu_count() or 1

    def __post_init__(self) -> None:
        if self.heartbeat * 2 > self.lease:
            raise ConfigurationError(
                f"NF_HEARTBEAT ({_seconds(self.heartbeat)} s) must be at most half of NF_LEASE "
                f"({_seconds(self.lease)} s): a lease must survive one lost heartbeat."
            )
        for name, value in (
            ("SUPABASE_SECRET_KEY", self.supabase_secret_key),
            ("SUPABASE_PUBLISHABLE_KEY", self.supabase_publishable_key),
        ):
            if self.supabase_url and not value:
                raise ConfigurationError(f"SUPABASE_URL is set but {name} is not: set both, or neither.")
            if value and not self.supabase_url:
                # It would sign authors in by a secret of its own, when its operator means the project.
                raise ConfigurationError(f"{name} is set but SUPABASE_URL is not: set both, or neither.")

    @property
    def uses_supabase(self) -> bool:
        """Whether sign-in and files are Supabase's."""
        return self.supabase_url is not None

    def need_database_url(self) -> str:
        """The database's address, or a ConfigurationError that names the setting."""
        if self.database_url is None:
            raise ConfigurationError(
                "DATABASE_URL is not set. Set it to a PostgreSQL address, or start everything with `make up`."
            )
        return self.database_url

    def need_secret_key(self) -> str:
        """The key by which the service writes to Supabase, or a ConfigurationError that names the setting."""
        if self.supabase_secret_key is None:
            raise ConfigurationError("SUPABASE_SECRET_KEY is not set. Copy the secret key from the project's API keys.")
        return self.supabase_secret_key

    def need_redis_url(self) -> str:
        """The address of Redis, or a ConfigurationError that names the setting."""
        if self.redis_url is None:
            raise ConfigurationError(
                "REDIS_URL is not set. Set it to a Redis address, or start everything with `make up`."
            )
        return self.redis_url

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """Reads `environment` (the process's own by default).

        Raises ConfigurationError naming the first setting that is wrong.
        """
        read = _Reader(os.environ if environment is None else environment)
        return cls(
            database_url=read.address("DATABASE_URL", _POSTGRES, "postgresql://user:password@host:5432/database"),
            redis_url=read.address("REDIS_URL", _REDIS, "redis://:password@host:6379/0"),
            data=Path(read.text("NF_DATA") or ".novelfoundry"),
            jwt_secret=read.secret("NF_JWT_SECRET"),
            local_sign_in=read.flag("NF_LOCAL_SIGN_IN"),
            supabase_url=read.text("SUPABASE_URL"),
            supabase_secret_key=read.secret("SUPABASE_SECRET_KEY"),
            supabase_publishable_key=read.text("SUPABASE_PUBLISHABLE_KEY"),
            supabase_jwt_secret=read.secret("SUPABASE_JWT_SECRET"),
            queue_timeout=read.seconds("NF_QUEUE_TIMEOUT", 300),
            sweep_interval=read.seconds("NF_SWEEP_INTERVAL", 60),
            lease=read.seconds("NF_LEASE", 30),
            heartbeat=read.seconds("NF_HEARTBEAT", 5),
            run_timeout=read.seconds("NF_RUN_TIMEOUT", 1800),
            max_attempts=read.count("NF_MAX_ATTEMPTS", 3),
            redispatch_after=read.seconds("NF_REDISPATCH_AFTER", 15),
            resync_interval=read.seconds("NF_RESYNC_INTERVAL", 5),
            tick_interval=read.seconds("NF_TICK_INTERVAL", 15),
            max_upload_bytes=read.count("NF_MAX_UPLOAD_BYTES", 26_214_400),
            worker_concurrency=read.count("NF_WORKER_CONCURRENCY", os.cpu_count() or 1),
        )


class _Reader:
    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    def text(self, name: str) -> str | None:
        return self._environment.get(name, "").strip() or None

    def secret(self, name: str) -> str | None:
        """A text that may lie in a file instead, which NAME_FILE names: the environment is no place for secrets."""
        text, path = self.text(name), self.text(f"{name}_FILE")
        if text and path:
            raise ConfigurationError(f"{name} and {name}_FILE are both set: set one of them.")
        return _content(f"{name}_FILE", path) if path else text

    def flag(self, name: str) -> bool:
        text = self.text(name)
        if text not in (None, "0", "1"):
            raise ConfigurationError(f"{name} must be 1 for yes or 0 for no, not {text!r}.")
        return text == "1"

    def address(self, name: str, form: re.Pattern[str], example: str) -> str | None:
        """An address of that form. What was given is not repeated: it holds a password."""
        text = self.secret(name)
        if text is not None and not form.fullmatch(text):
            raise ConfigurationError(
                f"{name} is not an address such as {example}. In a password, write / ? # as %2F %3F %23."
            )
        return text

    def seconds(self, name: str, default: float) -> timedelta:
        value = self._number(name, default)
        if not 0.01 <= value <= 31_536_000:
            raise ConfigurationError(f"{name} must be between 0.01 and 31536000 seconds, not {value:g}.")
        return timedelta(seconds=value)

    def count(self, name: str, default: int) -> int:
        value = self._number(name, default)
        if value < 1 or value > 2_147_483_647 or value != int(value):
            raise ConfigurationError(f"{name} must be a whole number from 1 up, not {value:g}.")
        return int(value)

    def _number(self, name: str, default: float) -> float:
        text = self.text(name)
        try:
            return default if text is None else float(text)
        except ValueError:
            raise ConfigurationError(f"{name} must be a number, not {text!r}.") from None


def _content(name: str, path: str) -> str:
    """What the file says, without the line's end. An empty one is wrong: no secret is not a secret."""
    # Not repeated where it is no path: somebody may have put the secret itself there.
    file_named = f"the file {path!r}" if path.startswith(("/", "./")) else "the file that it names"
    try:
        with open(path, "rb") as file:
            content = file.read(_MAX_SECRET_BYTES + 1)
        text = content.decode().strip()
    except OSError as error:
        raise ConfigurationError(f"{name}: {file_named} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError:
        raise ConfigurationError(f"{name}: {file_named} is not a text.") from None
    if not text or len(content) > _MAX_SECRET_BYTES:
        fault = "is empty" if not text else f"is larger than {_MAX_SECRET_BYTES} bytes"
        raise ConfigurationError(f"{name}: {file_named} {fault}. It must hold the secret and nothing else.")
    return text


def _seconds(duration: timedelta) -> str:
    return f"{duration.total_seconds():g}"
