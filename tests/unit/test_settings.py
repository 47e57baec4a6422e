"""The settings: what is wrong is named in one line, which holds no secret."""

from pathlib import Path

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


SECRETS = {
    "DATABASE_URL": "postgresql://postgres:secret@host/db",
    "REDIS_URL": "redis://:secret@host:6379/0",
    "NF_JWT_SECRET": "0123456789abcdef0123456789abcdef",
    "SUPABASE_SECRET_KEY": "sb_secret_x",
    "SUPABASE_JWT_SECRET": "0123456789abcdef0123456789abcdef",
}


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_may_lie_in_a_file(name: str, tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text(SECRETS[name] + "\n", encoding="utf-8")
    project = PROJECT if name.startswith("SUPABASE") else {}
    others = {other: value for other, value in project.items() if other != name}

    settings = Settings.from_environment({f"{name}_FILE": str(file), **others})

    assert getattr(settings, name.removeprefix("NF_").lower()) == SECRETS[name]


def test_a_secret_that_is_given_twice_is_refused_and_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="NF_JWT_SECRET_FILE") as refused:
        Settings.from_environment({"NF_JWT_SECRET": "s3cret", "NF_JWT_SECRET_FILE": str(tmp_path / "secret")})

    assert "s3cret" not in refused.value.message


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (None, "No such file"),
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"\xff\xfe", "is not a text"),
        (b"x" * 70_000, "is larger than"),
    ],
)
def test_a_file_that_holds_no_secret_is_named_with_its_setting(
    content: bytes | None, fault: str, tmp_path: Path
) -> None:
    file = tmp_path / "secret"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(ConfigurationError, match=fault) as refused:
        Settings.from_environment({"REDIS_URL_FILE": str(file)})

    assert refused.value.message.startswith("REDIS_URL_FILE: ")
    assert str(file) in refused.value.message


def test_a_directory_is_no_secret(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="directory"):
        Settings.from_environment({"DATABASE_URL_FILE": str(tmp_path)})


def test_a_secret_in_the_place_of_its_files_name_is_not_repeated() -> None:
    with pytest.raises(ConfigurationError, match="NF_JWT_SECRET_FILE") as refused:
        Settings.from_environment({"NF_JWT_SECRET_FILE": "s3cret"})

    assert "s3cret" not in refused.value.message


def test_origins_are_read_as_browsers_send_them() -> None:
    given = " https://App.example, https://beta.example:443,http://localhost:5173 ,http://[::1]:80,tauri://localhost,"
    settings = Settings.from_environment({"NF_ALLOWED_ORIGINS": given})

    assert settings.allowed_origins == (
        "https://app.example",
        "https://beta.example",
        "http://localhost:5173",
        "http://[::1]",
        "tauri://localhost",
    )
    assert Settings.from_environment({"NF_ALLOWED_ORIGINS": " "}).allowed_origins == ()


@pytest.mark.parametrize(
    "wrong",
    ["*", "app.example", "https://*.example", "https://app.example/", "https://a.example/x", "null", "https://"],
)
def test_what_is_no_origin_is_named(wrong: str) -> None:
    with pytest.raises(ConfigurationError, match="NF_ALLOWED_ORIGINS") as refused:
        Settings.from_environment({"NF_ALLOWED_ORIGINS": f"https://app.example,{wrong}"})

    assert repr(wrong) in refused.value.message


@pytest.mark.parametrize("path", ["novels", "//x", "/a b", "/novels?", "https://example.org/novels", "/../x", "/./x"])
def test_what_is_no_path_is_named(path: str) -> None:
    with pytest.raises(ConfigurationError, match="NF_BASE_PATH"):
        Settings.from_environment({"NF_BASE_PATH": path})


@pytest.mark.parametrize(("path", "meant"), [("/", ""), ("/novels/", "/novels"), ("/a/b.c", "/a/b.c"), ("", "")])
def test_a_path_has_no_slash_at_its_end(path: str, meant: str) -> None:
    assert Settings.from_environment({"NF_BASE_PATH": path}).base_path == meant
