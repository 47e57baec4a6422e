"""Releases the contract: `python -m client_contract.release 1.1.0`, after `make generate`.

What stands under "Unreleased" in the changelog becomes the version's, the number goes wherever it stands, and the
schema and a hash of the content are kept in `released/`. From then on the content may not change, words included, until
the changelog has an "Unreleased" again that says so. Run again for the same number, it takes in what came since.
"""

import hashlib
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

CONTRACT = Path(__file__).parent
UNRELEASED = "## Unreleased\n"


def content_hash(contract: Path = CONTRACT) -> str:
    """Of all that a client relies on: the schema with its words, the operations, the promises."""
    operations = sorted((contract / "operations").rglob("*.graphql"))
    promises = re.findall(r"^\| NF-.*$", (contract / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    schema = (contract / "schema.graphql").read_text(encoding="utf-8").strip()
    parts = [schema, *(f"{path.name}\n{path.read_text(encoding='utf-8')}" for path in operations), *promises]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def version(contract: Path = CONTRACT) -> str:
    """The number of the contract."""
    read: str = json.loads((contract / "version.json").read_text(encoding="utf-8"))["version"]
    return read


def unsaid(contract: Path = CONTRACT) -> str | None:
    """What is wrong where the content has changed since the version and the changelog does not say so; else None."""
    kept = contract / "released" / f"{version(contract)}.sha256"
    if UNRELEASED in (contract / "CHANGELOG.md").read_text(encoding="utf-8"):
        return None
    if kept.exists() and kept.read_text(encoding="utf-8").strip() == content_hash(contract):
        return None
    return (
        f"The contract's content is not that of version {version(contract)}. Say what changed under `## Unreleased` in "
        "client_contract/CHANGELOG.md; its release is `python -m client_contract.release NUMBER`."
    )


def release(number: str, contract: Path = CONTRACT) -> None:
    """Makes the present content that of the version of this number."""
    before = version(contract)
    _rewrite(contract / "CHANGELOG.md", lambda text: _released(text, number))
    _rewrite(contract / "version.json", lambda text: text.replace(f'"{before}"', f'"{number}"'))
    _rewrite(contract / "README.md", lambda text: text.replace(f"Version {before},", f"Version {number},"))
    package = re.compile(rf'("name": "@novelfoundry/client",\s+"version": )"{re.escape(before)}"')
    for path in (contract / "ts" / "package.json", contract.parent / "package-lock.json"):
        _rewrite(path, lambda text: package.sub(rf'\1"{number}"', text))
    kept = contract / "released"
    (kept / f"{number}.graphql").write_text((contract / "schema.graphql").read_text(encoding="utf-8"), encoding="utf-8")
    (kept / f"{number}.sha256").write_text(content_hash(contract) + "\n", encoding="utf-8")


def _released(changelog: str, number: str) -> str:
    """The changelog in which what was unreleased is the version's."""
    if UNRELEASED not in changelog:
        return changelog
    heading = f"## {number}\n"
    before, rest = changelog.split(UNRELEASED, 1)
    entries, *later = re.split(r"(?=^## )", rest, maxsplit=1, flags=re.MULTILINE)
    older = later[0] if later else ""
    if not older.startswith(heading):
        return before + heading + entries + older
    return before + heading + "\n" + entries.strip("\n") + older.removeprefix(heading)


def _rewrite(path: Path, change: Callable[[str], str]) -> None:
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    release(sys.argv[1])
