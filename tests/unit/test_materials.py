"""The bill of materials and the list of licences, held against the lock files."""

import importlib.util
import json
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def materials() -> ModuleType:
    """The program that writes both."""
    spec = importlib.util.spec_from_file_location("materials", ROOT / "deploy" / "materials.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_bill_holds_each_package_of_both_locks_by_version_and_hash(materials: ModuleType) -> None:
    bill = materials.bill(materials.materials())

    components = {each["purl"]: each for each in bill["components"]}
    assert len(components) == len(bill["components"])
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    for name, version in re.findall(r"^([a-z0-9-]+)==([^\s;]+)", lock, re.MULTILINE):
        assert components[f"pkg:pypi/{name}@{version}"]["hashes"], name
    page = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    react = page["node_modules/react"]["version"]
    assert components[f"pkg:npm/react@{react}"]["hashes"][0]["alg"] == "SHA-512"
    assert not any(name.startswith("pkg:npm/vitest@") for name in components)


def test_every_licence_is_known_and_listed_and_none_asks_for_our_own_code(materials: ModuleType) -> None:
    listed = (ROOT / "docs" / "licences.md").read_text(encoding="utf-8")

    for each in materials.materials():
        assert each.licence, each.name
        assert "GPL" not in each.licence, each.name
        assert f"| {each.name} |" in listed, f"{each.name}: `make lock` lists it"
