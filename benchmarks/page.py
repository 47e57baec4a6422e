"""From a cold browser to a dashboard that can be used, on loopback: the limit is one second.

Runs `novelfoundry up` on engines of its own, and needs Chromium. Prints the median and its share of the limit, and its
ratio to an empty page that the same browser loads in the same run.
"""

import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parents[1]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
RUNS = 15
LIMIT = 1.0


def main() -> int:
    if CHROMIUM is None:
        print("skipped: no Chromium on this machine")
        return 0
    with tempfile.TemporaryDirectory() as data:
        port = _free_port()
        program = subprocess.Popen(
            [sys.executable, "-m", "command.cli", "up", "--port", str(port), "--data", data],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
        )
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_until_ready(url)
            return _measure(url)
        finally:
            program.send_signal(signal.SIGTERM)
            program.wait(timeout=30)


def _measure(url: str) -> int:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        empty = [_load(browser, f"{url}/livez", None) for _ in range(RUNS)]
        usable = [_load(browser, f"{url}/", "Choose a file") for _ in range(RUNS)]
        browser.close()
    unit, median, worst = statistics.median(empty), statistics.median(usable), max(usable)
    print(f"smallest answer as a page   p50 {unit * 1000:6.0f} ms")
    print(f"dashboard usable, cold      p50 {median * 1000:6.0f} ms   worst {worst * 1000:6.0f} ms")
    print(f"                            {median / unit:.1f} × the smallest answer")
    print(f"limit {LIMIT:g} s                   {median / LIMIT:6.2f} of it   {'met' if median < LIMIT else 'MISSED'}")
    return 0 if median < LIMIT else 1


def _load(browser: Browser, url: str, button: str | None) -> float:
    """Seconds to the page, or to its button, in a profile that has seen nothing yet."""
    context = browser.new_context()
    page = context.new_page()
    since = time.perf_counter()
    page.goto(url)
    if button is not None:
        page.get_by_role("button", name=button).click(trial=True)
    seconds = time.perf_counter() - since
    context.close()
    return seconds


def _wait_until_ready(url: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            with urlopen(f"{url}/readyz", timeout=2):
                return
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise SystemExit("the program did not become ready")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    raise SystemExit(main())
