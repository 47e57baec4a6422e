"""The command line: every documented command, and every mistake with it, in one line."""

import json
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from pathlib import Path
from threading import Thread
from urllib.request import urlopen

import pytest

from command import cli, process, token, up
from command.arguments import data
from engines.pair import Engines
from jobs.settings import Settings

# A process of the deployment or an errand each; operators and scripts rely on the names.
COMMANDS = [
    "up",
    "engines",
    "api",
    "worker",
    "scheduler",
    "migrate",
    "doctor",
    "status",
    "jobs",
    "job",
    "retry",
    "hold",
    "resume",
    "analyse",
    "token",
    "verify",
    "settings",
]
COMMANDS += ["completion", "author"]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit:
        cli.main([command, "--help"])

    assert exit.value.code == 0
    assert f"usage: novelfoundry {command}" in capsys.readouterr().out


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["--help"])

    listed = capsys.readouterr().out
    assert [command for command in COMMANDS if f"\n    {command}" not in listed] == []


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["dance"],
        ["up", "--port", "many"],
        ["up", "--port", "0"],
        ["api", "--port", "65536"],
        ["token"],
        ["token", "--sub", " "],
        ["token", "--sub", "an-author", "--expires-in", "-1"],
        ["token", "--sub", "an-author", "--expires-in", "nan"],
        ["analyse"],
        ["hold"],
        ["hold", "--why", " "],
        ["hold", "--why", "x" * 501],
    ],
)
def test_a_wrong_command_line_is_exit_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit:
        cli.main(arguments)

    assert exit.value.code == 2
    assert "usage: novelfoundry" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["api", "worker", "scheduler", "migrate", "doctor --process=worker"])
def test_a_missing_setting_is_one_line_that_names_it_and_exit_2(command: str, tmp_path: Path) -> None:
    ended = run(*command.split(), NF_DATA=str(tmp_path))

    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1
    assert "DATABASE_URL" in ended.stderr or "REDIS_URL" in ended.stderr


@pytest.mark.parametrize("command", ["up", "worker", "migrate", "doctor --process=worker"])
def test_a_wrong_setting_is_one_line_that_names_it_and_exit_2(command: str, tmp_path: Path) -> None:
    ended = run(*command.split(), NF_DATA=str(tmp_path), NF_LEASE="soon")

    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1
    assert "NF_LEASE" in ended.stderr


def test_up_on_a_port_in_use_names_it_and_starts_nothing(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = run("up", "--port", str(port), "--data", str(tmp_path / "data"))

    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1
    assert f"port {port} is in use" in ended.stderr
    assert f"PORT={port + 1} make up" in ended.stderr
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:99999", "http://127.0.0.1:0", "http://", "http://[::1", "localhost:8000"]
)
def test_an_address_that_is_none_is_one_line_that_names_it_and_exit_2(url: str, tmp_path: Path) -> None:
    ended = run("analyse", "--url", url, str(tmp_path / "novel.txt"))

    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1
    assert url in ended.stderr


@pytest.mark.parametrize("status", [200, 404])
def test_another_program_at_the_address_is_taken_for_a_stranger(status: int, stranger: Callable[[int], str]) -> None:
    ended = run("analyse", "--url", stranger(status), "novel.txt")

    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1
    assert "does not answer as NovelFoundry does" in ended.stderr


@pytest.fixture
def stranger() -> Iterator[Callable[[int], str]]:
    """Starts a web server that is none of ours and answers everything with this status; gives its address."""
    with ExitStack() as stack:

        def start(status: int) -> str:
            class Answers(BaseHTTPRequestHandler):
                def do_POST(self) -> None:
                    self.send_response(status)
                    self.end_headers()
                    self.wfile.write(b"<h1>Something else</h1>")

                def log_message(self, *_: object) -> None: ...

            server = stack.enter_context(ThreadingHTTPServer(("127.0.0.1", 0), Answers))
            Thread(target=server.serve_forever).start()
            stack.callback(server.shutdown)
            return f"http://127.0.0.1:{server.server_port}"

        yield start


def test_a_data_directory_without_a_name_is_the_usual_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NF_DATA", "the-usual-one")

    asked = cli.parser().parse_args(["up", "--data", ""])

    assert data(asked) == Path("the-usual-one")


def test_the_version_is_the_packages(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit:
        cli.main(["--version"])

    assert exit.value.code == 0
    assert capsys.readouterr().out == f"novelfoundry {version('novelfoundry')}\n"


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["an"], ["analyse"]),
        (["analyse", "--js"], ["--json"]),
        (["doctor", ""], ["--canary", "--help", "--json", "--pid", "--process", "-h", "scheduler", "worker"]),
    ],
)
def test_bash_completes_commands_and_options(words: list[str], offered: list[str]) -> None:
    script = 'eval "$(cat)"; COMP_WORDS=(novelfoundry "$@"); COMP_CWORD=$#; _novelfoundry; echo "${COMPREPLY[@]}"'

    ended = subprocess.run(
        ["bash", "-c", script, "bash", *words], input=run("completion", "bash").stdout, capture_output=True, text=True
    )

    assert ended.stderr == ""
    assert ended.stdout.split() == offered


