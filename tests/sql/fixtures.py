"""Fixtures that live on their module's loop, as its tests and its connection do."""

import pytest_asyncio

module_fixture = pytest_asyncio.fixture(loop_scope="module")
