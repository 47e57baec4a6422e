"""What is generated from the migrations and the oracle is what they say. `make generate` writes it anew."""

import os
import runpy
from pathlib import Path

import pytest

from tests.sql.oracle import CASES, EDGES, ORACLE

ROOT = Path(__file__).parents[2]


@pytest.mark.skipif("TEST_POSTGRES" in os.environ, reason="the snapshot is written by PostgreSQL 16")
async def test_the_snapshot_is_what_the_migrations_add_up_to(database_url: str) -> None:
    snapshot = runpy.run_path(str(ROOT / "supabase" / "generate_snapshot.py"))["snapshot"]

    assert (ROOT / "supabase" / "snapshot.sql").read_text(encoding="utf-8") == snapshot(database_url)


def test_the_page_of_states_is_what_the_oracle_says() -> None:
    page = runpy.run_path(str(ROOT / "docs" / "generate_states.py"))["page"]

    assert (ROOT / "docs" / "states.md").read_text(encoding="utf-8") == page(ORACLE)


def test_the_page_of_states_draws_every_edge_and_names_every_step() -> None:
    page = (ROOT / "docs" / "states.md").read_text(encoding="utf-8")

    for origin, to in EDGES:
        assert f"  {origin} --> {to}: " in page
    for step in {case.step for case in CASES}:
        assert f"### {step.replace('_', ' ')}\n" in page


def test_the_glossary_has_each_word_once_and_in_order() -> None:
    lines = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines()
    words = [line.split("|")[1].strip() for line in lines if line.startswith("| ")][2:]

    assert words == sorted(set(words), key=str.lower)
    assert set(words) >= {case.step for case in CASES} - {"fail", "delete_manuscript", "note_refused"}
