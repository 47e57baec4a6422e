"""From an upload to its report, over HTTP and WebSocket, through the running program."""

import asyncio
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import Author, Program

SAMPLE = next((Path(__file__).parents[2] / "samples").glob("*.txt"))

START = """mutation ($id: ID!) { startAnalysis(manuscriptId: $id) {
  __typename ... on Job { id status version } ... on Refusal { code message } } }"""
PROGRESS = """subscription ($id: ID!) { jobProgress(id: $id) {
  id status version stage progress isTerminal locksManuscript deadlineAt asOf failure { code message retryable } } }"""
UPDATES = "subscription { jobUpdates { asOf jobs { id status version } system { workers { state } message } } }"
REPORT = """query ($id: ID!) { job(id: $id) { status manuscript { wordCount isLocked }
  report { summary { words sentences chapters readingMinutes } chapters { number title words } }
  events { version status decidedBy message } } }"""


async def test_a_novel_goes_from_upload_to_report(author: Author) -> None:
    answer = await author.upload(SAMPLE.name, SAMPLE.read_bytes(), title="A story")
    assert answer.status_code == 201

    async with author.listening() as socket:
        started = (await author.ask(START, id=answer.json()["id"]))["startAnalysis"]
        frames = [frame["jobProgress"] async for frame in socket.subscribe(PROGRESS, id=started["id"])]

    versions = [frame["version"] for frame in frames]
    assert versions == sorted(set(versions))
    assert [frame["isTerminal"] for frame in frames[:-1]] == [False] * (len(frames) - 1)
    assert all((frame["deadlineAt"] is None) == frame["isTerminal"] for frame in frames)
    assert frames[-1]["status"] == "COMPLETED"

    job = (await author.ask(REPORT, id=started["id"]))["job"]
    chapters = job["report"]["chapters"]
    assert job["report"]["summary"]["words"] == job["manuscript"]["wordCount"] > 2000
    assert not job["manuscript"]["isLocked"]
    assert len(chapters) >= job["report"]["summary"]["chapters"] > 1
    assert job["events"][0] == {"version": 1, "status": "QUEUED", "decidedBy": "USER", "message": "Started."}
    assert job["events"][-1]["status"] == "COMPLETED"
    assert job["events"][-1]["decidedBy"] == "WORKER"


async def test_another_page_hears_of_the_job_without_asking(author: Author) -> None:
    manuscript = (await author.upload(SAMPLE.name, SAMPLE.read_bytes())).json()["id"]
    async with author.listening() as socket:
        updates = socket.subscribe(UPDATES)
        first = (await anext(updates))["jobUpdates"]
        assert first["system"] == {"workers": {"state": "HEALTHY"}, "message": None}

        started = (await author.ask(START, id=manuscript))["startAnalysis"]
        last = await _last_frame(updates, started["id"])

    assert last == "COMPLETED"


async def test_starting_twice_gives_the_job_that_lives(author: Author) -> None:
    manuscript = (await author.upload(SAMPLE.name, SAMPLE.read_bytes())).json()["id"]

    answers = await asyncio.gather(*(author.ask(START, id=manuscript) for _ in range(5)))

    assert len({answer["startAnalysis"]["id"] for answer in answers}) == 1


