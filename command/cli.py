"""`novelfoundry`: one program, a subcommand for each process of the deployment and for each errand.

What a subcommand needs is imported when it runs: `--help` is instant and `engines` loads no web library.
Exit: 0 done, 1 it did not succeed, 2 a wrong or missing setting (one line that names it), 130 Ctrl-C.
"""

import argparse
import asyncio
import math
import os
import sys
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from engines.errors import CannotRun, EngineError
from jobs.errors import ConfigurationError, NovelFoundryError

if TYPE_CHECKING:
    from jobs.settings import Settings

DONE, FAILED, WRONG_SETTING, INTERRUPTED = 0, 1, 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one subcommand and gives its exit code; an expected error is one line, never a traceback."""
    grammar = parser()
    asked, rest = grammar.parse_known_args(arguments)
    if rest and asked.command != "verify":
        grammar.error(f"unrecognized arguments: {' '.join(rest)}")
    asked.rest = rest
    try:
        code: int = asked.run(asked)
    except (NovelFoundryError, EngineError) as error:
        print(f"novelfoundry {asked.command}: {error.message}", file=sys.stderr)
        return WRONG_SETTING if isinstance(error, ConfigurationError | CannotRun) else FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read us is gone, as in `| head`; without this Python complains once more at its exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    return code


def _up(asked: argparse.Namespace) -> int:
    from command import up

    os.environ["NF_DATA"] = str(_data(asked))
    return asyncio.run(up.run(port=asked.port))


def _engines(asked: argparse.Namespace) -> int:
    from command import terminal

    return asyncio.run(terminal.until_told(terminal.engines(_data(asked))))


def _api(asked: argparse.Namespace) -> int:
    from server.app import serve

    return _served(serve(_settings(), host=asked.host, port=asked.port))


def _worker(asked: argparse.Namespace) -> int:
    from jobs.processes import worker

    return _served(worker.run(_settings()))


def _scheduler(asked: argparse.Namespace) -> int:
    from jobs.processes import scheduler

    return _served(scheduler.run(_settings()))


def _migrate(asked: argparse.Namespace) -> int:
    from jobs.database import migrate

    return _served(migrate.run(_settings()))


def _doctor(asked: argparse.Namespace) -> int:
    if asked.process is not None:
        from command import process_check

        return asyncio.run(process_check.run(_settings(), kind=asked.process))
    from command import doctor

    return asyncio.run(doctor.run(_settings_of_what_runs(), canary=asked.canary))


def _analyse(asked: argparse.Namespace) -> int:
    from command import analyse

    return asyncio.run(analyse.run(asked.files, url=asked.url, token=asked.token, json=asked.json))


def _token(asked: argparse.Namespace) -> int:
    from server.auth import local_token

    print(local_token(_settings(), sub=asked.sub, email=asked.email, expires_in=asked.expires_in))
    return DONE


def _verify(asked: argparse.Namespace) -> int:
    # Run, not imported: the verifier must need nothing of ours, and nothing of ours may need it.
    options = [f"--token={asked.token}"] if asked.token else []
    command = [sys.executable, "-m", "client_contract.verify", asked.url, *options, *asked.rest]
    os.execv(sys.executable, command)  # noqa: S606 (no shell is what we want)


def _settings() -> "Settings":
    from jobs.settings import Settings

    return Settings.from_environment()


def _settings_of_what_runs() -> "Settings":
    """The settings, with the addresses of the engines that `make up` runs here where the environment names none."""
    from dataclasses import replace

    from engines.pair import addresses

    settings = _settings()
    if settings.database_url or settings.redis_url or settings.uses_supabase:
        return settings
    database_url, redis_url = addresses(settings.data) or (None, None)
    return replace(settings, database_url=database_url, redis_url=redis_url)


def _served(process: Coroutine[object, object, None]) -> int:
    import logging
    import time

    import uvloop

    # UTC, as the database's log: lines of several processes are read side by side.
    logging.Formatter.converter = time.gmtime
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    uvloop.run(process)
    return DONE


def _data(asked: argparse.Namespace) -> Path:
    return asked.data or _settings().data


def parser() -> argparse.ArgumentParser:
    """The grammar of the command line."""
    grammar = argparse.ArgumentParser(
        prog="novelfoundry",
        description="Upload a manuscript, watch it being read, see the report.",
        epilog="Settings come from the environment; .env.example lists them all.",
    )
    commands = grammar.add_subparsers(dest="command", metavar="COMMAND", required=True)

    def command(name: str, run: Callable[[argparse.Namespace], int], help: str, more: str = "") -> _Command:
        made = commands.add_parser(name, help=help, description=f"{help[0].upper()}{help[1:]}. {more}".strip())
        made.set_defaults(run=run)
        return made

    _add_processes(command)
    _add_errands(command)
    return grammar


_Command = argparse.ArgumentParser
_Adding = Callable[..., _Command]


def _add_processes(command: _Adding) -> None:
    everything = command(
        "up",
        _up,
        "everything on embedded engines, in the foreground until Ctrl-C",
        "With DATABASE_URL or REDIS_URL set, it uses those instead.",
    )
    everything.add_argument("--port", type=_port, default=8000, help="of the dashboard and the API (8000)")
    _add_data(everything)
    _add_data(
        command(
            "engines",
            _engines,
            "only the embedded PostgreSQL and Valkey",
            "Prints DATABASE_URL=… and REDIS_URL=…, one a line, once both answer, then waits.",
        )
    )
    api = command("api", _api, "the API and the dashboard", "Needs DATABASE_URL and REDIS_URL.")
    api.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    api.add_argument("--port", type=_port, default=8000, help="port to listen on (8000)")
    command("worker", _worker, "runs analyses", "Needs DATABASE_URL and REDIS_URL. Run as many as you like.")
    command(
        "scheduler",
        _scheduler,
        "settles overdue jobs and rings again for those that nobody claimed",
        "Needs DATABASE_URL and REDIS_URL. One is enough; several do no harm.",
    )
    command(
        "migrate",
        _migrate,
        "applies supabase/migrations, recorded as the Supabase CLI records them",
        "Needs DATABASE_URL. Running it twice changes nothing.",
    )


def _add_errands(command: _Adding) -> None:
    doctor = command(
        "doctor",
        _doctor,
        "checks the whole deployment, a line a check, exit 1 if one fails",
        "Beside `make up` it needs no settings; after `make up DATA=DIR`, set NF_DATA=DIR.",
    )
    doctor.add_argument("--canary", action="store_true", help="run a job end to end as well")
    doctor.add_argument(
        "--process", choices=["worker", "scheduler"], help="check only that one lives on this host: for containers"
    )
    analyse = command("analyse", _analyse, "uploads manuscripts, follows their analysis, prints the reports")
    analyse.add_argument("files", nargs="+", type=Path, metavar="FILE", help=".txt, .md, .docx or .epub")
    analyse.add_argument("--url", default="http://127.0.0.1:8000", help="of the server (http://127.0.0.1:8000)")
    analyse.add_argument("--token", help="bearer token; without one NF_TOKEN, or as the page of a local server")
    analyse.add_argument("--json", action="store_true", help="print the reports as JSON")
    token = command(
        "token",
        _token,
        "prints a signed bearer token for local mode, alone on the last line",
        "Signed with NF_JWT_SECRET, else with the secret under NF_DATA (.novelfoundry): give the same as the server.",
    )
    token.add_argument("--sub", required=True, type=_id, metavar="ID", help="the author's id")
    token.add_argument("--email", metavar="E", help="the author's address")
    token.add_argument("--expires-in", type=_seconds, default=3600, metavar="S", help="seconds (3600)")
    verify = command(
        "verify",
        _verify,
        "runs the client contract against a running server, exit 1 if a MUST fails",
        "Takes all options of `python -m client_contract.verify`, --json among them.",
    )
    verify.add_argument("url", metavar="URL", help="of the server, as in http://127.0.0.1:8000")
    verify.add_argument("--token", metavar="T", help="bearer token of a test author")


def _add_data(command: _Command) -> None:
    command.add_argument("--data", type=_directory, metavar="DIR", help="where data are kept (NF_DATA, .novelfoundry)")


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65_535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port: a number from 1 to 65535 is")
    return int(text)


def _directory(text: str) -> Path | None:
    # `make up DATA=` says nothing, and not that data are to lie about here.
    return Path(text) if text else None


def _id(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("an author's id is not empty")
    return text


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is no time: a number of seconds above 0 is")
    return seconds


if __name__ == "__main__":
    sys.exit(main())
