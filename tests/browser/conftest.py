"""What the browser tests stand on: the real running program, and pages that tell what went wrong in them."""

import shutil
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect, sync_playwright

from tests import memory
from tests.browser.program import ROOT, Program

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

# A machine that does much else beside the tests is slow, not wrong.
expect.set_options(timeout=30_000)

# The page says when it breaks its own content security policy.
_LISTEN = """
addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
  console.error('CSP', violatedDirective, blockedURI));
"""

# A refused upload or a stopped server is an answer that the page shows; Chromium calls each an error.
BASE_PATH = "/novels"
_ANSWERED = ("Failed to load resource", "WebSocket connection to")


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
        posts = [asked for asked in self.requests if asked.url.endswith("/graphql") and asked.method == "POST"]
        return [" ".join(_query(post).replace("(", " ").split()[:2]) for post in posts]

    def foreign_addresses(self) -> set[str]:
        """Every address asked for that is not the service's own."""
        ours = (self.base, self.base.replace("http", "ws", 1), "blob:", "data:")
        return {request.url for request in self.requests if not request.url.startswith(ours)}


Opener = Callable[..., Opened]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Shows with a failed test what the program said meanwhile."""
    report = yield
    if report.failed and isinstance(item, pytest.Function):
        for program in item.funcargs.values():
            if isinstance(program, Program):
                report.sections.append(("the program", program.last_words))
    return report


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium; where there is none, the test is skipped and says so."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine: install it, e.g. `apt-get install chromium`")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def program(browser: Browser) -> Iterator[Program]:
    """The program for all tests that leave it as it is; it is there under a path as well as at the root."""
    with memory.directory() as data, running(Program(data, {"NF_BASE_PATH": BASE_PATH})) as program:
        yield program


@contextmanager
def running(program: Program) -> Iterator[Program]:
    """Starts the program and stops it at the end."""
    if not (ROOT / "server" / "static" / "index.html").is_file():
        pytest.fail("The dashboard is not built: run `make dashboard`.")
    try:
        program.start()
        yield program
    finally:
        program.stop()


@pytest.fixture
def open_page(browser: Browser, program: Program) -> Iterator[Opener]:
    """Opens pages, with the options of a Playwright context; fails the test if one of them complained."""
    with opener(browser, program) as open_one:
        yield open_one


@contextmanager
def opener(browser: Browser, program: Program) -> Iterator[Opener]:
    """See `open_page`."""
    opened: list[Opened] = []

    def open_one(**options: object) -> Opened:
        context = browser.new_context(**options)  # type: ignore[arg-type]
        one = Opened(context.new_page(), program.base)
        _listen(one)
        opened.append(one)
        return one

    yield open_one
    for one in opened:
        one.page.context.close()
    assert [complaint for one in opened for complaint in one.complaints] == []
    assert [address for one in opened for address in one.foreign_addresses()] == []


def _listen(one: Opened) -> None:
    def hear(message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(_ANSWERED):
            one.complaints.append(message.text)

    one.page.add_init_script(_LISTEN)
    one.page.on("console", hear)
    one.page.on("pageerror", lambda error: one.complaints.append(str(error)))
    one.page.on("request", lambda request: one.requests.append(request))


def _query(request: Request) -> str:
    body = request.post_data_json
    return str(body["query"]) if isinstance(body, dict) else ""
