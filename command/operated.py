"""What the operator's commands share: how a job, a time and an answer are written."""

import json
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, TypeVar
from uuid import UUID

from command.process import of_what_runs
from jobs.models import OperatedJob
from jobs.processes.wiring import Domain, open_domain
from jobs.settings import Settings

_Done = TypeVar("_Done")


async def ask(errand: Callable[[Domain], Awaitable[_Done]]) -> _Done:
    """What the errand gives, on the deployment that the environment names. Raises what open_domain raises."""
    async with open_domain(of_what_runs(Settings.from_environment()), kind="operator") as domain:
        return await errand(domain)


def print_json(answer: object) -> None:
    """One document on one line."""
    print(json.dumps(_plain(answer), ensure_ascii=False))


def print_table(*columns: str, rows: list[list[str]]) -> None:
    """A table without lines, as wide as it needs: an id that is cut off is none. Nothing where there are no rows."""
    if not rows:
        return
    widths = [max(map(len, column)) for column in zip(columns, *rows, strict=True)]
    for row in ([*columns], *rows):
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def print_jobs(jobs: list[OperatedJob]) -> None:
    """A line a job."""
    print_table(
        "job", "author", "state", "why", "tries", "at",
        rows=[
            [
                str(job.id),
                str(job.owner_id),
                job.status.value,
                job.failure_code.value if job.failure_code else job.stage or "",
                f"{job.attempt}/{job.max_attempts}",
                at(job.finished_at or job.started_at or job.queued_at),
            ]
            for job in jobs
        ],
    )  # fmt: skip


def at(time: datetime | None) -> str:
    """A time, to the second."""
    return "" if time is None else f"{time:%Y-%m-%d %H:%M:%S}"


def _plain(value: object) -> Any:
    """As JSON has it: names of fields, seconds, ISO 8601."""
    match value:
        case Enum():
            return value.value
        case UUID():
            return str(value)
        case datetime():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case Counter() | dict():
            return {str(_plain(key)): _plain(each) for key, each in value.items()}
        case list() | tuple():
            return [_plain(each) for each in value]
        case _ if is_dataclass(value):
            return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
        case _:
            return value
