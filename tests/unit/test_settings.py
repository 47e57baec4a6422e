"""The settings: what is wrong is named in one line, which holds no secret."""

import pytest

from jobs.errors import ConfigurationError
from jobs.settings import Settings

PROJECT = {
    "SUPABASE_URL": "https://project.supabase.co",
    "SUPABASE_SECRET_KEY": "sb_secret_x",
    "SUPABASE_PUBLISHABLE_KEY": "sb_publishable_x",
}


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("DATABASE_URL", "postgresql://postgres:se#cret@host:5432/db"),
        ("DATABASE_URL", "postgresql://postgres:se/cret@host:5432/db"),
        ("DATABASE_URL", "postgresql://postgres:se?cret@host:5432/db"),
        ("DATABASE_URL", "postgres:secret@host"),
        ("DATABASE_URL", "mysql://root:secret@host/db"),
        ("DATABASE_URL", "postgresql://postgres:secret@host:port/db"),
        ("REDIS_URL", "redis://:se#cret@host:6379/0"),
        ("REDIS_URL", "redis://:se/cret@host:6379/0"),
        ("REDIS_URL", "host:6379"),
    ],
)
def test_what_is_no_address_is_named_and_its_password_is_not(name: str, address: str) -> None:
    with pytest.raises(ConfigurationError, match=name) as refused:
        Settings.from_environment({name: address})

    assert "cret" not in refused.value.message


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("DATABASE_URL", "postgresql://postgres:se%23cret@127.0.0.1:5432/postgres"),
        ("DATABASE_URL", "postgres://postgres.project:s:e@cret@pooler.supabase.com:6543/postgres?sslmode=require"),
        ("DATABASE_URL", "postgresql://one:5432,[::1]:5433/db"),
        ("DATABASE_URL", "postgresql:///db?host=/run/postgresql"),
        ("REDIS_URL", "redis://:secret@valkey:6379/0"),
        ("REDIS_URL", "rediss://user:secret@[::1]:6380/1?ssl_cert_reqs=none"),
        ("REDIS_URL", "redis://localhost"),
        ("REDIS_URL", "unix:///run/valkey.sock?db=1"),
    ],
)
def test_an_address_of_any_form_is_taken_as_it_is(name: str, address: str) -> None:
    settings = Settings.from_environment({name: address})

    assert address in (settings.database_url, settings.redis_url)


@pytest.mark.parametrize("missing", PROJECT)
def test_half_a_project_is_refused(missing: str) -> None:
    with pytest.raises(ConfigurationError, match=missing):
        Settings.from_environment({name: value for name, value in PROJECT.items() if name != missing})
