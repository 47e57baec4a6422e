"""The settings of every process, read once from the environment."""

import logging
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from jobs.errors import ConfigurationError

_HOST = r"(\[[0-9A-Fa-f:.]+\]|[^\s:/?#\[\]@,]*)(:[0-9]+)?"
_POSTGRES = re.compile(rf"postgres(ql)?://([^/?#]*@)?{_HOST}(,{_HOST})*(/[^#]*)?")
_MAX_SECRET_BYTES = 65_536
_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:[0-9]{1,5})?")
_HTTP = re.compile(rf"https?://{_HOST}(/[^#]*)?")
_REDIS = re.compile(rf"(rediss?://([^/?#]*@)?{_HOST}(/[^#]*)?|unix://[^#]+)")

# Accepted, for an old environment must not keep a new version from starting.
_GONE = {"NF_REDISPATCH_AFTER": "a ring names no job any more, and workers look into the line by themselves"}

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What the operator is told of one setting, and how its text is read."""

    name: str
    section: str
    about: str
    read: Callable[["_Text"], Any]
    # As .env.example shows it; empty where there is none.
    shown: str = ""
    # A secret may lie in a file instead, which NAME_FILE names: the environment is no place for secrets.
    is_secret: bool = False


def _of(
    name: str,
    read: Callable[["_Text"], Any],
    section: str,
    about: str,
    default: Any = None,
    *,
    shown: str = "",
    is_secret: bool = False,
) -> Any:
    setting = Setting(name=name, section=section, about=about, read=read, shown=shown, is_secret=is_secret)
    return field(default=default, metadata={"setting": setting})


def _text(name: str, section: str, about: str, *, is_secret: bool = False) -> Any:
    return _of(name, lambda text: text.value, section, about, is_secret=is_secret)


def _seconds(name: str, default: float, about: str) -> Any:
    return _of(name, lambda text: text.seconds(), _TIMINGS, about, timedelta(seconds=default), shown=f"{default:g}")


def _count(name: str, default: int, section: str, about: str, *, shown: str | None = None) -> Any:
    return _of(name, lambda text: text.count(), section, about, default, shown=str(default) if shown is None else shown)


def _bytes(name: str, default: int, about: str) -> Any:
    return _of(name, lambda text: text.bytes(), _LIMITS, about, default, shown=str(default))


def _days(name: str, default: int, about: str) -> Any:
    return _of(name, lambda text: text.days(), _KEPT, about, timedelta(days=default), shown=str(default))


_ENGINES = "engines"
_SIGN_IN = "who is who"
_SUPABASE = "Supabase: set, it does sign-in and files, and data too where DATABASE_URL is unset"
_CALLERS = "who may call, and how"
_TIMINGS = "timings, in seconds; fractions are allowed"
_LIMITS = "limits"
_WEBHOOK = "a webhook for programs: who is told when a job ends"
_KEPT = "what is kept, and for how long; 0 keeps it for ever"
_LOGS = "logs and metrics"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the environment says. A timing is a `timedelta`, to a tenth of a second and below.

    A row is the whole of a setting: its name, default, form and meaning stand here and nowhere else.
    `.env.example` is generated from them.
    """

    database_url: str | None = _of(
        "DATABASE_URL",
        lambda text: text.address(_POSTGRES, "postgresql://user:password@host:5432/database"),
        _ENGINES,
        "PostgreSQL 15 to 18, as postgresql://user:password@host:port/database. "
        "Unset, `novelfoundry up` brings its own.",
        is_secret=True,
    )
    redis_url: str | None = _of(
        "REDIS_URL",
        lambda text: text.address(_REDIS, "redis://:password@host:6379/0"),
        _ENGINES,
        "Redis or Valkey, as redis://:password@host:port/0. Unset, `novelfoundry up` brings its own.",
        is_secret=True,
    )
    data: Path = _of(
        "NF_DATA",
        lambda text: Path(text.value),
        _ENGINES,
        "Where the embedded engines' data and the local token secret are kept; `--data` says the same.",
        Path(".novelfoundry"),
        shown=".novelfoundry",
    )
    jwt_secret: str | None = _text(
        "NF_JWT_SECRET",
        _SIGN_IN,
        "Local mode's token secret, 32 characters or more. Unset, one is made once and kept under NF_DATA. "
        "Where several processes of a deployment sign or read tokens, all need the same: openssl rand -hex 32",
        is_secret=True,
    )
    local_sign_in: bool = _of(
        "NF_LOCAL_SIGN_IN",
        lambda text: text.flag(),
        _SIGN_IN,
        "1 lets a page that is opened on the API's own machine sign itself in as the local author. `novelfoundry up` "
        "sets it for the API that it starts on loopback. Leave it at 0 behind a proxy: through one, strangers look "
        "like this machine.",
        False,
        shown="0",
    )
    local_operator: bool = _of(
        "NF_LOCAL_OPERATOR",
        lambda text: text.flag(),
        _SIGN_IN,
        "1 makes the local author, as whom a page signs itself in, an operator: she sees the operator's page. "
        "Elsewhere an operator is whose token says `operator` in `app_metadata.role` or `app_metadata.roles`.",
        False,
        shown="0",
    )
    supabase_url: str | None = _text("SUPABASE_URL", _SUPABASE, "The project's address, as https://PROJECT.supabase.co")
    supabase_secret_key: str | None = _text(
        "SUPABASE_SECRET_KEY",
        _SUPABASE,
        "The key for servers, sb_secret_…: it passes row level security, so it never leaves the server.",
        is_secret=True,
    )
    supabase_publishable_key: str | None = _text(
        "SUPABASE_PUBLISHABLE_KEY", _SUPABASE, "The key for browsers, sb_publishable_…"
    )
    supabase_jwt_secret: str | None = _text(
        "SUPABASE_JWT_SECRET",
        _SUPABASE,
        "Only for projects that still sign tokens with a shared secret; else the project's public keys are fetched.",
        is_secret=True,
    )
    allowed_origins: tuple[str, ...] = _of(
        "NF_ALLOWED_ORIGINS",
        lambda text: text.origins(),
        _CALLERS,
        "The origins whose pages may call beside the server's own, as https://app.example,https://beta.example:8443. "
        "For HTTP, uploads and sockets alike. Programs send no Origin and need no place here. Where a proxy before "
        "the server changes the Host header, name the server's public origin too.",
        (),
    )
    base_path: str = _of(
        "NF_BASE_PATH",
        lambda text: text.path(),
        _CALLERS,
        "The path under which the service is reached where it has no host of its own, as /novels. A proxy may take it "
        "off or leave it on.",
        "",
        shown="/",
    )
    production: bool = _of(
        "NF_PRODUCTION",
        lambda text: text.flag(),
        _CALLERS,
        "1 answers no introspection, serves no GraphiQL and suggests no names in errors. Docker compose sets it.",
        False,
        shown="0",
    )
    trusted_documents: bool = _of(
        "NF_TRUSTED_DOCUMENTS",
        lambda text: text.flag(),
        _CALLERS,
        "1 executes the operations of the client contract only, by their text or by its SHA-256 hash. The page, the "
        "TypeScript client and `novelfoundry analyse` send no others.",
        False,
        shown="0",
    )
    queue_timeout: timedelta = _seconds(
        "NF_QUEUE_TIMEOUT",
        300,
        "How long a job waits in a line that nobody serves before it fails with QUEUE_TIMEOUT.",
    )
    sweep_interval: timedelta = _seconds("NF_SWEEP_INTERVAL", 60, "How often the scheduler settles overdue jobs.")
    lease: timedelta = _seconds(
        "NF_LEASE", 30, "How long a worker's claim holds without a heartbeat. A lease is at least two heartbeats."
    )
    heartbeat: timedelta = _seconds("NF_HEARTBEAT", 5, "How often a process and a running job show that they live.")
    run_timeout: timedelta = _seconds(
        "NF_RUN_TIMEOUT", 1800, "How long one analysis may run in all before it fails with RUN_TIMEOUT."
    )
    stall_timeout: timedelta = _seconds(
        "NF_STALL_TIMEOUT", 300, "How long an analysis may stand still before it is stopped and its try is lost."
    )
    max_attempts: int = _count(
        "NF_MAX_ATTEMPTS", 3, _LIMITS, "How often a job whose tries are lost is tried, first try included."
    )
    queue_limit: timedelta = _seconds(
        "NF_QUEUE_LIMIT", 86_400, "How long a job may wait in a line that is served before it fails with QUEUE_LIMIT."
    )
    resync_interval: timedelta = _seconds(
        "NF_RESYNC_INTERVAL",
        5,
        "How often watched jobs are compared with the database, in case an announcement was lost.",
    )
    tick_interval: timedelta = _seconds(
        "NF_TICK_INTERVAL",
        15,
        "How often a subscriber gets a frame though nothing changed, so that silence means a broken line.",
    )
    max_upload_bytes: int = _count(
        "NF_MAX_UPLOAD_BYTES",
        26_214_400,
        _LIMITS,
        "The largest manuscript file, in bytes. Pictures in a Word document, an EPUB, an OpenDocument text or a ZIP "
        "file do not count: of a larger file, up to three times this, they are taken out. A proxy in front has to let "
        "that through.",
    )
    webhook_url: str | None = _of(
        "NF_WEBHOOK_URL",
        lambda text: text.address(_HTTP, "https://example.org/novelfoundry"),
        _WEBHOOK,
        "Told by the scheduler of each job that has ended. https, and no private address; redirects are not followed. "
        "A secret, where its path is one.",
        is_secret=True,
    )
    webhook_secret: str | None = _text(
        "NF_WEBHOOK_SECRET",
        _WEBHOOK,
        "Signs what is told: whsec_ and base64 as Standard Webhooks has it, or any long text. "
        "The receiver must know it too.",
        is_secret=True,
    )
    webhook_allow_private: bool = _of(
        "NF_WEBHOOK_ALLOW_PRIVATE",
        lambda text: text.flag(),
        _WEBHOOK,
        "1 lets the webhook go to addresses of your own net, and by http.",
        False,
        shown="0",
    )
    max_author_bytes: int = _bytes(
        "NF_MAX_AUTHOR_BYTES",
        5_368_709_120,
        "How many bytes of manuscripts one author may keep. Whoever reaches it is told so, with what is used.",
    )
    min_free_bytes: int = _bytes(
        "NF_MIN_FREE_BYTES",
        536_870_912,
        "With fewer bytes free on the disk of the embedded database, nothing new is kept, and `system` says why. "
        "A database elsewhere is not watched.",
    )
    worker_concurrency: int = _count(
        "NF_WORKER_CONCURRENCY",
        os.cpu_count() or 1,
        _LIMITS,
        "How many analyses one worker runs at once. Unset: the number of processors.",
        shown="",
    )

    keep_events: timedelta = _days(
        "NF_KEEP_EVENTS_DAYS",
        90,
        "For how many days after its end a job keeps its history. Then its last event alone is kept: questions about a "
        "job come within weeks, and histories are most of what grows.",
    )
    keep_jobs: timedelta = _days(
        "NF_KEEP_JOBS_DAYS",
        365,
        "A finished job goes, with its report, when a newer job of its manuscript has been finished for so many days: "
        "an author compares drafts over a year. A manuscript always keeps its newest.",
    )
    keep_drafts: int = _count(
        "NF_KEEP_DRAFTS",
        20,
        _KEPT,
        "So many reports of one manuscript are kept however old they are, the newest ones.",
    )

    backup_days: int | None = _of(
        "NF_BACKUP_DAYS",
        lambda text: text.count(),
        _KEPT,
        "How many days you keep backups. An author who deletes everything of hers is told, for until then it is there.",
    )

    log_format: str = _of(
        "NF_LOG_FORMAT",
        lambda text: text.choice("text", "json"),
        _LOGS,
        "How processes log: text for people, json, an object a line, for what collects logs.",
        "text",
        shown="text",
    )

    metrics_port: int | None = _of(
        "NF_METRICS_PORT",
        lambda text: text.port(),
        _LOGS,
        "The port on which a worker or scheduler shows its metrics, to whoever reaches it. Unset, it listens on none. "
        "The api shows its own at /metrics.",
    )

    def __post_init__(self) -> None:
        if self.heartbeat * 2 > self.lease:
            raise ConfigurationError(
                f"NF_HEARTBEAT ({_in_seconds(self.heartbeat)} s) must be at most half of NF_LEASE "
                f"({_in_seconds(self.lease)} s): a lease must survive one lost heartbeat."
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
    def absent_after(self) -> timedelta:
        """For how long a process may be silent and still count as alive."""
        return max(self.lease, self.heartbeat * 6)

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
        given = os.environ if environment is None else environment
        _say_what_is_gone(given)
        read: dict[str, Any] = {}
        for attribute, setting in settings():
            if (value := value_of(given, setting)) is not None:
                read[attribute] = value
        return cls(**read)


def settings() -> Iterator[tuple[str, Setting]]:
    """Each attribute of Settings with its row, in the order of `.env.example`."""
    for each in fields(Settings):
        yield each.name, each.metadata["setting"]


def value_of(environment: Mapping[str, str], setting: Setting) -> Any:
    """What the environment says of one setting; None where it says nothing. Raises ConfigurationError."""
    text = _given(environment, setting)
    return setting.read(_Text(setting.name, text)) if text else None


# Those that are read elsewhere: the token of `analyse` is its caller's, and no process of the deployment has one.
_OTHERS = {"NF_TOKEN"}


def misspelt(environment: Mapping[str, str]) -> dict[str, str | None]:
    """The names that begin with NF_ and are no settings, each with the setting that was probably meant."""
    rows = [setting for _, setting in settings()]
    known = {each.name for each in rows} | {f"{each.name}_FILE" for each in rows if each.is_secret} | _OTHERS
    strangers = sorted(name for name in environment if name.startswith("NF_") and name not in known)
    return {name: next(iter(get_close_matches(name, known, 1, 0.75)), None) for name in strangers}


def _say_what_is_gone(given: Mapping[str, str]) -> None:
    for name, why in _GONE.items():
        if given.get(name):
            _log.warning("%s does nothing any more: %s. Take it out.", name, why)


def _given(environment: Mapping[str, str], setting: Setting) -> str:
    text, in_file = environment.get(setting.name, "").strip(), f"{setting.name}_FILE"
    path = environment.get(in_file, "").strip() if setting.is_secret else ""
    if text and path:
        raise ConfigurationError(f"{setting.name} and {in_file} are both set: set one of them.")
    return _content(in_file, path) if path else text


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


@dataclass(frozen=True, slots=True)
class _Text:
    """The text of a setting, which is not empty. Each method raises ConfigurationError."""

    name: str
    value: str

    def choice(self, *words: str) -> str:
        if self.value not in words:
            raise ConfigurationError(f"{self.name} must be {' or '.join(words)}, not {self.value!r}.")
        return self.value

    def port(self) -> int:
        if not self.value.isdecimal() or not 1 <= int(self.value) <= 65_535:
            raise ConfigurationError(f"{self.name} must be a port, a number from 1 to 65535, not {self.value!r}.")
        return int(self.value)

    def flag(self) -> bool:
        if self.value not in ("0", "1"):
            raise ConfigurationError(f"{self.name} must be 1 for yes or 0 for no, not {self.value!r}.")
        return self.value == "1"

    def path(self) -> str:
        """A path without a slash at its end; empty for the root."""
        path = self.value.rstrip("/")
        if not re.fullmatch(r"(/[A-Za-z0-9._~-]+)*", path) or "." in path.split("/") or ".." in path.split("/"):
            raise ConfigurationError(
                f"{self.name} must be a path such as /novels, of letters, digits, `.`, `_`, `~` and `-`, "
                f"not {self.value!r}."
            )
        return path

    def origins(self) -> tuple[str, ...]:
        """Origins as browsers send them: small letters, no path, and no port that the scheme implies."""
        return tuple(self._origin(each.strip()) for each in self.value.split(",") if each.strip())

    def _origin(self, text: str) -> str:
        origin = re.sub(r"^(http://.*):80$|^(https://.*):443$", r"\1\2", text.lower())
        if not _ORIGIN.fullmatch(origin):
            raise ConfigurationError(
                f"{self.name}: {text!r} is no origin such as https://app.example or http://localhost:5173: "
                "a scheme, a host and perhaps a port, without a path and without `*`; several with commas between."
            )
        return origin

    def address(self, form: re.Pattern[str], example: str) -> str:
        """An address of that form. What was given is not repeated: it holds a password."""
        if not form.fullmatch(self.value):
            raise ConfigurationError(
                f"{self.name} is not an address such as {example}. In a password, write / ? # as %2F %3F %23."
            )
        return self.value

    def seconds(self) -> timedelta:
        value = self._number()
        if not 0.01 <= value <= 31_536_000:
            raise ConfigurationError(f"{self.name} must be between 0.01 and 31536000 seconds, not {value:g}.")
        return timedelta(seconds=value)

    def days(self) -> timedelta:
        """None at all means for ever."""
        value = self._number()
        if not 0 <= value <= 36_500 or value != int(value):
            raise ConfigurationError(f"{self.name} must be a whole number of days from 0 to 36500, not {value:g}.")
        return timedelta(days=value)

    def bytes(self) -> int:
        value = self._number()
        if value < 1 or value > 2**53 or value != int(value):
            raise ConfigurationError(f"{self.name} must be a whole number of bytes from 1 up, not {value:g}.")
        return int(value)

    def count(self) -> int:
        value = self._number()
        if value < 1 or value > 2_147_483_647 or value != int(value):
            raise ConfigurationError(f"{self.name} must be a whole number from 1 up, not {value:g}.")
        return int(value)

    def _number(self) -> float:
        try:
            return float(self.value)
        except ValueError:
            raise ConfigurationError(f"{self.name} must be a number, not {self.value!r}.") from None


def _in_seconds(duration: timedelta) -> str:
    return f"{duration.total_seconds():g}"
