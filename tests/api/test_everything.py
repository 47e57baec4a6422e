"""All that an author keeps: taken along as one archive, and gone for good."""

import io
import json
import zipfile
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from jobs.models import Manuscript
from tests.api.conftest import ANN, BEN, Api, Hand
from tests.conftest import TEXT, AddManuscript
from tests.sql.life import call

ERASE = """
    mutation ($confirm: String!) {
      eraseEverything(confirm: $confirm) {
        __typename ... on ErasedEverything { manuscripts remains } ... on Refusal { code message }
      }
    }
"""
WORDS = "delete everything of mine"
Connection = asyncpg.Connection


async def archive(api: Api, sub: str = ANN) -> zipfile.ZipFile:
    answer = await api.http.get("/everything", headers=api.bearer(sub))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["cache-control"] == "no-store"
    assert "attachment" in answer.headers["content-disposition"]
    return zipfile.ZipFile(io.BytesIO(answer.content))


async def erased(api: Api, *, sub: str = ANN, confirm: str = WORDS) -> dict[str, Any]:
    answer: dict[str, Any] = (await api.data(ERASE, sub=sub, confirm=confirm))["eraseEverything"]
    return answer


async def test_the_archive_holds_file_jobs_and_reports_and_nothing_of_anothers(
    api: Api, hand: Hand, manuscript: Manuscript
) -> None:
    await hand.whole(manuscript)
    await api.upload(b"Of Ben alone.", name="ben.txt", sub=BEN)

    files = await archive(api)

    assert files.testzip() is None
    folder = "0001 The Rain"
    assert sorted(name.split("/")[-1].split()[0] for name in files.namelist()) == [
        "about.txt",
        "jobs.json",
        "manuscript.json",
        "rain.txt",
        "report",
    ]
    assert files.read(f"{folder}/rain.txt") == TEXT
    assert json.loads(files.read(f"{folder}/manuscript.json"))["title"] == "The Rain"
    [job] = json.loads(files.read(f"{folder}/jobs.json"))
    assert (job["status"], job["events"][-1]["status"]) == ("completed", "completed")
    [report] = [json.loads(files.read(name)) for name in files.namelist() if "/report " in name]
    assert report["body"] == {"summary": {"words": 12}}


async def test_titles_and_names_lead_out_of_no_folder(api: Api, add_manuscript: AddManuscript) -> None:
    for title in ("../../etc/passwd", "C:\\windows", "...", "\x1b[2J", "x" * 300):
        await add_manuscript(title=title)

    names = (await archive(api)).namelist()

    assert len(set(names)) == len(names) == 1 + 5 * 3
    for name in names:
        parts = name.split("/")
        assert len(parts) <= 2
        assert all(part.strip(" .") and "\\" not in part and part.isprintable() for part in parts)


async def test_a_file_that_is_gone_is_named_and_costs_nothing_else(
    api: Api, manuscript: Manuscript, connection: "Connection[asyncpg.Record]"
) -> None:
    await connection.execute("delete from public.manuscript_files")

    files = await archive(api)

    assert files.read("missing.txt").decode().splitlines() == ["0001 The Rain/rain.txt"]
    assert "0001 The Rain/manuscript.json" in files.namelist()


async def test_nobody_takes_an_archive_without_a_token(api: Api) -> None:
    assert (await api.http.get("/everything")).status_code == 401


async def test_one_archive_of_an_author_is_made_at_a_time(api: Api, manuscript: Manuscript) -> None:
    with api.services.download(manuscript.owner_id):
        answer = await api.http.get("/everything", headers=api.bearer())

    assert (answer.status_code, answer.json()["code"]) == (429, "LIMIT_REACHED")
    assert await archive(api)


async def test_everything_is_gone_with_its_live_jobs_and_nothing_of_anothers(
    api: Api,
    hand: Hand,
    manuscript: Manuscript,
    add_manuscript: AddManuscript,
    connection: "Connection[asyncpg.Record]",
) -> None:
    await hand.whole(manuscript)
    await hand.claim(await hand.start(await add_manuscript(title="Live")))
    await api.upload(b"Chapter 1\n\nOf Ben alone.", name="ben.txt", sub=BEN)

    answer = await erased(api)

    assert answer["manuscripts"] == 2
    assert "Backups" in answer["remains"]
    assert await kept_of(connection, manuscript.owner_id) == {}
    assert (await archive(api)).namelist() == ["about.txt"]
    assert len((await archive(api, BEN)).namelist()) == 4


async def test_a_table_of_whatever_kind_that_names_its_owner_is_emptied_of_her(
    api: Api, manuscript: Manuscript, connection: "Connection[asyncpg.Record]"
) -> None:
    # One that is made after author_forget was written.
    await connection.execute("create table public.made_later (owner_id uuid)")
    await connection.execute("grant all on public.made_later to service_role")
    await connection.execute("insert into public.made_later values ($1), ($2)", manuscript.owner_id, uuid4())

    await erased(api)

    assert await connection.fetchval("select count(*) from public.made_later") == 1


@pytest.mark.parametrize("confirm", ["", "yes", "Delete everything of mine"])
async def test_other_words_delete_nothing(api: Api, manuscript: Manuscript, confirm: str) -> None:
    answer = await erased(api, confirm=confirm)

    assert answer["code"] == "INVALID_INPUT"
    assert WORDS in answer["message"]
    assert len((await archive(api)).namelist()) == 4


async def test_an_author_of_nothing_may_delete_it(api: Api) -> None:
    assert (await erased(api))["manuscripts"] == 0


async def test_a_manuscript_that_came_while_the_last_ones_went_is_no_loose_file(
    api: Api, manuscript: Manuscript, connection: "Connection[asyncpg.Record]"
) -> None:
    rows = await call(connection, "author_forget", p_owner_id=manuscript.owner_id)

    assert "manuscripts" not in {row["name"] for row in rows}
    assert len((await archive(api)).namelist()) == 4


async def kept_of(connection: "Connection[asyncpg.Record]", owner_id: UUID) -> dict[str, int]:
    """How many rows of each table name this owner, where there are any."""
    tables = await connection.fetch(
        "select table_name from information_schema.columns "
        "join information_schema.tables using (table_schema, table_name) "
        "where table_schema = 'public' and column_name = 'owner_id' and table_type = 'BASE TABLE'"
    )
    counts = {
        row["table_name"]: await connection.fetchval(
            f"select count(*) from public.{row['table_name']} where owner_id = $1", owner_id
        )
        for row in tables
    }
    assert {"manuscripts", "jobs", "analysis_reports"} <= counts.keys()
    files = await connection.fetchval("select count(*) from public.unowned_files")
    return {name: count for name, count in {**counts, "unowned_files": files}.items() if count}
