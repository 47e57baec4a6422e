"""`verify`: holds a running server to the client contract."""

import argparse
import os

from novelfoundry import module_command

DETAIL = "Exit 0: every MUST was shown. 1: one is broken. 2: nothing to verify. 3: none is broken, some were skipped."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The grammar of the subcommand; what it does not know is handed on."""
    parser.add_argument("url", metavar="URL", help="of the server, as in http://127.0.0.1:8000")
    parser.add_argument("--token", metavar="T", help="bearer token of a test author")
    parser.add_argument("--other-token", metavar="T", help="bearer token of a second one, for the promises on owners")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    parser.add_argument("--tick", metavar="S", help="the feed's longest silence (15)")
    parser.add_argument("--patience", metavar="S", help="the longest deadline to wait for (30)")
    parser.add_argument("--queue-timeout", metavar="S", help="the server's NF_QUEUE_TIMEOUT (300)")
    parser.add_argument(
        "--only", action="append", default=[], metavar="SCENARIO", help="play this scenario; repeatable"
    )


def main(asked: argparse.Namespace) -> int:
    """Becomes the verifier. Run, not imported: it must need nothing of ours, and nothing of ours may need it."""
    options = ["--json"] if asked.json else []
    for name in ("token", "other-token", "tick", "patience", "queue-timeout"):
        value = getattr(asked, name.replace("-", "_"))
        options += [f"--{name}={value}"] if value is not None else []
    options += [f"--only={each}" for each in asked.only]
    command = module_command("client_contract.verify", asked.url, *options, *asked.rest)
    os.execv(command[0], command)  # noqa: S606 (no shell is what we want)
