"""`worker`: one worker of the deployment."""

import argparse

from command.process import serve
from jobs.processes import worker
from jobs.settings import Settings

DETAIL = "Needs DATABASE_URL and REDIS_URL. Run as many as you like."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """It takes none."""


def main(asked: argparse.Namespace) -> int:
    """Runs it."""
    return serve(worker.run(Settings.from_environment()), shows_metrics=True)
