"""Each number that the rules of the analysis rest on says what it is, and where it comes from, if only a guess."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[3] / "jobs" / "analysis"
FLAGS = {"NEEDS_ENGLISH", "NEEDS_PROSE"}
ROOMS = ("structure", "story", "sections", "words", "drafts")


def unsaid(path: Path) -> Iterator[str]:
    """Numbers of a file that neither they nor the next below them have a text for."""
    waiting: list[str] = []
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=int() | float())) if (
                name not in FLAGS
            ):
                waiting.append(f"{path.name}: {name}")
            case ast.Expr(value=ast.Constant(value=str())):
                waiting.clear()
            case _:
                yield from waiting
                waiting.clear()


def test_each_threshold_says_where_it_comes_from() -> None:
    files = [path for room in ROOMS for path in sorted((ROOT / room).glob("*.py"))]

    assert len(files) > 40
    assert [name for path in files for name in unsaid(path)] == []
