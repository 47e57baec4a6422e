"""`up`: engines, migrations, then scheduler, worker and api, kept running in the foreground."""

import argparse
import asyncio
import os
from contextlib import AsyncExitStack
from pathlib import Path

import httpx

from command.arguments import add_data, data, port
from command.supervised import Child
from command.terminal import say, until_told
from engines.pair import Engines
from engines.postgres import Postgres
from engines.server import HOST, Engine, port_is_free
from engines.valkey import Valkey
from jobs.database import migrate
from jobs.errors import ConfigurationError
from jobs.settings import Settings, misspelt
from server.pages import STATIC

DETAIL = "With DATABASE_URL or REDIS_URL set, it uses those instead."
READY_LIMIT = 60.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The grammar of the subcommand."""
    parser.add_argument("--port", type=port, default=8000, help="of the dashboard and the API (8000)")
    add_data(parser)


def main(asked: argparse.Namespace) -> int:
    """Runs everything until it is told to stop."""
    os.environ["NF_DATA"] = str(data(asked))
    return asyncio.run(run(port=asked.port))


async def run(*, port: int) -> int:
    """Runs the whole service on loopback; 0 when it is told to stop.

    Raises ConfigurationError, before anything is started, when the port or a setting is wrong.
    """
    settings = Settings.from_environment()
    if not port_is_free(port):
        raise ConfigurationError(
            f"port {port} is in use by another program: stop that one, or choose another port, "
            f"as in `PORT={port + 1} make up` or `novelfoundry up --port {port + 1}`."
        )
    return await until_told(_everything(settings, port))


async def _everything(settings: Settings, port: int) -> None:
    data = settings.data.expanduser().resolve()
    async with AsyncExitStack() as stack:
        engines = await stack.enter_async_context(Engines(data, kinds=_missing(settings)))
        environment = _environment(settings, engines, data)
        await _migrate(environment)
        await _serve(engines, environment, port=port, stack=stack)


def _missing(settings: Settings) -> list[type[Engine]]:
    """The engines that the environment does not bring: none of ours runs beside one of yours."""
    kinds: list[type[Engine]] = []
    if settings.database_url is None and not settings.uses_supabase:
        kinds.append(Postgres)
    if settings.redis_url is None:
        kinds.append(Valkey)
    return kinds


def _environment(settings: Settings, engines: Engines, data: Path) -> dict[str, str]:
    ours = {"NF_DATA": str(data), "PYTHONUNBUFFERED": "1"}
    if settings.database_url is None and not settings.uses_supabase:
        ours["DATABASE_URL"] = engines.database_url
    if settings.redis_url is None:
        ours["REDIS_URL"] = engines.redis_url
    # What is no setting was named by `up` itself: its children need not say it again.
    strangers = misspelt(os.environ)
    return {name: value for name, value in os.environ.items() if name not in strangers} | ours


async def _migrate(environment: dict[str, str]) -> None:
    settings = Settings.from_environment(environment)
    if settings.database_url is None:
        say("migrations are left to `supabase db push`: only SUPABASE_URL is set, not DATABASE_URL.")
        return
    await migrate.run(settings)


async def _serve(engines: Engines, environment: dict[str, str], *, port: int, stack: AsyncExitStack) -> None:
    # Only here is it sure that the api listens on loopback. Whoever puts a proxy before it sets 0.
    of_api = {**environment, "NF_LOCAL_SIGN_IN": environment.get("NF_LOCAL_SIGN_IN") or "1"}
    children = [
        # One port, one process: the worker has more to tell.
        Child("scheduler", environment={**environment, "NF_METRICS_PORT": ""}),
        Child("worker", environment=environment),
        Child("api", f"--host={HOST}", f"--port={port}", environment=of_api),
    ]
    for child in children:  # stopped in reverse: no request finds the worker gone, no job the scheduler
        stack.push_async_callback(child.stop)
    stack.callback(say, "stopping.")
    wrong: ConfigurationError | None = None
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(engines.tend(say))
            for child in children:
                group.create_task(child.keep())
            group.create_task(_welcome(port, Path(environment["NF_DATA"])))
    except* ConfigurationError as errors:
        wrong = next(error for error in errors.exceptions if isinstance(error, ConfigurationError))
    if wrong is not None:
        raise wrong


async def _welcome(port: int, data: Path) -> None:
    """Waits until the service can do its job, then says where it is."""
    url = f"http://{HOST}:{port}"
    try:
        async with asyncio.timeout(READY_LIMIT):
            await _ready(url)
    except TimeoutError:
        say(f"not ready after {READY_LIMIT:g} s: {url}/readyz and the lines above say why.")
        return
    built = (STATIC / "index.html").exists()
    print(
        "\nNovelFoundry is ready.\n\n"
        f"  Dashboard   {url}/{'' if built else '   (not built: run `make dashboard`)'}\n"
        f"  GraphiQL    {url}/graphql\n"
        f"  Data        {data}   (kept; delete it to start anew)\n"
        "  Stop        Ctrl-C\n",
        flush=True,
    )


async def _ready(url: str) -> None:
    async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
        while True:
            try:
                answer = await client.get(f"{url}/readyz")
                if answer.is_success and not answer.json()["missing"]:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.05)
