"""`jobs`: the newest jobs of all authors, or those that are so."""

import argparse
import asyncio

from command.arguments import duration
from command.operated import ask, print_jobs, print_json
from jobs.models import OperatedJob
from jobs.operators import MAX_LISTED
from jobs.processes.wiring import Domain
from jobs.states import FailureCode, JobStatus

DETAIL = "The newest first. `job ID` tells one's story."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The filters."""
    parser.add_argument(
        "--state",
        action="append",
        choices=[status.value for status in JobStatus],
        help="those in this state; may repeat",
    )
    parser.add_argument(
        "--code", action="append", choices=[code.value for code in FailureCode], help="those that failed so; may repeat"
    )
    parser.add_argument(
        "--since", type=duration, metavar="2h", help="those that ended, or began, since then: 30m, 2h, 7d"
    )
    parser.add_argument(
        "--author", metavar="ID", help="those of one author: the `sub` of her token, or the id in a list"
    )
    parser.add_argument(
        "--limit", type=_limit, default=50, metavar="N", help=f"how many at most (50; up to {MAX_LISTED})"
    )
    parser.add_argument("--json", action="store_true", help="print a JSON document a line, one for each job")


def main(asked: argparse.Namespace) -> int:
    """Prints them."""
    found = asyncio.run(ask(lambda domain: _found(domain, asked)))
    if asked.json:
        for job in found:
            print_json(job)
    elif found:
        print_jobs(found)
    else:
        print("There is no such job.")
    return 0


async def _found(domain: Domain, asked: argparse.Namespace) -> list[OperatedJob]:
    from server.auth import owner_of

    return await domain.operators.jobs(
        statuses=None if asked.state is None else [JobStatus(state) for state in asked.state],
        failure_codes=None if asked.code is None else [FailureCode(code) for code in asked.code],
        since=await domain.operators.ago(asked.since),
        owner_id=None if asked.author is None else owner_of(asked.author),
        limit=asked.limit,
    )


def _limit(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MAX_LISTED:
        raise argparse.ArgumentTypeError(f"{text!r} is no limit: a number from 1 to {MAX_LISTED} is")
    return int(text)
