"""`verify`: holds a running server to the client contract, or one that it starts itself."""

import argparse
import asyncio
import os
from contextlib import AsyncExitStack, redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NoReturn

from command.deployment import deployment, environment
from jobs.settings import Settings
from novelfoundry import module_command
from server.auth import local_token

DETAIL = "Exit 0: every MUST was shown. 1: one is broken. 2: nothing to verify. 3: none is broken, some were skipped."
# Of the servers that --deployment starts: short enough to be waited for, and long enough for a slow machine.
_QUICK = {"NF_TICK_INTERVAL": "1", "NF_SWEEP_INTERVAL": "1"}
_SERVED = _QUICK | {"NF_QUEUE_TIMEOUT": "60"}
_ALONE = _QUICK | {"NF_QUEUE_TIMEOUT": "3"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The grammar of the subcommand: the verifier's own, and `--deployment`."""
    parser.add_argument("url", nargs="?", metavar="URL", help="of the server, as in http://127.0.0.1:8000")
    parser.add_argument(
        "--deployment",
        action="store_true",
        help="start two servers of this program, one of them without a worker, and verify those: no promise is skipped",
    )
    parser.add_argument("--token", metavar="T", help="bearer token of a test author")
    parser.add_argument("--other-token", metavar="T", help="bearer token of a second one, for the promises on owners")
    parser.add_argument(
        "--without-workers",
        metavar="URL",
        help="another server that takes the same tokens and has no worker, for the promises on deadlines",
    )
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    parser.add_argument("--tick", metavar="S", help="the feed's longest silence (15)")
    parser.add_argument("--patience", metavar="S", help="the longest deadline to wait for (30)")
    parser.add_argument("--queue-timeout", metavar="S", help="the server's NF_QUEUE_TIMEOUT (300)")
    parser.add_argument(
        "--only", action="append", default=[], metavar="SCENARIO", help="play this scenario; repeatable"
    )
    parser.set_defaults(refuse=parser.error)


def main(asked: argparse.Namespace) -> int:
    """Becomes the verifier. Run, not imported: it must need nothing of ours, and nothing of ours may need it."""
    if asked.deployment == (asked.url is not None):
        asked.refuse("name the URL of a server, or take --deployment")
    return asyncio.run(_with_deployment(asked)) if asked.deployment else _become(_command(asked, asked.url))


def _become(command: list[str]) -> NoReturn:
    os.execv(command[0], command)  # noqa: S606 (no shell is what we want)


async def _with_deployment(asked: argparse.Namespace) -> int:
    """Starts the servers, verifies, stops them; what they say meanwhile is kept from the verifier's words."""
    given = environment()
    signed = Settings.from_environment(given)
    with TemporaryDirectory(prefix="novelfoundry-verify-") as folder, open(os.devnull, "w") as nowhere:  # noqa: ASYNC230
        data = Path(folder)
        async with AsyncExitStack() as stack:
            with redirect_stdout(nowhere):
                served = deployment(data / "served", given | _SERVED, "worker", "scheduler")
                url = await stack.enter_async_context(served)
                alone = await stack.enter_async_context(deployment(data / "alone", given | _ALONE))
            asked.token, asked.other_token = (local_token(signed, sub=sub) for sub in ("an author", "another author"))
            asked.without_workers = alone
            verifier = await asyncio.create_subprocess_exec(*_command(asked, url))
            with redirect_stdout(nowhere):
                code = await verifier.wait()
                await stack.aclose()
            return code


def _command(asked: argparse.Namespace, url: str) -> list[str]:
    options = ["--json"] if asked.json else []
    for name in ("token", "other-token", "without-workers", "tick", "patience", "queue-timeout"):
        value = getattr(asked, name.replace("-", "_"))
        options += [f"--{name}={value}"] if value is not None else []
    options += [f"--only={each}" for each in asked.only]
    return module_command("client_contract.verify", url, *options, *asked.rest)
