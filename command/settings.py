"""`settings`: those in force and where each came from; what is secret is not shown."""

import argparse
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from rich.console import Console
from rich.table import Table

from jobs.errors import ConfigurationError
from jobs.settings import Setting, Settings, misspelt, settings, value_of

DETAIL = "Exit 2 when one of them is wrong."
_MASK = "********"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One setting as it is in force. `fault` says what is wrong with it."""

    name: str
    value: str | None
    source: str
    fault: str | None = None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The grammar of the subcommand."""
    parser.add_argument("--json", action="store_true", help="print them as one JSON document")


def main(asked: argparse.Namespace) -> int:
    """Prints every setting."""
    rows = [_row(os.environ, attribute, setting) for attribute, setting in settings()]
    strangers = misspelt(os.environ)
    if asked.json:
        print(json.dumps({"settings": [asdict(row) for row in rows], "misspelt": strangers}, ensure_ascii=False))
    else:
        _print(rows)
    faults = [row.fault for row in rows if row.fault]
    if not faults:
        Settings.from_environment()  # raises for those that are wrong only together
    return 2 if faults else 0


def _row(environment: Mapping[str, str], attribute: str, setting: Setting) -> Row:
    names = (setting.name, f"{setting.name}_FILE")
    source = next((name for name in names if environment.get(name, "").strip()), "default")
    try:
        given = value_of(environment, setting)
    except ConfigurationError as error:
        return Row(name=setting.name, value=None, source=source, fault=error.message)
    value = getattr(Settings(), attribute) if given is None else given
    return Row(name=setting.name, value=_shown(value, setting), source=source)


def _shown(value: Any, setting: Setting) -> str | None:
    if value is None:
        return None
    if setting.is_secret:
        return _MASK
    if isinstance(value, timedelta):
        return f"{value.total_seconds():g}"
    return str(int(value)) if isinstance(value, bool) else str(value)


def _print(rows: list[Row]) -> None:
    table = Table("setting", "value", "from", box=None, pad_edge=False)
    for row in rows:
        table.add_row(row.name, row.fault or row.value or "-", "environment" if row.source == row.name else row.source)
    Console(soft_wrap=True, markup=False, highlight=False).print(table)
