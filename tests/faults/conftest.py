"""Deployments to break. A test that has passed is then held against the audit of every change it caused."""

from collections.abc import AsyncIterator, Generator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from jobs.settings import Settings
from tests.faults.deployment import Deployment, open_deployment

_PASSED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remembers whether the test itself has passed: after one that has not, there is nothing more to learn."""
    report = yield
    if call.when == "call":
        item.stash[_PASSED] = report.passed
    return report


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Timings as short as two busy processors can keep. Whoever is to keep a job for certain takes a lease LONG."""
    return replace(
        settings,
        queue_timeout=timedelta(seconds=60),
        sweep_interval=timedelta(seconds=0.5),
        lease=timedelta(seconds=3),
        heartbeat=timedelta(seconds=0.3),
        resync_interval=timedelta(seconds=0.5),
        tick_interval=timedelta(seconds=1),
    )


@pytest.fixture
async def deployment(request: pytest.FixtureRequest, settings: Settings, tmp_path: Path) -> AsyncIterator[Deployment]:
    """A deployment with a subscriber, whose last frames must equal the rows."""
    async with open_deployment(settings, tmp_path, watched=True) as deployment:
        yield deployment
        if request.node.stash.get(_PASSED, False):
            await deployment.verify()


@pytest.fixture
async def unwatched(request: pytest.FixtureRequest, settings: Settings, tmp_path: Path) -> AsyncIterator[Deployment]:
    """A deployment that nobody looks at."""
    async with open_deployment(settings, tmp_path, watched=False) as deployment:
        yield deployment
        if request.node.stash.get(_PASSED, False):
            await deployment.verify()
