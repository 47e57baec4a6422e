"""Writes rooms.md, the picture of the rooms, from the imports as they are. `make generate` runs it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import grimp

ROOT = Path(__file__).parents[1]
TOPMOST = ["command", "server", "schema", "jobs", "engines", "client_contract"]
# Modules that lie beside what stands above them, as the linter's layers in pyproject.toml have them: the words of all
# jobs, and what all of an analysis stands on.
APART = {
    f"jobs.{name}": "vocabulary"
    for name in ("errors", "faults", "log_outage", "models", "ports", "settings", "shared", "states")
}
APART |= {f"jobs.analysis.{name}": "ground" for name in ("confinement", "document", "report", "walls")}

_HEAD = """\
# The rooms

Each room is a package. An arrow says that one imports another. Imports run downwards only, and in no circle:
`make lint` holds them to that. Generated from the code by `make generate`.

"""
_ABOUT = {
    "ground": "What all of an analysis stands on: its shapes (document, report) and the walls of its process.",
    "vocabulary": "The words of jobs: states, errors, models, ports, settings; how outages and faults are told.",
}


def rooms() -> dict[str, str]:
    """Each package with the sentence that opens it."""
    return {name: _purpose(name) for top in TOPMOST for name in _packages(top)} | _ABOUT


def arrows() -> set[tuple[str, str]]:
    """Which room imports which."""
    graph = grimp.build_graph(*TOPMOST)
    packages = set(rooms())
    pairs = {
        (_room(module, packages), _room(imported, packages))
        for module in graph.modules
        for imported in graph.find_modules_directly_imported_by(module)
    }
    return {(importer, imported) for importer, imported in pairs if importer != imported}


def page() -> str:
    """The whole page."""
    lines = [_HEAD, "```mermaid\nflowchart TD\n"]
    lines += [f'  {_id(name)}["{name.replace(".", "/")}"]\n' for name in rooms()]
    lines += [f"  {_id(importer)} --> {_id(imported)}\n" for importer, imported in sorted(arrows())]
    lines += ["```\n\n", "| room | what it is for |\n", "| --- | --- |\n"]
    lines += [f"| `{name.replace('.', '/')}` | {purpose} |\n" for name, purpose in rooms().items()]
    return "".join(lines)


def _packages(top: str) -> Iterator[str]:
    for file in sorted((ROOT / top).rglob("__init__.py")):
        if "node_modules" not in file.parts:
            yield ".".join(file.parent.relative_to(ROOT).parts)


def _purpose(name: str) -> str:
    file = ROOT.joinpath(*name.split("."), "__init__.py")
    told = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
    return " ".join(told.split("\n\n")[0].split())


def _room(module: str, packages: set[str]) -> str:
    if module in APART:
        return APART[module]
    while module not in packages:
        module = module.rpartition(".")[0]
    return module


def _id(name: str) -> str:
    return name.replace(".", "_")


if __name__ == "__main__":
    (ROOT / "docs" / "rooms.md").write_text(page(), encoding="utf-8")
