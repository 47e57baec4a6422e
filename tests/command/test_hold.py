"""Holding the line from the command line, and letting it go."""

import pytest

from command import cli


@pytest.fixture
def deployment(database_url: str, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of an operator of this test's deployment."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("REDIS_URL", redis_url)


def test_a_line_is_held_once_and_let_go_once(deployment: None, capsys: pytest.CaptureFixture[str]) -> None:
    codes = [
        cli.main(arguments)
        for arguments in (["resume"], ["hold", "--why", "A migration."], ["hold", "--why", "Another."], ["resume"])
    ]

    out, err = capsys.readouterr()
    assert codes == [1, 0, 1, 0]
    assert err.splitlines()[0] == "novelfoundry resume: Nobody holds the line."
    assert "is held already" in err
    assert "A migration." in err
    assert "A migration." in out.splitlines()[-1]
    assert "Another." not in out


def test_a_hold_needs_no_redis(deployment: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")

    assert cli.main(["hold", "--why", "Redis is away."]) == 0
    assert cli.main(["resume"]) == 0
