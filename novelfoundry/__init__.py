"""The one package of ours that a Python environment sees, and the way into all others.

`jobs`, `schema`, `server` are names that other packages have too. So a wheel keeps ours inside this package, in
`_program`, and each process of ours puts that before everything else on its path. In a checkout they lie beside it.
"""

import sys
from pathlib import Path


def open_program() -> None:
    """Makes the program's packages the first that an import finds."""
    here = Path(__file__).parent
    inside = here / "_program"
    sys.path.insert(0, str(inside if inside.is_dir() else here.parent))


def module_command(module: str, *arguments: str) -> list[str]:
    """The command line that runs a module of the program, whatever lies in the directory where it is run."""
    return [sys.executable, "-P", "-m", "novelfoundry.run", module, *arguments]


def main() -> int:
    """The program `novelfoundry`."""
    open_program()
    from command.cli import main

    return main()
