"""Writes .env.example from the rows of jobs/settings.py. `make generate` runs it, `make verify` holds it to that."""

import textwrap
from collections.abc import Iterator
from pathlib import Path

from jobs.settings import Setting, settings

EXAMPLE = Path(__file__).parents[1] / ".env.example"
_WIDTH = 118

_HEAD = """\
# Every setting, with its default. Copy to .env for docker compose; `make up` needs none of it.
# Generated from jobs/settings.py: change it there.

# --- secrets ---------------------------------------------------------------------------------------------------
# Each of DATABASE_URL, REDIS_URL, NF_JWT_SECRET, SUPABASE_SECRET_KEY and SUPABASE_JWT_SECRET may lie in a file
# instead, which a setting of its name with _FILE names: NF_JWT_SECRET_FILE=/run/secrets/jwt_secret. Never set both.
# Under docker compose they all do: `make secrets` writes them into secrets/, and this file holds none.

# --- for docker compose only ------------------------------------------------------------------------------------
# What runs: docker-compose.yml alone takes the PostgreSQL of secrets/database_url; with docker-compose.postgres.yml
# it brings one; with docker-compose.supabase.yml a Supabase project has sign-in, files and the database.
COMPOSE_FILE=docker-compose.yml:docker-compose.postgres.yml
# The port on this machine that the API and the dashboard are published on, on 127.0.0.1.
#PORT=8000
# The memory of the worker and of PostgreSQL. A worker needs 1.5 GB for its largest analysis, and 0.5 for each more.
#WORKER_MEMORY=4g
#POSTGRES_MEMORY=1g
"""


def example() -> str:
    """The whole file."""
    sections: dict[str, list[Setting]] = {}
    for _, setting in settings():
        sections.setdefault(setting.section, []).append(setting)
    parts = [_HEAD]
    for section, rows in sections.items():
        parts.append(f"\n# --- {section} {'-' * max(3, 106 - len(section))}\n")
        parts.extend(line for row in rows for line in _lines(row))
    return "".join(parts)


def _lines(setting: Setting) -> Iterator[str]:
    for line in textwrap.wrap(setting.about, _WIDTH, break_long_words=False, break_on_hyphens=False):
        yield f"# {line}\n"
    yield f"#{setting.name}={setting.shown}\n"


if __name__ == "__main__":
    EXAMPLE.write_text(example(), encoding="utf-8")
