"""`job ID`: one job's story, from its beginning to where it stands."""

import argparse
import asyncio
from uuid import UUID

from command.operated import ask, at, print_json, print_table
from jobs.errors import NotFound
from jobs.models import JobEvent, OperatedJob
from schema.ids import local_id

DETAIL = "Names its author by id, and never a word of the manuscript."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The id."""
    parser.add_argument("id", type=_id, metavar="ID", help="the job's id, as lists and logs say it or as the API does")
    parser.add_argument("--json", action="store_true", help="print it as one JSON document")


def main(asked: argparse.Namespace) -> int:
    """Prints it."""
    job, events = asyncio.run(ask(lambda domain: domain.operators.story(asked.id)))
    if asked.json:
        print_json({"job": job, "events": events})
    else:
        _print(job, events)
    return 0


def _print(job: OperatedJob, events: list[JobEvent]) -> None:
    told = {
        "job": str(job.id),
        "author": str(job.owner_id),
        "state": job.status.value,
        "why": " ".join(word for word in (job.failure_code and job.failure_code.value, job.failure_message) if word),
        "stage": "" if job.stage is None else f"{job.stage} ({(job.progress or 0) * 100:.0f} %)",
        "tries": f"{job.attempt} of {job.max_attempts}, {job.workers_lost} workers lost",
        "worker": str(job.worker_id or ""),
        "tries again": str(job.retry_of or ""),
    }
    for name, value in told.items():
        if value:
            print(f"{name:<12} {value}")
    print()
    print_table(
        "at", "state", "decided by", "what it rested on",
        rows=[[at(event.at), event.status.value, event.decided_by.value, event.message or ""] for event in events],
    )  # fmt: skip


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        pass
    try:
        return local_id("Job", text)
    except NotFound:
        raise argparse.ArgumentTypeError(f"{text!r} is no job's id") from None
