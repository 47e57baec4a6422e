"""What a word of the command line may be, and what is said when it is something else."""

import argparse
import math
import re
from datetime import timedelta
from pathlib import Path

from jobs.settings import Settings


def add_data(parser: argparse.ArgumentParser) -> None:
    """`--data`, of the subcommands that run engines."""
    parser.add_argument("--data", type=directory, metavar="DIR", help="where data are kept (NF_DATA, .novelfoundry)")


def data(asked: argparse.Namespace) -> Path:
    """Where data are kept: what `--data` says, else the settings."""
    return asked.data or Settings.from_environment().data


def port(text: str) -> int:
    """A TCP port."""
    if not text.isdecimal() or not 1 <= int(text) <= 65_535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port: a number from 1 to 65535 is")
    return int(text)


def directory(text: str) -> Path | None:
    """A directory; None for an empty text: `make up DATA=` says nothing, and not that data are to lie about here."""
    return Path(text) if text else None


def author_id(text: str) -> str:
    """An author's id, not empty."""
    if not text.strip():
        raise argparse.ArgumentTypeError("an author's id is not empty")
    return text


def seconds(text: str) -> float:
    """A duration above 0, in seconds."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is no time: a number of seconds above 0 is")
    return value


_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


def duration(text: str) -> timedelta:
    """A duration with its unit: `90s`, `30m`, `2h`, `7d`."""
    found = re.fullmatch(r"(\d{1,6})([smhd])", text.strip())
    if not found:
        raise argparse.ArgumentTypeError(f"{text!r} is no duration: 90s, 30m, 2h and 7d are")
    return timedelta(seconds=int(found[1]) * _UNITS[found[2]])
