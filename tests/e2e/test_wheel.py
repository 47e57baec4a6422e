"""The wheel as a program: built, installed beside packages of its own packages' names, run in an empty folder."""

import os
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

import httpx
import pytest

from tests.e2e.conftest import Program, started

ROOT = Path(__file__).parents[2]
UV = Path(sys.executable).with_name("uv")
OURS = ("client_contract", "command", "engines", "jobs", "schema", "server")
pytestmark = pytest.mark.timeout(240)


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """An environment with the wheel in it."""

    programs: Path
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """Nothing of the checkout, and a home that cannot be written."""
        return {"PATH": f"{self.programs}:{os.environ['PATH']}", "HOME": "/nonexistent"}

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """The program in the folder, to its end."""
        return subprocess.run(
            [self.programs / "novelfoundry", *arguments],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
        )


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source archive, and the wheel that was built from it."""
    directory = tmp_path_factory.mktemp("dist")
    build(directory)
    return directory


@pytest.fixture(scope="module")
def installed(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel in an environment that has other packages of the names of ours."""
    environment = tmp_path_factory.mktemp("environment")
    venv.create(environment)
    python = environment / "bin" / "python"
    [wheel] = dist.glob("*.whl")
    subprocess.run([UV, "pip", "install", "-q", "--offline", "--no-deps", f"--python={python}", wheel], check=True)
    packages = Path(sysconfig.get_path("purelib", vars={"base": str(environment)}))
    # Its dependencies are those of the tests' own environment, whose own .pth files are not read from here.
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    for name in OURS:
        (packages / f"{name}.py").write_text(f"raise ImportError('the wrong {name}')\n", encoding="utf-8")
    return Installed(programs=environment / "bin", folder=tmp_path_factory.mktemp("empty"))


@pytest.fixture(scope="module")
def program(installed: Installed) -> Iterator[Program]:
    """`novelfoundry up`, from the wheel."""
    with running(installed) as program:
        yield program


@contextmanager
def running(installed: Installed) -> Iterator[Program]:
    command = [str(installed.programs / "novelfoundry"), "up"]
    with started(command, environment=installed.environment, cwd=installed.folder) as program:
        yield program


def build(directory: Path, *options: str) -> None:
    """Builds without the network: what the build needs is in the tests' environment."""
    command = [str(UV), "build", "-q", "--offline", "--no-build-isolation"]
    command += [f"--python={sys.executable}", f"-o={directory}"]
    subprocess.run([*command, *options], cwd=ROOT, check=True)


def test_the_source_archive_builds_the_same_wheel(dist: Path, tmp_path: Path) -> None:
    build(tmp_path, "--wheel")

    [from_archive], [from_checkout] = dist.glob("*.whl"), tmp_path.glob("*.whl")
    assert contents(from_archive) == contents(from_checkout)


def test_the_wheel_has_one_name_of_its_own_and_nothing_of_a_checkout(dist: Path) -> None:
    [wheel] = dist.glob("*.whl")
    names = set(contents(wheel))

    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"novelfoundry"}
    assert [name for name in names if "node_modules" in name or "__pycache__" in name] == []
    for part in ("server/static/index.html", "supabase/migrations/20260105000000_baseline.sql", "samples/"):
        assert any(name.startswith(f"novelfoundry/_program/{part}") for name in names), part


def test_it_serves_the_page_in_an_empty_folder_and_leaves_only_its_data(program: Program, installed: Installed) -> None:
    page = httpx.get(program.url)

    assert page.status_code == 200
    assert "/assets/" in page.text
    assert os.listdir(installed.folder) == [".novelfoundry"]


def test_a_job_goes_through_all_its_processes(program: Program, installed: Installed) -> None:
    ended = installed.run("doctor", "--canary")

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "ok    canary" in ended.stdout


def test_it_holds_its_own_server_to_the_contract(program: Program, installed: Installed) -> None:
    token = installed.run("token", "--sub", "reader").stdout.split()[-1]

    ended = installed.run("verify", program.url, "--token", token, "--only", "no-token")

    assert ended.returncode == 0, ended.stdout + ended.stderr


def contents(wheel: Path) -> dict[str, int]:
    """The files of a wheel, each with the checksum of what it holds."""
    with ZipFile(wheel) as archive:
        return {each.filename: each.CRC for each in archive.infolist()}
