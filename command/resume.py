"""`resume`: lets a line go that an operator holds."""

import argparse
import asyncio

from command.process import of_what_runs
from jobs.processes.wiring import open_domain
from jobs.settings import Settings

DETAIL = "Refused when nobody holds it."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """It takes none."""


def main(_: argparse.Namespace) -> int:
    """Runs it."""
    return asyncio.run(_resume(of_what_runs(Settings.from_environment())))


async def _resume(settings: Settings) -> int:
    async with open_domain(settings, kind="operator") as domain:
        held = await domain.operators.resume()
        count = await domain.store.count()
    print(f"The line goes on with {count.queued} jobs that wait.")
    print(f"{held.by} had held it since {held.since:%Y-%m-%d %H:%M} UTC: {held.why}")
    return 0
