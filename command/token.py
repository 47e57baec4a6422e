"""`token`: a bearer token for local mode, for programs."""

import argparse

from command.arguments import author_id, seconds
from jobs.settings import Settings
from server.auth import local_token

DETAIL = "Signed with NF_JWT_SECRET, else with the secret under NF_DATA (.novelfoundry): give the same as the server."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The grammar of the subcommand."""
    parser.add_argument("--sub", required=True, type=author_id, metavar="ID", help="the author's id")
    parser.add_argument("--email", metavar="E", help="the author's address")
    parser.add_argument("--operator", action="store_true", help="she may see and do what an operator may")
    parser.add_argument("--expires-in", type=seconds, default=3600, metavar="S", help="seconds (3600)")


def main(asked: argparse.Namespace) -> int:
    """Runs it."""
    token = local_token(
        Settings.from_environment(),
        sub=asked.sub,
        email=asked.email,
        expires_in=asked.expires_in,
        is_operator=asked.operator,
    )
    print(token)
    return 0
