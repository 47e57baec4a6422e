"""Manuscripts in the project's bucket: there with their row, gone with it, nobody's but the service's."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import jwt
import pytest

from jobs import service
from jobs.database.supabase import open_supabase
from jobs.errors import ConfigurationError, LimitReached, NotFound, TooLarge, Unavailable
from jobs.files.supabase import StorageFiles
from jobs.processes.wiring import Domain, open_domain
from jobs.settings import Settings
from tests.api.conftest import running as running_api
from tests.conftest import TEXT, Databases
from tests.sql.life import Connection
from tests.supabase.edge import RESET, SILENCE, edge
from tests.supabase.lite import Author, Project, running

NOW = timedelta(0)


@pytest.fixture
async def domain(settings: Settings) -> AsyncIterator[Domain]:
    """What an api process holds, on the project."""
    async with open_domain(settings, kind="api") as domain:
        yield domain


async def test_a_file_comes_back_as_it_was_and_goes_for_good(files: StorageFiles) -> None:
    manuscript_id, content = uuid4(), os.urandom(3_000_000)

    await files.save(manuscript_id, content)

    assert await files.load(manuscript_id) == content
    await files.delete([manuscript_id])
    with pytest.raises(NotFound):
        await files.load(manuscript_id)


async def test_forgetting_what_is_not_there_is_no_error(files: StorageFiles) -> None:
    kept = uuid4()
    await files.save(kept, b"rain")

    await files.delete([uuid4(), uuid4()])
    await files.delete([])

    assert await files.load(kept) == b"rain"


async def test_a_manuscript_is_kept_in_the_bucket_and_in_no_table(domain: Domain, connection: Connection) -> None:
    manuscript = await domain.service.add_manuscript(uuid4(), title=None, filename="rain.txt", content=TEXT)

    assert await domain.files.load(manuscript.id) == TEXT
    assert await connection.fetchval("select count(*) from public.manuscript_files") == 0


async def test_a_file_goes_with_its_manuscript(domain: Domain, connection: Connection) -> None:
    owner_id = uuid4()
    manuscript = await domain.service.add_manuscript(owner_id, title=None, filename="rain.txt", content=TEXT)

    await domain.service.delete_manuscript(owner_id, manuscript.id)

    assert not await _left(connection, manuscript.id)


async def test_an_upload_that_is_refused_at_the_end_leaves_nothing(
    domain: Domain, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MAX_MANUSCRIPTS", 0)
    objects = await _objects(connection)

    with pytest.raises(LimitReached):
        await domain.service.add_manuscript(uuid4(), title=None, filename="rain.txt", content=TEXT)

    assert await _objects(connection) == objects
    assert await connection.fetchval("select count(*) from public.unowned_files") == 0


async def test_an_upload_that_dies_before_its_row_leaves_no_object_after_the_sweep(
    domain: Domain, connection: Connection
) -> None:
    manuscript_id = uuid4()
    await domain.store.manuscript_begin(manuscript_id)
    await domain.files.save(manuscript_id, TEXT)
    assert await _left(connection, manuscript_id) == {"storage.objects", "public.unowned_files"}

    await domain.service.discard_unowned_files(older_than=NOW)

    assert not await _left(connection, manuscript_id)


async def test_an_upload_that_dies_in_the_bucket_leaves_no_row_after_the_sweep(
    settings: Settings, domain: Domain, connection: Connection
) -> None:
    owner_id = uuid4()
    async with edge((SILENCE, None)) as silent, open_supabase(silent.url, "sb_secret_x") as nowhere:
        domain.service._files = StorageFiles(nowhere)
        upload = asyncio.create_task(
            domain.service.add_manuscript(owner_id, title=None, filename="rain.txt", content=TEXT)
        )
        while not silent.requests:
            await asyncio.sleep(0.01)
        upload.cancel()
        await asyncio.gather(upload, return_exceptions=True)
    domain.service._files = domain.files
    assert await connection.fetchval("select count(*) from public.unowned_files") == 1

    await domain.service.discard_unowned_files(older_than=NOW)

    assert await domain.service.manuscripts_count(owner_id) == 0
    assert await connection.fetchval("select count(*) from public.unowned_files") == 0


async def test_an_upload_that_the_sweep_gave_up_cannot_become_a_manuscript(domain: Domain) -> None:
    manuscript_id = uuid4()
    await domain.store.manuscript_begin(manuscript_id)
    await domain.files.save(manuscript_id, TEXT)
    await domain.service.discard_unowned_files(older_than=NOW)

    with pytest.raises(NotFound):
        await domain.store.manuscript_add(
            uuid4(), manuscript_id, title="Rain", filename=None, byte_size=4, max_manuscripts=10
        )


async def test_neither_a_stranger_nor_the_author_reaches_a_file_but_through_us(
    project: Project, domain: Domain, sign_up: Callable[[], Author]
) -> None:
    author = sign_up()
    manuscript = await domain.service.add_manuscript(author.id, title=None, filename="rain.txt", content=TEXT)
    stranger = {"apikey": project.publishable_key}
    signed_in = {**stranger, "Authorization": f"Bearer {author.token}"}
    path = f"/object/manuscripts/{manuscript.id}"

    async with httpx.AsyncClient(base_url=f"{project.url}/storage/v1") as web:
        for headers in ({}, stranger, signed_in):
            for method, url, body in [
                ("GET", path, None),
                ("GET", f"/object/public/manuscripts/{manuscript.id}", None),
                ("GET", f"/object/authenticated/manuscripts/{manuscript.id}", None),
                ("POST", f"/object/manuscripts/{uuid4()}", b"mine"),
                ("PUT", path, b"mine"),
                ("POST", f"/object/sign/manuscripts/{manuscript.id}", b'{"expiresIn":60}'),
                ("DELETE", path, None),
            ]:
                answer = await web.request(
                    method, url, headers={**headers, "content-type": "application/json"}, content=body
                )
                assert answer.is_client_error, f"{method} {url}: {answer.text}"
            listed = await web.post("/object/list/manuscripts", headers=headers, json={"prefix": ""})
            assert listed.is_client_error or listed.json() == []

    assert await domain.files.load(manuscript.id) == TEXT


# What is wrong with a project


@pytest.fixture
async def broken(
    project_template: str, databases: Databases, settings: Settings, tmp_path: Path
) -> AsyncIterator[tuple[Settings, StorageFiles]]:
    """A project of this test's own, to break."""
    async with databases.fresh(template=project_template) as url:
        with running(url, tmp_path / "broken") as project:
            async with open_supabase(project.url, project.secret_key) as client:
                wrong = replace(settings, supabase_url=project.url, supabase_secret_key=project.secret_key)
                yield wrong, StorageFiles(client)


