"""`hold`: an operator stops the line for a deployment, a migration or an outage of something below."""

import argparse
import asyncio
import getpass
from contextlib import suppress

from command.process import of_what_runs
from jobs.processes.wiring import open_domain
from jobs.settings import Settings

DETAIL = "Jobs are accepted and wait, none fails for it, running ones finish. `resume` lets the line go."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--why`."""
    parser.add_argument("--why", required=True, type=_why, metavar="TEXT", help="a sentence that authors are shown")


def main(asked: argparse.Namespace) -> int:
    """Runs it."""
    return asyncio.run(_hold(of_what_runs(Settings.from_environment()), why=asked.why))


async def _hold(settings: Settings, *, why: str) -> int:
    async with open_domain(settings, kind="operator") as domain:
        held = await domain.store.hold(why=why, by=_operator())
    print(f"The line is held since {held.since:%H:%M:%S} UTC: {held.why}")
    print("Let it go with `novelfoundry resume`.")
    return 0


def _operator() -> str:
    """Who asks, for authors and for the next operator."""
    with suppress(KeyError, OSError):
        return getpass.getuser()
    return "an operator"


def _why(text: str) -> str:
    if not 1 <= len(text.strip()) <= 500:
        raise argparse.ArgumentTypeError("a reason has from 1 to 500 characters")
    return text.strip()
