"""`api`: one api process of the deployment."""

import argparse

from command.arguments import port
from command.process import serve
from jobs.settings import Settings
from server import app

DETAIL = "Needs DATABASE_URL and REDIS_URL."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The grammar of the subcommand."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=port, default=8000, help="port to listen on (8000)")


def main(asked: argparse.Namespace) -> int:
    """Runs it."""
    return serve(app.serve(Settings.from_environment(), host=asked.host, port=asked.port))
