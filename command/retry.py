"""`retry --failed CODE`: a new try for each job that failed so, counted."""

import argparse
import asyncio

from command.arguments import duration
from command.operated import ask, print_json
from jobs.operators import MAX_RETRIED, Retried
from jobs.processes.wiring import Domain
from jobs.states import FailureCode

DETAIL = (
    f"The newest first, {MAX_RETRIED} at most; those that were tried again already are left alone. A new try is a new "
    "job that names the old one. Exit 1 when one was refused."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which ones."""
    parser.add_argument(
        "--failed",
        action="append",
        required=True,
        choices=[code.value for code in FailureCode],
        help="those that failed so; may repeat",
    )
    parser.add_argument("--since", type=duration, metavar="2h", help="those that ended since then: 30m, 2h, 7d")
    parser.add_argument("--json", action="store_true", help="print the numbers as one JSON document")


def main(asked: argparse.Namespace) -> int:
    """Does it, and counts."""
    retried = asyncio.run(ask(lambda domain: _retried(domain, asked)))
    if asked.json:
        print_json(retried)
    else:
        _print(retried)
    return 1 if retried.refused else 0


async def _retried(domain: Domain, asked: argparse.Namespace) -> Retried:
    codes = [FailureCode(code) for code in asked.failed]
    return await domain.operators.retry_failed(codes, since=await domain.operators.ago(asked.since))


def _print(retried: Retried) -> None:
    print(f"{retried.done} tried again, {retried.refused.total()} refused.")
    for message, number in retried.refused.most_common():
        print(f"  {number} × {message}")
    if retried.has_more:
        print("There are more: give the same command again.")
