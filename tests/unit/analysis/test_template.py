"""Analyses that are forked from a template, as a worker asks for them."""

import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from jobs.analysis.template import PROCESS_NAME
from tests.unit.analysis.documents import pdf, typeset
from tests.unit.analysis.files import SAMPLE, prose
from tests.unit.analysis.test_child_process import ROOT, run

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere each analysis is a fresh process")

_LONG_PATTERN = "re.match('(a|aa)+$', 'a' * 99 + 'b')"


@dataclass
class Forked:
    """An analysis that began."""

    number: int
    pid: int
    output: int
    errors: int

    def messages(self) -> list[dict[str, Any]]:
        """All that it says, until it ends."""
        with os.fdopen(self.output) as lines:
            return [json.loads(line) for line in lines]

    def first(self) -> dict[str, Any]:
        """The first that it says."""
        message: dict[str, Any] = json.loads(os.read(self.output, 4096).partition(b"\n")[0])
        return message

    def complaints(self) -> str:
        """What it wrote on standard error, until it ends."""
        with os.fdopen(self.errors) as text:
            return text.read()


class Template:
    """A template at the other end of a line, ours alone."""

    def __init__(self, line: socket.socket, pid: int) -> None:
        self._line = line
        self.pid = pid
        self._ended: dict[int, int] = {}
        self._numbers = 0

    def begin(self, path: Path, filename: str) -> Forked:
        """Asks for an analysis and waits until it has begun."""
        self._numbers += 1
        (output, its_output), (errors, its_errors) = os.pipe(), os.pipe()
        with path.open("rb") as file:
            descriptors = [file.fileno(), its_output, its_errors]
            self._ask(descriptors, begin=self._numbers, filename=filename)
        os.close(its_output)
        os.close(its_errors)
        while "began" not in (began := self._hear()):
            self._ended[began["ended"]] = began["status"]
        return Forked(self._numbers, began["pid"], output, errors)

    def kill(self, forked: Forked) -> None:
        """Asks for its death."""
        self._ask([], kill=forked.number)

    def status(self, forked: Forked) -> int:
        """Waits for its end; how it ended."""
        while forked.number not in self._ended:
            ended = self._hear()
            self._ended[ended["ended"]] = ended["status"]
        return self._ended[forked.number]

    def _ask(self, descriptors: list[int], **message: object) -> None:
        socket.send_fds(self._line, [json.dumps(message).encode()], descriptors)

    def _hear(self) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(self._line.recv(65_536))
        return message


@contextmanager
def template(before: str = "pass") -> Iterator[Template]:
    """A template that carries out `before` first."""
    ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.settimeout(60)
    with ours:
        with its:
            process = subprocess.Popen(
                [sys.executable, "-c", _program(before, os.getpid())], stdin=its.fileno(), cwd=ROOT
            )
        try:
            yield Template(ours, process.pid)
        finally:
            process.kill()
            process.wait()


def _program(before: str, parent: int) -> str:
    return (
        f"import os, re, sys, jobs.analysis.analyse as a, jobs.analysis.confinement as c; {before};"
        f"sys.argv[1:] = ['--parent', '{parent}']; from jobs.analysis.template import main; main()"
    )


@pytest.fixture(scope="module")
def warm() -> Iterator[Template]:
    """One template for the tests that leave it as it is."""
    with template() as one:
        yield one


def test_a_forked_analysis_says_what_a_fresh_one_says(warm: Template) -> None:
    forked = warm.begin(SAMPLE, SAMPLE.name)

    told, complaints = forked.messages(), forked.complaints()

    assert (told, warm.status(forked), complaints) == run(str(SAMPLE))


def test_what_cannot_be_read_is_told_in_a_sentence_and_is_no_crash(warm: Template, tmp_path: Path) -> None:
    (tmp_path / "stored").write_bytes(b"PK\x03\x04 cut off")
    forked = warm.begin(tmp_path / "stored", "--novel.docx")

    [*_, last] = forked.messages()

    assert "ends too early" in last["unreadable"]
    assert (forked.complaints(), warm.status(forked)) == ("", 0)


def test_one_is_killed_and_the_other_goes_on(warm: Template, tmp_path: Path) -> None:
    (tmp_path / "long.txt").write_text(prose(150_000), encoding="utf-8")
    killed, other = (warm.begin(path, "a.txt") for path in (tmp_path / "long.txt", SAMPLE))
    killed.first()

    warm.kill(killed)

    assert warm.status(killed) == -signal.SIGKILL
    assert "report" in other.messages()[-1]
    assert warm.status(other) == 0
    warm.kill(killed)  # what has ended is not killed again
    assert psutil.Process(warm.pid).is_running()


def test_nothing_of_an_analysis_is_there_for_the_next() -> None:
    opened = "[n for n in range(99) if os.path.lexists(f'/proc/self/fd/{n}')]"
    left = f"[os.environ.get('LEFT'), getattr(a, 'left', None), {opened}]"
    keep = "os.environ.update(LEFT='1') or setattr(a, 'left', 1)"
    with template(f"a.analyse = lambda *_: sys.exit(repr({left}) + str({keep}))") as changed:
        first, second = (changed.begin(SAMPLE, SAMPLE.name) for _ in range(2))

        assert [_last_line(first), _last_line(second)] == ["SystemExit: [None, None, [0, 1, 2, 3]]None"] * 2