def _docx(size: int) -> bytes:
    """A Word document whose text unpacks to `size` bytes of one letter."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("word/document.xml", "w") as document:
            document.write(b"<w:document xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'>")
            document.write(b"<w:body><w:p><w:r><w:t>")
            for _ in range(size // 1_000_000):
                document.write(b"a" * 1_000_000)
            document.write(b"</w:t></w:r></w:p></w:body></w:document>")
    return file.getvalue()


def _epub() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", "application/epub+zip")
        archive.writestr("META-INF/container.xml", "<container/>")
        archive.writestr("chapter.xhtml", "<html/>" * 1000)
    return file.getvalue()


PROSE = "It was late, and the river was high. “Is it you?” she asked. Élise said nothing.\n\n" * 50

REFUSED: list[tuple[str, Callable[[], bytes], str]] = [
    ("empty.txt", lambda: b"", "UNREADABLE"),
    ("picture.docx", lambda: b"\x89PNG\r\n\x1a\n" + bytes(4000), "UNREADABLE"),
    ("truncated.epub", lambda: _epub()[:3000], "UNREADABLE"),
    ("large.txt", lambda: b"word " * 500_000, "TOO_LARGE"),
    ("sheet.xlsx", lambda: b"PK\x03\x04" + bytes(500), "UNSUPPORTED_FORMAT"),
]


@pytest.mark.parametrize(("name", "content", "code"), REFUSED, ids=[case[0] for case in REFUSED])
async def test_bad_files_are_refused_in_a_sentence_and_leave_nothing(
    author: Author, name: str, content: Callable[[], bytes], code: str
) -> None:
    before = await author.ask("{ manuscripts { totalCount } }")

    answer = await author.upload(name, content())

    assert 400 <= answer.status_code < 500
    assert answer.json()["code"] == code
    assert answer.json()["message"].endswith(".")
    assert await author.ask("{ manuscripts { totalCount } }") == before


READ: list[tuple[str, Callable[[], bytes]]] = [
    ("latin.txt", lambda: PROSE.encode("cp1252")),
    ("wide.txt", lambda: PROSE.encode("utf-16")),
    ("without-chapters.md", lambda: PROSE.encode()),
]


@pytest.mark.parametrize(("name", "content"), READ, ids=[case[0] for case in READ])
async def test_odd_files_get_a_sound_report(author: Author, name: str, content: Callable[[], bytes]) -> None:
    job = await _analysed(author, name, content())

    assert job["status"] == "COMPLETED"
    assert job["manuscript"]["wordCount"] == 50 * 16


async def test_a_zip_bomb_ends_with_a_clear_failure(author: Author) -> None:
    answer = await author.upload("bomb.docx", _docx(300_000_000))
    if answer.status_code != 201:
        assert answer.json()["code"] in ("UNREADABLE", "TOO_LARGE")
        return
    job = await _run_to_the_end(author, answer.json()["id"])

    assert job["status"] == "FAILED"
    assert job["failure"]["code"] == "UNREADABLE_MANUSCRIPT"


def test_a_script_that_analyses_files_gets_a_document_a_report_and_a_line_an_error(
    program: Program, tmp_path: Path
) -> None:
    novel, picture = tmp_path / "the_rain.txt", tmp_path / "picture.docx"
    novel.write_text("Chapter One\n\nIt rained. Nobody minded.\n")
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64))

    ended = subprocess.run(
        [sys.executable, "-m", "command.cli", "analyse", "--json", "--url", program.url, str(picture), str(novel)],
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert ended.returncode == 1
    (refusal,) = ended.stderr.splitlines()
    assert refusal.startswith(f"{picture}: This file is a picture")
    report = json.loads(ended.stdout)
    assert (report["file"], report["title"], report["summary"]["words"]) == (str(novel), "the rain", 6)


async def _analysed(author: Author, name: str, content: bytes) -> dict[str, Any]:
    answer = await author.upload(name, content)
    assert answer.status_code == 201, answer.text
    end = await _run_to_the_end(author, answer.json()["id"])
    assert end["status"] == "COMPLETED", end
    job: dict[str, Any] = (await author.ask(REPORT, id=end["id"]))["job"]
    return job


async def _run_to_the_end(author: Author, manuscript: str) -> dict[str, Any]:
    started = (await author.ask(START, id=manuscript))["startAnalysis"]
    async with author.listening() as socket:
        frames = [frame["jobProgress"] async for frame in socket.subscribe(PROGRESS, id=started["id"])]
    last: dict[str, Any] = frames[-1]
    return last


async def _last_frame(updates: Any, job_id: str) -> str:
    async for frame in updates:
        for job in frame["jobUpdates"]["jobs"]:
            if job["id"] == job_id and job["status"] in ("COMPLETED", "FAILED", "CANCELLED"):
                return str(job["status"])
    raise AssertionError("the subscription ended")
