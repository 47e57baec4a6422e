"""`novelfoundry`: one program, a subcommand for each process of the deployment and for each errand.

A subcommand is a module of this package and a row of SUBCOMMANDS. The module has DETAIL, `add_arguments` and `main`,
and is imported only when it is asked for: `--help` is instant and `engines` loads no web library.
Exit: 0 done, 1 it did not succeed, 2 a wrong or missing setting (one line that names it), 130 Ctrl-C.
"""

import argparse
import os
import sys
from collections.abc import Iterable, Sequence
from importlib import import_module
from importlib.metadata import version

from engines.errors import CannotRun, EngineError
from jobs.errors import ConfigurationError, NovelFoundryError

FAILED, WRONG_SETTING, INTERRUPTED = 1, 2, 130

# Name, and what `--help` says of it. The module has the same name.
SUBCOMMANDS = {
    "up": "everything on embedded engines, in the foreground until Ctrl-C",
    "engines": "only the embedded PostgreSQL and Valkey",
    "api": "the API and the dashboard",
    "worker": "runs analyses",
    "scheduler": "settles overdue jobs though nobody looks",
    "migrate": "applies supabase/migrations, recorded as the Supabase CLI records them",
    "doctor": "checks the whole deployment, a line a check, exit 1 if one fails",
    "status": "says how the deployment is and what it does",
    "jobs": "lists the newest jobs of all authors, by state, code, age or author",
    "job": "tells one job's story",
    "retry": "gives each job that failed so a new try, counted",
    "hold": "holds the line: jobs wait, nothing fails, running ones finish",
    "resume": "lets a line go that is held",
    "author": "all of one author's data: as an archive, or gone for good",
    "analyse": "uploads manuscripts, follows their analysis, prints the reports",
    "settings": "prints the settings in force and where each came from",
    "token": "prints a signed bearer token for local mode, alone on the last line",
    "verify": "runs the client contract against a running server, exit 1 if a MUST fails",
    "completion": "prints the script by which a shell completes these commands",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one subcommand and gives its exit code; an expected error is one line, never a traceback."""
    given = sys.argv[1:] if arguments is None else arguments
    grammar = parser([name for name in given[:1] if name in SUBCOMMANDS])
    asked, rest = grammar.parse_known_args(given)
    if rest and asked.command != "verify":
        grammar.error(f"unrecognized arguments: {' '.join(rest)}")
    asked.rest = rest
    _name_misspelt_settings()
    try:
        code: int = asked.main(asked)
    except (NovelFoundryError, EngineError) as error:
        remedy = error.remedy if isinstance(error, NovelFoundryError) else ""
        print(f"novelfoundry {asked.command}: {error.message} {remedy}".rstrip(), file=sys.stderr)
        return WRONG_SETTING if isinstance(error, ConfigurationError | CannotRun) else FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read us is gone, as in `| head`; without this Python complains once more at its exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    return code


def _name_misspelt_settings() -> None:
    """Says which names in the environment are no settings. A release that is rolled back meets newer ones: go on."""
    from jobs.settings import misspelt

    for name, meant in misspelt(os.environ).items():
        hint = f"did you mean {meant}?" if meant else "`novelfoundry settings` lists them all."
        print(f"novelfoundry: {name} is no setting; {hint}", file=sys.stderr)


def parser(whole: Iterable[str] = SUBCOMMANDS) -> argparse.ArgumentParser:
    """The grammar of the command line; of the subcommands outside of `whole` it knows the name alone."""
    grammar = argparse.ArgumentParser(
        prog="novelfoundry",
        description="Upload a manuscript, watch it being read, see the report.",
        epilog="Settings come from the environment; .env.example lists them all.",
    )
    grammar.add_argument("--version", action="version", version=f"novelfoundry {version('novelfoundry')}")
    commands = grammar.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, help in SUBCOMMANDS.items():
        command = commands.add_parser(name, help=help)
        if name in whole:
            module = import_module(f"command.{name}")
            command.description = f"{help[0].upper()}{help[1:]}. {module.DETAIL}".strip()
            command.set_defaults(main=module.main)
            module.add_arguments(command)
    return grammar


if __name__ == "__main__":
    sys.exit(main())
