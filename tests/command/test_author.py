"""What an operator does for an author who asks: her data as an archive, and gone."""

import zipfile
from pathlib import Path

import pytest

from command import cli
from jobs.models import Manuscript


@pytest.fixture
def author(manuscript: Manuscript, redis_url: str, database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """An author with one manuscript, and the environment of an operator."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("REDIS_URL", redis_url)
    return str(manuscript.owner_id)


def test_an_archive_is_written_and_says_what_it_holds(
    author: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "ann.zip"

    assert cli.main(["author", "export", author, "--to", str(path)]) == 0

    assert "0001 The Rain/rain.txt" in zipfile.ZipFile(path).namelist()
    assert "1 manuscript " in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == [path]


def test_where_it_cannot_be_written_the_place_is_named(author: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["author", "export", author, "--to", "/nowhere/ann.zip"]) == 2

    assert capsys.readouterr().err.startswith("novelfoundry author: /nowhere/ann.zip cannot be written")


def test_nothing_is_erased_without_a_yes(author: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["author", "erase", author]) == 1
    assert "Nothing was deleted" in capsys.readouterr().err

    assert cli.main(["author", "erase", author, "--yes"]) == 0
    assert "Deleted 1 manuscript of" in capsys.readouterr().out
    assert cli.main(["author", "erase", author, "--yes"]) == 0
    assert "Deleted 0 manuscripts of" in capsys.readouterr().out
