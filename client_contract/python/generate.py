"""Writes novelfoundry/client/generated from schema.graphql and operations/, by ariadne-codegen, in its own environment.

Its requirements and ours exclude each other (graphql-core, ruff), so `make generate` keeps it in .venv/codegen.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

CONTRACT = Path(__file__).parents[1]
TARGET = CONTRACT.parent / "novelfoundry" / "client" / "generated"
SETTINGS = """
[tool.ariadne-codegen]
schema_path = "{schema}"
queries_path = "{operations}"
target_package_name = "generated"
target_package_path = "{target}"
client_name = "{name}"
client_file_name = "{file}"
async_client = {is_async}
include_comments = "none"
[tool.ariadne-codegen.scalars.DateTime]
type = "datetime.datetime"
[tool.ariadne-codegen.scalars.JSON]
type = "typing.Any"
"""
# A value of a later contract is read as itself, not as an error (NF-CHANGE-2).
OPEN = '''

class Open(str, Enum):
    """An enum that takes values which a later contract may add."""

    @classmethod
    def _missing_(cls, value: object) -> "Open":
        member = str.__new__(cls, value)
        member._name_ = member._value_ = str(value)
        return member

'''


def main() -> None:
    """Generates twice, for the models are the same and the clients are not, and keeps one package."""
    with TemporaryDirectory() as folder:
        work = Path(folder)
        generated = generate(work / "async", name="AsyncOperations", file="async_operations", is_async=True)
        of_sync = generate(work / "sync", name="Operations", file="operations", is_async=False)
        for name in ("operations.py", "base_client.py"):
            shutil.copy(of_sync / name, generated / name)
        enums = (generated / "enums.py").read_text()
        enums = enums.replace("from enum import Enum\n", f"from enum import Enum\n{OPEN}", 1)
        (generated / "enums.py").write_text(
            re.sub(r"class (\w+)\(str, Enum\)", r"class \1(Open)", enums).replace(
                "class Open(Open)", "class Open(str, Enum)"
            )
        )
        shutil.rmtree(TARGET, ignore_errors=True)
        shutil.copytree(generated, TARGET)


def generate(folder: Path, *, name: str, file: str, is_async: bool) -> Path:
    """The generated package. The generator's client without async knows no subscriptions."""
    operations = folder / "operations"
    operations.mkdir(parents=True)
    for path in sorted((CONTRACT / "operations").rglob("*.graphql")):
        text = path.read_text()
        if is_async or not re.search(r"^subscription ", text, re.MULTILINE):
            shutil.copy(path, operations)
    settings = folder / "settings.toml"
    values = {"schema": CONTRACT / "schema.graphql", "operations": operations, "target": folder}
    settings.write_text(SETTINGS.format(**values, name=name, file=file, is_async=str(is_async).lower()))
    program = Path(sys.executable).parent / "ariadne-codegen"
    # Of what is deprecated the schema itself warns.
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
    subprocess.run([program, "--config", settings], check=True, stdout=subprocess.DEVNULL, cwd=folder, env=environment)  # noqa: S603
    return folder / "generated"


if __name__ == "__main__":
    main()
