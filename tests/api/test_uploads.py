"""`POST /manuscripts`: what comes in, what is turned away, and that nothing is left of what was."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from jobs.settings import Settings
from schema.ids import read_id
from tests.api.conftest import Api, running
from tests.unit.analysis.files import docx_of, paragraphs
from tests.unit.analysis.reading.test_size import illustrated

TEXT = b"Chapter One\n\nIt rained.\n"
UNDEFINED = b'--x\r\nContent-Disposition: form-data; name="title"\r\n\r\nRain\r\n--x--\r\n'
KEPT = "{ manuscripts { totalCount edges { node { id title filename } } } }"


async def test_a_file_becomes_a_manuscript(api: Api) -> None:
    response = await api.upload(TEXT, name="the_rain.txt")

    found = (await api.data(KEPT))["manuscripts"]
    assert response.status_code == 201
    assert read_id(response.json()["id"])[0] == "Manuscript"
    assert found["edges"] == [{"node": {**response.json(), "title": "the rain", "filename": "the_rain.txt"}}]


async def test_a_title_of_the_authors_own_is_kept(api: Api) -> None:
    await api.upload(TEXT, title="Rain — a novel")

    assert (await api.data(KEPT))["manuscripts"]["edges"][0]["node"]["title"] == "Rain — a novel"


async def test_what_cannot_be_read_is_turned_away_with_a_code_and_a_sentence(api: Api) -> None:
    refused = {
        ("rain.txt", b""): (422, "UNREADABLE"),
        ("rain.docx", b"\x89PNG\r\n\x1a\n" + b"\0" * 100): (422, "UNREADABLE"),
        ("rain.pages", TEXT): (415, "UNSUPPORTED_FORMAT"),
        ("rain", TEXT): (415, "UNSUPPORTED_FORMAT"),
    }
    for (name, content), expected in refused.items():
        response = await api.upload(content, name=name)

        assert (response.status_code, response.json()["code"]) == expected, name
        assert response.json()["message"].endswith(".")
    assert (await api.data(KEPT))["manuscripts"]["totalCount"] == 0


async def test_a_form_that_is_none_is_invalid_input(api: Api) -> None:
    forms: list[dict[str, Any]] = [
        {"content": b"", "headers": {"Content-Type": "multipart/form-data"}},
        {"content": b"nonsense", "headers": {"Content-Type": "multipart/form-data; boundary=x"}},
        {"content": UNDEFINED, "headers": {"Content-Type": "multipart/form-data; boundary=x; charset=undefined"}},
        {"json": {"file": "x"}},
        {"files": {"other": ("rain.txt", TEXT)}},
        {"files": [("file", ("one.txt", TEXT)), ("file", ("two.txt", TEXT))]},
        {"files": {"file": ("rain.txt", TEXT)}, "data": {"title": "a", "more": "b"}},
        {"data": {"file": "no file"}, "files": {"x": ("", b"")}},
    ]
    for form in forms:
        headers = {**api.bearer(), **form.pop("headers", {})}
        response = await api.http.post("/manuscripts", headers=headers, **form)

        assert (response.status_code, response.json()["code"]) == (400, "INVALID_INPUT"), form
    assert (await api.data(KEPT))["manuscripts"]["totalCount"] == 0


async def test_no_token_is_401(api: Api) -> None:
    response = await api.http.post("/manuscripts", files={"file": ("rain.txt", TEXT)})

    assert (response.status_code, response.json()["code"]) == (401, "UNAUTHENTICATED")


@pytest.mark.parametrize("declared", [True, False], ids=["length declared", "length hidden"])
async def test_a_file_over_the_limit_is_413(settings: Settings, declared: bool) -> None:
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="rain.txt"\r\n\r\n'
    pieces = [head, *[b"x" * 10_000] * 200, b"\r\n--x--\r\n"]

    async def body() -> AsyncIterator[bytes]:
        for piece in pieces:
            yield piece

    async with running(replace(settings, max_upload_bytes=50_000)) as api:
        headers = {**api.bearer(), "Content-Type": "multipart/form-data; boundary=x"}
        if declared:
            headers["Content-Length"] = str(sum(map(len, pieces)))
        response = await api.http.post("/manuscripts", content=body(), headers=headers)
        kept = await api.data(KEPT)

    assert (response.status_code, response.json()["code"]) == (413, "TOO_LARGE")
    assert "MB" in response.json()["message"]
    assert kept["manuscripts"]["totalCount"] == 0


async def test_a_file_over_the_limit_is_refused_before_it_is_sent(api: Api) -> None:
    host, port = api.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(
        f"POST /manuscripts HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {api.token()}\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 99999999\r\n\r\n".encode()
    )
    async with asyncio.timeout(30):
        status = await reader.readline()
    writer.close()

    assert status.startswith(b"HTTP/1.1 413")


async def test_an_upload_that_breaks_off_leaves_nothing(api: Api) -> None:
    host, port = api.url.removeprefix("http://").split(":")
    _, writer = await asyncio.open_connection(host, int(port))
    writer.write(
        f"POST /manuscripts HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {api.token()}\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 1000\r\n\r\n"
        '--x\r\nContent-Disposition: form-data; name="file"; filename="rain.txt"\r\n\r\nIt rained.'.encode()
    )
    await writer.drain()
    async with asyncio.timeout(30):
        while api.services.uploads.total() == 0:
            await asyncio.sleep(0.01)
    writer.close()
    async with asyncio.timeout(30):
        while api.services.uploads.total() == 1:
            await asyncio.sleep(0.01)

    assert (await api.data(KEPT))["manuscripts"]["totalCount"] == 0


async def test_too_many_uploads_at_once_are_turned_away(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api.services.uploads, "_each", 0)

    response = await api.upload(TEXT)

    assert (response.status_code, response.json()["code"]) == (429, "LIMIT_REACHED")


async def test_pictures_do_not_count_in_a_large_upload(settings: Settings) -> None:
    manuscript = illustrated(docx_of([(text, "") for text in paragraphs(400)]))
    async with running(replace(settings, max_upload_bytes=len(manuscript) // 2)) as api:
        response = await api.upload(manuscript, name="rain.docx")
        refused = await api.upload(b"word " * (len(manuscript) // 9), name="rain.txt")
        kept = await api.services.domain.files.load(read_id(response.json()["id"])[1])

    assert (response.status_code, refused.status_code) == (201, 413)
    assert b"word/document.xml" in kept
    assert len(kept) < 20_000


async def test_few_uploads_larger_than_the_limit_may_come_at_once(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    manuscript = illustrated(docx_of([("It rained.", "")]))
    async with running(replace(settings, max_upload_bytes=len(manuscript) // 2)) as api:
        monkeypatch.setattr(api.services.large_uploads, "_in_all", 0)
        large = await api.upload(manuscript, name="rain.docx")
        small = await api.upload(TEXT)

    assert (large.status_code, large.json()["code"], small.status_code) == (429, "LIMIT_REACHED", 201)
