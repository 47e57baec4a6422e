"""Whether reading takes time by length, whatever is written: draws patterns and doubles each in every format.

Run: python benchmarks/linear.py [PATTERNS] [--megabytes 0.8] [--seed 0] [--only a.docx]. Prints each pattern of which a
doubling cost more than 2.3 times as much, and the greatest ratio that was seen. Times are of the processor; a ratio
counts only when it is seen again in a second measurement, as others may be busy on this machine.
"""

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from jobs.analysis.analyse import analyse  # noqa: E402  (after the path is set: it runs from a checkout)
from jobs.errors import Refused  # noqa: E402
from tests.unit.analysis.patterns import MARKS, WRITERS, Pattern  # noqa: E402

MOST = 2.3
SMALLEST = 48 * 1024
LEAST_SECONDS = 0.05
"""What costs less is measured too coarsely to be compared."""
LONGEST_SECONDS = 120.0


def main() -> None:
    """Prints what is too slow, and the greatest ratio."""
    arguments = _arguments()
    source = random.Random(arguments.seed)
    greatest = 0.0
    signal.signal(signal.SIGVTALRM, _stop)
    with tempfile.TemporaryDirectory() as directory:
        for _ in range(arguments.patterns):
            pattern = _drawn(source)
            for filename in arguments.only or WRITERS:
                path = Path(directory, filename)
                worst = _worst(path, pattern, arguments.megabytes)
                if worst > MOST:
                    worst = min(worst, _worst(path, pattern, arguments.megabytes))
                greatest = max(greatest, worst)
                if worst > MOST:
                    print(f"{worst:8.2f} × for a doubling of {filename} with {pattern}", flush=True)
    print(f"{arguments.patterns} patterns up to {arguments.megabytes} MB; greatest ratio of a doubling {greatest:.2f}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("patterns", nargs="?", type=int, default=2, help="how many are drawn")
    parser.add_argument("--megabytes", type=float, default=0.8, help="the length that is doubled up to")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", action="append", choices=sorted(WRITERS), help="a format")
    return parser.parse_args()


def _drawn(source: random.Random) -> Pattern:
    head, unit, tail = (
        "".join(source.choices(MARKS, k=source.choice(sizes))) for sizes in ((0, 1, 2), (1, 2, 3), (0, 1))
    )
    return Pattern(head=head, unit=unit, tail=tail)


def _worst(path: Path, pattern: Pattern, megabytes: float) -> float:
    """The greatest ratio of a doubling; infinity where one did not end."""
    costs: list[float] = []
    for length in _lengths(int(megabytes * 1_000_000)):
        path.write_bytes(WRITERS[path.name](pattern.text(length)))
        costs.append(_seconds(path))
    return max((long / max(short, LEAST_SECONDS) for short, long in pairwise(costs)), default=0.0)


def _lengths(longest: int) -> list[int]:
    """The longest, its half and so on, from the shortest up."""
    return sorted(longest >> halved for halved in range(32) if longest >> halved > SMALLEST)


def _seconds(path: Path) -> float:
    started = _spent()
    signal.setitimer(signal.ITIMER_VIRTUAL, LONGEST_SECONDS)
    try:
        analyse(path, path.name, lambda stage, progress: None)
    except Refused:
        pass
    except TimeoutError:
        return float("inf")
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return _spent() - started


def _spent() -> float:
    """Processor time, of the process that reads a PDF as well."""
    times = os.times()
    return time.process_time() + times.children_user + times.children_system


def _stop(signum: int, frame: FrameType | None) -> None:
    raise TimeoutError


if __name__ == "__main__":
    main()
