"""Lists: searched, filtered, ordered, and turned over page by page without a gap or a repeat."""

import json
from typing import Any
from uuid import UUID

from tests.sql.life import Connection, Life, call


async def titled(connection: Connection, owner_id: UUID, *titles: str) -> dict[UUID, str]:
    """Lives of these titles, as title by manuscript."""
    named = {}
    for title in titles:
        life = await Life.born(connection, owner_id=owner_id)
        await life.call("manuscript_update", p_owner_id=owner_id, p_manuscript_id=life.manuscript_id, p_title=title)
        named[life.manuscript_id] = title
    return named


async def found(connection: Connection, owner_id: UUID, **asked: Any) -> tuple[int, list[str]]:
    """How many manuscripts are so, and the titles of all, read two at a time."""
    titles: list[str] = []
    after: dict[str, Any] = {}
    while True:
        [first, *rows] = await call(
            connection, "manuscripts_found", p_owner_id=owner_id, p_limit=2, **{**asked, **after}
        )
        if not rows:
            return first["total"], titles
        read = [json.loads(row["manuscript"]) for row in rows]
        titles += [each["title"] for each in read]
        after = {"p_after_key": rows[-1]["sort_key"], "p_after_id": UUID(read[-1]["id"])}


async def test_manuscripts_are_found_by_words_without_case_and_accents(connection: Connection, owner_id: UUID) -> None:
    await titled(connection, owner_id, "Émilie in Rome", "ROMANCE", "Ο Λόγος")

    for search, titles in {
        "emilie": {"Émilie in Rome"},
        "rom  É": {"Émilie in Rome", "ROMANCE"},
        "λογος": {"Ο Λόγος"},
        "rain.txt": {"Émilie in Rome", "ROMANCE", "Ο Λόγος"},
        "100%": set(),
        "rome paris": set(),
    }.items():
        total, read = await found(connection, owner_id, p_search=search)
        assert (total, set(read)) == (len(titles), titles), search


async def test_manuscripts_come_in_the_order_asked_for_page_by_page(connection: Connection, owner_id: UUID) -> None:
    titles = ["Book 10", "book 2", "Ärger", "zum Ende", "Book 2"]
    named = await titled(connection, owner_id, *titles)
    for words, id in enumerate(named):
        await connection.execute("update public.manuscripts set word_count = nullif($2, 1) where id = $1", id, words)

    async def order(name: str) -> list[str]:
        total, read = await found(connection, owner_id, p_order=name)
        assert total == len(titles)
        return read

    assert await order("newest") == titles[::-1]
    assert await order("oldest") == titles
    by_title = await order("title")
    assert by_title[0] == "Ärger"
    assert {*by_title[1:3]} == {"book 2", "Book 2"}
    assert by_title[3:] == ["Book 10", "zum Ende"]
    assert await order("longest") == ["Book 2", "zum Ende", "Ärger", "Book 10", "book 2"]


async def test_manuscripts_are_found_by_what_their_newest_job_has_come_to(
    connection: Connection, owner_id: UUID
) -> None:
    lives = {status: await Life.born(connection, owner_id=owner_id) for status in ("completed", "failed", "queued")}
    for status, life in lives.items():
        await life.reach(status)
        await connection.execute("update public.manuscripts set title = $2 where id = $1", life.manuscript_id, status)

    for state, title in {"ready": "completed", "under_way": "queued", "open": "failed"}.items():
        assert await found(connection, owner_id, p_state=state) == (1, [title])


async def test_an_authors_jobs_come_newest_first_page_by_page(connection: Connection, owner_id: UUID) -> None:
    lives = [await Life.born(connection, owner_id=owner_id) for _ in range(5)]
    await lives[1].reach("failed")

    async def pages(**asked: Any) -> list[UUID]:
        read: list[UUID] = []
        after: dict[str, Any] = {}
        while rows := await call(connection, "jobs_page", p_owner_id=owner_id, p_limit=2, **asked, **after):
            read += [row["id"] for row in rows]
            after = {"p_after_queued_at": rows[-1]["queued_at"], "p_after_id": rows[-1]["id"]}
        return read

    ids = [life.job_id for life in lives[::-1]]
    assert await pages() == ids
    assert await pages(p_statuses=["failed"]) == [lives[1].job_id]