def test_settings_say_what_is_in_force_where_it_came_from_and_no_secret(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("s3cret-in-a-file" * 2, encoding="utf-8")
    given = {"NF_LEASE": "40", "NF_JWT_SECRET_FILE": str(secret), "DATABASE_URL": "postgresql://u:s3cret@h/d"}

    ended = run("settings", "--json", **given)

    assert ended.returncode == 0
    assert "s3cret" not in ended.stdout + run("settings", **given).stdout
    rows = {row["name"]: (row["value"], row["source"]) for row in json.loads(ended.stdout)["settings"]}
    assert rows["NF_LEASE"] == ("40", "NF_LEASE")
    assert rows["NF_JWT_SECRET"] == ("********", "NF_JWT_SECRET_FILE")
    assert rows["DATABASE_URL"] == ("********", "DATABASE_URL")
    assert rows["NF_HEARTBEAT"] == ("5", "default")


def test_every_setting_that_is_wrong_is_said_at_once() -> None:
    ended = run("settings", NF_LEASE="soon", NF_MAX_ATTEMPTS="none")

    assert ended.returncode == 2
    assert "NF_LEASE must be a number" in ended.stdout
    assert "NF_MAX_ATTEMPTS must be a number" in ended.stdout


def test_a_misspelt_setting_is_named_with_the_one_that_was_meant_and_the_command_goes_on(tmp_path: Path) -> None:
    ended = run("token", "--sub", "ann", NF_DATA=str(tmp_path), NF_LAESE="40", NF_TOKEN="x", NF_JWT_SECRET_FIEL="x")

    assert ended.returncode == 0
    assert ended.stderr.splitlines() == [
        "novelfoundry: NF_JWT_SECRET_FIEL is no setting; did you mean NF_JWT_SECRET_FILE?",
        "novelfoundry: NF_LAESE is no setting; did you mean NF_LEASE?",
    ]


def test_a_log_of_json_is_an_object_a_line_its_traceback_included() -> None:
    try:
        raise ZeroDivisionError("two\nlines")
    except ZeroDivisionError:
        record = logging.LogRecord("jobs.worker", logging.ERROR, "", 0, "job %s", ("é\n1",), sys.exc_info())

    line = process.JsonLines().format(record)

    assert "\n" not in line
    said = json.loads(line)
    assert (said["level"], said["logger"], said["message"]) == ("error", "jobs.worker", "job é\n1")
    assert "ZeroDivisionError" in said["exception"]
    assert said["time"].endswith("+00:00")


def test_ctrl_c_is_exit_130_without_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(token, "main", interrupted)

    assert cli.main(["token", "--sub", "anybody"]) == 128 + signal.SIGINT


def test_a_token_stands_alone_on_the_last_line(tmp_path: Path) -> None:
    ended = run("token", "--sub", "an-author", "--expires-in", "60", NF_DATA=str(tmp_path))

    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.splitlines()[-1].count(".") == 2


def test_engines_loads_no_web_library() -> None:
    loaded = subprocess.run(
        [sys.executable, "-c", "import sys, command.cli, command.engines; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )

    assert {"starlette", "strawberry", "uvicorn"}.isdisjoint(loaded.stdout.split())


def run(*arguments: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    """The program with no settings but these."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "PYTHONPATH")}
    return subprocess.run(
        [sys.executable, "-m", "command.cli", *arguments],
        env=kept | settings,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize("kind", ["worker", "scheduler"])
def test_a_process_shows_its_metrics_on_the_port_that_it_is_given(kind: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    # No engine is needed: a process waits for those that are away.
    away = {"DATABASE_URL": "postgresql://u:p@127.0.0.1:1/d", "REDIS_URL": "redis://127.0.0.1:1/0"}
    environment = {"PATH": os.environ["PATH"], "NF_METRICS_PORT": str(port), **away}
    command = [sys.executable, "-m", "command.cli", kind]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE) as started:
        try:
            page = _page(port)
        finally:
            started.terminate()
            started.communicate(timeout=60)

    assert "novelfoundry_build_info{" in page
    assert "process_resident_memory_bytes" in page


def test_a_metrics_port_that_is_taken_is_named() -> None:
    away = {"DATABASE_URL": "postgresql://u:p@127.0.0.1:1/d", "REDIS_URL": "redis://127.0.0.1:1/0"}
    with socket.create_server(("", 0)) as taken:
        ended = run("worker", NF_METRICS_PORT=str(taken.getsockname()[1]), **away)

    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1
    assert "NF_METRICS_PORT" in ended.stderr


def _page(port: int) -> str:
    until = time.monotonic() + 60
    while True:
        try:
            with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
                return str(answer.read().decode())
        except OSError:
            assert time.monotonic() < until
            time.sleep(0.1)


def test_what_is_no_setting_is_not_handed_on_to_what_up_starts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NF_LAESE", "40")
    monkeypatch.setenv("NF_LEASE", "40")
    brought = Settings(database_url="postgresql://h/d", redis_url="redis://h")

    environment = up._environment(brought, Engines(tmp_path), tmp_path)

    assert environment["NF_LEASE"] == "40"
    assert "NF_LAESE" not in environment
