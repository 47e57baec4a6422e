"""`python -m jobs.analysis FILE --filename NAME`: the analysis in a process of its own, which may be killed.

Standard output is JSON, one object a line: any number of {"stage", "progress"}, then exactly one
{"report", "word_count"} or {"unreadable"}, and exit 0 after both. Anything else is a crash, told on standard
error. The parent keeps standard input open: when that ends, so does this process, with exit 3.
"""

import argparse
import gc
import json
import sys
from pathlib import Path
from typing import Any

from jobs.analysis.confinement import TOO_LONG, OutOfTime, confine
from jobs.errors import TooLarge, Unreadable, UnsupportedFormat

_TOO_MUCH = "This manuscript needs more memory than an analysis may use. Upload it in two parts."


def main() -> None:
    """Runs one analysis and says how it ended."""
    arguments = _arguments()
    # One file and the process ends: to look for cycles in a novel's words is a fifth of the work, and finds none.
    gc.disable()
    confine(arguments.path.stat().st_size if arguments.path.exists() else 0)
    _progress("Opening the file", 0.0)
    _say(**_outcome(arguments.path, arguments.filename or arguments.path.name))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m jobs.analysis", description="Analyse one manuscript.")
    parser.add_argument("path", type=Path, help="the file")
    parser.add_argument("--filename", help="the name that the author gave it; its ending says the format")
    return parser.parse_args()


def _outcome(path: Path, filename: str) -> dict[str, Any]:
    from jobs.analysis.analyse import analyse  # after the limits are set

    try:
        report = analyse(path, filename, _progress)
    except (Unreadable, UnsupportedFormat, TooLarge) as refusal:
        return {"unreadable": refusal.message}
    except MemoryError:
        return {"unreadable": _TOO_MUCH}
    except OutOfTime:
        return {"unreadable": TOO_LONG}
    return {"report": report.to_json(), "word_count": report.summary.words}


def _progress(stage: str, progress: float) -> None:
    _say(stage=stage, progress=round(progress, 4))


def _say(**message: Any) -> None:
    sys.stdout.write(json.dumps(message, ensure_ascii=True, separators=(",", ":")) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