async def test_a_missing_bucket_is_said_at_the_start_and_at_every_use(broken: tuple[Settings, StorageFiles]) -> None:
    settings, files = broken
    await files._buckets.delete_bucket("manuscripts")

    with pytest.raises(ConfigurationError, match="no bucket `manuscripts`"):
        async with open_domain(settings, kind="api"):
            pass
    for use in (files.save(uuid4(), b"rain"), files.load(uuid4())):
        with pytest.raises(ConfigurationError, match="no bucket `manuscripts`"):
            await use


async def test_an_upload_to_a_bucket_that_went_missing_is_refused_in_one_line(
    broken: tuple[Settings, StorageFiles], caplog: pytest.LogCaptureFixture
) -> None:
    settings, files = broken
    async with running_api(settings) as api:
        await files._buckets.delete_bucket("manuscripts")

        answer = await api.http.post(
            "/manuscripts",
            files={"file": ("rain.txt", TEXT)},
            headers={"Authorization": f"Bearer {token(settings)}"},
        )

    assert (answer.status_code, answer.json()["code"]) == (503, "UNAVAILABLE")
    assert "not set up completely" in answer.json()["message"]
    told = [record for record in caplog.records if record.levelname == "ERROR"]
    assert [record.exc_info for record in told] == [None]
    assert "no bucket `manuscripts`" in told[0].getMessage()


async def test_a_bucket_that_is_open_to_everybody_is_not_used(broken: tuple[Settings, StorageFiles]) -> None:
    settings, files = broken
    await files._buckets.update_bucket("manuscripts", {"public": True})

    with pytest.raises(ConfigurationError, match="public"):
        async with open_domain(settings, kind="api"):
            pass


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ((RESET, None), Unavailable),
        ((503, "<html></html>"), Unavailable),
        ((429, {"statusCode": "429", "code": "SlowDown", "error": "SlowDown", "message": "x"}), Unavailable),
        ((401, {"message": "Invalid API key"}), ConfigurationError),
        ((400, {"statusCode": "403", "error": "Unauthorized", "message": "x"}), ConfigurationError),
        ((400, {"statusCode": "404", "error": "Bucket not found", "message": "x"}), ConfigurationError),
        ((404, {"code": "NoSuchBucket", "message": "x"}), ConfigurationError),
        ((400, {"statusCode": "404", "error": "not_found", "message": "x"}), NotFound),
        ((404, {"code": "NoSuchKey", "message": "x"}), NotFound),
        ((413, {"statusCode": "413", "error": "Payload too large", "message": "x"}), TooLarge),
    ],
)
async def test_what_storage_refuses_is_told_apart(answer: tuple[int, object], kind: type[Exception]) -> None:
    async with edge(answer) as told, open_supabase(told.url, "sb_secret_x") as client:
        with pytest.raises(kind):
            await StorageFiles(client).load(uuid4())


def token(settings: Settings) -> str:
    """A token of the project, as any of its authors has one."""
    claims = {
        "iss": f"{settings.supabase_url}/auth/v1",
        "aud": "authenticated",
        "sub": str(uuid4()),
        "exp": time.time() + 60,
    }
    return jwt.encode(claims, settings.supabase_jwt_secret or "", "HS256")


async def _left(connection: Connection, manuscript_id: UUID) -> set[str]:
    """Where something of the manuscript stands."""
    found = {
        "storage.objects": "select 1 from storage.objects where name = $1::text",
        "public.manuscripts": "select 1 from public.manuscripts where id = $1::uuid",
        "public.unowned_files": "select 1 from public.unowned_files where manuscript_id = $1::uuid",
    }
    return {
        place
        for place, query in found.items()
        if await connection.fetchval(query, str(manuscript_id) if place == "storage.objects" else manuscript_id)
    }


async def _objects(connection: Connection) -> int:
    return int(await connection.fetchval("select count(*) from storage.objects"))
