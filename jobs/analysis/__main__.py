"""`python -m jobs.analysis FILE --filename NAME`: one analysis in a fresh process, which may be killed.

What it says is in `one`. Exit 0 after a last word; anything else is a crash.
"""

import argparse
from pathlib import Path

from jobs.analysis.confinement import end_with_parent
from jobs.analysis.one import tell


def main() -> None:
    """Runs one analysis and says how it ended."""
    arguments = _arguments()
    if arguments.parent is not None:
        end_with_parent(arguments.parent)
    tell(arguments.path, arguments.filename or arguments.path.name)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m jobs.analysis", description="Analyse one manuscript.")
    parser.add_argument("path", type=Path, help="the file")
    parser.add_argument("--filename", help="the name that the author gave it; its ending says the format")
    parser.add_argument("--parent", type=int, metavar="PID", help="end with this process, which started us")
    return parser.parse_args()


if __name__ == "__main__":
    main()
