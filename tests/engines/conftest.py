"""Where the engines of these tests have their data."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import memory


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """A directory in memory: dozens of clusters are made here."""
    with memory.directory() as directory:
        yield directory
