"""The number of the contract follows its content, words included."""

import shutil
from pathlib import Path

import pytest

from client_contract.release import CONTRACT, UNRELEASED, release, unsaid, version


@pytest.fixture
def contract(tmp_path: Path) -> Path:
    """A copy that may be changed, released as it is."""
    copy = tmp_path / "client_contract"
    leave_out = shutil.ignore_patterns("node_modules", "python", "__pycache__", "dist", "tests")
    shutil.copytree(CONTRACT, copy, ignore=leave_out)
    shutil.copy(CONTRACT.parent / "package-lock.json", tmp_path)
    if UNRELEASED not in (copy / "CHANGELOG.md").read_text():
        (copy / "CHANGELOG.md").write_text(
            (copy / "CHANGELOG.md").read_text().replace("## ", f"{UNRELEASED}\n- A.\n\n## ", 1)
        )
    release("7.8.9", copy)
    return copy


def test_the_content_is_that_of_the_version_or_the_changelog_says_what_changed() -> None:
    assert unsaid() is None, unsaid()


def test_a_release_puts_the_number_wherever_it_stands(contract: Path) -> None:
    assert version(contract) == "7.8.9"
    assert "Version 7.8.9," in (contract / "README.md").read_text()
    changelog = (contract / "CHANGELOG.md").read_text()
    assert UNRELEASED not in changelog
    assert changelog.count("\n## 7.8.9\n") == 1
    for package in (contract / "ts" / "package.json", contract.parent / "package-lock.json"):
        assert '"version": "7.8.9"' in package.read_text()
    assert (contract / "released" / "7.8.9.graphql").read_text() == (contract / "schema.graphql").read_text()
    assert unsaid(contract) is None


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        ("schema.graphql", "Whether the job is over, for ever.", "Whether the job is over."),
        ("schema.graphql", "  totalCount: Int!", "  totalCount: Int!\n  mood: String"),
        ("operations/JobFields.graphql", "  stage\n", ""),
        ("README.md", "A manuscript has one live job at most.", "A manuscript has two live jobs at most."),
    ],
)
def test_a_changed_word_is_found_until_the_changelog_says_so(
    contract: Path, file: str, before: str, after: str
) -> None:
    path = contract / file
    assert before in path.read_text()
    path.write_text(path.read_text().replace(before, after, 1))

    assert "7.8.9" in (unsaid(contract) or "")

    changelog = contract / "CHANGELOG.md"
    changelog.write_text(changelog.read_text().replace("## 7.8.9", f"{UNRELEASED}\n- A word.\n\n## 7.8.9"))
    assert unsaid(contract) is None
    release("7.8.9", contract)
    assert unsaid(contract) is None
    assert changelog.read_text().count("## 7.8.9") == 1
