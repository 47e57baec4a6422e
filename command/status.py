"""`status`: how the deployment is and what it does, as the operator's page shows it."""

import argparse
import asyncio
from datetime import timedelta

from command.operated import ask, at, print_jobs, print_json, print_table
from jobs.models import Overview, Process, StatusCount
from jobs.troubles import CLOCKS_APART, offset_in_words

DETAIL = "Names authors and jobs by id, and never a word of a manuscript. What is wrong, `doctor` finds out."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--json`."""
    parser.add_argument("--json", action="store_true", help="print it as one JSON document")


def main(asked: argparse.Namespace) -> int:
    """Prints it."""
    overview = asyncio.run(ask(lambda domain: domain.operators.overview()))
    if asked.json:
        print_json(overview)
    else:
        _print(overview)
    return 0


def _print(overview: Overview) -> None:
    health = overview.health
    print(f"As of {at(health.as_of)} UTC, by the database's clock.")
    for trouble in health.troubles:
        # What this program itself does not do is no trouble of the deployment.
        if trouble.code.value != "PUSH":
            print(f"! {trouble.message}")
    if hold := health.line.hold:
        print(f"! {hold.by} holds the line since {at(hold.since)} UTC: {hold.why}")
    print(f"\n{health.queued} wait, {health.running} run, {health.busy} of {health.capacity} places busy.\n")
    _print_counts(overview)
    print()
    print_table("process", "release", "host", "state", "busy", "clock", "up", rows=[*map(_process, overview.processes)])
    _section("The line by author", bool(overview.line))
    print_table(
        "author", "waiting", "running", "oldest",
        rows=[
            [str(each.owner_id), str(each.waiting), str(each.running), at(each.oldest_queued_at)]
            for each in overview.line
        ],
    )  # fmt: skip
    _section("What runs", bool(overview.running))
    print_jobs([*overview.running])
    _section("The newest that failed", bool(overview.failed))
    print_jobs([*overview.failed])


def _print_counts(overview: Overview) -> None:
    ended = [count for count in overview.counts if count.counted_since]
    if not ended:
        print("None ended within a day.")
        return
    since = max(count.counted_since for count in ended if count.counted_since)
    print(f"Ended since {at(since)} UTC, and within the last hour:")
    print_table("state", "why", "number", "last hour", rows=[*map(_count, ended)])


def _count(count: StatusCount) -> list[str]:
    code = count.failure_code.value if count.failure_code else ""
    return [count.status.value, code, str(count.number), str(count.within_hour)]


def _process(process: Process) -> list[str]:
    offset = process.clock_offset
    is_off = offset is not None and abs(offset) > CLOCKS_APART
    return [
        process.kind,
        process.version,
        f"{process.host}{f' ({process.pid})' if process.pid else ''}",
        process.state.value,
        f"{process.busy}/{process.capacity}" if process.capacity else "",
        offset_in_words(offset) if offset is not None and is_off else "" if offset is None else "well",
        str(timedelta(seconds=int((process.last_seen_at - process.started_at).total_seconds()))),
    ]


def _section(title: str, is_shown: bool) -> None:
    if is_shown:
        print(f"\n{title}:")
