"""The whole program, running as an author's machine runs it."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import psutil

ROOT = Path(__file__).parents[2]
READY_SECONDS = 60.0


class Program:
    """`novelfoundry up` on embedded engines, on a port and a data directory of its own."""

    def __init__(self, data: Path, environment: dict[str, str] | None = None) -> None:
        self._data = data
        self._environment = {**os.environ, **(environment or {})}
        self._port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def base(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def last_words(self) -> str:
        """The end of what it has written."""
        return self._log.read_text()[-3000:]

    def start(self) -> None:
        """Starts it and waits until it is ready. Raises RuntimeError with its last words when it is not."""
        command = [sys.executable, "-m", "command.cli", "up", "--port", str(self._port), "--data", str(self._data)]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, env=self._environment)
        deadline = time.monotonic() + READY_SECONDS
        while not self._is_ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("`novelfoundry up` did not become ready:\n" + self.last_words)
            time.sleep(0.1)

    def stop(self) -> None:
        """Stops it as Ctrl-C does."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(timeout=60)
            self._process = None

    @contextmanager
    def frozen(self, name: str) -> Iterator[None]:
        """Keeps one of its processes, e.g. the worker, from doing anything."""
        assert self._process is not None
        processes = [child for child in psutil.Process(self._process.pid).children() if name in child.cmdline()]
        assert processes, f"no process {name} among those of the program"
        for process in processes:
            process.suspend()
        try:
            yield
        finally:
            for process in processes:
                process.resume()

    @property
    def _log(self) -> Path:
        return self._data / "up.log"

    def _is_ready(self) -> bool:
        try:
            with urlopen(self.base + "/readyz", timeout=2):
                return True
        except (URLError, ConnectionError, TimeoutError):
            return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
