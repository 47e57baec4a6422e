"""What is sent twice is kept once, and what is too much for one author or for the disk is not kept at all."""

import asyncio
import shutil
from collections import namedtuple
from dataclasses import replace
from pathlib import Path

import asyncpg
import pytest

from jobs.settings import Settings
from tests.api.conftest import Api, running

TEXT = b"It rained. Nobody had asked it to."
ADD = """mutation ($text: String!) { addManuscript(input: {title: "Rain", text: $text}) {
  ... on Manuscript { id } ... on Error { code message } } }"""
Usage = namedtuple("Usage", "total used free")
Connection = asyncpg.Connection


async def send(api: Api, key: str, content: bytes = TEXT, *, sub: str = "ann") -> tuple[int, dict[str, str]]:
    answer = await api.http.post(
        "/manuscripts",
        files={"file": ("rain.txt", content)},
        headers={**api.bearer(sub), "Idempotency-Key": key},
    )
    return answer.status_code, answer.json()


async def test_the_same_sent_many_times_at_once_is_one_manuscript_and_one_file(
    api: Api, connection: "Connection[asyncpg.Record]"
) -> None:
    answers = await asyncio.gather(*(send(api, "one") for _ in range(3)))

    assert {status for status, _ in answers} == {201}
    assert len({body["id"] for _, body in answers}) == 1
    for table, rows in {"manuscripts": 1, "manuscript_files": 1, "unowned_files": 0}.items():
        assert await connection.fetchval(f"select count(*) from {table}") == rows, table


async def test_a_key_stands_for_what_was_sent_with_it_by_its_author_for_a_day(
    api: Api, connection: "Connection[asyncpg.Record]"
) -> None:
    _, first = await send(api, "one")

    assert (await send(api, "one", TEXT + b" Or had they?"))[1]["code"] == "INVALID_INPUT"
    assert (await send(api, "x" * 256))[1]["code"] == "INVALID_INPUT"
    assert (await send(api, "one", sub="ben"))[1]["id"] != first["id"]
    await connection.execute("update idempotency_keys set used_at = now() - interval '25 hours'")
    assert (await send(api, "one"))[1]["id"] != first["id"]
    await api.services.domain.store.idempotency_prune()
    assert await connection.fetchval("select count(*) from idempotency_keys") == 1


async def test_a_text_sent_twice_is_one_manuscript_and_one_that_was_deleted_does_not_come_back(api: Api) -> None:
    headers = {**api.bearer(), "Idempotency-Key": "pasted"}

    async def paste() -> dict[str, str]:
        body = {"query": ADD, "variables": {"text": TEXT.decode()}}
        added: dict[str, str] = (await api.http.post("/graphql", json=body, headers=headers)).json()["data"][
            "addManuscript"
        ]
        return added

    first = await paste()
    assert await paste() == first
    await api.data("mutation ($id: ID!) { deleteManuscript(id: $id) { __typename } }", id=first["id"])
    assert (await paste())["code"] == "NOT_FOUND"


async def test_an_author_keeps_so_many_bytes_and_is_told_how_many(settings: Settings) -> None:
    async with running(replace(settings, max_author_bytes=len(TEXT) + 10)) as api:
        assert (await send(api, "one"))[0] == 201

        status, refused = await send(api, "two")

        assert (status, refused["code"]) == (429, "LIMIT_REACHED")
        assert refused["message"] == (
            "You keep 34 bytes of manuscripts, and this one has 34 bytes: one author may keep 44 bytes. "
            "Delete one first."
        )
        assert (await send(api, "three", sub="ben"))[0] == 201


async def test_nothing_is_kept_on_a_disk_that_is_almost_full_and_the_system_says_so(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, connection: "Connection[asyncpg.Record]"
) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("16")
    free = 10**12
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10**12, 0, free))
    async with running(settings) as api:
        assert (await send(api, "one"))[0] == 201

        free = settings.min_free_bytes + len(TEXT) - 1
        status, refused = await send(api, "two")
        assert (status, refused["code"]) == (503, "UNAVAILABLE")
        assert "disk is almost full" in refused["message"]
        assert await connection.fetchval("select count(*) from manuscript_files") == 1

        free = settings.min_free_bytes - 1
        await api.services.domain.probes.look()
        troubles = (await api.data("{ system { message troubles { code } } }"))["system"]
        assert "DISK" in [each["code"] for each in troubles["troubles"]]
        assert "disk is almost full" in troubles["message"]
