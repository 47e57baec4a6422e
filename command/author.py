"""`author export` and `author erase`: what an author may ask of whoever runs the service."""

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path
from uuid import UUID

from command.arguments import author_id
from command.process import of_what_runs
from jobs.errors import ConfigurationError, InvalidInput
from jobs.processes.wiring import open_domain
from jobs.settings import Settings

DETAIL = "An author's id is the `sub` of her token: the user's id in Supabase."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`export ID` and `erase ID`."""
    errands = parser.add_subparsers(dest="errand", metavar="ERRAND", required=True)
    export = errands.add_parser("export", help="writes all of her data into a ZIP archive")
    export.add_argument("--to", type=Path, metavar="FILE", help="where to (author-ID.zip); `-` is standard output")
    erase = errands.add_parser("erase", help="deletes all of her data, for good")
    erase.add_argument("--yes", action="store_true", help="does not ask")
    for errand in (export, erase):
        errand.add_argument("id", type=author_id, metavar="ID", help="the author's id, as in her token")


def main(asked: argparse.Namespace) -> int:
    """Runs it."""
    from server.auth import owner_of

    settings, owner_id = of_what_runs(Settings.from_environment()), owner_of(asked.id)
    if asked.errand == "export":
        return asyncio.run(_export(settings, owner_id, asked.to or Path(f"author-{owner_id}.zip")))
    if not asked.yes and not _is_confirmed(asked.id):
        raise InvalidInput("Nothing was deleted. Type the id as asked, or give --yes.")
    return asyncio.run(_erase(settings, owner_id, asked.id))


async def _export(settings: Settings, owner_id: UUID, path: Path) -> int:
    async with (
        open_domain(settings, kind="operator") as domain,
        aclosing(domain.belongings.archive(owner_id)) as pieces,
    ):
        if str(path) == "-":
            async for piece in pieces:
                sys.stdout.buffer.write(piece)
            return 0
        await _write(path, pieces)
        print(f"{path} holds {_manuscripts(await domain.store.manuscripts_count(owner_id))} with jobs and reports.")
    return 0


async def _write(path: Path, pieces: AsyncIterator[bytes]) -> None:
    # Beside its place until it is whole: half an archive must not look like one.
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as file:
            async for piece in pieces:
                file.write(piece)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise ConfigurationError(f"{path} cannot be written: {error.strerror}. Choose another with --to.") from error


async def _erase(settings: Settings, owner_id: UUID, name: str) -> int:
    async with open_domain(settings, kind="operator") as domain:
        erased = await domain.belongings.erase(owner_id)
    print(f"Deleted {_manuscripts(erased.manuscripts)} of {name}, and all that belonged to them.")
    print(erased.remains)
    return 0


def _manuscripts(number: int) -> str:
    return f"{number} manuscript{'' if number == 1 else 's'}"


def _is_confirmed(name: str) -> bool:
    if not sys.stdin.isatty():
        return False
    print(f"This deletes everything that {name} keeps here, for good.", file=sys.stderr)
    return input("Type the id again to go on: ") == name
