"""One analysis in the process that it has to itself, told on standard output in lines of JSON.

Any number of {"stage", "progress"}, then exactly one {"report", "text", "word_count"} or {"unreadable"}. A process
that ends without the last crashed, and says of what on standard error.
"""

import gc
import json
import sys
from pathlib import Path
from typing import Any

from jobs.analysis.confinement import TOO_LONG, OutOfTime, confine
from jobs.analysis.walls import stay_inside
from jobs.errors import TooLarge, Unreadable, UnsupportedFormat

_TOO_MUCH = "This manuscript needs more memory than an analysis may use. Upload it in two parts."


def tell(path: Path, filename: str) -> None:
    """Builds the walls, reads the file inside them and says how that ended. `filename` tells the format."""
    # One file and the process ends: to look for cycles in a novel's words is a fifth of the work, and finds none.
    gc.disable()
    confine(path.stat().st_size if path.exists() else 0)
    if path.exists():
        with path.open("rb") as file:
            stay_inside(file.fileno())
    _progress("Opening the file", 0.0)
    _say(**_outcome(path, filename))


def _outcome(path: Path, filename: str) -> dict[str, Any]:
    from jobs.analysis.analyse import analyse  # after the limits are set, where no template has loaded it

    try:
        found = analyse(path, filename, _progress)
    except (Unreadable, UnsupportedFormat, TooLarge) as refusal:
        return {"unreadable": refusal.message}
    except MemoryError:
        return {"unreadable": _TOO_MUCH}
    except OutOfTime:
        return {"unreadable": TOO_LONG}
    text = None if found.text is None else found.text.to_json()
    return {"report": found.report.to_json(), "text": text, "word_count": found.report.summary.words}


def _progress(stage: str, progress: float) -> None:
    _say(stage=stage, progress=round(progress, 4))


def _say(**message: Any) -> None:
    sys.stdout.write(json.dumps(message, ensure_ascii=True, separators=(",", ":")) + "\n")
    sys.stdout.flush()
