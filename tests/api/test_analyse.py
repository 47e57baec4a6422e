"""`analyse`: from a file to its report, over HTTP and WebSocket, as an author runs it."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

from command import analyse
from command.manuscripts import SAMPLE, manuscripts
from jobs.errors import ConfigurationError, Unauthenticated, Unavailable
from jobs.processes.wiring import open_domain
from jobs.processes.worker import Worker
from jobs.settings import Settings
from tests.api.conftest import Api, running

TEXT = b"Chapter One\n\nIt rained. Nobody minded.\n\nChapter Two\n\nIt stopped.\n"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, lease=timedelta(seconds=20), local_sign_in=True)


@pytest.fixture
async def worker(settings: Settings) -> AsyncIterator[None]:
    """A worker in this process; the analysis is a child's, as always."""
    stop = asyncio.Event()
    async with open_domain(settings, kind="worker", capacity=1) as domain:
        working = asyncio.create_task(Worker(domain).run(stop))
        yield
        stop.set()
        await working


@pytest.fixture
def novel(tmp_path: Path) -> Path:
    path = tmp_path / "the_rain.txt"
    path.write_bytes(TEXT)
    return path


@pytest.mark.usefixtures("worker")
async def test_a_service_under_a_path_is_asked_there(
    settings: Settings, novel: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with running(replace(settings, base_path="/novels")) as api:
        assert await analyse.run([novel], url=f"{api.url}/novels/", token=None, json=False) == 0

    assert "the rain" in capsys.readouterr().out


@pytest.mark.usefixtures("worker")
async def test_a_file_becomes_a_printed_report(api: Api, novel: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = await analyse.run([novel], url=api.url, token=api.token(), json=False)

    out = capsys.readouterr().out
    assert code == 0
    assert "the rain" in out
    assert "Chapter Two" in out
    assert "Chapter by chapter" in out


@pytest.mark.usefixtures("worker")
async def test_json_is_one_document_a_report_and_a_file_that_fails_does_not_stop_the_others(
    api: Api, novel: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = tmp_path / "empty.txt"
    empty.write_bytes(b"")

    code = await analyse.run([empty, tmp_path / "none.txt", novel], url=api.url, token=None, json=True)

    told = capsys.readouterr()
    assert code == 1
    assert [chapter["title"] for chapter in json.loads(told.out)["chapters"]] == ["Chapter One", "Chapter Two"]
    assert "empty.txt: " in told.err
    assert "none.txt cannot be read" in told.err


@pytest.mark.usefixtures("worker")
async def test_a_directory_standard_input_and_a_file_are_a_line_of_json_each_and_nothing_twice(
    api: Api, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "drafts" / "old").mkdir(parents=True)
    first, second = tmp_path / "drafts" / "b.txt", tmp_path / "drafts" / "old" / "a.md"
    first.write_bytes(TEXT)
    second.write_bytes(TEXT + b"Once more.\n")
    for no_manuscript in (".hidden.txt", "~$b.docx", "cover.jpg"):
        (tmp_path / "drafts" / no_manuscript).write_bytes(b"x")
    (tmp_path / "empty").mkdir()
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(TEXT + b"From elsewhere.\n")))
    words = [str(tmp_path / "drafts"), str(first), str(tmp_path / "empty"), "-"]

    code = await analyse.run(words, url=api.url, token=api.token(), json=True, name="elsewhere.txt")

    told = capsys.readouterr()
    assert code == 1
    assert [json.loads(line)["file"] for line in told.out.splitlines()] == [str(first), str(second), "standard input"]
    assert json.loads(told.out.splitlines()[2])["title"] == "elsewhere"
    assert told.err.count("\n") == 1
    assert "empty holds no manuscript" in told.err


def test_the_sample_is_there() -> None:
    [sample] = manuscripts([SAMPLE], name="")

    assert b"lamplighter" in sample.read().lower()


async def test_a_token_that_is_not_believed_ends_it_in_one_line(api: Api, novel: Path) -> None:
    with pytest.raises(Unauthenticated):
        await analyse.run([novel], url=api.url, token="nonsense", json=False)


async def test_a_server_that_is_not_there_is_named(novel: Path) -> None:
    with pytest.raises(Unavailable, match="Nothing answers at http://127"):
        await analyse.run([novel], url="http://127.0.0.1:1", token=None, json=False)


@pytest.mark.parametrize("url", ["ftp://example.org", "example.org"])
async def test_an_address_that_is_none_is_named(novel: Path, url: str) -> None:
    with pytest.raises(ConfigurationError, match=r"example\.org"):
        await analyse.run([novel], url=url, token="x", json=False)


async def test_a_server_elsewhere_needs_a_token(novel: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NF_TOKEN", raising=False)
    with pytest.raises(ConfigurationError, match="NF_TOKEN"):
        await analyse.run([novel], url="https://novels.example", token=None, json=False)
