"""One reading shared by many."""

import asyncio
import gc
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from jobs import shared
from jobs.shared import Shared


class Source:
    """Something to read. A reading gives its number, once the test lets it end."""

    def __init__(self) -> None:
        self.asked = 0
        self.may_end = asyncio.Event()
        self.error: Exception | None = None

    async def read(self) -> int:
        self.asked += 1
        number, error = self.asked, self.error
        await self.may_end.wait()
        if error:
            raise error
        return number


@pytest.fixture
async def source() -> Source:
    return Source()


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Lets seconds pass on the clock of readings: `later(31)`."""
    clock = SimpleNamespace(now=1000.0)
    monkeypatch.setattr(shared, "time", SimpleNamespace(monotonic=lambda: clock.now))

    def pass_by(seconds: float) -> None:
        clock.now += seconds

    return pass_by


async def test_all_who_ask_while_a_reading_is_under_way_share_it(source: Source) -> None:
    value = Shared(source.read, fresh_for=0)
    asking = [asyncio.create_task(value.value()) for _ in range(20)]
    await asyncio.sleep(0)
    source.may_end.set()

    assert await asyncio.gather(*asking) == [1] * 20
    assert await value.value() == 2


async def test_a_value_is_fresh_from_the_start_of_its_reading(source: Source, later: Callable[[float], None]) -> None:
    value = Shared(source.read, fresh_for=10)
    first = asyncio.create_task(value.value())
    await asyncio.sleep(0)
    later(9)
    source.may_end.set()

    assert await first == 1
    assert (await value.value(), value.fresh()) == (1, 1)
    later(2)
    assert (value.fresh(), value.last) == (None, 1)
    assert await value.value() == 2


async def test_a_failure_is_told_for_a_while_from_its_end_and_takes_no_value_away(
    source: Source, later: Callable[[float], None]
) -> None:
    source.may_end.set()
    value = Shared(source.read, fresh_for=10, failed_for=1)
    await value.value()
    later(11)
    source.may_end.clear()
    source.error = ValueError("away")
    asking = [asyncio.create_task(value.value()) for _ in range(3)]
    await asyncio.sleep(0)
    later(5)
    source.may_end.set()

    assert await asyncio.gather(*asking, return_exceptions=True) == [source.error] * 3
    later(0.9)
    with pytest.raises(ValueError, match="away"):
        await value.value()
    assert (source.asked, value.fresh(), value.last) == (2, None, 1)
    source.error = None
    later(0.2)
    assert await value.value() == 3


async def test_who_waits_no_longer_ends_no_reading(source: Source) -> None:
    value = Shared(source.read, fresh_for=10)
    with pytest.raises(TimeoutError):
        await value.value(within=0.01)
    cancelled = asyncio.create_task(value.value())
    await asyncio.sleep(0)
    cancelled.cancel()
    source.may_end.set()

    assert await value.value() == 1


async def test_a_failure_that_nobody_waits_for_is_no_error_of_the_loop(
    source: Source, caplog: pytest.LogCaptureFixture
) -> None:
    value = Shared(source.read, fresh_for=0)
    source.error = ValueError("away")
    with pytest.raises(TimeoutError):
        await value.value(within=0.01)
    source.error = None
    source.may_end.set()
    await asyncio.sleep(0.01)

    assert await value.value() == 2
    gc.collect()
    assert "never retrieved" not in caplog.text
