"""What front-end and Python teams use, from the registries, against the running server."""

import asyncio
import json
import re
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from jobs.settings import Settings
from tests.api.conftest import Api, running
from tests.contract.test_package import INTEROP, NODE_24, ROOT, run

OPERATIONS = ROOT / "client_contract" / "operations"
CODEGEN = ROOT / ".venv" / "codegen" / "bin" / "ariadne-codegen"
INTROSPECTION = "query IntrospectionQuery { __schema { queryType { name } types { kind name } } }"

pytestmark = pytest.mark.skipif(not INTEROP.exists(), reason="needs its npm packages: `make interop`")


@pytest.fixture
async def api(settings: Settings) -> AsyncIterator[Api]:
    async with running(settings) as api:
        yield api


@pytest.fixture
def team(tmp_path: Path) -> Path:
    """A project of somebody else's, with the packages installed."""
    (tmp_path / "node_modules").symlink_to(INTEROP)
    (tmp_path / "package.json").write_text('{"name": "team", "private": true, "type": "module"}')
    for name in ("clients.mjs", "typed.ts"):
        (tmp_path / name).write_text((Path(__file__).parent / "interop" / name).read_text())
    return tmp_path


async def test_apollo_urql_and_others_query_change_and_subscribe(api: Api, team: Path) -> None:
    printed = await asyncio.to_thread(run, NODE_24, "clients.mjs", api.url, api.token(), cwd=team)

    seen = json.loads(printed)
    [author] = {each["id"] for each in seen.values() if "id" in each}
    assert author
    assert {each["title"] for each in seen.values() if "title" in each} == {"By Apollo", "By urql"}
    assert {each["jobs"] for each in seen.values() if "jobs" in each} == {0}


async def test_graphql_codegen_types_our_operations_from_the_running_server(api: Api, team: Path) -> None:
    configuration = {
        "schema": [{f"{api.url}/graphql": {"headers": api.bearer()}}],
        "documents": [str(OPERATIONS / "*.graphql")],
        "generates": {"generated/": {"preset": "client", "config": {"useTypeImports": True}}},
    }
    (team / "codegen.json").write_text(json.dumps(configuration))

    await asyncio.to_thread(run, NODE_24, *bin_of("graphql-codegen"), "--config", "codegen.json", cwd=team)

    written = (team / "generated" / "graphql.ts").read_text()
    for path in OPERATIONS.glob("*.graphql"):
        assert f"export const {path.stem}{'FragmentDoc' if _is_fragment(path) else 'Document'}" in written


async def test_gql_tada_types_a_query_of_a_team_s_own_from_the_running_server(api: Api, team: Path) -> None:
    plugin = {"name": "gql.tada/ts-plugin", "schema": "./schema.graphql", "tadaOutputLocation": "./schema-env.d.ts"}
    options: dict[str, Any] = {"strict": True, "module": "esnext", "moduleResolution": "bundler", "noEmit": True}
    options |= {"skipLibCheck": True, "allowImportingTsExtensions": True, "plugins": [plugin]}
    (team / "tsconfig.json").write_text(json.dumps({"compilerOptions": options, "files": ["typed.ts"]}))
    header = f"Authorization: {api.bearer()['Authorization']}"

    tada = (NODE_24, *bin_of("gql.tada"))
    await asyncio.to_thread(
        run, *tada, "generate-schema", f"{api.url}/graphql", "--output", "schema.graphql", "--header", header, cwd=team
    )
    await asyncio.to_thread(run, *tada, "generate-output", cwd=team)

    await asyncio.to_thread(run, NODE_24, INTEROP / "typescript" / "bin" / "tsc", "--project", ".", cwd=team)


@pytest.mark.skipif(not CODEGEN.exists(), reason="needs its own environment: `make generate`")
async def test_ariadne_codegen_writes_a_client_from_the_running_server(api: Api, tmp_path: Path) -> None:
    (tmp_path / "asked.graphql").write_text("query Titles { manuscripts(first: 5) { totalCount } }")
    settings = f"""[tool.ariadne-codegen]
remote_schema_url = "{api.url}/graphql"
remote_schema_headers = {{ Authorization = "{api.bearer()["Authorization"]}" }}
queries_path = "asked.graphql"
async_client = false
"""
    (tmp_path / "settings.toml").write_text(settings)
    program = f"""from graphql_client import Client
client = Client("{api.url}/graphql", headers={api.bearer()!r})
print(client.titles().manuscripts.total_count)"""

    await asyncio.to_thread(run, CODEGEN, "--config", "settings.toml", cwd=tmp_path)
    printed = await asyncio.to_thread(run, sys.executable, "-c", program, cwd=tmp_path)

    assert printed.strip() == "0"


# As the programs send it, by their sources: Insomnia's GraphQL body, and Altair's, each by both methods.
REQUESTS: dict[str, dict[str, Any]] = {
    "Insomnia, POST": {
        "headers": {"Accept": "*/*", "User-Agent": "insomnia/11.0.0", "Content-Type": "application/json"},
        "json": {"query": "query Viewer { viewer { id } }", "operationName": "Viewer", "variables": {}},
    },
    "Insomnia, GET": {
        "headers": {"Accept": "*/*", "User-Agent": "insomnia/11.0.0"},
        "params": {"query": "query Viewer { viewer { id } }", "operationName": "Viewer", "variables": "{}"},
    },
    "Altair, POST": {
        "headers": {"Accept": "application/graphql-response+json, application/json, multipart/mixed"},
        "json": {"query": "{ viewer { id } }", "variables": {}, "operationName": None, "extensions": {}},
    },
    "Altair, GET": {
        "headers": {"Accept": "application/json, text/plain, */*"},
        "params": {"query": "{ viewer { id } }", "variables": "{}", "operationName": ""},
    },
}


@pytest.mark.parametrize("asked", REQUESTS.values(), ids=REQUESTS)
async def test_a_program_for_trying_apis_is_answered(api: Api, asked: dict[str, Any]) -> None:
    method = "POST" if "json" in asked else "GET"
    headers = asked["headers"] | api.bearer()
    place = "json" if method == "POST" else "params"
    introspection: dict[str, Any] = {place: {"query": INTROSPECTION}}

    answer = await api.http.request(
        method, "/graphql", headers=headers, json=asked.get("json"), params=asked.get("params")
    )
    schema = await api.http.request(method, "/graphql", headers=headers, **introspection)

    assert answer.status_code == httpx.codes.OK, answer.text
    assert answer.json()["data"]["viewer"]["id"]
    assert schema.json()["data"]["__schema"]["queryType"] == {"name": "Query"}


def bin_of(name: str) -> list[Path]:
    """The program of a package, as npm links it."""
    return [(INTEROP / ".bin" / name).resolve()]


def _is_fragment(path: Path) -> bool:
    return re.search(r"^fragment ", path.read_text(), re.MULTILINE) is not None
