"""What the browser tests stand on: the real running program, and a page that tells what went wrong in it."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "server" / "static" / "index.html"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
READY_SECONDS = 60.0

# The page says when it breaks its own content security policy.
_LISTEN = """
addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
  console.error('CSP', violatedDirective, blockedURI));
"""


@dataclass(slots=True)
class Opened:
    """A page and what was seen of it from outside."""

    page: Page
    base: str
    complaints: list[str] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)

    def go(self, path: str = "/") -> None:
        """Opens a path of the service."""
        self.page.goto(self.base + path)

    def graphql_posts(self) -> list[str]:
        """The operations that were sent over HTTP, e.g. `query Manuscripts`, in order."""
        posts = [request for request in self.requests if request.url.endswith("/graphql") and request.method == "POST"]
        return [" ".join(_query(post).replace("(", " ").split()[:2]) for post in posts]

    def foreign_hosts(self) -> set[str]:
        """Every address asked that is not the service's own."""
        ours = (self.base, self.base.replace("http", "ws", 1), "blob:", "data:")
        return {request.url for request in self.requests if not request.url.startswith(ours)}


Opener = Callable[..., Opened]


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the whole program, running on embedded engines."""
    if not STATIC.is_file():
        pytest.fail("The dashboard is not built: run `make setup`.")
    port = _free_port()
    with _up(port, tmp_path_factory.mktemp("browser")):
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium; where there is none, the test is skipped and says so."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine: install it, e.g. `apt-get install chromium`")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser, service: str) -> Iterator[Opener]:
    """Opens pages, with the options of a Playwright context; fails the test if one of them complained."""
    opened: list[Opened] = []

    def open_one(**options: object) -> Opened:
        context = browser.new_context(**options)  # type: ignore[arg-type]
        one = Opened(context.new_page(), service)
        _listen(one)
        opened.append(one)
        return one

    yield open_one
    for one in opened:
        one.page.context.close()
    assert [complaint for one in opened for complaint in one.complaints] == []
    assert set().union(*(one.foreign_hosts() for one in opened)) == set()


def _listen(one: Opened) -> None:
    def hear(message: ConsoleMessage) -> None:
        # A refused upload is an answer that the page shows; Chromium calls every 4xx an error.
        if message.type == "error" and "Failed to load resource" not in message.text:
            one.complaints.append(message.text)

    one.page.add_init_script(_LISTEN)
    one.page.on("console", hear)
    one.page.on("pageerror", lambda error: one.complaints.append(str(error)))
    one.page.on("request", lambda request: one.requests.append(request))


def _query(request: Request) -> str:
    body = request.post_data_json
    return str(body["query"]) if isinstance(body, dict) else ""


@contextmanager
def _up(port: int, data: Path) -> Iterator[None]:
    command = [sys.executable, "-m", "server.cli", "up", "--port", str(port), "--data", str(data)]
    with (data / "up.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, env=dict(os.environ))
        try:
            _wait_until_ready(process, port, data / "up.log")
            yield
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=30)


def _wait_until_ready(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2):
                return
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    pytest.fail("`novelfoundry up` did not become ready:\n" + log.read_text()[-2000:])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
