"""`engines`: PostgreSQL and Valkey alone, for whoever runs the processes by hand."""

import argparse
import asyncio
import sys
from pathlib import Path

from command.arguments import add_data, data
from command.terminal import until_told
from engines.pair import Engines

DETAIL = "Prints DATABASE_URL=… and REDIS_URL=…, one a line, once both answer, then waits."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The grammar of the subcommand."""
    add_data(parser)


def main(asked: argparse.Namespace) -> int:
    """Runs both until it is told to stop."""
    return asyncio.run(until_told(_run(data(asked))))


async def _run(directory: Path) -> None:
    async with Engines(directory) as running:
        print(f"DATABASE_URL={running.database_url}\nREDIS_URL={running.redis_url}", flush=True)
        await running.tend(lambda line: print(line, file=sys.stderr, flush=True))
