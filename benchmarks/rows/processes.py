"""How it grows: 1, 2 and 3 api processes with a page each, 1, 2 and 4 workers with jobs whose text is not read."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

from benchmarks.figures import Figure, tell
from benchmarks.http_load import answered, request
from benchmarks.product import Engines, api, authors, engines
from benchmarks.rows.jobs import jobs_a_second
from client_contract.verify import operations

_APIS, _WORKERS = (1, 2, 3), (1, 2, 4)
_BOOKS = 50
_SECONDS = 3.0


def measure() -> Iterator[Figure]:
    owners, tokens = authors(1000)
    with engines() as these:
        these.seed_running(owners[:1], each=_BOOKS)
        pages = [_pages(these, number, tokens[0]) for number in _APIS]
    for number, rate in zip(_APIS[1:], pages[1:], strict=True):
        yield Figure(
            f"a page of 50 from {number} api processes",
            "requests a second",
            rate,
            is_more_better=True,
            beside={"from one": pages[0]},
        )
    with engines() as these:
        rates = [jobs_a_second(these, owners, workers=number) for number in _WORKERS]
    for number, rate in zip(_WORKERS[1:], rates[1:], strict=True):
        yield Figure(
            f"truthful jobs a second, {number} workers",
            "jobs a second",
            rate,
            is_more_better=True,
            beside={"one worker": rates[0]},
        )


def _pages(these: Engines, number: int, token: str) -> float:
    """Requests a second of all together, each asked by a thread of its own."""
    asked = request(operations()["Manuscripts"], {"first": _BOOKS}, token)
    with ExitStack() as stack:
        ports = [stack.enter_context(api(these))[0] for _ in range(number)]
        everybody = stack.enter_context(ThreadPoolExecutor(number))
        list(everybody.map(lambda port: answered(port, asked, 0.7), ports))
        return sum(everybody.map(lambda port: answered(port, asked, _SECONDS), ports)) / _SECONDS


if __name__ == "__main__":
    tell(measure)
