"""`analyse`: uploads files, follows each analysis by subscription, prints the reports."""

import argparse
import asyncio
import json as json_module
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from command.client import Client, Turned, open_client
from command.manuscripts import SAMPLE, Manuscript, manuscripts
from command.print_report import print_report
from jobs.errors import NovelFoundryError, Unauthenticated, Unavailable
from novelfoundry.client.generated.terminal_follow import TerminalFollowJobProgress

DETAIL = ""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The grammar of the subcommand."""
    parser.add_argument(
        "files", nargs="*", metavar="FILE", help="a manuscript, a directory of them, or - for standard input"
    )
    parser.add_argument("--sample", action="store_true", help="a story of ours, for who has none at hand")
    parser.add_argument("--name", default="pasted.txt", help="of what comes by standard input (pasted.txt)")
    parser.add_argument("--url", default="http://127.0.0.1:8000", help="of the server (http://127.0.0.1:8000)")
    parser.add_argument("--token", help="bearer token; without one NF_TOKEN, or as the page of a local server")
    parser.add_argument("--json", action="store_true", help="print each report as JSON, on a line of its own")
    parser.set_defaults(refuse=parser.error)


def main(asked: argparse.Namespace) -> int:
    """Uploads, follows and prints."""
    files = [*asked.files, *([SAMPLE] if asked.sample else [])]
    if not files:
        asked.refuse("name a FILE, or take --sample")
    return asyncio.run(run(files, url=asked.url, token=asked.token, json=asked.json, name=asked.name))


async def run(files: Sequence[str | Path], *, url: str, token: str | None, json: bool, name: str = "pasted.txt") -> int:
    """Analyses the files one after the other. Returns 1 when one of them gave no report, else 0.

    With `json` each report, with its file and title, is one line of JSON on standard output. Progress and
    errors go to standard error. Raises ConfigurationError, Unauthenticated and Unavailable, since no other file
    would fare better.
    """
    failed = False
    told = Console(stderr=True)
    async with open_client(url, token=token) as client:
        for manuscript in manuscripts(files, name=name):
            try:
                title, report = await _analysed(client, manuscript, told)
            except (Unauthenticated, Unavailable):
                raise
            except NovelFoundryError as error:
                failed = True
                told.print(
                    f"{manuscript.label}: {error.message}", style="red", markup=False, highlight=False, soft_wrap=True
                )
                continue
            if json:
                named = {"file": manuscript.label, "title": title, **report}
                print(json_module.dumps(named, ensure_ascii=False), flush=True)
            else:
                print_report(Console(), title, report)
    return int(failed)


async def _analysed(client: Client, manuscript: Manuscript, told: Console) -> tuple[str, dict[str, Any]]:
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TextColumn("{task.fields[stage]}"))
    progress = Progress(*columns, TimeElapsedColumn(), console=told, transient=True, disable=not told.is_terminal)
    with progress:
        bar = progress.add_task(manuscript.filename, total=1.0, stage="Uploading")
        content = await asyncio.to_thread(manuscript.read)
        manuscript_id = await client.upload(manuscript.filename, content)
        job_id = await client.start(manuscript_id)
        try:
            async for job in client.follow(job_id):
                _show(progress, bar, job)
        except asyncio.CancelledError:  # Ctrl-C
            told.print(
                f"{manuscript.filename} is no longer followed; its analysis goes on.", markup=False, highlight=False
            )
            raise
    if job.status != "COMPLETED":
        raise Turned(job.failure.message if job.failure else "The analysis was cancelled.")
    return await client.report(job_id)


def _show(progress: Progress, bar: TaskID, job: TerminalFollowJobProgress) -> None:
    waiting = job.waiting.message if job.waiting else ""
    stage = job.stage or waiting or job.status.replace("_", " ").capitalize()
    progress.update(bar, completed=1.0 if job.is_terminal else job.progress or 0.0, stage=stage)
