"""A worker's analyses, whatever becomes of the template that they fork from."""

import logging
import signal
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import psutil
import pytest

from jobs.processes import template
from jobs.processes.analyses import Analyses, Analysis
from jobs.settings import settings
from tests.conftest import TEXT
from tests.faults.processes import analyses as running
from tests.faults.processes import gone, held_analysis, holding
from tests.faults.waiting import until

Begun = Callable[[], AbstractAsyncContextManager[Analysis]]


@pytest.fixture
async def analyses() -> AsyncIterator[Analyses]:
    """A worker's analyses, which end with the test."""
    analyses = Analyses()
    yield analyses
    await analyses.close()


@pytest.fixture
def begun(analyses: Analyses) -> Begun:
    """An analysis of a short text."""

    @asynccontextmanager
    async def begun() -> AsyncIterator[Analysis]:
        with tempfile.TemporaryFile() as file:
            file.write(TEXT)
            file.flush()
            async with analyses.begun(file.fileno(), "novel.txt") as analysis:
                yield analysis

    return begun


async def _says(analysis: Analysis) -> bytes:
    assert analysis.stdout is not None
    return await analysis.stdout.read()


async def _template() -> psutil.Process:
    async def there() -> psutil.Process | None:
        found = (child for child in psutil.Process().children() if "jobs.analysis.template" in child.cmdline())
        return next(found, None)

    found = await until(there, "the template runs")
    assert found is not None
    return found


async def test_one_template_is_enough_for_many(analyses: Analyses, begun: Begun) -> None:
    await analyses.warm_up()
    before = await _template()

    for _ in range(3):
        async with begun() as analysis:
            assert b'"report"' in await _says(analysis)
            assert await analysis.wait() == 0

    assert await _template() == before


async def test_an_analysis_ends_with_its_block(begun: Begun, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PYTHONPATH", holding(tmp_path / "holding")["PYTHONPATH"])

    async with begun() as analysis:
        held = await held_analysis(psutil.Process().pid)

    assert await analysis.wait() == -signal.SIGKILL
    assert not held.is_running()


async def test_a_template_that_dies_takes_its_analyses_along_and_is_started_again(
    begun: Begun, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PYTHONPATH", holding(tmp_path / "holding")["PYTHONPATH"])
    async with begun() as analysis:
        held = await held_analysis(psutil.Process().pid)
        monkeypatch.delenv("PYTHONPATH")

        (await _template()).kill()

        assert await analysis.wait() == -signal.SIGKILL
        await gone(held)
    async with begun() as analysis:
        assert len(running(psutil.Process().pid)) <= 1
        assert b'"report"' in await _says(analysis)


async def test_without_a_template_an_analysis_is_a_fresh_process_and_the_log_says_why(
    begun: Begun, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import sys\nif 'jobs.analysis.template' in sys.orig_argv: sys.exit('no tables here')"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    for _ in range(2):
        async with begun() as analysis:
            assert b'"report"' in await _says(analysis)
            assert await analysis.wait() == 0

    told = [record.message for record in caplog.records if record.levelno >= logging.WARNING]
    assert any("no tables here" in message for message in told)
    assert sum("each analysis takes longer to start" in message for message in told) == 1


async def test_a_fresh_process_is_given_no_secret(
    begun: Begun, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    given = tmp_path / "given"
    (tmp_path / "sitecustomize.py").write_text(
        "import os, pathlib, sys\n"
        "if 'jobs.analysis.template' in sys.orig_argv: sys.exit('no tables here')\n"
        f"if 'jobs.analysis' in sys.orig_argv: pathlib.Path({str(given)!r}).write_text(repr(dict(os.environ)))"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    for _, setting in settings():
        monkeypatch.setenv(setting.name, "a-secret")

    async with begun() as analysis:
        assert await analysis.wait() == 0

    assert "PYTHONPATH" in given.read_text()
    assert "a-secret" not in given.read_text()


async def test_a_template_that_does_not_answer_is_killed_and_done_without(
    analyses: Analyses, begun: Begun, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with begun() as analysis:
        await analysis.wait()
    hanging = await _template()
    hanging.suspend()
    monkeypatch.setattr(template, "_PATIENCE_SECONDS", 0.2)

    async with begun() as analysis:
        assert b'"report"' in await _says(analysis)

    await gone(hanging)
