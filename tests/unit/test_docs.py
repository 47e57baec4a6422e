"""What the documents point at is there."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = [
    name
    for name in subprocess.run(
        ["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    if not name.startswith("samples/")
]
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
# A path as the texts write it: folders and a file with an ending, or a folder with its slash.
_PATH = re.compile(r"`((?:[\w.-]+/)+(?:[\w-]+\.[a-z]{2,5})?)`")
_ROOMS = {path.name for path in ROOT.iterdir() if path.is_dir()}


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_link_of_a_document_leads_somewhere(document: str) -> None:
    targets = [target.partition("#")[0] for target in _LINK.findall(_text(document)) if "://" not in target]

    assert [target for target in targets if target and not (ROOT / document).parent.joinpath(target).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_link_to_a_heading_finds_it(document: str) -> None:
    anchors = [
        (target.partition("#")[0] or Path(document).name, target.partition("#")[2])
        for target in _LINK.findall(_text(document))
        if "#" in target and "://" not in target
    ]

    assert [(file, anchor) for file, anchor in anchors if anchor not in _anchors(Path(document).parent / file)] == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_path_that_a_document_names_exists(document: str) -> None:
    named = [path for path in _PATH.findall(_text(document)) if path.split("/")[0] in _ROOMS]

    assert [path for path in named if not _is_there(path, beside=Path(document).parent)] == []


def test_no_two_rooms_of_the_picture_import_each_other() -> None:
    arrows = set(re.findall(r"^  (\w+) --> (\w+)$", _text("docs/rooms.md"), re.MULTILINE))

    assert arrows
    assert [pair for pair in arrows if pair[::-1] in arrows] == []


def _is_there(path: str, *, beside: Path) -> bool:
    # `client_contract/ts/tests`, written `ts/tests` inside the contract; and what is made, not kept, by make.
    return (ROOT / path).exists() or (ROOT / beside / path).exists() or path.startswith("server/static")


def _anchors(document: Path) -> set[str]:
    """The headings as a Markdown viewer makes anchors of them."""
    headings = re.findall(r"^#+ (.*)$", _text(str(document)), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def _text(document: str) -> str:
    return (ROOT / document).read_text(encoding="utf-8")
