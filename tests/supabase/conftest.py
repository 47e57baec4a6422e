"""Tests against a Supabase server that is not ours. Each module has a project of its own, with our migrations."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from jobs.database import migrate
from jobs.database.store import JobStore
from jobs.database.supabase import SupabaseGateway, open_supabase
from jobs.files.supabase import StorageFiles
from jobs.models import Manuscript
from jobs.settings import Settings
from supabase import AsyncClient
from tests import memory
from tests.conftest import TEXT, AddManuscript, Databases
from tests.e2e.conftest import Program, up
from tests.supabase.lite import Author, Project, running, why_not

TEMPLATE = "project"

# As in a new project: what `postgres` makes in `public` is open to everybody, unless a migration closes it.
OPEN = """
alter default privileges in schema public grant all on tables to anon, authenticated, service_role;
alter default privileges in schema public grant all on functions to anon, authenticated, service_role;
alter default privileges in schema public grant all on sequences to anon, authenticated, service_role;
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Says for each test here why it is skipped where the server cannot run."""
    reason = why_not()
    for item in items:
        if reason and Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def project_template(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a database as a project has it that our migrations were pushed to."""
    _run(databases.execute(f"create database {TEMPLATE}"))
    url = databases.url(TEMPLATE)
    # Supabase's own schemas come first, as they do in a new project; its first request makes lite grant Storage's.
    with running(url, tmp_path_factory.mktemp("template")) as project:
        httpx.get(f"{project.url}/storage/v1/bucket", headers={"apikey": project.secret_key}).raise_for_status()
        _run(Databases(server=url).execute(OPEN))
        _run(migrate.run(Settings(database_url=url)))
    return TEMPLATE


@pytest.fixture(scope="module")
def project(project_template: str, databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """A running project for the tests of this module: each makes authors and rows of its own."""
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        database = databases.fresh(template=project_template)
        url = runner.run(database.__aenter__())
        with running(url, tmp_path_factory.mktemp("project")) as project:
            yield project
        runner.run(database.__aexit__(None, None, None))


@pytest.fixture
def database_url(project: Project) -> str:
    """The project's database, for what a test looks at or moves by hand."""
    return project.database_url


@pytest.fixture
def settings(settings: Settings, project: Project) -> Settings:
    """A deployment with nothing but the project's address and keys."""
    return replace(
        settings,
        database_url=None,
        supabase_url=project.url,
        supabase_secret_key=project.secret_key,
        supabase_publishable_key=project.publishable_key,
        supabase_jwt_secret=project.jwt_secret,
    )


@pytest.fixture
async def client(project: Project) -> AsyncIterator[AsyncClient]:
    """The service's own client of the project."""
    async with open_supabase(project.url, project.secret_key) as client:
        yield client


@pytest.fixture
def gateway(client: AsyncClient) -> SupabaseGateway:
    """The gateway over REST."""
    return SupabaseGateway(client)


@pytest.fixture
def store(gateway: SupabaseGateway) -> JobStore:
    """The store over REST."""
    return JobStore(gateway)


@pytest.fixture
def files(client: AsyncClient) -> StorageFiles:
    """Files in the project's bucket."""
    return StorageFiles(client)


@pytest.fixture
def add_manuscript(store: JobStore, files: StorageFiles, owner_id: UUID) -> AddManuscript:
    """Adds a manuscript with its file: `await add_manuscript(title=…, content=…, owner_id=…)`."""

    async def add(*, title: str = "The Rain", content: bytes = TEXT, owner_id: UUID = owner_id) -> Manuscript:
        manuscript_id = uuid4()
        await store.manuscript_begin(manuscript_id)
        await files.save(manuscript_id, content)
        return await store.manuscript_add(
            owner_id,
            manuscript_id,
            title=title,
            filename="rain.txt",
            byte_size=len(content),
            max_manuscripts=2000,
        )

    return add


@pytest.fixture
def sign_up(project: Project) -> Callable[[], Author]:
    """Makes an author of the project: `sign_up()`."""
    return lambda: project.sign_up(f"{uuid4()}@authors.example")


@pytest.fixture(scope="module")
def program(project: Project) -> Iterator[Program]:
    """The whole deployment on the project; only Redis is its own."""
    with memory.directory() as data:
        environment = {"PATH": os.environ["PATH"], "HOME": str(data), "NF_QUEUE_TIMEOUT": "60", **_environment(project)}
        with up(data, environment) as program:
            yield program


def _run(task: Coroutine[Any, Any, Any]) -> None:
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        runner.run(task)


def _environment(project: Project) -> dict[str, str]:
    """All that a deployment needs to know of a project."""
    return {
        "SUPABASE_URL": project.url,
        "SUPABASE_SECRET_KEY": project.secret_key,
        "SUPABASE_PUBLISHABLE_KEY": project.publishable_key,
        "SUPABASE_JWT_SECRET": project.jwt_secret,
    }
