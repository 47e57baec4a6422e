"""`scheduler`: the sweeper of the deployment."""

import argparse

from command.process import serve
from jobs.processes import scheduler
from jobs.settings import Settings

DETAIL = "Needs DATABASE_URL and REDIS_URL. One is enough; several do no harm."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """It takes none."""


def main(asked: argparse.Namespace) -> int:
    """Runs it."""
    return serve(scheduler.run(Settings.from_environment()), shows_metrics=True)
