"""`python -m jobs.analysis.template --parent PID`: a process that has loaded what an analysis needs, and forks it.

Standard input is a socket of whole messages (SOCK_SEQPACKET), each one JSON object:

    worker    {"begin": NUMBER, "filename"}, with three descriptors: its file, standard output and error
              {"kill": NUMBER}
    template  {"began": NUMBER, "pid"}, or {"refused": NUMBER, "why"} when the system gives no process
              {"ended": NUMBER, "status"}: the exit code, or the number of the signal that ended it, negative

It reads nothing that strangers wrote, holds no secret, and has one thread, so that a fork is whole. An analysis
begins as a copy of it: what one of them does, no other sees.
"""

import argparse
import gc
import json
import os
import select
import signal
import socket
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from jobs.analysis.analyse import analyse_document
from jobs.analysis.confinement import end_with_parent, name_process
from jobs.analysis.one import tell
from jobs.analysis.reading.plain import read_text

PROCESS_NAME = "nf-analysis"
"""What `top` and the tests call an analysis: its command line is the template's."""
_LONGEST_MESSAGE = 64 * 1024
_DESCRIPTORS = 3
_CRASHED = 1
# English, which most manuscripts are in: all lists of words together would take 0.9 GB and five seconds.
_WARM_UP = (
    'It rained for days. "Come in," said Anna, "the water rises." The house was dark, and the door stood open.\n\n'
)


class Template:
    """Forks analyses for the worker at the other end of the line, until that is gone."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._numbers: dict[int, int] = {}  # by pid: the worker's number for an analysis that runs
        self._bell, ring = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(ring, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def serve(self) -> None:
        """Answers until the worker is gone; its analyses end with the template."""
        while True:
            line = self._line.fileno()
            ready, _, _ = select.select([line, self._bell], [], [])
            if self._bell in ready:
                os.read(self._bell, 4096)
                self._reap()
            if line in ready and not self._answer():
                return

    def _answer(self) -> bool:
        packet, descriptors, _, _ = socket.recv_fds(self._line, _LONGEST_MESSAGE, _DESCRIPTORS)
        if not packet:
            return False
        match json.loads(packet):
            case {"begin": int() as number, "filename": str() as filename}:
                self._begin(number, filename, descriptors)
            case {"kill": int() as number}:
                self._kill(number)
        return True

    def _begin(self, number: int, filename: str, descriptors: list[int]) -> None:
        template = os.getpid()
        try:
            pid = os.fork()
        except OSError as error:
            self._say(refused=number, why=str(error))
        else:
            if pid == 0:
                self._become(template, filename, descriptors)
            self._numbers[pid] = number
            self._say(began=number, pid=pid)
        finally:
            for descriptor in descriptors:
                os.close(descriptor)

    def _become(self, template: int, filename: str, descriptors: list[int]) -> NoReturn:
        """Is the analysis from here on, in the new process."""
        status = _CRASHED
        try:
            end_with_parent(template)
            name_process(PROCESS_NAME)
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            file = _take_over(self._line, descriptors)
            tell(Path(f"/dev/fd/{file}"), filename)
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            with suppress(BaseException):
                sys.stderr.flush()
            os._exit(status)

    def _kill(self, number: int) -> None:
        # Only what has not been reaped: the number of a process that is gone may be another's by now.
        for pid, known in self._numbers.items():
            if known == number:
                os.kill(pid, signal.SIGKILL)

    def _reap(self) -> None:
        while self._numbers:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            self._say(ended=self._numbers.pop(pid), status=os.waitstatus_to_exitcode(status))

    def _say(self, **message: object) -> None:
        self._line.send(json.dumps(message).encode())


def main() -> None:
    """Loads, and then forks for as long as the worker lives."""
    parser = argparse.ArgumentParser(prog="python -m jobs.analysis.template")
    parser.add_argument("--parent", type=int, required=True, metavar="PID", help="the worker")
    end_with_parent(parser.parse_args().parent)
    analyse_document(read_text(_WARM_UP * 40), lambda stage, share: None)
    # What is frozen is not written to by a later collection, and stays shared with every analysis.
    gc.collect()
    gc.freeze()
    with suppress(BrokenPipeError, ConnectionResetError):
        Template(socket.socket(fileno=0)).serve()


def _take_over(line: socket.socket, descriptors: list[int]) -> int:
    """Puts the analysis' own descriptors where it looks for them and closes all others; returns that of the file."""
    file, output, errors = descriptors
    line.detach()
    os.dup2(output, 1)
    os.dup2(errors, 2)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(file, 3)
    os.closerange(4, os.sysconf("SC_OPEN_MAX"))
    return 3


if __name__ == "__main__":
    main()
