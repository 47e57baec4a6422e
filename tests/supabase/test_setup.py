"""What an operator gets wrong: a line that says what to do, exit 2, and never a stack trace."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import jwt
import pytest

from tests.conftest import Databases
from tests.faults.deployment import free_port
from tests.supabase.lite import Project, running

ROOT = Path(__file__).parents[2]


def novelfoundry(command: str, project: Project, redis_url: str, home: Path, **changes: str) -> str:
    """What the command says when it refuses to start."""
    done = subprocess.run(
        [sys.executable, "-m", "command.cli", command, *(["--port", str(free_port())] if command == "api" else [])],
        env={
            "PATH": os.environ["PATH"],
            "NF_DATA": str(home / "data"),
            "REDIS_URL": redis_url,
            "SUPABASE_URL": project.url,
            "SUPABASE_SECRET_KEY": project.secret_key,
            "SUPABASE_PUBLISHABLE_KEY": project.publishable_key,
            **changes,
        },
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    said = done.stderr.strip()
    assert done.returncode == 2, (done.returncode, said, done.stdout)
    assert "Traceback" not in said
    assert len(said.splitlines()) == 1, said
    return said


@pytest.mark.parametrize("command", ["api", "worker", "scheduler"])
def test_a_wrong_key_ends_every_process_in_one_line(
    project: Project, redis_url: str, tmp_path: Path, command: str
) -> None:
    said = novelfoundry(command, project, redis_url, tmp_path, SUPABASE_SECRET_KEY="sb_secret_of_another_project")

    assert "SUPABASE_SECRET_KEY" in said


def test_the_publishable_key_in_place_of_the_secret_one_is_told(
    project: Project, redis_url: str, tmp_path: Path
) -> None:
    said = novelfoundry("worker", project, redis_url, tmp_path, SUPABASE_SECRET_KEY=project.publishable_key)

    assert "SUPABASE_SECRET_KEY" in said


def test_the_secret_key_in_place_of_the_publishable_one_reaches_no_browser(
    project: Project, redis_url: str, tmp_path: Path
) -> None:
    legacy = jwt.encode({"role": "service_role"}, project.jwt_secret, "HS256")
    for key in (project.secret_key, legacy):
        said = novelfoundry("api", project, redis_url, tmp_path, SUPABASE_PUBLISHABLE_KEY=key)

        assert "SUPABASE_PUBLISHABLE_KEY" in said
        assert key not in said


@pytest.mark.parametrize("missing", ["SUPABASE_SECRET_KEY", "SUPABASE_PUBLISHABLE_KEY"])
def test_a_key_that_is_missing_is_named(project: Project, redis_url: str, tmp_path: Path, missing: str) -> None:
    assert missing in novelfoundry("worker", project, redis_url, tmp_path, **{missing: ""})


@pytest.mark.parametrize("address", ["project.supabase.co", "postgresql://localhost/x", "http://["])
def test_an_address_that_is_none_is_told(project: Project, redis_url: str, tmp_path: Path, address: str) -> None:
    assert "SUPABASE_URL" in novelfoundry("worker", project, redis_url, tmp_path, SUPABASE_URL=address)


async def test_a_missing_bucket_is_told(project: Project, redis_url: str, tmp_path: Path) -> None:
    async with httpx.AsyncClient(base_url=f"{project.url}/storage/v1", headers={"apikey": project.secret_key}) as web:
        (await web.delete("/bucket/manuscripts")).raise_for_status()

    said = novelfoundry("api", project, redis_url, tmp_path)

    assert "no bucket `manuscripts`" in said


@pytest.fixture
async def unmigrated(databases: Databases, tmp_path: Path) -> AsyncIterator[Project]:
    """A new project, as it comes."""
    async with databases.fresh(template="template0") as url:
        with running(url, tmp_path / "new") as project:
            yield project


async def test_a_project_without_our_migrations_is_told(unmigrated: Project, redis_url: str, tmp_path: Path) -> None:
    said = novelfoundry("api", unmigrated, redis_url, tmp_path)

    assert "supabase db push" in said