def test_a_crash_is_told_with_a_traceback() -> None:
    with template("a.analyse = lambda *_: 1 / 0") as broken:
        forked = broken.begin(SAMPLE, SAMPLE.name)

        assert "ZeroDivisionError" in forked.complaints()
        assert broken.status(forked) == 1


def test_a_death_by_a_signal_is_told_as_one() -> None:
    with template("a.analyse = lambda *_: os.kill(os.getpid(), 11)") as deadly:
        forked = deadly.begin(SAMPLE, SAMPLE.name)

        assert deadly.status(forked) == -signal.SIGSEGV


@pytest.mark.parametrize(
    ("work", "sentence"),
    [
        ("bytearray(2 * 10**9)", "needs more memory"),
        ("(x := 0) or [x := x + 1 for _ in iter(int, 1)]", "takes far longer to read"),
        (_LONG_PATTERN, "takes far longer to read"),
    ],
)
def test_its_walls_are_those_of_a_fresh_one(work: str, sentence: str) -> None:
    with template(f"c.LEAST_SECONDS = 1; a.analyse = lambda *_: {work}") as hungry:
        forked = hungry.begin(SAMPLE, SAMPLE.name)

        assert sentence in forked.messages()[-1]["unreadable"]
        assert hungry.status(forked) == 0


@pytest.mark.parametrize(
    "reach",
    [
        "open('SECRET').read()",
        "open(f'/proc/{os.getppid()}/environ').read()",
        "open('/proc/self/environ').read()",
        "open('/etc/passwd').read()",
        "open('SECRET', 'a')",
        "os.mkdir('SECRET.d')",
        "os.unlink('SECRET')",
        "__import__('socket').socket()",
        "__import__('socket').socket(__import__('socket').AF_UNIX)",
        "__import__('subprocess').run(['cat', 'SECRET'], check=True)",
    ],
)
def test_it_reaches_no_secret_no_other_file_and_no_network(reach: str, tmp_path: Path) -> None:
    _needs_landlock()
    secret = tmp_path / "secret"
    secret.write_text("a secret")
    with template(f"a.analyse = lambda *_: {reach.replace('SECRET', str(secret))}") as curious:
        forked = curious.begin(SAMPLE, SAMPLE.name)

        last = _last_line(forked)
        assert last.startswith(("PermissionError", "subprocess.CalledProcessError")), last
    assert secret.read_text() == "a secret"


def test_a_pdf_is_read_within_the_walls_by_its_own_process(warm: Template, tmp_path: Path) -> None:
    path = tmp_path / "stored"
    path.write_bytes(pdf(typeset([prose(300)], foot=False)))
    forked = warm.begin(path, "novel.pdf")

    assert "report" in forked.messages()[-1], forked.complaints()
    assert warm.status(forked) == 0


def test_the_template_and_what_it_forked_end_with_the_worker_whatever_they_do(tmp_path: Path) -> None:
    worker = subprocess.Popen(
        [sys.executable, "-c", _WORKER, _program(f"a.analyse = lambda *_: {_LONG_PATTERN}", 0), str(SAMPLE)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    with worker:
        try:
            assert worker.stdout is not None
            family = [psutil.Process(pid) for pid in json.loads(worker.stdout.readline())]
            # It is in the pattern, where no thread and no handler runs.
            _until(lambda: family[1].name() == PROCESS_NAME and family[1].cpu_times().user > 0.2)
        finally:
            worker.kill()

    assert psutil.wait_procs(family, timeout=20)[1] == []


def test_a_signal_for_the_whole_service_ends_neither(warm: Template, tmp_path: Path) -> None:
    (tmp_path / "long.txt").write_text(prose(50_000), encoding="utf-8")
    forked = warm.begin(tmp_path / "long.txt", "long.txt")
    forked.first()

    for pid in (warm.pid, forked.pid):
        os.kill(pid, signal.SIGTERM)
        os.kill(pid, signal.SIGINT)

    assert "report" in forked.messages()[-1]
    assert warm.status(forked) == 0


_WORKER = """
import json, os, socket, subprocess, sys, time
ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
program = sys.argv[1].replace("'0'", repr(str(os.getpid())))
template = subprocess.Popen([sys.executable, "-c", program], stdin=its)
file, nothing = os.open(sys.argv[2], os.O_RDONLY), os.open(os.devnull, os.O_WRONLY)
socket.send_fds(ours, [json.dumps({"begin": 1, "filename": "a.txt"}).encode()], [file, nothing, nothing])
print(json.dumps([template.pid, json.loads(ours.recv(4096))["pid"]]), flush=True)
time.sleep(600)
"""


def _needs_landlock() -> None:
    if ctypes.CDLL(None).syscall(444, None, ctypes.c_size_t(0), 1) < 1:
        pytest.skip("this kernel has no Landlock")


def _last_line(forked: Forked) -> str:
    return forked.complaints().strip().splitlines()[-1]


def _until(holds: Callable[[], bool]) -> None:
    limit = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < limit
        time.sleep(0.02)
