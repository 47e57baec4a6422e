"""`migrate`: brings the database up to date."""

import argparse

from command.process import serve
from jobs.database import migrate
from jobs.settings import Settings

DETAIL = "Needs DATABASE_URL. Running it twice changes nothing."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """It takes none."""


def main(asked: argparse.Namespace) -> int:
    """Runs it."""
    return serve(migrate.run(Settings.from_environment()))
