"""`verify`: holds a running server to the client contract."""

import argparse
import os

from novelfoundry import module_command

DETAIL = "Takes all options of `python -m client_contract.verify`, --json among them."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The grammar of the subcommand; what it does not know is handed on."""
    parser.add_argument("url", metavar="URL", help="of the server, as in http://127.0.0.1:8000")
    parser.add_argument("--token", metavar="T", help="bearer token of a test author")


def main(asked: argparse.Namespace) -> int:
    """Becomes the verifier. Run, not imported: it must need nothing of ours, and nothing of ours may need it."""
    options = [f"--token={asked.token}"] if asked.token else []
    command = module_command("client_contract.verify", asked.url, *options, *asked.rest)
    os.execv(command[0], command)  # noqa: S606 (no shell is what we want)
